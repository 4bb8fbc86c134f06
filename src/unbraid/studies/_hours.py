"""How long the runs that are left will train, by those that are done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean

from unbraid.studies._plan import PlannedRun
from unbraid.studies._status import RunStatus


@dataclass(frozen=True)
class Estimate:
    """Training that is left.

    Args:
        seconds: of all runs that are not done, one after the other; None where no run is done that tells.
        left: runs that are not done.
        by: finished runs that it is estimated by.
        alike: how many of those left are estimated by runs of their own combination.
    """

    seconds: float | None
    left: int
    by: int
    alike: int


def estimated(statuses: Sequence[RunStatus]) -> Estimate:
    """The training time of what is left, from the seconds a step of finished runs as their logs have them.

    A run is taken to be as fast as the finished ones of its own combination; else as those with its model, data and
    batch; else as all. Evaluation comes on top, and another machine, or another number of runs at once, has another
    speed.
    """
    done = [(status.run, seconds) for status in statuses if (seconds := seconds_a_step(status)) is not None]
    left = [status for status in statuses if status.state not in ("done", "foreign")]
    if not done:
        return Estimate(None, len(left), 0, 0)
    by_key = [_means(done, key) for key in (lambda run: run.group, _network, lambda run: "")]
    seconds, alike = 0.0, 0
    for status in left:
        keys = (status.run.group, _network(status.run), "")
        rate = next(means[key] for means, key in zip(by_key, keys, strict=True) if key in means)
        seconds += rate * (status.run.config.steps - status.step)
        alike += keys[0] in by_key[0]
    return Estimate(seconds, len(left), len(done), alike)


def seconds_a_step(status: RunStatus) -> float | None:
    """Of a finished run whose log says when it ended."""
    if status.state != "done":
        return None
    last = (status.record.log() or [{}])[-1]
    return last["seconds"] / last["step"] if last.get("step") and "seconds" in last else None


def _means(done: Sequence[tuple[PlannedRun, float]], key: Callable[[PlannedRun], str]) -> dict[str, float]:
    """Mean seconds a step by what runs have in common."""
    by_key: dict[str, list[float]] = {}
    for run, seconds in done:
        by_key.setdefault(key(run), []).append(seconds)
    return {name: mean(values) for name, values in by_key.items()}


def _network(run: PlannedRun) -> str:
    """What a step costs, nearly: the data, the model and the batch."""
    config = run.config
    return repr((config.data.to_dict(), config.model.to_dict(), config.batch))
