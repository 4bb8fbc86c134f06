"""In few cases a part of a score lies above a threshold."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

from unbraid.studies.claims._effect import Effect, Group, tested
from unbraid.studies.claims._selection import Scores, TooFewRunsError, described
from unbraid.studies.claims._tests import Student

__all__ = ["rarely_above"]


def rarely_above(
    scores: Scores, *, metric: str, where: Group, parts: Sequence[str], threshold: float, most: float
) -> Effect:
    """How far the share of cases at or above a threshold lies below `most`, Student's interval over runs.

    A case is one part of the score in one layer of a run that was scored; one whose part does not exist, for want of a
    latent, is a case below the threshold: it is counted, and no value is put in its place.

    Args:
        scores: what the runs scored.
        metric: the score whose parts are looked at.
        where: the runs.
        parts: such as factors.
        threshold: in the metric's units.
        most: the largest share of cases that is still few.

    Notes:
        The unit is the run. Where all runs have the same share, as where no case is above, the error is that of a share
        with one case more on either side, (k + 1) / (cases + 2), as if each run were one case.

    Example:
        >>> import pandas as pd
        >>> from unbraid.studies import Scores
        >>> rows = pd.DataFrame({"run": [*"aabb"] * 2, "part": [""] * 4 + ["x", "y"] * 2, "value": [0.2] * 8})
        >>> rows.loc[5, "value"] = 0.9
        >>> rows = rows.drop_duplicates(["run", "part"]).assign(metric="lead", layer=0, seed=0)
        >>> effect = rarely_above(Scores(rows), metric="lead", where={}, parts=["x", "y"], threshold=0.5, most=0.5)
        >>> round(effect.estimate, 2), effect.compared
        (0.25, 'lead: 1 of 4 cases at or above 0.5, a share of 0.250 against at most 0.5')
    """
    rows = scores.of_group(metric, where)
    cases = rows[rows["part"] == ""].groupby("run").size() * len(parts)
    if len(cases) < 2:
        raise TooFewRunsError(f"{metric} of {described(where)}: {len(cases)} runs have it, and two are the least")
    above = rows[rows["part"].isin(list(parts)) & (rows["value"] >= threshold)].groupby("run").size()
    count = above.reindex(cases.index, fill_value=0)
    shares = (count / cases).to_numpy(float)
    share, all_above, all_cases = float(shares.mean()), int(count.sum()), int(cases.sum())
    least = (all_above + 1) / (all_cases + 2)
    error = float(stats.sem(shares)) if np.ptp(shares) else math.sqrt(least * (1 - least) / len(shares))
    counted = f"{metric}: {all_above} of {all_cases} cases at or above {threshold:g}"
    compared = f"{counted}, a share of {share:.3f} against at most {most:g}"
    test = Student(most - share, error, len(shares) - 1)
    return tested(most - share, test, len(shares), compared, seeds=len(shares))
