"""How many seeds would decide a claim, if the effect and the spread stay what they are."""

from __future__ import annotations

import math

from scipy import stats

from unbraid.studies.claims._effect import Effect
from unbraid.studies.claims._tests import LEVEL

POWER = 0.8
MOST = 10_000  # seeds: more are no answer
HARDLY = 0.02  # of the interval's half width: an effect as near to a boundary as this is decided by no number of seeds


def seeds_to_decide(effect: Effect, smallest: float, *, level: float = LEVEL, least: int = 6) -> int | None:
    """Seeds an arm that decide with 80 % power; None where no number would, or none can be told.

    The standard error is read from the interval and goes with 1 / sqrt(n); what is to be excluded is the nearest
    boundary: the smallest effect from above, else 0 or the smallest effect, on either side, from within.

    Args:
        effect: what the runs show.
        smallest: the smallest effect that counts.
        level: one-sided, divided by what Holm's correction asks of this claim.
        least: never fewer than these.
    """
    if not effect.has_interval or not effect.seeds:
        return None
    n, half, estimate = effect.seeds, (effect.high - effect.low) / 2, effect.estimate
    room = estimate - smallest if estimate > smallest else max(smallest - abs(estimate), -estimate)
    if half <= 0 or room <= HARDLY * half:
        return None
    error = half / float(stats.t.isf(LEVEL, max(2 * n - 2, 1))) * math.sqrt(n)  # of a single seed an arm
    for seeds in range(max(least, n), MOST):
        degrees = 2 * seeds - 2
        if (stats.t.isf(level, degrees) + stats.t.isf(1 - POWER, degrees)) * error <= room * math.sqrt(seeds):
            return seeds
    return None
