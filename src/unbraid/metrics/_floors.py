"""What a score reads on codes that know nothing: its floor, the score above it, and a permutation p."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from unbraid.core import require
from unbraid.metrics._properties import Permuted, Properties
from unbraid.metrics._representation import Representation, Score

FloorChoice = Literal["quick", "all"] | bool | int

FLOOR = ("floor", "floor_error", "above", "p", "permutations")  # fields that a score with a floor has, its parts not

FEWEST, MOST = 3, 50
PRECISION = 0.005  # standard error of a floor, as a share of the room above it, at which permuting stops
LEAST_ROOM = 0.05  # between the floor and the end of the range: with less, a score above chance would be noise
MOST_FIXED = 100_000  # permutations that anybody waits for
FIXED = 19  # permutations from which a p value is shown: the smallest that can reach 1 in 20
ROUNDING = 1e-12  # two sums of the same counts in another order count as equal

Measure = Callable[[Representation, np.random.Generator], Score]


def with_floor(
    scored: Score,
    rep: Representation,
    declared: Properties | None,
    measure: Measure,
    draws: np.random.Generator,
    floor: FloorChoice,
) -> Score:
    """`scored` with its floor: the mean of the same metric over permutations that leave N, D and both laws as they are.

        above = (value - floor) / (upper - floor)        upper, lower: the ends of the metric's range
        above = (floor - value) / (floor - lower)        where lower is better

    Args:
        scored: the metric's score of `rep`.
        rep: codes and factors.
        declared: what the metric declares; None, as for a metric of somebody's own without `PROPERTIES`: no floor.
        measure: the metric itself, of a representation and a generator of its own.
        draws: of the permutations.
        floor: which scores get one (see `score`).

    Returns:
        the score with floor, its standard error, above, p, the number of permutations, and what there is to note.

    Notes:
        Where permutations are not fixed in advance they stop, from 3 to 50, when the standard error is below 0.005 of
        the room above the floor; a sample that looks narrow by chance stops early, but its mean is then off by no more
        than such a share. A score without an end to measure against takes 19, fixed. The score itself is not among
        the permuted ones, so the smallest p is 1 / (R + 1).
    """
    permuted = "nothing" if declared is None else declared.permuted
    if declared is None or scored.value is None or permuted == "nothing" or not _wanted(declared, floor):
        return scored
    null = Null(scored.value, declared)
    fixed = floor if isinstance(floor, int) and not isinstance(floor, bool) else 0 if null.bounded else FIXED
    answers: list[Score] = []
    while len(answers) < (fixed or MOST):
        answers.append(measure(permuted_rows(rep, permuted, draws), draws.spawn(1)[0]))
        if not fixed and len(answers) >= FEWEST and null.precise(_values(answers)):
            break
    return null.beside(scored, answers, fixed)


def require_floor(floor: FloorChoice) -> None:
    """Raise `UsageError` unless `floor` is a choice of `score`."""
    number = isinstance(floor, int) and (isinstance(floor, bool) or FEWEST <= floor <= MOST_FIXED)
    count = f"a number of permutations of at least {FEWEST} and at most {MOST_FIXED:,}"
    rule = f"floor must be 'quick', 'all', True, False or {count}"
    require(number or floor in ("quick", "all"), rule, f"{floor!r:.100}")


def _wanted(declared: Properties, floor: FloorChoice) -> bool:
    """Whether a score of this cost gets a floor."""
    return declared.cost == "quick" if floor == "quick" else bool(floor)


def permuted_rows(rep: Representation, permuted: Permuted, draws: np.random.Generator) -> Representation:
    """Codes that know nothing of the factors, or for `latents` nothing of each other, row by row as they were.

    Permuting the factors against the codes is equal in law to permuting the codes, and leaves everything made of codes
    alone as it is; a complete grid stays one only when the codes are permuted.
    """
    if permuted == "factors":
        return rep.with_permuted_factors(draws.permutation(len(rep)))
    if permuted == "codes":
        order = draws.permutation(len(rep))
        return replace(rep, code=rep.code[order], logvar=None if rep.logvar is None else rep.logvar[order])
    orders = np.stack([draws.permutation(len(rep)) for _ in range(rep.latents)], axis=1)
    logvar = None if rep.logvar is None else np.take_along_axis(rep.logvar, orders, axis=0)
    return replace(rep, code=np.take_along_axis(rep.code, orders, axis=0), logvar=logvar)


@dataclass(frozen=True)
class Null:
    """A value, and what permuted values say about it.

    Args:
        value: the score of the codes as they are.
        declared: what its metric declares.
    """

    value: float
    declared: Properties

    @property
    def up(self) -> float:
        """1 where more than the floor is more than chance, -1 where less is."""
        dependence = self.declared.permuted == "latents"
        return 1.0 if bool(self.declared.higher_is_better) != dependence else -1.0

    @property
    def end(self) -> float:
        """The end of the range that is furthest from chance; infinite where there is none."""
        return self.declared.range[1] if self.up > 0 else self.declared.range[0]

    @property
    def bounded(self) -> bool:
        """Whether the score has an end to measure against."""
        return self.declared.permuted != "latents" and math.isfinite(self.end)

    def precise(self, values: np.ndarray) -> bool:
        """Whether the mean of the permuted values is known well enough."""
        return len(values) >= FEWEST and bool(_error(values) < PRECISION * abs(self.end - values.mean()))

    def beside(self, scored: Score, answers: Sequence[Score], fixed: int) -> Score:
        """The score with all that the permuted ones say."""
        values = _values(answers)
        lost = len(answers) - len(values)
        if len(values) < FEWEST:
            reason = next(answer.reason for answer in answers if answer.value is None)
            note = f"no floor: {lost} of {len(answers)} permutations have no score: {reason}"
            return replace(scored, notes=(*scored.notes, note))
        floor, notes = float(values.mean()), list(scored.notes)
        deviation = float(values.std(ddof=1))
        if self.up * (self.value - floor) <= 2 * deviation + ROUNDING:
            notes.append(f"no more than {self._chance()}: {floor:.3f}, standard deviation {deviation:.3f}")
        above = self._above(floor)
        if self.bounded and above is None:
            notes.append(f"nothing above chance: a floor of {floor:.3f} leaves less than {LEAST_ROOM} to {self.end:g}")
        if lost:
            notes.append(f"{lost} of {len(answers)} permutations have no score")
        beyond = lost + int((self.up * (values - self.value) >= -ROUNDING).sum())  # a lost one counts against it
        return replace(
            scored,
            floor=floor,
            floor_error=_error(values),
            above=above,
            p=(1 + beyond) / (fixed + 1) if fixed >= FIXED else None,
            permutations=len(values),
            notes=tuple(notes),
        )

    def _above(self, floor: float) -> float | None:
        """The share of the room between floor and end that the value takes; not clipped."""
        room = self.up * (self.end - floor)
        return None if not self.bounded or room < LEAST_ROOM else self.up * (self.value - floor) / room

    def _chance(self) -> str:
        return "independent latents read" if self.declared.permuted == "latents" else "chance"


def room_above(scored: Score, declared: Properties) -> float:
    """From the floor to the end of the range; negative where lower is better: above = (value - floor) / room."""
    assert scored.value is not None
    assert scored.floor is not None
    return Null(scored.value, declared).end - scored.floor


def _values(answers: Sequence[Score]) -> np.ndarray:
    """Those that exist."""
    return np.array([answer.value for answer in answers if answer.value is not None], dtype=np.float64)


def _error(values: np.ndarray) -> float:
    """Standard error of their mean."""
    return float(values.std(ddof=1) / np.sqrt(len(values)))
