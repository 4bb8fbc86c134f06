"""What it would take to decide a claim that the kept runs leave open, in words."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from scipy import stats

from unbraid.report._text import duration
from unbraid.studies import RunStatus, Verdict

__all__ = ["cost_of_narrowing", "cost_of_training", "mean_seconds", "training_seconds"]


def cost_of_training(missing: int, seconds: float | None) -> str:
    """Words for runs that are not there."""
    much = "" if seconds is None else f", about {duration(missing * seconds)} of one core"
    return f"{missing} runs more{much}"


def cost_of_narrowing(verdict: Verdict, runs: int, groups: int, seconds: float | None) -> str:
    """Words for the seeds that would shrink the interval enough, if the effect stays what it is."""
    effect, smallest = verdict.effect, verdict.claim.smallest_effect
    if effect is None:
        return f"not by more runs: {verdict.reason}"
    half = (effect.high - effect.low) / 2
    room = effect.estimate if effect.estimate >= smallest else smallest - effect.estimate  # to the nearer verdict
    if room <= 0.02 * half:
        return "hardly: the effect is about as large as the smallest that counts"
    seeds = round(runs / groups)
    needed = enough_seeds(half / room, seeds, resampled=effect.resampled)
    more = groups * (needed - seeds)
    return f"about {needed} seeds in place of {seeds}: {cost_of_training(more, seconds)}"


def enough_seeds(shrink: float, seeds: int, resampled: bool) -> int:
    """Seeds that make an interval so many times narrower: it goes with 1 / √n, and Student's with t(n - 1) besides."""

    def width(n: int) -> float:
        return float((1.0 if resampled else stats.t.ppf(0.975, n - 1)) / math.sqrt(n))

    return next(n for n in itertools.count(seeds + 1) if width(n) * shrink <= width(seeds))


def mean_seconds(statuses: Sequence[RunStatus]) -> float | None:
    """Mean training time of the finished runs, as their logs have it."""
    seconds = training_seconds(statuses)
    return sum(seconds) / len(seconds) if seconds else None


def training_seconds(statuses: Sequence[RunStatus]) -> list[float]:
    """Training time of each finished run whose log has it."""
    logs = [status.record.log() for status in statuses if status.state == "done"]
    return [log[-1]["seconds"] for log in logs if log and "seconds" in log[-1]]
