"""Scores measured again on redrawn rows and with other seeds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import stdtrit

from unbraid.core import Progress, Spec, UsageError, context_of, derive, load_entry, require, rng
from unbraid.metrics._properties import properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._score import score

FEWEST = 5
DRAWS = 20  # the half-width itself is then known to about 16 %, which Student's quantile allows for
BOOTSTRAPPED = (  # sums and moments over rows, in which a row drawn twice merely weighs twice
    "active_latents",
    "dimension_wise_kl",
    "gaussian_total_correlation",
    "kl_variance",
    "mcc",
    "spearman",
    "wasserstein_correlation",
)

Measured = tuple[Score, list[Score]]  # on all rows, and again


def measured(
    rep: Representation, specs: Mapping[str, Spec], draws: int, seed: int, progress: Progress | None, stream: int = 0
) -> dict[str, Measured]:
    """Every score on all rows and, where there is one, again on each set of redrawn rows."""
    whole = score(rep, specs.values(), seed=seed, progress=_passed(progress, 0, draws))
    again: dict[str, list[Score]] = {name: [] for name in whole}
    kept = [(name, spec) for name, spec in specs.items() if whole[name].value is not None]
    for draw in range(draws):
        tell = _passed(progress, draw + 1, draws)
        for how in ("halves", "bootstrap", "seeds"):
            group = [(name, spec) for name, spec in kept if _how(spec) == how]
            if not group:
                continue
            rows = _redrawn(len(rep), how, rng(seed, draw, f"rows redrawn {stream}"))
            part = rep if rows is None else rep.rows(rows)
            scores = score(part, [spec for _, spec in group], seed=derive(seed, draw, "again"), progress=tell)
            for name, _ in group:
                again[name].append(scores[name])
    return {name: (whole[name], again[name]) for name in whole}


def missing(whole: Score, again: list[Score], spec: Spec) -> str:
    """Why there is no interval, or an empty string."""
    if whole.value is None:
        return whole.reason
    if not again:
        return "fixed: it has no chance of its own, and its grid of rows is complete"
    lost = [each for each in again if each.value is None]
    return f"no score on {len(lost)} of {words(spec, len(again))}: {lost[0].reason}" if lost else ""


def words(spec: Spec, draws: int) -> str:
    """What was measured again, and how often."""
    taken = {"halves": "halves of the rows", "bootstrap": "bootstraps of the rows", "seeds": "seeds on all rows"}
    return f"{draws} {taken[_how(spec)]}"


def quantile(level: float, draws: int) -> float:
    """How many times the spread of `draws` repetitions reaches to either side (Student's distribution)."""
    require(0 < level < 1, "level of an interval must lie between 0 and 1", level)
    require(draws >= FEWEST, f"draws of an interval must be at least {FEWEST}", draws)
    return float(stdtrit(draws - 1, 0.5 + level / 2))


def _how(spec: Spec) -> str:
    """How a metric is measured again: on halves, bootstrap rows, all rows with other seeds, or "not at all"."""
    if spec.name in BOOTSTRAPPED:
        return "bootstrap"
    try:
        grid = "grid" in properties(spec.name).needs
    except UsageError:
        return "halves"
    if not grid:
        return "halves"
    return "seeds" if "rng" in context_of(load_entry("metrics", spec.name)) else "not at all"


def _redrawn(count: int, how: str, generator: np.random.Generator) -> np.ndarray | None:
    """Row numbers, sorted; None for all rows."""
    if how == "seeds":
        return None
    drawn = generator.permutation(count)[: count // 2] if how == "halves" else generator.integers(count, size=count)
    return np.sort(drawn)


def _passed(progress: Progress | None, number: int, draws: int) -> Progress | None:
    """Report within pass `number` of 1 + `draws`, so that one bar runs through all."""
    if progress is None:
        return None
    return lambda name, done, total: progress(name, number + (done == total), draws + 1)
