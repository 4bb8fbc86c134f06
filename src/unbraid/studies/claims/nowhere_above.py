"""No group scores above a threshold."""

from __future__ import annotations

from unbraid.studies.claims._comparisons import against_each, of_one_arm
from unbraid.studies.claims._effect import Effect, Group
from unbraid.studies.claims._selection import Scores, TooFewRunsError, described

__all__ = ["nowhere_above"]


def nowhere_above(scores: Scores, *, metric: str, where: Group, threshold: float) -> Effect:
    """Distance of each combination's mean below a threshold, over all combinations and layers that match.

    Args:
        scores: what the runs scored.
        metric: the score that is compared.
        where: the runs; each combination of theirs that has two runs is a group, each layer one of its own.
        threshold: in the metric's units.

    Example:
        >>> import pandas as pd
        >>> from unbraid.studies import Scores
        >>> runs = {"run": range(4), "seed": [0, 1, 0, 1], "group": list("aabb")}
        >>> runs["objective"] = ["vae", "vae", "beta_vae", "beta_vae"]
        >>> frame = pd.DataFrame(runs).assign(metric="mig", part="", value=[0.1, 0.2, 0.5, 0.6])
        >>> frame = frame.assign(label=frame["group"], layer=0)
        >>> effect = nowhere_above(Scores(frame), metric="mig", where={}, threshold=0.8)
        >>> round(effect.estimate, 2), effect.compared
        (0.25, 'mig: 0.550 of b, the best of 2, against the threshold 0.8')
    """
    rows = scores.rows(metric, where)
    groups = {
        f"{label}, layer {layer}" if layer else str(label): group["value"].to_numpy(float)
        for (label, layer), group in rows.groupby(["label", "layer"])
        if len(group) >= 2
    }
    if not groups:
        raise TooFewRunsError(f"{metric} of {described(where)}: no group has two runs")
    effects = [of_one_arm(threshold - values, "") for values in groups.values()]
    best = max(groups, key=lambda name: float(groups[name].mean()))
    mean = f"{scores.name(metric)}: {groups[best].mean():.3f} of {best}, the best of {len(groups)}"
    return against_each(effects, f"{mean}, against the threshold {threshold:g}", len(rows))
