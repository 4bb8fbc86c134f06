"""One group has the highest normalised sum of several scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unbraid.metrics import normalised_sum
from unbraid.studies.claims._effect import Effect, Group
from unbraid.studies.claims._selection import Scores, described
from unbraid.studies.claims._statistics import difference

__all__ = ["best_sum"]


def best_sum(
    scores: Scores, *, metrics: Sequence[str], best: Group, among: Sequence[Group], lower_is_better: bool = False
) -> Effect:
    """As `best`, by the sum of the scores in shares of the best run's; see `unbraid.metrics.normalised_sum`.

    Args:
        scores: what the runs scored.
        metrics: the scores that are summed.
        best: the group that is claimed to be best.
        among: the others.
        lower_is_better: whether the best has the lowest sum.

    Source: Abdi et al. (2019), table 1.

    Example:
        >>> import pandas as pd
        >>> from unbraid.studies import Scores
        >>> runs = {"run": range(4), "seed": [0, 1, 0, 1], "group": list("aabb")}
        >>> runs["objective"] = ["vae", "vae", "beta_vae", "beta_vae"]
        >>> frame = pd.DataFrame(runs).assign(metric="mig", part="", value=[0.1, 0.2, 0.5, 0.6])
        >>> best, other = {"objective": "beta_vae"}, {"objective": "vae"}
        >>> effect = best_sum(Scores(frame), metrics=["mig"], best=best, among=[other])  # sums of shares of 0.6
        >>> round(effect.estimate, 2), effect.compared
        (0.67, 'normalised sum: 0.917 against 0.250 of objective vae, the best of the others')
    """
    sign = -1.0 if lower_is_better else 1.0
    groups = [best, *among]
    tables = [np.stack([scores.values(metric, group) for metric in metrics], axis=1) for group in groups]
    ends = np.cumsum([len(table) for table in tables])[:-1]  # each table is [runs, metrics]
    sums = np.split(normalised_sum(np.concatenate(tables)), ends)
    rival = max(range(1, len(sums)), key=lambda place: sign * sums[place].mean())
    compared = f"{sums[0].mean():.3f} against {sums[rival].mean():.3f} of {described(groups[rival])}"
    compared = f"normalised sum: {compared}, the best of the others"
    return Effect(*difference(sign * sums[0], sign * sums[rival]), sum(map(len, sums)), compared)
