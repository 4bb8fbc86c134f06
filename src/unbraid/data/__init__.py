"""Datasets: worlds rendered here or loaded from files, one file each; see `unbraid list data`."""

from unbraid.data._dataset import ArrayDataset, Draw, GroundTruthDataset, rows_within
from unbraid.data._distances import distance_named
from unbraid.data._files.doctor import FileState, Health, doctor, file_states
from unbraid.data._files.fetch import fetch
from unbraid.data._sampling import draw_partners, draw_rows
from unbraid.data._statistics import FactorDistances, channel_statistics, factor_distances
from unbraid.data._views.in_memory import in_memory
from unbraid.data._views.view import complete_data, load_dataset, view
from unbraid.data._walks import walk_along

__all__ = [
    "ArrayDataset",
    "Draw",
    "FactorDistances",
    "FileState",
    "GroundTruthDataset",
    "Health",
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
