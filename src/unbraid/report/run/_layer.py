"""One latent layer of a run: its sentences, its sliders and its figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from unbraid.report._associations import LabelRow
from unbraid.report._carriers import (
    ACTIVE_NATS,
    Carrier,
    activity_clause,
    carrier_sentence,
    latent_labels,
)
from unbraid.report._page import strip_uri
from unbraid.report.run._data import RunData
from unbraid.report.run._figures import kl_svg, matrix_svg, positions_svg, traversals_svg
from unbraid.report.run._labels import carried_in, carriers_of, in_use, label_rows

__all__ = ["Knob", "LayerPart", "layer_part"]


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
        knobs: the active latents, at most those that were traversed.
        traversals: images of each of the first latents.
        positions: posterior means over the positions of the shape.
        kl: mean KL per latent.
        matrix: mutual information of latents and factors, above chance.
        associations: of latents and real labels, see `label_rows`.
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
    associations: list[LabelRow]


def layer_part(run: RunData, number: int) -> LayerPart:
    """The figures and sentences of layer `number`."""
    kl = run.layer_array("kl", number)
    knowledge = carried_in(run, number)
    known = [] if knowledge is None else carriers_of(knowledge, run.factors)
    labels = latent_labels(known, run.layers[number])
    return LayerPart(
        number=number,
        latents=run.layers[number],
        activity="" if kl is None else activity_clause(kl),
        carriers=known,
        sentences=[carrier_sentence(carrier) for carrier in known],
        knobs=_knobs(run, number, labels),
        traversals=traversals_svg(run, number, knowledge),
        positions=positions_svg(run, number, kl) if in_use(run, number).any() else Markup(""),
        kl=kl_svg(kl, labels, number),
        matrix=matrix_svg(run, knowledge, number),
        associations=label_rows(run, number),
    )


def _knobs(run: RunData, number: int, labels: list[str]) -> list[Knob]:
    """Every active latent as a strip of images, as far to either side of the prior's mean as both sides go."""
    images, kl = run.layer_array("figures/traversals", number), run.layer_array("kl", number)
    if images is None or kl is None:
        return []
    latents = run.layer_array("figures/traversal_latents", number)
    latents = np.arange(len(images)) if latents is None else latents
    walked = run.arrays["figures/traversal_values"]
    shown = np.abs(walked) <= min(-walked.min(), walked.max())
    values = tuple(f"{value:+.1f}".replace("-", "−") for value in walked[shown])
    active = [(int(d), row[shown]) for d, row in zip(latents, images, strict=True) if kl[d] > ACTIVE_NATS]
    return [Knob(d, labels[d], float(kl[d]), strip_uri(row), values) for d, row in active]
