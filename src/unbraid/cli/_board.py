"""The live board of a study: done, running, failed, left, and the time that is left."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from unbraid.cli._screen import console
from unbraid.studies import Job, Planned, Standing, Study, standings

LOOK_SECONDS = 5.0  # between two looks at the folders


class Board:
    """A line that counts runs by state, refreshed from the folders themselves."""

    def __init__(self, study: Study, runs: Sequence[Planned], root: Path, archive: Path | None) -> None:
        self._of = (study, runs, root, archive)
        self._progress = Progress(
            TextColumn(study.name), BarColumn(bar_width=24), MofNCompleteColumn(), TextColumn("{task.fields[counts]}"),
            console=console,
        )  # fmt: skip
        self._task = self._progress.add_task(study.name, total=len(runs), counts="")
        self._began, self._looked, self._first = time.monotonic(), 0.0, 0

    def __enter__(self) -> Board:
        self._first = self._steps(self._look())
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._look()
        self._progress.stop()

    def tell(self, outcome: str, job: Job) -> None:
        """Take note of what a worker says."""
        if outcome not in ("poll", "done", "busy"):
            console.print(f"{Path(job.folder).name}: {outcome}", highlight=False, soft_wrap=True)
        if outcome != "poll" or time.monotonic() - self._looked > LOOK_SECONDS:
            self._look()

    def _look(self) -> list[Standing]:
        """Read every run's state and show the counts."""
        standing = standings(*self._of)
        self._looked = time.monotonic()
        counts = {
            state: sum(each.state == state for each in standing) for state in ("done", "running", "failed", "left")
        }
        words = " · ".join(f"{count} {state}" for state, count in counts.items() if state != "done")
        self._progress.update(self._task, completed=counts["done"], counts=words + self._time_left(standing))
        return standing

    def _time_left(self, standing: Sequence[Standing]) -> str:
        """From the steps done since the board came up."""
        done = self._steps(standing) - self._first
        left = sum(each.run.config.steps for each in standing) - self._steps(standing)
        if done <= 0 or (self._first == 0 and time.monotonic() - self._began < LOOK_SECONDS):
            return ""
        minutes = left * (time.monotonic() - self._began) / done / 60
        return f" · {minutes:.0f} min left" if minutes >= 1 else " · under a minute left"

    @staticmethod
    def _steps(standing: Sequence[Standing]) -> int:
        return sum(each.step for each in standing)
