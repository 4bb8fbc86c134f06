"""Scores of runs on disjoint folds of the rows, and which runs are not separated by them from the best."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from unbraid.core import rng
from unbraid.metrics import Representation, Score, properties
from unbraid.studies._criterion import Criterion, Place
from unbraid.studies._locations import CONFIDENCE

FOLDS, LEAST_FOLDS = 10, 5
PERMUTATIONS = 10  # behind the floor of codes on one fold, whose error is carried on

Load = Callable[[str], Representation | None]


@dataclass(frozen=True)
class FoldScores:
    """The criterion on each fold of the rows.

    Args:
        values: one per fold.
        error: standard error that all of them share: that of the floor.
        factors: what the rows show, to tell whether two codes are of the same rows.
    """

    values: np.ndarray
    error: float
    factors: np.ndarray


def folds_of(count: int, fewest: int) -> list[np.ndarray]:
    """Ten disjoint folds of so many rows, drawn at random; fewer where ten are too small, none where five are."""
    folds = min(FOLDS, count // max(fewest, 1))
    return np.array_split(rng(0, 0, "folds of rows").permutation(count), folds) if folds >= LEAST_FOLDS else []


def fold_scores(criterion: Criterion, reps: Mapping[str, Representation]) -> tuple[dict[Place, FoldScores], str]:
    """The scores of some runs (all seeds of a combination, where the criterion is taken over them), and what lacks."""
    rows = min(len(rep) for rep in reps.values())
    folds = folds_of(rows, criterion.fewest)
    if not folds:
        return {}, f"{rows:,} rows make no {LEAST_FOLDS} folds of the {criterion.fewest} that {criterion.name} needs"
    first = criterion.scores(reps, folds[0], PERMUTATIONS if criterion.floor else False)
    others = [criterion.scores(reps, fold, False) for fold in folds[1:]]
    scores: dict[Place, FoldScores] = {}
    for place, scored in first.items():
        values = [scored.value, *(other[place].value for other in others)]
        if any(value is None for value in values) or criterion.read(scored) is None:
            reason = next((s.reason for s in (scored, *(o[place] for o in others)) if s.value is None), "no floor")
            return scores, f"{place[0]}: no {criterion.name} on a fold: {reason}"
        scores[place] = _above(criterion, scored, np.array(values, dtype=float), reps[place[0]].factors)
    return scores, ""


def _above(criterion: Criterion, scored: Score, values: np.ndarray, factors: np.ndarray) -> FoldScores:
    """Values of folds as scores above chance, by the floor of one of them: folds have as many rows and latents."""
    if criterion.on != "above" or scored.floor is None or criterion.spec is None:
        return FoldScores(criterion.sign * values, 0.0, factors)
    said = properties(criterion.spec)
    room = said.range[0 if said.higher_is_better is False else 1] - scored.floor
    above = (values - scored.floor) / room
    return FoldScores(above, abs((above.mean() - 1) * (scored.floor_error or 0.0) / room), factors)


def p_of_worse(best: FoldScores, other: FoldScores) -> float:
    """One-sided p of no difference, by Student's t over folds; paired where both are codes of the same rows."""
    count = min(len(best.values), len(other.values))
    if best.factors.shape == other.factors.shape and np.array_equal(best.factors, other.factors):
        apart = best.values - other.values
        variance = apart.var(ddof=1) / count
    else:
        apart = np.array([best.values.mean() - other.values.mean()])
        variance = best.values.var(ddof=1) / len(best.values) + other.values.var(ddof=1) / len(other.values)
    error = float(np.sqrt(variance + best.error**2 + other.error**2))
    if error == 0:
        return float(apart.mean() <= 0)
    return float(stats.t.sf(apart.mean() / error, count - 1))


def separated(best: Place, scores: Mapping[Place, FoldScores], others: Iterable[Place]) -> dict[Place, float]:
    """Adjusted p of each of the others: whether it is worse than the best, by Bonferroni over all of them.

    Where those of at least 5 % count as not separated, the run that is truly best on rows drawn alike is among them and
    the best in at least 95 % of cases. Holm's steps would not do: what is tested against was chosen as the best.
    """
    chosen = list(others)
    p = {place: p_of_worse(scores[best], scores[place]) for place in chosen if place in scores}
    return {place: min(1.0, chance * len(chosen)) for place, chance in p.items()} if best in scores else {}


LIMIT = 1 - CONFIDENCE
