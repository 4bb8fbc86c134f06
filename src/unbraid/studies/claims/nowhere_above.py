"""No group scores above a threshold."""

from __future__ import annotations

from unbraid.studies.claims._comparisons import strongest
from unbraid.studies.claims._effect import Effect, Group
from unbraid.studies.claims._selection import Scores, TooFewRunsError, described
from unbraid.studies.claims._statistics import half_width

__all__ = ["nowhere_above"]


def nowhere_above(scores: Scores, *, metric: str, where: Group, threshold: float) -> Effect:
    """Distance of the best combination's mean below a threshold, over all combinations and layers that match.

    Args:
        scores: what the runs scored.
        metric: the score that is compared.
        where: the runs; each combination of theirs that has two runs is a group, each layer one of its own.
        threshold: in the metric's units.
    """
    rows = scores.rows(metric, where)
    groups = {
        f"{label}, layer {layer}" if layer else str(label): group["value"].to_numpy(float)
        for (label, layer), group in rows.groupby(["label", "layer"])
        if len(group) >= 2
    }
    if not groups:
        raise TooFewRunsError(f"{metric} of {described(where)}: no group has two runs")
    best = strongest(groups)
    estimate, half = float(threshold - groups[best].mean()), half_width(groups[best])
    mean = f"{metric}: {groups[best].mean():.3f} of {best}, the best of {len(groups)}"
    return Effect(estimate, estimate - half, estimate + half, len(rows), f"{mean}, against the threshold {threshold:g}")
