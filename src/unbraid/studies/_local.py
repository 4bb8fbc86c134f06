"""Running a study here: one process per run, a stop that leaves everything resumable, failed runs tried again."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from types import ModuleType
from typing import Any

from unbraid.core import UsageError
from unbraid.store import STATUS, RunDirectory
from unbraid.studies._worker import BUSY, DONE, RunJob, run_job

POLL_SECONDS = 1.0
BUSY_SECONDS = 3.0  # before looking again at a run that another process has
IMPORTED_ONCE = ["unbraid.studies._worker", "torch._dynamo", "sklearn.svm"]  # seconds of imports, shared by all workers
KILLED = "its process was killed"

OnOutcome = Callable[[str, "RunJob | None"], None]


@dataclass
class Worker:
    """A process with one run, on one device; it ends with the run."""

    process: Any
    job: RunJob
    answer: Connection
    place: str

    def outcome(self) -> str:
        """What the ended process said, or how it was killed."""
        self.process.join()
        with contextlib.suppress(EOFError, OSError):
            if self.answer.poll():
                return str(self.answer.recv())
        return f"{KILLED} (exit code {self.process.exitcode})"


class Queue:
    """Runs that wait, each with the time from which it may start and how often it has failed."""

    def __init__(self, jobs: Sequence[RunJob], retries: int) -> None:
        self._waiting, self._retries = [(0.0, job) for job in jobs], retries
        self._failures = {job.folder: 0 for job in jobs}

    def __len__(self) -> int:
        return len(self._waiting)

    def ready(self) -> RunJob | None:
        """The next run that may start now."""
        for place, (when, job) in enumerate(self._waiting):
            if when <= time.monotonic():
                del self._waiting[place]
                return job
        return None

    def after(self, outcome: str, job: RunJob) -> None:
        """Put a run back that is busy elsewhere, or failed and may be tried again; one that diverged would again."""
        if outcome == BUSY:
            self._waiting.append((time.monotonic() + BUSY_SECONDS, job))
        elif outcome != DONE and not outcome.startswith(("DivergedError", "UsageError")):
            self._failures[job.folder] += 1
            if self._failures[job.folder] <= self._retries:
                self._waiting.append((0.0, job))


def run_local(jobs: Sequence[RunJob], workers: int | Sequence[str], on_outcome: OnOutcome, retries: int = 1) -> None:
    """Do all jobs with `workers` processes at once; returns when nothing is left that can be done.

    Args:
        jobs: runs that are not done.
        workers: processes at once; or the device of each of them, which no other has meanwhile.
        on_outcome: called with ("done" | "busy" | what went wrong, job) as things happen, ("poll", None) every second.
        retries: how often a failed run is tried again (one that diverged is not).

    Raises:
        KeyboardInterrupt: Ctrl-C or a termination signal, after every run was left resumable.
    """
    context = _context()
    queue, running = Queue(jobs, retries), list[Worker]()
    free = [""] * workers if isinstance(workers, int) else list(workers)
    with _termination_as_interrupt():
        try:
            while queue or running:
                while free and (job := queue.ready()) is not None:
                    running.append(_started(context, job, free.pop(0)))
                if not wait([worker.process.sentinel for worker in running], POLL_SECONDS):
                    on_outcome("poll", None)
                for worker in [worker for worker in running if not worker.process.is_alive()]:
                    running.remove(worker)
                    free.append(worker.place)
                    outcome = worker.outcome()
                    _note_killed(worker.job, outcome)
                    queue.after(outcome, worker.job)
                    on_outcome(outcome, worker.job)
        finally:
            _stop(running)


def _context() -> Any:
    """Linux forks workers from a server that has imported everything once; elsewhere each imports for itself."""
    context = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
    if sys.platform == "linux":
        context.set_forkserver_preload(IMPORTED_ONCE)
    return context


def _started(context: Any, job: RunJob, place: str) -> Worker:
    answer, sender = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(replace(job, device=place or job.device), sender))
    with _without_main():
        process.start()
    sender.close()
    return Worker(process, job, answer, place)


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """A worker imports what it needs, and not the script that started the study, which would start it again."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _serve(job: RunJob, sender: Connection) -> None:
    """One run in a process of its own, which Ctrl-C in the terminal does not reach and which ends with its parent."""
    if hasattr(os, "setpgrp"):
        os.setpgrp()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    outcome = run_job(job)
    with contextlib.suppress(OSError):
        sender.send(outcome)


def _end_with_parent() -> None:
    """Ask this process to stop when the study's process is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _note_killed(job: RunJob, outcome: str) -> None:
    """Write in the run's status what its process could not."""
    run = RunDirectory(job.folder)
    if outcome.startswith(KILLED) and run.has(STATUS):
        with contextlib.suppress(UsageError):  # a full disk is no reason to stop the others
            run.write_status(state="failed", message=outcome)


def _stop(running: Sequence[Worker]) -> None:
    """Ask every worker to stop after its step, and wait for them; each leaves a resumable run."""
    for worker in running:
        worker.process.terminate()
    for worker in running:
        worker.process.join()


@contextlib.contextmanager
def _termination_as_interrupt() -> Iterator[None]:
    """Let a termination signal (a scheduler's time limit) stop the study as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
