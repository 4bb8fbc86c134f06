"""The live progress of a study: runs that are done, running, failed or left, and the time that is left."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from unbraid.core.progress import bar
from unbraid.studies._local import OnOutcome
from unbraid.studies._plan import PlannedRun
from unbraid.studies._status import RunStatus, run_statuses
from unbraid.studies._study import Study
from unbraid.studies._worker import RunJob

LOOK_SECONDS = 5.0  # between two looks at the folders
STATES = ("running", "failed", "left")


@contextmanager
def study_bar(
    study: Study, runs: Sequence[PlannedRun], root: Path, archive: Path | None, shown: bool = True
) -> Iterator[OnOutcome]:
    """A bar that counts runs by state, refreshed from their folders; gives what workers' outcomes are told to."""
    with bar(study.name, visible=shown, total=len(runs), unit=" runs", leave=True) as line:
        looks = _Looks(study, runs, root, archive)

        def show() -> None:
            line.set_postfix_str(looks.again(), refresh=False)
            line.update(looks.done - line.n)
            line.refresh()

        def on_outcome(outcome: str, job: RunJob | None) -> None:
            if job is not None and outcome not in ("done", "busy"):
                line.write(f"{Path(job.folder).name}: {outcome}")
            if outcome == "done" or time.monotonic() - looks.looked > LOOK_SECONDS:
                show()

        show()
        yield on_outcome
        show()


class _Looks:
    """What one sees of a study's runs, look by look; what is done stays done."""

    def __init__(self, study: Study, runs: Sequence[PlannedRun], root: Path, archive: Path | None) -> None:
        self._study, self._root, self._archive = study, root, archive
        self._count, self._open = len(runs), list(runs)
        self.looked, self._began = 0.0, time.monotonic()
        self._first: int | None = None

    @property
    def done(self) -> int:
        """Runs that were done at the last look."""
        return self._count - len(self._open)

    def again(self) -> str:
        """Look once more, and say what is not done."""
        statuses = run_statuses(self._study, self._open, self._root, self._archive)
        left = [status for status in statuses if status.state != "done"]
        self._open, self.looked = [status.run for status in left], time.monotonic()
        states: Counter[str] = Counter(status.state for status in left)
        return " · ".join(f"{states[state]} {state}" for state in STATES) + self._time_left(_steps_left(left))

    def _time_left(self, steps: int) -> str:
        """Estimated from the steps done since the first look."""
        self._first = steps if self._first is None else self._first
        done = self._first - steps
        if done <= 0 or not steps:
            return ""
        minutes = steps * (time.monotonic() - self._began) / done / 60
        return f" · {minutes:.0f} min left" if minutes >= 1 else " · under a minute left"


def _steps_left(statuses: Sequence[RunStatus]) -> int:
    return sum(status.run.config.steps - status.step for status in statuses)
