"""One latent layer of a run: its sentences, its sliders and its figures."""

from __future__ import annotations

from dataclasses import dataclass, replace

from markupsafe import Markup

from unbraid.report._associations import LabelRow
from unbraid.report._carriers import (
    Carrier,
    activity_clause,
    carrier_sentence,
    latent_labels,
)
from unbraid.report.run._data import RunData
from unbraid.report.run._decoder import Decoder, too_large
from unbraid.report.run._figures import kl_svg, matrix_svg, positions_svg, traversals_svg
from unbraid.report.run._knobs import Knobs, knobs_of
from unbraid.report.run._labels import carried_in, carriers_of, in_use, label_rows

__all__ = ["LayerPart", "layer_part", "without_largest_decoder"]


@dataclass(frozen=True)
class LayerPart:
    """What the report shows of one layer; a figure is empty where the run has no arrays for it.

    Args:
        number: of the layer, from 0.
        latents: how many it has.
        activity: how many of them are active, see `activity_clause`.
        carriers: one for each factor, and in `sentences` what they say.
        labels: what each latent stands for, as sentences, knobs and figures call it.
        knobs: of the active latents; None without any, or without pictures.
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
    labels: list[str]
    knobs: Knobs | None
    traversals: Markup
    positions: Markup
    kl: Markup
    matrix: Markup
    associations: list[LabelRow]


def layer_part(run: RunData, number: int, decoder: Decoder | str) -> LayerPart:
    """The figures and sentences of layer `number`; `decoder` is what the page decodes with, or why it does not."""
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
        labels=labels,
        knobs=knobs_of(run, number, labels, decoder),
        traversals=traversals_svg(run, number, knowledge),
        positions=positions_svg(run, number, kl) if in_use(run, number).any() else Markup(""),
        kl=kl_svg(kl, labels, number),
        matrix=matrix_svg(run, knowledge, number),
        associations=label_rows(run, number),
    )


def without_largest_decoder(run: RunData, parts: list[LayerPart]) -> list[LayerPart]:
    """The same parts, the largest decoder of them left out of the page; one at least must have one."""
    sizes = [part.knobs.weights if part.knobs else 0 for part in parts]
    largest = max(range(len(parts)), key=sizes.__getitem__)
    part = parts[largest]
    strips = knobs_of(run, part.number, part.labels, too_large(sizes[largest]))
    return [*parts[:largest], replace(part, knobs=strips), *parts[largest + 1 :]]
