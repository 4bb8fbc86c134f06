"""Metrics: pure functions of a representation; no torch here. See `unbraid list metrics`."""

from unbraid.metrics._aggregate import normalised_sum
from unbraid.metrics._properties import Properties, properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._score import DEFAULT, score

__all__ = ["DEFAULT", "Properties", "Representation", "Score", "normalised_sum", "properties", "score"]
