"""One latent layer of a run, drawn and put into words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from unbraid.figures.kl_per_latent import kl_per_latent
from unbraid.figures.matrix import matrix
from unbraid.figures.posterior_map import means_over, posterior_map
from unbraid.figures.traversals import traversals
from unbraid.report._page import drawing, strip
from unbraid.report.run._carriers import ACTIVE_NATS, Finding, activity, findings, labels, sentence
from unbraid.report.run._data import RunData

__all__ = ["Knob", "LayerPart", "layer_part"]

INFORMATION = ("mig/information", "mmig/information", "aam/information", "modularity/information")
NOTES = {  # the Tartu thesis's three bar charts
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
    """What the report shows of one layer; a drawing is empty where the run has no arrays for it."""

    number: int
    width: int
    activity: str
    found: list[Finding]
    sentences: list[str]
    knobs: list[Knob]
    traversals: Markup
    positions: Markup
    kl: Markup
    matrix: Markup


def layer_part(material: RunData, number: int) -> LayerPart:
    """Draw a layer and find out what it learned."""
    kl = material.of_layer("kl", number)
    information = next((table for name in INFORMATION if (table := material.of_layer(name, number)) is not None), None)
    found = [] if information is None else findings(information, material.factors, material.entropies)
    width = material.layers[number]
    names = labels(found, width)
    return LayerPart(
        number=number,
        width=width,
        activity="" if kl is None else activity(kl),
        found=found,
        sentences=[sentence(each) for each in found],
        knobs=_knobs(material, number, names),
        traversals=_traversals(material, number, _notes(material, number, information)),
        positions=_positions(material, number, kl),
        kl=_kl(kl, names, number),
        matrix=_matrix(material, information, number),
    )


def _knobs(material: RunData, number: int, names: list[str]) -> list[Knob]:
    """The first latents as strips of images."""
    images, kl = material.of_layer("figures/traversals", number), material.of_layer("kl", number)
    if images is None or kl is None:
        return []
    latents = material.of_layer("figures/traversal_latents", number)
    latents = np.arange(len(images)) if latents is None else latents
    values = tuple(f"{value:+.1f}".replace("-", "−") for value in material.arrays["figures/traversal_values"])
    shown = [(int(d), row) for d, row in zip(latents, images, strict=True) if kl[d] > ACTIVE_NATS][:KNOBS]
    return [Knob(d, names[d], float(kl[d]), strip(row), values) for d, row in shown]


def _notes(material: RunData, number: int, information: np.ndarray | None) -> dict[str, np.ndarray]:
    """Bar charts beside the traversals: the thesis's where they were computed, else shares of each factor's entropy."""
    notes = {label: found for label, name in NOTES.items() if (found := material.of_layer(name, number)) is not None}
    if notes or information is None or not (material.entropies > 0).any():
        return notes
    return {
        "share known": np.divide(information, material.entropies, where=material.entropies > 0, out=0 * information)
    }


def _traversals(material: RunData, number: int, notes: dict[str, np.ndarray]) -> Markup:
    images = material.of_layer("figures/traversals", number)
    if images is None:
        return Markup("")
    figure = traversals(
        images,
        material.arrays["figures/traversal_values"],
        material.of_layer("figures/traversal_latents", number),
        material.of_layer("kl", number),
        limit=ROWS if len(material.layers) == 1 else ROWS // 2,
        notes=notes,
        factors=material.factors,
    )
    alt = "Images as each of the first latents changes from low to high, one row per latent, largest KL first"
    alt += f", with bars for {', '.join(notes)} of each factor." if notes else "."
    return drawing(figure, f"traversals{number}", alt)


def _positions(material: RunData, number: int, kl: np.ndarray | None) -> Markup:
    """Posterior means over the positions of the shape, where the factors have positions."""
    names = next((pair for pair in POSITIONS if set(pair) <= set(material.factors)), None)
    if names is None or material.codes is None:
        return Markup("")
    start = sum(material.layers[:number])
    code = material.codes[0][:, start : start + material.layers[number]]
    down, across = (material.codes[1][:, material.factors.index(name)] for name in names)
    figure = posterior_map(means_over(code, down, across), kl, columns=8, limit=8)
    return drawing(figure, f"positions{number}", "Mean of each latent for every position of the shape, as heat maps.")


def _kl(kl: np.ndarray | None, names: list[str], number: int) -> Markup:
    if kl is None:
        return Markup("")
    first = ", ".join(f"z{d} {kl[d]:.2f}" for d in np.argsort(-kl, kind="stable")[:5])
    figure = kl_per_latent(kl, names if any(names) else None)
    return drawing(figure, f"kl{number}", f"Mean KL per latent in nats, largest first: {first}.")


def _matrix(material: RunData, information: np.ndarray | None, number: int) -> Markup:
    if information is None:
        return Markup("")
    best = ", ".join(
        f"{factor} z{int(np.argmax(information[:, k]))} {information[:, k].max():.2f}"
        for k, factor in enumerate(material.factors)
    )
    figure = matrix(information, material.factors, title="mutual information, nats")
    return drawing(figure, f"matrix{number}", f"Mutual information of latents and factors; best latents: {best}.")
