"""One group scores no higher than another."""

from __future__ import annotations

from dataclasses import replace

from unbraid.studies.claims._comparisons import between
from unbraid.studies.claims._effect import Effect, Group
from unbraid.studies.claims._selection import Scores

__all__ = ["no_better"]


def no_better(scores: Scores, *, metric: str, better: Group, than: Group) -> Effect:
    """As `larger`, with the verdicts exchanged: the claim is that `better` is not better.

    Args:
        scores: what the runs scored.
        metric: the score that is compared.
        better: the group that one might have expected to score higher.
        than: the other.
    """
    return replace(between(scores, metric, better, than), exchanged=True)
