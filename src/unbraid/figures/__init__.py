"""Figures: arrays in, a matplotlib `Figure` out; one file each, see `unbraid list figures`."""

from unbraid.figures._bands import Band, Panels
from unbraid.figures._estimates import Estimate
from unbraid.figures._output import png, svg

__all__ = ["Band", "Estimate", "Panels", "png", "svg"]
