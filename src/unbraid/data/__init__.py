"""Datasets: worlds rendered here or loaded from files, one file each; see `unbraid list data`."""

import sys
from typing import TYPE_CHECKING

from unbraid.core import EntryPackage
from unbraid.data._array_dataset import ArrayDataset
from unbraid.data._dataset import DatasetInfo, GroundTruthDataset, rows_within
from unbraid.data._distances import distance_named
from unbraid.data._factor_distances import FactorDistances, factor_distances
from unbraid.data._files.cache import cache_folder
from unbraid.data._files.doctor import FileState, Health, doctor, file_states
from unbraid.data._files.fetch import fetch
from unbraid.data._load import complete_data, load_dataset
from unbraid.data._prepare import prepare
from unbraid.data._rendered import RenderedDataset
from unbraid.data._sampling import draw_partners, draw_rows
from unbraid.data._shown import image_row_html
from unbraid.data._statistics import channel_statistics
from unbraid.data._views.in_memory import in_memory
from unbraid.data._views.view import view
from unbraid.data._walks import walk_along

if TYPE_CHECKING:  # what EntryPackage imports when it is asked for
    from unbraid.data.arm import arm as arm
    from unbraid.data.arrays import arrays as arrays
    from unbraid.data.boxhead import boxhead as boxhead
    from unbraid.data.boxhead_files import boxhead_files as boxhead_files
    from unbraid.data.cars3d import cars3d as cars3d
    from unbraid.data.celeba import celeba as celeba
    from unbraid.data.chairs import chairs as chairs
    from unbraid.data.color_dsprites import color_dsprites as color_dsprites
    from unbraid.data.digits import digits as digits
    from unbraid.data.dsprites import dsprites as dsprites
    from unbraid.data.ellipses import ellipses as ellipses
    from unbraid.data.faces import faces as faces
    from unbraid.data.fashion_mnist import fashion_mnist as fashion_mnist
    from unbraid.data.glyphs import glyphs as glyphs
    from unbraid.data.image_folder import image_folder as image_folder
    from unbraid.data.mnist import mnist as mnist
    from unbraid.data.mnist_small import mnist_small as mnist_small
    from unbraid.data.mpi3d import mpi3d as mpi3d
    from unbraid.data.noisy_dsprites import noisy_dsprites as noisy_dsprites
    from unbraid.data.shapes3d import shapes3d as shapes3d
    from unbraid.data.shapes3d_like import shapes3d_like as shapes3d_like
    from unbraid.data.smallnorb import smallnorb as smallnorb
    from unbraid.data.toy import toy as toy
    from unbraid.data.xyobject import xyobject as xyobject
    from unbraid.data.xysquares import xysquares as xysquares

__all__ = [
    "ArrayDataset",
    "DatasetInfo",
    "FactorDistances",
    "FileState",
    "GroundTruthDataset",
    "Health",
    "RenderedDataset",
    "cache_folder",
    "channel_statistics",
    "complete_data",
    "distance_named",
    "doctor",
    "draw_partners",
    "draw_rows",
    "factor_distances",
    "fetch",
    "file_states",
    "image_row_html",
    "in_memory",
    "load_dataset",
    "prepare",
    "rows_within",
    "view",
    "walk_along",
]

sys.modules[__name__].__class__ = EntryPackage
