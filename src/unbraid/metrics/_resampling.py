"""Scores measured again on redrawn rows and with other seeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from scipy.special import stdtrit

from unbraid.core import Progress, Spec, UsageError, context_of, derive, require, rng
from unbraid.metrics._floors import FloorChoice
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
Redrawn = Literal["halves", "bootstrap", "seeds", "nothing"]  # what is redrawn before a metric is measured again


def measured(
    rep: Representation,
    specs: Mapping[str, Spec],
    draws: int,
    seed: int,
    progress: Progress | None,
    stream: int = 0,
    floor: FloorChoice = False,
) -> dict[str, Measured]:
    """Every score on all rows, with its floor where wanted, and again on each set of redrawn rows, if any."""
    whole = score(rep, metrics=specs.values(), seed=seed, floor=floor, progress=_pass_of(progress, 0, draws))
    again: dict[str, list[Score]] = {name: [] for name in whole}
    kept = [(name, spec) for name, spec in specs.items() if whole[name].value is not None]
    for draw in range(draws):
        progress_of_pass = _pass_of(progress, draw + 1, draws)
        for redrawn in ("halves", "bootstrap", "seeds"):
            group = [(name, spec) for name, spec in kept if _redrawn(spec) == redrawn]
            if not group:
                continue
            rows = _rows(len(rep), redrawn, rng(seed, draw, f"rows redrawn {stream}"))
            part = rep if rows is None else rep.rows(rows)
            scores = score(
                part,
                metrics=[spec for _, spec in group],
                seed=derive(seed, draw, "again"),
                floor=False,
                progress=progress_of_pass,
            )
            for name, _ in group:
                again[name].append(scores[name])
    return {name: (whole[name], again[name]) for name in whole}


def why_missing(whole: Score, again: list[Score], spec: Spec) -> str:
    """Why there is no interval, or an empty string."""
    if whole.value is None:
        return whole.reason
    if not again:
        return "fixed: it has no chance of its own, and its grid of rows is complete"
    lost = [answer for answer in again if answer.value is None]
    return f"no score on {len(lost)} of {repetitions(spec, len(again))}: {lost[0].reason}" if lost else ""


def repetitions(spec: Spec, draws: int) -> str:
    """What was redrawn, and how often: "20 halves of the rows"."""
    sets = {"halves": "halves of the rows", "bootstrap": "bootstraps of the rows", "seeds": "seeds on all rows"}
    return f"{draws} {sets[_redrawn(spec)]}"


def by_rows(spec: Spec) -> bool:
    """Whether rows are redrawn, and not seeds alone."""
    return _redrawn(spec) in ("halves", "bootstrap")


def student_quantile(level: float, draws: int) -> float:
    """Half the width of an interval, in standard deviations over `draws` repetitions (Student's distribution)."""
    require(0 < level < 1, "level of an interval must lie between 0 and 1", level)
    require(draws >= FEWEST, f"draws of an interval must be at least {FEWEST}", draws)
    return float(stdtrit(draws - 1, 0.5 + level / 2))


def _redrawn(spec: Spec) -> Redrawn:
    """What is redrawn for a metric: half the rows, bootstrap rows, seeds alone where it needs the whole grid."""
    if spec.name in BOOTSTRAPPED:
        return "bootstrap"
    try:
        grid = "grid" in properties(spec).needs
    except UsageError:
        return "halves"
    if not grid:
        return "halves"
    return "seeds" if "rng" in context_of(spec.entry("metrics")) else "nothing"


def _rows(count: int, redrawn: str, generator: np.random.Generator) -> np.ndarray | None:
    """Row numbers, sorted; None for all rows."""
    if redrawn == "seeds":
        return None
    halves = redrawn == "halves"
    return np.sort(generator.permutation(count)[: count // 2] if halves else generator.integers(count, size=count))


def _pass_of(progress: Progress | None, number: int, draws: int) -> Progress | None:
    """Report within pass `number` of 1 + `draws`, so that one bar runs through all."""
    if progress is None:
        return None
    return lambda name, done, total: progress(name, number + (done == total), draws + 1)
