"""Whether two codes differ by more than the noise of rows and draws."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated

import numpy as np

from unbraid.core import Progress, require, rng, shown
from unbraid.core.checked import checked
from unbraid.core.values import Range, Seed
from unbraid.metrics._compared import Difference, adjusted, difference
from unbraid.metrics._floors import FloorChoice
from unbraid.metrics._representation import Representation
from unbraid.metrics._resampling import DRAWS, measured, require_interval
from unbraid.metrics._score import MetricLike, default_metrics, specs_of

__all__ = ["Difference", "differences"]


@checked
def differences(
    first: Representation,
    second: Representation,
    metrics: MetricLike | Iterable[MetricLike] | None = None,
    *,
    level: float = 0.95,
    draws: Annotated[int, Range(most=1_000_000)] = DRAWS,
    seed: Seed = 0,
    floor: FloorChoice = "quick",
    progress: Progress | bool | None = True,
) -> dict[str, Difference]:
    """Compare two codes score by score: is the difference within the noise of rows and draws?

    Codes of the same rows (equal factors, row by row) are compared in pairs: both are scored on the same redrawn rows
    with the same seeds, so that noise common to both cancels. Other codes are treated as independent; of the larger
    one as many rows are drawn as the smaller one has, so that bias, which depends on their number, cancels too.

    Args:
        first: one code.
        second: another, of the same factors.
        metrics: as in `score`; all of `DEFAULT` when None.
        level: confidence level of the intervals, in (0, 1).
        draws: repetitions, at least 5.
        seed: as in `intervals`.
        floor: which scores get a floor, and so are compared above chance too (see `score`).
        progress: True shows a bar; a function is called with (name, number done, number in all).

    Returns:
        one Difference per metric, by its one name (see `score`).

    Raises:
        UsageError: the two have different factors, levels, or kinds of factors.

    Notes:
        The p values of one call are adjusted together: two equal codes differ clearly anywhere in the table in at most
        1 - `level` of comparisons. What was measured of that stands in docs/coverage. Scores above chance are compared
        with the floors taken as known but for their standard errors.
    """
    require_interval(level, draws)
    _require_comparable(first, second)
    specs = specs_of(default_metrics(first) if metrics is None else metrics)
    first, second, note = _of_equal_rows(first, second, seed)
    paired = np.array_equal(_with_nan(first), _with_nan(second), equal_nan=True)
    with shown(progress, "comparing") as show:
        one = measured(first, specs, draws, seed, show, floor=floor)
        two = measured(second, specs, draws, seed, show, stream=0 if paired else 1, floor=floor)
    compared = {name: difference(one[name], two[name], spec, paired, level) for name, spec in specs.items()}
    return {name: replace(given, note=note) for name, given in adjusted(compared, draws, level).items()}


def _require_comparable(first: Representation, second: Representation) -> None:
    """Raise `UsageError` unless both have the same factors, of the same kinds, with as many levels."""
    spaces = [rep.space for rep in (first, second)]
    names, kinds, sizes = (
        [[getattr(factor, key) for factor in space.factors] for space in spaces] for key in ("name", "kind", "size")
    )
    require(names[0] == names[1], "codes are compared on the same factors", f"{names[0]} and {names[1]}")
    do = "say the kinds of both, with kinds= or --kinds"
    require(kinds[0] == kinds[1], "codes are compared on factors of the same kinds", f"{kinds[0]} and {kinds[1]}", do)
    apart = [f"'{n}' with {a} and {b}" for n, a, b in zip(names[0], *sizes, strict=True) if a != b]
    rule = "codes are compared on factors with as many levels in both, for scores depend on their number"
    require(not apart, rule, ", ".join(apart), "keep the rows whose levels stand in both")


def _of_equal_rows(
    first: Representation, second: Representation, seed: int
) -> tuple[Representation, Representation, str]:
    """Both with as many rows, drawn at random from the larger one, and a note where there were more."""
    rows = min(len(first), len(second))
    if len(first) == len(second):
        return first, second, ""
    note = f"on {rows:,} rows, drawn from the {max(len(first), len(second)):,} of the larger file"
    drawn = [
        rep if len(rep) == rows else rep.rows(np.sort(rng(seed, 0, "rows compared").permutation(len(rep))[:rows]))
        for rep in (first, second)
    ]
    return drawn[0], drawn[1], note


def _with_nan(rep: Representation) -> np.ndarray:
    """Factors as numbers, NaN where missing."""
    return rep.factors if rep.missing is None else np.where(rep.missing, np.nan, rep.factors)
