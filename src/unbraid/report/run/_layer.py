"""One latent layer of a run: its sentences, its sliders and its figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from unbraid.figures.kl_per_latent import kl_per_latent
from unbraid.figures.matrix import matrix
from unbraid.figures.posterior_map import posterior_map
from unbraid.figures.traversals import traversals
from unbraid.metrics._places import means_over_places
from unbraid.report._page import figure_svg, strip_uri
from unbraid.report.run._carriers import (
    ACTIVE_NATS,
    Carrier,
    activity_clause,
    carrier_sentence,
    carriers,
    latent_labels,
)
from unbraid.report.run._data import RunData

__all__ = ["Knob", "LayerPart", "layer_part", "thesis_bars"]

INFORMATION = ("mig/information", "mmig/information", "aam/information", "modularity/information")
THESIS_BARS = {  # label of a bar chart beside the traversals -> array [D, K]; Tartu thesis, figure 12
    "|Spearman|": "spearman/correlation",
    "polynomial R²": "dci_per_latent/importance",
    "importance": "dci_joint/importance",
}
POSITIONS = (("posY", "posX"), ("y", "x"))  # names of the factors down and across the image
KNOBS = 6
ROWS = 20  # latents in a traversal; half as many for each layer of a layered model


@dataclass(frozen=True)
class Knob:
    """A latent to turn: its number, what it stands for, its nats, the images as one strip, and their values."""

    latent: int
    label: str
    nats: float
    uri: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class LayerPart:
    """What the report shows of one layer; a figure is empty where the run has no arrays for it.

    Args:
        number: of the layer, from 0.
        latents: how many it has.
        activity: how many of them are active, see `activity_clause`.
        carriers: one for each factor, and in `sentences` what they say.
        knobs: the most active latents.
        traversals: images of each of the first latents.
        positions: posterior means over the positions of the shape.
        kl: mean KL per latent.
        matrix: mutual information of latents and factors.
    """

    number: int
    latents: int
    activity: str
    carriers: list[Carrier]
    sentences: list[str]
    knobs: list[Knob]
    traversals: Markup
    positions: Markup
    kl: Markup
    matrix: Markup


def layer_part(run: RunData, number: int) -> LayerPart:
    """The figures and sentences of layer `number`."""
    kl = run.layer_array("kl", number)
    information = next((table for name in INFORMATION if (table := run.layer_array(name, number)) is not None), None)
    known = [] if information is None else carriers(information, run.factors, run.entropies)
    labels = latent_labels(known, run.layers[number])
    return LayerPart(
        number=number,
        latents=run.layers[number],
        activity="" if kl is None else activity_clause(kl),
        carriers=known,
        sentences=[carrier_sentence(carrier) for carrier in known],
        knobs=_knobs(run, number, labels),
        traversals=_traversals(run, number, _bars(run, number, information)),
        positions=_positions(run, number, kl),
        kl=_kl(kl, labels, number),
        matrix=_matrix(run, information, number),
    )


def thesis_bars(run: RunData, number: int) -> dict[str, np.ndarray]:
    """The bar charts of the Tartu thesis beside the traversals of a layer: label -> table [D, K], where computed."""
    tables = {label: run.layer_array(name, number) for label, name in THESIS_BARS.items()}
    return {label: table for label, table in tables.items() if table is not None}


def _knobs(run: RunData, number: int, labels: list[str]) -> list[Knob]:
    """The first latents as strips of images."""
    images, kl = run.layer_array("figures/traversals", number), run.layer_array("kl", number)
    if images is None or kl is None:
        return []
    latents = run.layer_array("figures/traversal_latents", number)
    latents = np.arange(len(images)) if latents is None else latents
    values = tuple(f"{value:+.1f}".replace("-", "−") for value in run.arrays["figures/traversal_values"])
    active = [(int(d), row) for d, row in zip(latents, images, strict=True) if kl[d] > ACTIVE_NATS]
    return [Knob(d, labels[d], float(kl[d]), strip_uri(row), values) for d, row in active[:KNOBS]]


def _bars(run: RunData, number: int, information: np.ndarray | None) -> dict[str, np.ndarray]:
    """Bar charts beside the traversals: the thesis's where they were computed, else shares of each factor's entropy."""
    bars = thesis_bars(run, number)
    if bars or information is None or not (run.entropies > 0).any():
        return bars
    return {"share known": np.divide(information, run.entropies, where=run.entropies > 0, out=0 * information)}


def _traversals(run: RunData, number: int, bars: dict[str, np.ndarray]) -> Markup:
    images = run.layer_array("figures/traversals", number)
    if images is None:
        return Markup("")
    figure = traversals(
        images,
        run.arrays["figures/traversal_values"],
        run.layer_array("figures/traversal_latents", number),
        run.layer_array("kl", number),
        limit=ROWS if len(run.layers) == 1 else ROWS // 2,
        bars=bars,
        factors=run.factors,
    )
    alt = "Images as each of the first latents changes from low to high, one row per latent, largest KL first"
    alt += f", with bars for {', '.join(bars)} of each factor." if bars else "."
    return figure_svg(figure, f"traversals{number}", alt)


def _positions(run: RunData, number: int, kl: np.ndarray | None) -> Markup:
    """Posterior means over the positions of the shape, where the factors have positions."""
    names = next((pair for pair in POSITIONS if set(pair) <= set(run.factors)), None)
    codes = run.layer_codes(number)
    if names is None or codes is None or run.levels is None:
        return Markup("")
    down, across = (run.levels[:, run.factors.index(name)] for name in names)
    figure = posterior_map(means_over_places(codes, down, across), kl, columns=8, limit=8)
    return figure_svg(
        figure, f"positions{number}", "Mean of each latent for every position of the shape, as heat maps."
    )


def _kl(kl: np.ndarray | None, labels: list[str], number: int) -> Markup:
    if kl is None:
        return Markup("")
    first = ", ".join(f"z{d} {kl[d]:.2f}" for d in np.argsort(-kl, kind="stable")[:5])
    figure = kl_per_latent(kl, labels if any(labels) else None)
    return figure_svg(figure, f"kl{number}", f"Mean KL per latent in nats, largest first: {first}.")


def _matrix(run: RunData, information: np.ndarray | None, number: int) -> Markup:
    if information is None:
        return Markup("")
    best = ", ".join(
        f"{factor} z{int(np.argmax(information[:, k]))} {information[:, k].max():.2f}"
        for k, factor in enumerate(run.factors)
    )
    figure = matrix(information, run.factors, title="mutual information, nats")
    return figure_svg(figure, f"matrix{number}", f"Mutual information of latents and factors; best latents: {best}.")
