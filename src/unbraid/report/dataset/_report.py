"""A dataset at a glance: its images, its factors, and how far each factor moves the images."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure

from unbraid.core import Factor, names, rng, summary
from unbraid.data import (
    FactorDistances,
    GroundTruthDataset,
    channel_statistics,
    distance_named,
    factor_distances,
    walk_along,
)
from unbraid.figures import png
from unbraid.figures.contact_sheet import contact_sheet
from unbraid.figures.distances import distances as distances_figure
from unbraid.figures.factor_importance import factor_importance
from unbraid.figures.factor_walks import factor_walks
from unbraid.report._page import figure_svg, write_page
from unbraid.store import whole_file

__all__ = ["DataSummary", "data_page", "data_summary"]

RANDOM = "random"  # the random pairs among the distances
SHOWN = 60  # images on the contact sheet
STEPS = 10  # levels in a walk
XLABELS = {"mse": "mean squared difference of a pair", "box_blur_mse": "box-blurred squared difference of a pair"}


@dataclass(frozen=True)
class DataSummary:
    """What there is to say about a dataset.

    Args:
        dataset: the dataset.
        rows: images measured for the channel statistics.
        mean: of each channel [C].
        deviation: of each channel [C].
        pairs: pairs per factor.
        distance: name of the distance.
        distances: of pairs along each factor and of random pairs.
        walks: factor -> images [S, C, H, W].
        values: factor -> the levels of the walk, in words.
    """

    dataset: GroundTruthDataset
    rows: int
    mean: np.ndarray
    deviation: np.ndarray
    pairs: int
    distance: str
    distances: FactorDistances
    walks: Mapping[str, np.ndarray]
    values: Mapping[str, list[str]]

    def factors(self) -> list[dict[str, str]]:
        """One row per factor: name, levels, kind, range."""
        return [
            {"name": f.name, "levels": str(f.size or "—"), "kind": f.kind, "range": _range(f)}
            for f in self.dataset.space.factors
        ]

    def table(self) -> list[dict[str, Any]]:
        """One row per factor and one for random pairs: name, mean, deviation; the largest first."""
        means, deviations = self.distances.means(), self.distances.deviations()
        return [{"name": name, "mean": means[name], "deviation": deviations[name]} for name in means]

    def channels(self) -> list[dict[str, Any]]:
        """One row per channel: name, mean, deviation."""
        words = ["red", "green", "blue"] if len(self.mean) == 3 else ["grey"] if len(self.mean) == 1 else None
        words = words or [str(c) for c in range(len(self.mean))]
        rows = zip(words, self.mean, self.deviation, strict=True)
        return [{"name": word, "mean": float(mean), "deviation": float(spread)} for word, mean, spread in rows]


def data_summary(
    dataset: GroundTruthDataset, *, pairs: int = 50_000, rows: int = 20_000, distance: str = "mse", seed: int = 0
) -> DataSummary:
    """Measure a dataset.

    Args:
        dataset: any dataset.
        pairs: pairs per factor.
        rows: images measured for the channel statistics, at most.
        distance: mse, box_blur_mse, or your own `package.module:function`.
        seed: of the pairs and of the rows.
    """
    measure = distance_named(distance)
    mean, deviation = channel_statistics(dataset, rows=rows, rng=rng(seed, purpose="statistics"))
    measured = factor_distances(dataset, rng(seed, purpose="pairs"), pairs=pairs, distance=measure)
    walks, values = {}, {}
    for k, factor in enumerate(dataset.space.factors):
        walk = walk_along(dataset, k, steps=STEPS)
        if walk is not None:
            walks[factor.name], codes = walk
            values[factor.name] = [_level(factor, code) for code in codes[:, k]]
    rows = min(rows, len(dataset))
    return DataSummary(dataset, rows, mean, deviation, pairs, distance, measured, walks, values)


def data_page(dataset: GroundTruthDataset, folder: Path, summary: DataSummary | None = None) -> Path:
    """Write a page on a dataset, its pictures as PNG and its numbers as CSV; returns the page.

    Args:
        dataset: any dataset.
        folder: where to write index.html, the .png files and distances.csv; made if it is not there.
        summary: what `data_summary` measured; None measures with its defaults.
    """
    summary = data_summary(dataset) if summary is None else summary
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
    shown = np.sort(rng(0, purpose="contact sheet").choice(min(len(dataset), 10**6), min(SHOWN, len(dataset)), False))
    shown = shown * max(1, len(dataset) // 10**6)  # spread over datasets too large to permute
    figures = {"contact_sheet": contact_sheet(dataset.images(shown))}
    if summary.walks:
        figures["factor_walks"] = factor_walks(summary.walks, summary.values)
    along = {name: sample for name, sample in summary.distances.samples.items() if name != RANDOM}
    if along:
        random, xlabel = summary.distances.samples.get(RANDOM), XLABELS.get(summary.distance, summary.distance)
        figures["factor_importance"] = factor_importance(along, random, xlabel=xlabel)
        figures["distances"] = distances_figure(along, random, xlabel=xlabel)
    return figures


def _content(summary: DataSummary, figures: Mapping[str, Figure]) -> dict[str, Any]:
    """What the template needs."""
    dataset, found = summary.dataset, summary.distances
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
        "about": summary_of(dataset.name),
        "facts": facts,
        "source": dataset.source,
        "sheet": drawn["contact_sheet"],
        "factors": summary.factors() if "factor_importance" in drawn or dataset.space.names else [],
        "walks": drawn.get("factor_walks"),
        "steps": STEPS,
        "unwalked": [name for name in dataset.space.names if name not in summary.walks],
        "distance": XLABELS.get(summary.distance, summary.distance).removesuffix(" of a pair").capitalize(),
        "pairs": summary.pairs,
        "redrawn": found.redrawn,
        "importance": drawn.get("factor_importance", nothing),
        "cumulative": drawn.get("distances", nothing),
        "distances": summary.table(),
        "absent": found.absent,
        "rows": summary.rows,
        "channels": summary.channels(),
        "footer": "Everything on this page was measured here; distances.csv beside it holds the table.",
    }


def summary_of(name: str) -> str:
    """What an entry says of itself; empty for datasets from elsewhere."""
    return summary("data", name) if name in names("data") else ""


def _range(factor: Factor) -> str:
    """First and last level in words."""
    if factor.size == 0:
        return "real numbers"
    ends = [_level(factor, 0), _level(factor, factor.size - 1)]
    unit = f" {factor.unit}" if factor.unit and not factor.labels else ""
    return (ends[0] if ends[0] == ends[1] else " … ".join(ends)) + unit


def _level(factor: Factor, code: float) -> str:
    """A level in words: its label, its value, or its number."""
    if factor.size == 0:
        return f"{code:.3g}"
    if factor.labels:
        return factor.labels[int(code)]
    return f"{factor.values[int(code)]:.3g}" if factor.values else str(int(code))
