"""One group has the highest normalised sum of several scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from unbraid.core import UsageError
from unbraid.metrics import normalised_sum
from unbraid.studies.claims._comparisons import against_each, of_arms
from unbraid.studies.claims._effect import Effect, Group
from unbraid.studies.claims._selection import NotTestableError, Scores, described

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
    sign, word = (-1.0, "lowest") if lower_is_better else (1.0, "best")
    tables = [_table(scores, metrics, group) for group in (best, *among)]
    try:
        sums = normalised_sum(np.concatenate([table[list(metrics)] for table in tables]))
    except UsageError as error:
        raise NotTestableError(str(error)) from error
    ends = np.cumsum([len(table) for table in tables])[:-1]
    signed = [table.assign(value=sign * part) for table, part in zip(tables, np.split(sums, ends), strict=True)]
    effects = [of_arms(signed[0], rows, "") for rows in signed[1:]]
    nearest = min(range(len(among)), key=lambda place: effects[place].estimate)
    means = [abs(float(rows["value"].mean())) for rows in (signed[0], signed[1 + nearest])]
    compared = f"normalised sum: {means[0]:.3f} against {means[1]:.3f} of {described(among[nearest])}"
    return against_each(effects, f"{compared}, the {word} of the others", len(sums))


def _table(scores: Scores, metrics: Sequence[str], group: Group) -> pd.DataFrame:
    """The rows of one metric of a group with a column for each, runs that lack one left out."""
    columns = [scores.arm(metric, group).set_index("run")["value"].rename(metric) for metric in metrics]
    return scores.arm(metrics[0], group).join(pd.concat(columns, axis=1), on="run").dropna(subset=list(metrics))
