"""Metrics: pure functions of a representation; no torch here. See `unbraid list metrics`."""

from unbraid.metrics._adapters import Accumulator, scorer
from unbraid.metrics._aggregate import normalised_sum
from unbraid.metrics._differences import Difference, differences
from unbraid.metrics._intervals import Interval, intervals
from unbraid.metrics._properties import Properties, properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._score import DEFAULT, MetricLike, score, specs_of

__all__ = [
    "DEFAULT",
    "Accumulator",
    "Difference",
    "Interval",
    "MetricLike",
    "Properties",
    "Representation",
    "Score",
    "differences",
    "intervals",
    "normalised_sum",
    "properties",
    "score",
    "scorer",
    "specs_of",
]
