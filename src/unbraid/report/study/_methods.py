"""What the runs of a study look like: for each combination its traversals, and the pages of its runs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import numpy as np
from markupsafe import Markup

from unbraid.figures.traversals import traversals
from unbraid.report._page import figure_svg
from unbraid.studies import RunStatus

__all__ = ["PAGE", "MethodRuns", "methods_of"]

PAGE = "report.html"  # of a run, in its folder
DRAWN = 24  # combinations whose traversals are drawn
ROWS = 4  # latents of each


@dataclass(frozen=True)
class MethodRuns:
    """The finished runs of one combination.

    Args:
        label: of the combination.
        links: (seed, where its page lies; empty where it has none) of each run.
        seed: of the run whose traversals are drawn.
        drawn: its traversals; empty where it has none.
    """

    label: str
    links: tuple[tuple[str, str], ...]
    seed: int
    drawn: Markup


def methods_of(statuses: Sequence[RunStatus], folder: Path) -> list[MethodRuns]:
    """The combinations that have finished runs, in the order of the plan; links lead on from `folder`."""
    by_label: dict[str, list[RunStatus]] = {}
    for status in statuses:
        if status.state == "done":
            by_label.setdefault(status.run.label, []).append(status)
    return list(_methods(by_label, folder))


def _methods(by_label: dict[str, list[RunStatus]], folder: Path) -> Iterator[MethodRuns]:
    for number, (label, runs) in enumerate(by_label.items()):
        links = tuple((str(run.run.config.seed), _link(run, folder)) for run in runs)
        first = runs[0]
        drawn = _traversals(first, number) if number < DRAWN else Markup("")
        yield MethodRuns(label, links, first.run.config.seed, drawn)


def _link(status: RunStatus, folder: Path) -> str:
    """The page of a run, where it has one."""
    page = status.folder / PAGE
    return quote(os.path.relpath(page, folder).replace(os.sep, "/")) if page.is_file() else ""


def _traversals(status: RunStatus, number: int) -> Markup:
    """The most active latents of a run, from what is kept of it."""
    kept = status.record.thumbnails()
    layer = int("kl/1" in kept)
    if "traversals" not in kept or f"kl/{layer}" not in kept:
        return Markup("")
    images, latents = kept["traversals"], np.asarray(kept["latents"])
    figure = traversals(images, kept["values"], latents, kept[f"kl/{layer}"], limit=ROWS)
    alt = f"Traversals of {status.run.title}: images as each of the first latents changes, largest KL first."
    return figure_svg(figure, f"method{number}", alt)
