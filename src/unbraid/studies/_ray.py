"""Running a study on a Ray cluster: the same work, on whichever node is free. The only file that imports Ray."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from unbraid.core import UsageError, naming_extras, require
from unbraid.studies._local import BUSY_SECONDS, POLL_SECONDS, OnOutcome, Queue
from unbraid.studies._worker import RunJob, run_job


def run_ray(
    jobs: Sequence[RunJob],
    on_outcome: OnOutcome,
    *,
    address: str | None = None,
    gpus: float = 0.0,
    retries: int = 1,
) -> None:
    """Do all jobs on a Ray cluster; returns when nothing is left that can be done.

    A run whose node dies is started again on another node and goes on from its last checkpoint. The jobs' folders
    must lie in a directory that every node sees under the same path.

    Args:
        jobs: runs that are not done.
        on_outcome: see `run_local`.
        address: of a running cluster, "auto" for the one this machine belongs to; a local one is started without.
        gpus: GPUs per run; a fraction packs several runs on one. CPUs per run are the jobs' threads, 1 if not said.
        retries: how often a failed run is tried again.

    Raises:
        UsageError: Ray is not installed, or no cluster answers.
    """
    ray = _ray()
    require(gpus >= 0, "--gpus must not be negative", gpus)
    started = not ray.is_initialized()
    if started:
        _connect(ray, address)
    try:
        _dispatch(ray, Queue(jobs, retries), on_outcome, gpus)
    finally:
        if started:
            ray.shutdown()


def _ray() -> Any:
    with naming_extras("--on ray"):
        import ray
    return ray


def _connect(ray: Any, address: str | None) -> None:
    """Join the cluster, or start one on this machine that nothing outside can reach."""
    alone = {} if address else {"_node_ip_address": "127.0.0.1", "include_dashboard": False}
    try:
        ray.init(address=address, log_to_driver=False, **alone)
    except (ConnectionError, RuntimeError) as error:
        raise UsageError(
            f"--ray-address must name a running cluster; got {address!r} ({error}). Start it first."
        ) from error


def _dispatch(ray: Any, queue: Queue, on_outcome: OnOutcome, gpus: float) -> None:
    """Hand every waiting run to the cluster, which has its own queue, and take in what comes back."""
    running: dict[Any, RunJob] = {}
    try:
        while queue or running:
            while (job := queue.ready()) is not None:
                # a node that dies is no failure of the run: Ray starts it again, as often as nodes die
                needs = {"num_cpus": max(job.threads, 1), "num_gpus": gpus, "max_retries": -1}
                running[ray.remote(**needs)(run_job).remote(job)] = job
            if not running:
                time.sleep(BUSY_SECONDS)
                continue
            finished, _ = ray.wait(list(running), timeout=POLL_SECONDS)
            for reference in finished:
                job = running.pop(reference)
                outcome = _outcome(ray, reference)
                queue.after(outcome, job)
                on_outcome(outcome, job)
            if not finished:
                on_outcome("poll", None)
    except BaseException:
        for reference in running:
            ray.cancel(reference, force=False)
        raise


def _outcome(ray: Any, reference: Any) -> str:
    try:
        return str(ray.get(reference))
    except ray.exceptions.RayError as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
