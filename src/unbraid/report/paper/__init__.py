"""Figures for papers: how each entry of `unbraid.figures` is drawn from runs, a study or a dataset.

A file here has the name of the figure it draws; its keyword-only parameters are the options of `unbraid figure`, and
the name of its first parameter says what it is drawn from: see `unbraid.report.paper._given`.
"""

from unbraid.report.paper._draw import drawing, figure, takes
from unbraid.report.paper._save import require_suffix, save_figure

__all__ = ["drawing", "figure", "require_suffix", "save_figure", "takes"]
