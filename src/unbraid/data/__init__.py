"""Datasets: worlds rendered here or loaded from files, one file each; see `unbraid list data`."""

from unbraid.data._dataset import ArrayDataset, Draw, GroundTruthDataset, rows_within
from unbraid.data._hold import hold
from unbraid.data._sampling import draw_partners, draw_rows
from unbraid.data._views import complete_data, load, view

__all__ = [
    "ArrayDataset",
    "Draw",
    "GroundTruthDataset",
    "complete_data",
    "draw_partners",
    "draw_rows",
    "hold",
    "load",
    "rows_within",
    "view",
]
