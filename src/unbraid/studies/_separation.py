"""Which of several groups of runs are not shown to be worse than the one that came out best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
from scipy import stats

from unbraid.studies._locations import CONFIDENCE, all_equal

Name = TypeVar("Name")


def not_separated(
    groups: Mapping[Name, np.ndarray], *, lower_is_better: bool = False, exact: Sequence[Name] = ()
) -> list[Name]:
    """The group of the best mean, and those of which Welch's test does not show that they are worse.

    One-sided tests against the best, each at 5 % over the number of others (Bonferroni): the truly best group is then
    among them in at least 95 % of studies. Holm's steps would not do, since what is tested against was chosen as the
    best. Groups of a single run say nothing of their spread and are not tested, nor are two groups without any: they
    are among these only where they are best.

    Args:
        groups: one value per run.
        lower_is_better: whether the best has the lowest mean.
        exact: groups that have one value and no spread, since nothing about them is random.

    Example:
        >>> groups = {"a": np.array([0.9, 1.0, 1.1]), "b": np.array([0.8, 0.9, 1.0]), "c": np.array([0.0, 0.1, 0.2])}
        >>> not_separated(groups)
        ['a', 'b']
    """
    sign = -1.0 if lower_is_better else 1.0
    values = {name: sign * np.asarray(given, dtype=float) for name, given in groups.items() if len(given)}
    if not values:
        return []
    best = max(values, key=lambda name: float(values[name].mean()))
    others = [name for name in values if name != best]
    least = (1 - CONFIDENCE) / max(len(others), 1)
    p = {name: _p_of_worse(values[best], values[name], best in exact, name in exact) for name in others}
    return [name for name in values if name == best or ((chance := p[name]) is not None and chance > least)]


def _p_of_worse(best: np.ndarray, other: np.ndarray, best_exact: bool, other_exact: bool) -> float | None:
    """One-sided p of no difference; None where no test can be made."""
    if best_exact and other_exact:
        return float(other[0] >= best[0])
    known = best[0] if best_exact else other[0] if other_exact else None
    single = other if best_exact else best
    if known is not None:
        if len(single) < 2 or all_equal(single):
            return None
        side = "less" if best_exact else "greater"
        return float(stats.ttest_1samp(single, known, alternative=side).pvalue)
    if min(len(best), len(other)) < 2 or (all_equal(best) and all_equal(other)):
        return None
    moments = [(float(group.mean()), float(group.std(ddof=1)), len(group)) for group in (best, other)]
    return float(stats.ttest_ind_from_stats(*moments[0], *moments[1], equal_var=False, alternative="greater").pvalue)
