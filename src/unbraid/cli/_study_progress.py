"""The live progress of a study: runs that are done, running, failed or left, and the time that is left."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from unbraid.cli._console import console, say
from unbraid.studies import PlannedRun, RunJob, RunStatus, Study, run_statuses

LOOK_SECONDS = 5.0  # between two looks at the folders
STATES = ("running", "failed", "left")


class StudyProgress:
    """A bar that counts runs by state, refreshed from their folders."""

    def __init__(self, study: Study, runs: Sequence[PlannedRun], root: Path, archive: Path | None) -> None:
        self._study, self._root, self._archive = study, root, archive
        self._runs, self._open = list(runs), list(runs)
        columns = (TextColumn(study.name), BarColumn(bar_width=24), MofNCompleteColumn())
        self._progress = Progress(*columns, TextColumn("{task.fields[counts]}"), console=console)
        self._task = self._progress.add_task(study.name, total=len(runs), counts="")
        self._began, self._looked = time.monotonic(), 0.0

    def __enter__(self) -> StudyProgress:
        self._first = self._steps_left(self._look())
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._show()
        self._progress.stop()

    def on_outcome(self, outcome: str, job: RunJob | None) -> None:
        """Take note of what a worker says."""
        if job is not None and outcome not in ("done", "busy"):
            say(f"{Path(job.folder).name}: {outcome}")
        if outcome == "done" or time.monotonic() - self._looked > LOOK_SECONDS:
            self._show()

    def _look(self) -> list[RunStatus]:
        """Where the runs stand that were not done at the last look; what is done stays done."""
        statuses = run_statuses(self._study, self._open, self._root, self._archive)
        not_done = [status for status in statuses if status.state != "done"]
        self._open, self._looked = [status.run for status in not_done], time.monotonic()
        return not_done

    def _show(self) -> None:
        not_done = self._look()
        states: Counter[str] = Counter(status.state for status in not_done)
        counts = " · ".join(f"{states[state]} {state}" for state in STATES)
        done = len(self._runs) - len(not_done)
        self._progress.update(self._task, completed=done, counts=counts + self._time_left(self._steps_left(not_done)))

    def _time_left(self, left: int) -> str:
        """Estimated from the steps done since the bar came up."""
        done = self._first - left
        if done <= 0 or not left:
            return ""
        minutes = left * (time.monotonic() - self._began) / done / 60
        return f" · {minutes:.0f} min left" if minutes >= 1 else " · under a minute left"

    @staticmethod
    def _steps_left(statuses: Sequence[RunStatus]) -> int:
        return sum(status.run.config.steps - status.step for status in statuses)
