"""When the runs of the speedrun met its criteria, from the lines of their looks, and how many times faster one did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

SHARE = 0.5  # of the cap after which the peers' loss is the target
Line = dict[str, str]


class Reached(NamedTuple):
    """When a run first met a criterion; infinite where it did not."""

    seconds: float
    images: float


NEVER = Reached(np.inf, np.inf)


def runs_of(lines: Sequence[Line], world: str, recipe: str, cap: str) -> list[list[Line]]:
    """The looks of each run, by seed."""
    mine = [line for line in lines if (line["world"], line["recipe"], line["cap"]) == (world, recipe, cap)]
    return [[line for line in mine if line["seed"] == seed] for seed in dict.fromkeys(line["seed"] for line in mine)]


def target_of(runs: Sequence[Sequence[Line]], cap: float) -> float:
    """Mean over runs of the loss at a share of the cap, between looks along the logarithm of time."""
    return float(np.mean([np.interp(np.log(SHARE * cap), *_curve(looks)) for looks in runs]))


def below(looks: Sequence[Line], target: float) -> Reached:
    """When the loss first falls to the target, between looks along the logarithm of time and of images."""
    times, losses = _curve(looks)
    images = np.log([float(look["images"]) for look in looks])
    met = np.flatnonzero(losses <= target)
    if not len(met):
        return NEVER
    if met[0] == 0:
        return Reached(float(np.exp(times[0])), float(np.exp(images[0])))
    pair = slice(met[0] - 1, met[0] + 1)
    part = (losses[pair][0] - target) / (losses[pair][0] - losses[pair][1])
    return Reached(*(float(np.exp((1 - part) * a + part * b)) for a, b in (times[pair], images[pair])))


def above(looks: Sequence[Line], column: str, least: float) -> Reached:
    """The first look at which a column is at least so much."""
    met = (look for look in looks if float(look[column]) >= least)
    return next((Reached(float(look["seconds"]), float(look["images"])) for look in met), NEVER)


def ratio(slow: Sequence[float], fast: Sequence[float]) -> tuple[float, float, float] | None:
    """Ratio of geometric means with its 95 % interval by Welch; None where a run never arrived or is alone."""
    from scipy.stats import ttest_ind

    if min(len(slow), len(fast)) < 2 or not np.isfinite([*slow, *fast]).all():
        return None
    interval = ttest_ind(np.log(slow), np.log(fast), equal_var=False).confidence_interval()
    middle = np.mean(np.log(slow)) - np.mean(np.log(fast))
    return float(np.exp(middle)), float(np.exp(interval.low)), float(np.exp(interval.high))


def _curve(looks: Sequence[Line]) -> tuple[np.ndarray, np.ndarray]:
    """Logarithm of seconds, and losses."""
    return np.log([float(look["seconds"]) for look in looks]), np.array([float(look["loss"]) for look in looks])
