"""Figures: arrays in, a matplotlib `Figure` out; one file each, see `unbraid list figures`."""

import sys
from typing import TYPE_CHECKING

from unbraid.core import EntryPackage
from unbraid.figures._bands import Band, Panels
from unbraid.figures._column import COLUMNS, Column, column
from unbraid.figures._estimates import Estimate
from unbraid.figures._files import SUFFIXES, SvgText, figure_file, numbers_csv
from unbraid.figures._output import png, svg
from unbraid.figures._style import canvas, styled

if TYPE_CHECKING:  # what EntryPackage imports when it is asked for
    from unbraid.figures.comparison import comparison as comparison
    from unbraid.figures.contact_sheet import contact_sheet as contact_sheet
    from unbraid.figures.curves import curves as curves
    from unbraid.figures.distances import distances as distances
    from unbraid.figures.factor_importance import factor_importance as factor_importance
    from unbraid.figures.factor_walks import factor_walks as factor_walks
    from unbraid.figures.kl_per_latent import kl_per_latent as kl_per_latent
    from unbraid.figures.layer_reconstructions import layer_reconstructions as layer_reconstructions
    from unbraid.figures.layer_scores import layer_scores as layer_scores
    from unbraid.figures.matrix import matrix as matrix
    from unbraid.figures.posterior_map import posterior_map as posterior_map
    from unbraid.figures.progression import progression as progression
    from unbraid.figures.rank_agreement import rank_agreement as rank_agreement
    from unbraid.figures.reconstructions import reconstructions as reconstructions
    from unbraid.figures.score_by_layer import score_by_layer as score_by_layer
    from unbraid.figures.stress import stress as stress
    from unbraid.figures.sweep import sweep as sweep
    from unbraid.figures.traversals import traversals as traversals

__all__ = [
    "COLUMNS",
    "SUFFIXES",
    "Band",
    "Column",
    "Estimate",
    "Panels",
    "SvgText",
    "canvas",
    "column",
    "figure_file",
    "numbers_csv",
    "png",
    "styled",
    "svg",
]

sys.modules[__name__].__class__ = EntryPackage
