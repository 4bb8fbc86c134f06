"""What it would take to decide a claim that the kept runs leave open, in words."""

from __future__ import annotations

from collections.abc import Sequence

from unbraid.report._text import duration
from unbraid.studies import RunStatus, Verdict

__all__ = ["cost_of_deciding", "cost_of_training", "mean_seconds", "training_seconds"]


def cost_of_training(missing: int, seconds: float | None) -> str:
    """Words for runs that are not there."""
    much = "" if seconds is None else f", about {duration(missing * seconds)} of one core"
    return f"{missing} runs more{much}"


def cost_of_deciding(verdict: Verdict, runs: int, groups: int, seconds: float | None) -> str:
    """Words for the seeds that would decide a claim with 80 % power, if the effect stays what it is."""
    if verdict.effect is None or not verdict.effect.has_interval:
        return f"not told by these runs: {verdict.lacking}"
    if verdict.to_decide is None:
        return "hardly: the effect is about as large as the smallest that counts"
    seeds = round(runs / max(groups, 1))
    more = groups * (verdict.to_decide - seeds)
    return f"{verdict.to_decide} seeds in place of {seeds}: {cost_of_training(more, seconds)}"


def mean_seconds(statuses: Sequence[RunStatus]) -> float | None:
    """Mean training time of the finished runs, as their logs have it."""
    seconds = training_seconds(statuses)
    return sum(seconds) / len(seconds) if seconds else None


def training_seconds(statuses: Sequence[RunStatus]) -> list[float]:
    """Training time of each finished run whose log has it."""
    logs = [status.record.log() for status in statuses if status.state == "done"]
    return [log[-1]["seconds"] for log in logs if log and "seconds" in log[-1]]
