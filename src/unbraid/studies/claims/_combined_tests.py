"""Tests made of others: of the least of several effects, of an effect the other way round, of one that is left open."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unbraid.studies.claims._tests import Ends, Number, Test, on_fisher_scale


@dataclass(frozen=True)
class Mirrored(Test):
    """Of `about` less an effect."""

    test: Test
    about: float = 0.0

    def above(self, margin: float) -> Number:
        return self.test.below(self.about - margin)

    def below(self, margin: float) -> Number:
        return self.test.above(self.about - margin)

    def interval(self, level: float) -> Ends:
        low, high = self.test.interval(level)
        return self.about - high, self.about - low


@dataclass(frozen=True)
class Least(Test):
    """Of the least of several effects: above a margin where all are; below where one is, corrected for the choice."""

    tests: Sequence[Test]

    def above(self, margin: float) -> Number:
        return functools.reduce(np.maximum, [test.above(margin) for test in self.tests])

    def below(self, margin: float) -> Number:
        return np.minimum(
            1.0, len(self.tests) * functools.reduce(np.minimum, [test.below(margin) for test in self.tests])
        )

    def interval(self, level: float) -> Ends:
        low = min(test.interval(level)[0] for test in self.tests)
        return low, min(test.interval(level / len(self.tests))[1] for test in self.tests)


@dataclass(frozen=True)
class Both(Test):
    """Of one effect tested in two ways: it is decided where both decide it."""

    tests: tuple[Test, Test]

    def above(self, margin: float) -> Number:
        return functools.reduce(np.maximum, [test.above(margin) for test in self.tests])

    def below(self, margin: float) -> Number:
        return functools.reduce(np.maximum, [test.below(margin) for test in self.tests])

    def interval(self, level: float) -> Ends:
        lows, highs = zip(*(test.interval(level) for test in self.tests), strict=True)
        return min(lows), max(highs)


@dataclass(frozen=True)
class OnFisherScale(Test):
    """Of a correlation, by a test of its arctanh."""

    test: Test

    def above(self, margin: float) -> Number:
        return self.test.above(on_fisher_scale(margin))

    def below(self, margin: float) -> Number:
        return self.test.below(on_fisher_scale(margin))

    def interval(self, level: float) -> Ends:
        low, high = self.test.interval(level)
        return np.tanh(low), np.tanh(high)


@dataclass(frozen=True)
class Exchanged(Test):
    """Of no effect alone, as permuting tests it: p of a rise and of a fall, whatever the margin on their side of 0."""

    rise: float
    fall: float

    def above(self, margin: float) -> Number:
        return self.rise if margin >= 0 else 0.0

    def below(self, margin: float) -> Number:
        return self.fall if margin <= 0 else 0.0

    def interval(self, level: float) -> Ends:
        return (math.inf if self.rise <= level else 0.0), (-math.inf if self.fall <= level else 0.0)


@dataclass(frozen=True)
class Open(Test):
    """Of an effect that these runs cannot decide; with the interval of another test, where there is one."""

    test: Test | None = None

    def above(self, margin: float) -> Number:
        return 1.0

    def below(self, margin: float) -> Number:
        return 1.0

    def interval(self, level: float) -> Ends:
        return (math.nan, math.nan) if self.test is None else self.test.interval(level)
