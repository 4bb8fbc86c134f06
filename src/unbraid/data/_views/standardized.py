"""A dataset whose channels training standardises."""

from __future__ import annotations

from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._statistics import channel_statistics

MEASURED_ROWS = 20_000  # rows whose statistics stand for all of a larger set


def standardized(dataset: GroundTruthDataset) -> GroundTruthDataset:
    """The same dataset with its own channel statistics as `standardisation`."""
    rows = MEASURED_ROWS if len(dataset) > MEASURED_ROWS else None
    return dataset.with_info(standardisation=channel_statistics(dataset, rows=rows))
