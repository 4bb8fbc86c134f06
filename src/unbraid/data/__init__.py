"""Datasets: worlds rendered here or loaded from files, one file each; see `unbraid list data`."""

from unbraid.data._array_dataset import ArrayDataset
from unbraid.data._dataset import DatasetInfo, GroundTruthDataset, rows_within
from unbraid.data._distances import distance_named
from unbraid.data._factor_distances import FactorDistances, factor_distances
from unbraid.data._files.doctor import FileState, Health, doctor, file_states
from unbraid.data._files.fetch import fetch
from unbraid.data._load import complete_data, load_dataset
from unbraid.data._rendered import RenderedDataset
from unbraid.data._sampling import draw_partners, draw_rows
from unbraid.data._statistics import channel_statistics
from unbraid.data._views.in_memory import in_memory
from unbraid.data._views.view import view
from unbraid.data._walks import walk_along

__all__ = [
    "ArrayDataset",
    "DatasetInfo",
    "FactorDistances",
    "FileState",
    "GroundTruthDataset",
    "Health",
    "RenderedDataset",
    "channel_statistics",
    "complete_data",
    "distance_named",
    "doctor",
    "draw_partners",
    "draw_rows",
    "factor_distances",
    "fetch",
    "file_states",
    "in_memory",
    "load_dataset",
    "rows_within",
    "view",
    "walk_along",
]
