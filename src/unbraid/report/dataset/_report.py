"""A page on a dataset: its images, its factors, and how far each factor moves the images."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure

from unbraid.core import names, rng
from unbraid.core import summary as entry_summary
from unbraid.core.checked import checked
from unbraid.data import GroundTruthDataset, load_dataset
from unbraid.figures import png
from unbraid.figures.contact_sheet import contact_sheet
from unbraid.figures.distances import distances as distances_figure
from unbraid.figures.factor_importance import factor_importance
from unbraid.figures.factor_walks import factor_walks
from unbraid.report._page import figure_svg, write_page
from unbraid.report.dataset._summary import STEPS, DataSummary, data_summary
from unbraid.store import whole_file, writable

SHOWN = 60  # images on the contact sheet
XLABELS = {"mse": "mean squared difference of a pair", "box_blur_mse": "box-blurred squared difference of a pair"}


@checked
def data_page(dataset: Any, folder: Path | str, summary: DataSummary | None = None) -> Path:
    """Write a page on a dataset, its pictures as PNG and its numbers as CSV; returns the page.

    Args:
        dataset: what `load_dataset` takes.
        folder: where to write index.html, the .png files and distances.csv; made if it is not there.
        summary: what `data_summary` measured; None measures with its defaults.
    """
    folder, summary = Path(folder), data_summary(load_dataset(dataset)) if summary is None else summary
    with writable(folder):
        folder.mkdir(parents=True, exist_ok=True)
    figures = _figures(summary)
    for name, figure in figures.items():
        with whole_file(folder / f"{name}.png") as aside:
            aside.write_bytes(png(figure))
    with whole_file(folder / "distances.csv") as aside, aside.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, ["name", "mean", "deviation"])
        writer.writeheader()
        writer.writerows(summary.table())
    return write_page(folder / "index.html", "dataset.html", **_content(summary, figures))


def _figures(summary: DataSummary) -> dict[str, Figure]:
    """All figures by name; those of factors only where there are factors."""
    dataset = summary.dataset
    figures = {"contact_sheet": contact_sheet(dataset.images(shown_rows(dataset, SHOWN)))}
    if summary.walks:
        figures["factor_walks"] = factor_walks(summary.walks, summary.values)
    along, random = summary.distances.along, summary.distances.random
    if along:
        xlabel = XLABELS.get(summary.distance, summary.distance)
        figures["factor_importance"] = factor_importance(along, random, xlabel=xlabel)
        figures["distances"] = distances_figure(along, random, xlabel=xlabel)
    return figures


def shown_rows(dataset: GroundTruthDataset, most: int) -> np.ndarray:
    """Rows of a dataset that a contact sheet shows, at most so many, in their order."""
    rows = np.sort(rng(0, purpose="contact sheet").choice(min(len(dataset), 10**6), min(most, len(dataset)), False))
    return rows * max(1, len(dataset) // 10**6)  # spread over datasets too large to permute


def _content(summary: DataSummary, figures: Mapping[str, Figure]) -> dict[str, Any]:
    """What the template needs."""
    dataset, distances = summary.dataset, summary.distances
    channels, height, width = dataset.image_shape
    facts = [
        ("images", f"{len(dataset):,}"),
        ("size", f"{height} x {width}, " + {1: "grey", 3: "colour"}.get(channels, f"{channels} channels")),
        ("factors", f"{len(dataset.space)}" + (", a complete grid" if dataset.complete else "")),
    ]
    drawn = {
        name: figure_svg(figure, name, f"{name.replace('_', ' ')} of {dataset.name}")
        for name, figure in figures.items()
    }
    nothing = Markup("")
    return {
        "name": dataset.name,
        "about": _about(dataset.name),
        "facts": facts,
        "source": dataset.source,
        "sheet": drawn["contact_sheet"],
        "factors": summary.factors(),
        "walks": drawn.get("factor_walks"),
        "steps": STEPS,
        "unwalked": [name for name in dataset.space.names if name not in summary.walks],
        "distance": XLABELS.get(summary.distance, summary.distance).removesuffix(" of a pair").capitalize(),
        "pairs": summary.pairs,
        "redrawn": distances.redrawn,
        "importance": drawn.get("factor_importance", nothing),
        "cumulative": drawn.get("distances", nothing),
        "distances": summary.table(),
        "absent": distances.absent,
        "rows": summary.rows,
        "channels": summary.channels(),
        "footer": "Everything on this page was measured here; distances.csv beside it holds the table.",
    }


def _about(name: str) -> str:
    """What an entry says of itself; empty for datasets from elsewhere."""
    return entry_summary("data", name) if name in names("data") else ""
