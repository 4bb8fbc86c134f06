"""Metrics: pure functions of a representation; no torch here. See `unbraid list metrics`."""

from unbraid.metrics._representation import Representation, Score

__all__ = ["Representation", "Score"]
