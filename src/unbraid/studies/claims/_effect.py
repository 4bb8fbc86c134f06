"""What a kind of claim makes of the runs: an effect in the claimed direction, with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Group = Mapping[str, Any]  # settings that runs share, by dotted name: a list means any of them, null a run without it
Direction = Literal["up", "down"]


@dataclass(frozen=True)
class Effect:
    """An effect in the claimed direction with its 95 % interval.

    Args:
        estimate: the effect; above 0 where the runs are as claimed.
        low: lower end of its interval.
        high: upper end of its interval.
        runs: how many runs it rests on.
        compared: what was compared, in words.
        exchanged: whether the claim is that there is no such effect.
        resampled: whether the interval comes from resampling the runs.
    """

    estimate: float
    low: float
    high: float
    runs: int
    compared: str
    exchanged: bool = False
    resampled: bool = False


def sign_of(direction: Direction) -> float:
    """1 for a rise, -1 for a fall."""
    return 1.0 if direction == "up" else -1.0
