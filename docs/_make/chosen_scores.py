"""The first table of the metrics page: which score for which question, at which N and D, and what it cannot see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from questions import QUESTIONS, Measured, Question

from unbraid.stress import ResponseCurve

CHOSEN = 3  # scores per question, at most: those that the fewest stressors mislead
FOOLED = 0.1  # a score that reads more on codes that know nothing is worth nothing without its floor
NEAR = 0.05  # how far a reading may be from that of the most rows, or of no latents of noise
FACTORS = 4


def chosen(measured: Measured) -> str:
    """One row per score: what noise reads, from how many rows and up to how many latents it holds, what misleads it."""
    lines = [
        "| question | score | clean codes | codes that know nothing | from N | up to D | does not see "
        "| also moved by |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for question in QUESTIONS:
        for place, name in enumerate(recommended(question, measured)):
            cells = [question.sentence if place == 0 else "", f"`{name}`"]
            cells += readings(name, measured)
            cells += [fewest_rows(measured.reading(name)["rows"]) if "rows" in measured.reading(name) else "grid"]
            cells += [most_latents(measured.reading(name), question)]
            cells += [listed(measured.blind(name, question)), listed(measured.false(name, question))]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def recommended(question: Question, measured: Measured) -> list[str]:
    """Scores of the question that the fewest stressors mislead, the fewest first; none that noise fools unseen."""
    known = [name for name in question.scores if name in measured.values and not fooled(name, measured)]
    return sorted(known, key=lambda name: misled(name, question, measured))[:CHOSEN]


def misled(name: str, question: Question, measured: Measured) -> int:
    """How many stressors mislead the score."""
    return len(measured.blind(name, question)) + len(measured.false(name, question))


def fooled(name: str, measured: Measured) -> bool:
    """Whether noise reads something, and no score above chance stands beside it to say so."""
    noise, above = measured.noise(name)
    return abs(noise) > FOOLED and bool(np.isnan(above))


def readings(name: str, measured: Measured) -> list[str]:
    """On clean codes and on noise: the value, and after it in bold the score above chance, where it was measured."""
    cells = []
    for value, above in (measured.clean(name), measured.noise(name)):
        chance = "none" if np.isnan(above) else f"{above:.2f}".replace("-0.00", "0.00")
        cells.append(f"{value:.2f}" + (f", **{chance}**" if name in measured.above else ""))
    return [cell.replace("nan, **none**", "missing").replace("nan", "missing") for cell in cells]


def fewest_rows(curve: ResponseCurve) -> str:
    """The fewest rows from which on the reading stays within `NEAR` of that of the most."""
    return f"{_held(curve, curve.middle[-1], from_the_end=True):g}"


def most_latents(curves: Mapping[str, ResponseCurve], question: Question) -> str:
    """The most latents up to which latents of noise, and blends where they change no answer, leave the reading."""
    noise = curves["width"]._replace(strengths=FACTORS + curves["width"].strengths)
    held, most = _held(noise, noise.middle[0], from_the_end=False), noise.strengths[-1]
    if held == most and "overcomplete" in curves and "overcomplete" not in question.falls:
        blends = curves["overcomplete"]
        held = max(held, _held(blends, blends.middle[0], from_the_end=False))
        most = blends.strengths[-1]
    return f"{held:g}" + (" (all measured)" if held == most else "")


def _held(curve: ResponseCurve, reading: float, from_the_end: bool) -> float:
    """The last strength, counted from one end, of an unbroken row of those that read alike."""
    order = range(len(curve.middle))[:: -1 if from_the_end else 1]
    held = curve.strengths[order[0]]
    for place in order:
        if not abs(curve.middle[place] - reading) <= NEAR:
            break
        held = curve.strengths[place]
    return float(held)


def listed(stressors: Iterable[str]) -> str:
    """Their names, or a dash."""
    return ", ".join(stressors) or "—"
