"""Latents one by one, as the page shows them: what they tell in a sentence, and the rows at their ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unbraid.metrics import Representation
from unbraid.report._carriers import FAINT
from unbraid.report._text import number
from unbraid.report.codes._rows import Extremes, extremes_of
from unbraid.report.codes._sample import Sample
from unbraid.report.codes._tells import MOST, Telling, Told

LITTLE = 0.05  # share from which a sentence speaks of it: one label in forty seems clear by chance, at less


@dataclass(frozen=True)
class LatentPart:
    """One latent.

    Args:
        name: of the latent.
        sentence: what it tells.
        facts: its range and deviation.
        told: labels that it tells most of, with floors and intervals.
        extremes: rows at its ends.
    """

    name: str
    sentence: str
    facts: str
    told: tuple[Told, ...]
    extremes: Extremes


def latent_parts(rep: Representation, sample: Sample, telling: Telling | None) -> list[LatentPart]:
    """The first latents: those that tell most, else those that vary most; of no labels, in the order of variance."""
    deviation = sample.rep.code.std(axis=0)
    order = np.argsort(-deviation, kind="stable").tolist() if telling is None else list(telling.order)
    dead = set(sample.dead)
    shown = [j for j in order if sample.rep.latent_names[j] not in dead] or order
    return [_part(rep, sample, telling, j) for j in shown[:MOST]]


def _part(rep: Representation, sample: Sample, telling: Telling | None, j: int) -> LatentPart:
    column = rep.code[:, sample.latents[j]]
    told = () if telling is None else telling.told.get(j, ())
    facts = (
        f"{number(float(column.min()), 2)} … {number(float(column.max()), 2)}, deviation {number(float(column.std()))}"
    )
    return LatentPart(sample.rep.latent_names[j], _sentence(told), facts, told, extremes_of(column))


def _sentence(told: Sequence[Told]) -> str:
    """Labels that a latent clearly tells, in words; those it tells next to nothing of are said by the table alone."""
    if not told:
        return ""
    clear = [f"{one.label} ({one.share:.0%})" for one in told if one.clear and one.share >= FAINT]
    if clear:
        return f"tells {' and '.join(filter(None, [', '.join(clear[:-1]), clear[-1]]))}"
    little = next((one for one in told if one.clear and one.share >= LITTLE), None)
    return "tells no label" if little is None else f"tells a little of {little.label} ({little.share:.0%})"


def other_latents(sample: Sample, telling: Telling | None, parts: Sequence[LatentPart]) -> list[tuple[str, str]]:
    """The latents that are not shown one by one: name, and what each tells most of."""
    shown, rep = {part.name for part in parts}, sample.rep
    rest = [j for j in range(rep.latents) if rep.latent_names[j] not in shown]
    if telling is None or not len(rep.space):
        return [(rep.latent_names[j], f"deviation {number(float(rep.code[:, j].std()))}") for j in rest]
    shares = telling.shares()
    best = shares.argmax(axis=1)
    return [
        (
            rep.latent_names[j],
            f"{rep.space.names[best[j]]} {shares[j, best[j]]:.0%}" if shares[j, best[j]] > 0 else "no label",
        )
        for j in rest
    ]
