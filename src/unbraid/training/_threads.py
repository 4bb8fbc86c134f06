"""How many threads torch computes with: as said, as the environment says, as before, or as measured to be faster."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from unbraid.data import GroundTruthDataset
from unbraid.store import RunDirectory
from unbraid.training._build import model_of_shape, new_objective
from unbraid.training._config import RunConfig
from unbraid.training._inputs import Inputs
from unbraid.training._step import descend, draw_batch, with_penalty

THREADS = "threads"  # in status.json; no part of a configuration
SAID = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")  # environment
QUICK = 0.005  # seconds of a step in which threads wait for each other longer than they compute
SHORT = 30.0  # seconds of a whole run, below which measuring is not worth it
TIMED = 2  # steps, after one that is not
FASTER = 1.2  # times, below which more threads are not worth the processors


def said_outside() -> bool:
    """Whether the environment says how many threads there are to be; torch has read it."""
    return any(os.environ.get(name, "").strip() for name in SAID)


def noted_threads(run: RunDirectory) -> int | None:
    """The threads that a run was trained with so far; None where that is not known."""
    threads = run.read_status().get(THREADS)
    return threads if isinstance(threads, int) and not isinstance(threads, bool) and threads >= 1 else None


@contextmanager
def torch_threads(count: int | None) -> Iterator[None]:
    """Let torch compute with so many threads meanwhile; None leaves them as they are."""
    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def threads_for(run: RunDirectory, given: int | None) -> int | None:
    """The threads to use a trained run with: as said, else as it was trained; None leaves them as they are."""
    return given or (None if said_outside() else noted_threads(run))


def chosen_threads(
    given: int | None, run: RunDirectory, config: RunConfig, dataset: GroundTruthDataset, device: torch.device
) -> int:
    """The threads to train with, at most as many as torch has now unless `given` says otherwise.

    A run that is gone on with keeps its number, since sums differ in their last digits between numbers of threads.
    """
    if given is not None:
        return given
    most = torch.get_num_threads()
    if said_outside() or device.type != "cpu":
        return most
    return noted_threads(run) or fastest(step_of(config, dataset), most, config.steps)


def fastest(step: Callable[[], None], most: int, steps: int, clock: Callable[[], float] = time.perf_counter) -> int:
    """How many threads do a step fastest, as measured now: 1, 2, 4 and so on, as long as it helps.

    Args:
        step: does a step's work and leaves no trace.
        most: threads.
        steps: of the run; a short one takes one thread.
        clock: seconds.
    """
    if most == 1:
        return 1
    seconds = _seconds(step, 1, clock)
    best, count = 1, 2
    if seconds < QUICK or seconds * steps < SHORT:
        return best
    while count <= most:
        now = _seconds(step, count, clock, limit=seconds)
        if now * FASTER > seconds:
            break
        best, seconds = count, now
        count = min(2 * count, most) if count < most else most + 1
    return best


def _seconds(step: Callable[[], None], threads: int, clock: Callable[[], float], limit: float = float("inf")) -> float:
    """Mean time of a step; of the first alone where that takes three times the limit."""
    with torch_threads(threads):
        began = clock()
        step()
        first = clock() - began
        if first > 3 * limit:
            return first
        began = clock()
        for _ in range(TIMED):
            step()
        return (clock() - began) / TIMED


def step_of(config: RunConfig, dataset: GroundTruthDataset) -> Callable[[], None]:
    """The work of a step of the first phase, on a model of its own: no weight of the run moves, no number is drawn."""
    cpu, ready = torch.device("cpu"), list[Callable[[], None]]()

    def prepared() -> Callable[[], None]:
        model = model_of_shape(config, dataset.image_shape).train()
        model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        objective = new_objective(config.phases[0].objective, model, dataset)
        modules = {"model": model, **{name: player.module for name, player in objective.players().items()}}
        inputs = Inputs(dataset, cpu)
        players = {name: list(module.parameters()) for name, module in modules.items()}

        def work() -> None:
            batch = draw_batch(inputs, config.batch, objective.pairing, config.seed, 0)
            descend(with_penalty(objective.forward(model, batch, 0), model), players, {})
            for module in modules.values():
                module.zero_grad(set_to_none=True)

        return work

    def step() -> None:
        with torch.random.fork_rng([]):
            if not ready:
                ready.append(prepared())
            ready[0]()

    return step
