"""Running a study here: worker processes, a stop that leaves everything resumable, failed runs tried again."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from unbraid.studies._work import Job, work

POLL_SECONDS = 1.0
BUSY_SECONDS = 10.0  # before looking again at a run that another process has

Tell = Callable[[str, Job], None]


def run_local(jobs: Sequence[Job], workers: int, tell: Tell, retries: int = 1) -> None:
    """Do all jobs with `workers` processes; returns when nothing is left that can be done.

    Args:
        jobs: runs that are not done.
        workers: processes at once; 1 still uses a process of its own.
        tell: called with ("poll" | "done" | "busy" | an error, job) as things happen; "poll" comes about every second.
        retries: how often a failed run is tried again (a run that diverged would diverge again, and is not).
    """
    waiting, tries, again_at = list(jobs), {job.folder: 0 for job in jobs}, {job.folder: 0.0 for job in jobs}
    context = multiprocessing.get_context("spawn")
    while waiting:
        running: dict[Future[str], Job] = {}
        pool = ProcessPoolExecutor(workers, mp_context=context)
        try:
            while waiting or running:
                for job in [j for j in waiting if again_at[j.folder] <= time.monotonic()][: workers - len(running)]:
                    waiting.remove(job)
                    running[pool.submit(work, job)] = job
                finished, _ = wait(running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
                for future in finished:
                    job = running.pop(future)
                    outcome = future.result()
                    tell(outcome, job)
                    if outcome == "busy":
                        again_at[job.folder] = time.monotonic() + BUSY_SECONDS
                        waiting.append(job)
                    elif outcome != "done" and not outcome.startswith("Diverged") and tries[job.folder] < retries:
                        tries[job.folder] += 1
                        waiting.append(job)
                if not finished:
                    tell("poll", Job({}, "", 0, 0))
                    time.sleep(0.0 if running else 0.2)
        except BrokenProcessPool:  # a worker was killed: its run is resumed by a new one
            for job in running.values():
                tries[job.folder] += 1
                tell("its worker process was killed", job)
                if tries[job.folder] <= max(retries, 1):
                    waiting.append(job)
        except KeyboardInterrupt:
            _stop(pool)
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _stop(pool: ProcessPoolExecutor) -> None:
    """Ask every worker to stop after its step; each leaves a resumable run."""
    for process in list((pool._processes or {}).values()):
        if process.is_alive() and process.pid:
            os.kill(process.pid, 15)
