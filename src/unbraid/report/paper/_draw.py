"""A figure by its name, from the folders of runs, a study or a dataset."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from unbraid.core import bind, context_of, names, require_known
from unbraid.figures import Column, column
from unbraid.report.paper._given import READERS, TAKES, Places
from unbraid.studies import Scale

__all__ = ["drawing", "figure", "takes"]


def figure(
    name: str,
    *given: Any,
    width: Column | float | None = None,
    scale: Scale = "pocket",
    root: Path | str = "runs",
    archive: Path | str | None = None,
    trust: bool = False,
    **options: Any,
) -> Figure:
    """Draw a figure of `unbraid list figures` for a paper, from the files of runs, a study or a dataset.

    Nothing is trained or scored: what a figure needs and a run does not have is said, with the command that makes it.

    Args:
        name: of the figure.
        given: run folders or open runs; a study's name or file; a dataset's name. What a figure takes stands in
            `unbraid list figures NAME`.
        width: single (3.5 inches), text (5.5), double (7.2), slide (5.9), or inches; as the figure asks for when None.
        scale: of a study: paper, pocket or smoke.
        root: the folder that holds the studies' folders.
        archive: folder of a study's kept runs, which count as done.
        trust: import code from elsewhere that a run names, as `package.module:Thing`.
        **options: of the figure: see `unbraid list figures NAME`.

    Returns:
        a matplotlib figure; `unbraid.report.save_figure` writes it, with the numbers behind it.

    Raises:
        UsageError: an unknown figure or option; not what it takes, or runs without what it needs.
    """
    draw = drawing(name)
    bound = bind(draw, options, name)
    with column(width):
        source = READERS[context_of(draw)[0]](name, given, Places(scale, root, archive, trust))
        drawn: Figure = draw(source, **bound)
    return drawn


def drawing(name: str) -> Callable[..., Figure]:
    """What draws a figure from files: the function of its name in this package.

    Raises:
        UsageError: there is no such figure.
    """
    require_known(name, names("figures"), "a figure")
    module = importlib.import_module(f"unbraid.report.paper.{name}")
    draw: Callable[..., Figure] = getattr(module, name)
    return draw


def takes(name: str) -> str:
    """What a figure is drawn from, as the command line is told.

    >>> takes("traversals"), takes("distances")
    ('RUN', 'RUN or DATASET')
    """
    return TAKES[context_of(drawing(name))[0]]
