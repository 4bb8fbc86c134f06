"""A kind of claim that is no file of unbraid."""

from unbraid.studies import Effect, Scores

__all__ = ["exactly"]


def exactly(scores: Scores, *, metric: str, group: dict, value: float, margin: float = 0.1) -> Effect:
    """How far the mean of a group lies inside a margin around a value."""
    values = scores.values(metric, group)
    inside, off = margin - abs(float(values.mean()) - value), float(values.std())
    return Effect(inside, inside - off, inside + off, len(values), f"{metric}: {values.mean():.3f} against {value:g}")
