"""One-sided tests of an effect at any margin; an interval is the inversion of its test, so that both say the same.

Every test takes one sample, or many at once: its numbers are then arrays [R], and so are its answers.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

LEVEL = 0.025  # one-sided
ROUNDING = 1e-9  # of the largest threshold: equal numbers, added up in another order

Number = Any  # a float, or an array [R]: one for each sample
Ends = tuple[Number, Number]


class Test(ABC):
    """What can be said of an effect."""

    __test__ = False  # no class of tests to collect

    @abstractmethod
    def above(self, margin: float) -> Number:
        """One-sided p of the effect being at most `margin`: small where it is larger."""

    @abstractmethod
    def below(self, margin: float) -> Number:
        """One-sided p of the effect being at least `margin`: small where it is smaller."""

    @abstractmethod
    def interval(self, level: float) -> Ends:
        """The margins that neither test rejects at `level`."""


@dataclass(frozen=True)
class Relabelled(Test):
    """The exact permutation test of an effect that shifts.

    Args:
        thresholds: of every relabelling but the one observed, the shift from which its statistic is at least the
            observed one: [N], or [R, N].
        relabellings: how many there are, the one observed among them.
    """

    thresholds: np.ndarray
    relabellings: int

    def above(self, margin: float) -> Number:
        return (1 + np.sum(self.thresholds <= margin + self._rounding, axis=-1)) / self.relabellings

    def below(self, margin: float) -> Number:
        return (1 + np.sum(self.thresholds >= margin - self._rounding, axis=-1)) / self.relabellings

    def interval(self, level: float) -> Ends:
        place = math.floor(level * self.relabellings + ROUNDING) - 1  # so many thresholds may lie beyond an end
        if place < 0:
            return -math.inf, math.inf
        ordered = np.partition(self.thresholds, [place, self.thresholds.shape[-1] - 1 - place], axis=-1)
        return ordered[..., place], ordered[..., -1 - place]

    @property
    def _rounding(self) -> float:
        return ROUNDING * float(np.abs(self.thresholds).max(initial=0.0))


@dataclass(frozen=True)
class Student(Test):
    """Student's t of a mean with its standard error."""

    mean: Number
    error: Number
    degrees: int

    def above(self, margin: float) -> Number:
        return stats.t.sf((self.mean - margin) / self.error, self.degrees)

    def below(self, margin: float) -> Number:
        return stats.t.cdf((self.mean - margin) / self.error, self.degrees)

    def interval(self, level: float) -> Ends:
        half = stats.t.isf(level, self.degrees) * self.error
        return self.mean - half, self.mean + half


@dataclass(frozen=True)
class Normal(Test):
    """A normal estimate with its standard error."""

    estimate: Number
    error: Number

    def above(self, margin: float) -> Number:
        return stats.norm.sf((self.estimate - margin) / self.error)

    def below(self, margin: float) -> Number:
        return stats.norm.cdf((self.estimate - margin) / self.error)

    def interval(self, level: float) -> Ends:
        half = stats.norm.isf(level) * self.error
        return self.estimate - half, self.estimate + half


@dataclass(frozen=True)
class Fisher(Test):
    """A correlation on Fisher's scale, less an offset.

    Args:
        z: arctanh of the correlation, of one below 1.
        error: its standard error.
        less: what the effect is less than the correlation, such as a threshold.
    """

    z: Number
    error: Number
    less: float = 0.0

    def above(self, margin: float) -> Number:
        return stats.norm.sf((self.z - on_fisher_scale(margin + self.less)) / self.error)

    def below(self, margin: float) -> Number:
        return stats.norm.cdf((self.z - on_fisher_scale(margin + self.less)) / self.error)

    def interval(self, level: float) -> Ends:
        half = stats.norm.isf(level) * self.error
        return np.tanh(self.z - half) - self.less, np.tanh(self.z + half) - self.less


def on_fisher_scale(correlation: float) -> float:
    """arctanh of a correlation; infinite at 1 and beyond."""
    return math.copysign(math.inf, correlation) if abs(correlation) >= 1 else math.atanh(correlation)
