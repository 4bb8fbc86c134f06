"""Scores measured again on redrawn rows and with other seeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from scipy.special import stdtrit

from unbraid.core import Progress, Spec, context_of, derive, require, rng
from unbraid.metrics._floors import FloorChoice
from unbraid.metrics._properties import Resampled, declared, properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._score import score

FEWEST = 5
DRAWS = 20  # the half-width itself is then known to about 16 %, which Student's quantile allows for

Measured = tuple[Score, list[Score]]  # on all rows, and again
Redrawn = Resampled | Literal["seeds"]  # what is redrawn before a metric is measured again

ON_GRID = "fixed: it has no chance of its own, and its grid of rows is complete"
COUNTED = "it counts what is over a threshold and jumps, so that none is known to hold"


def measured(
    rep: Representation,
    specs: Mapping[str, Spec],
    draws: int,
    seed: int,
    progress: Progress | None,
    stream: int = 0,
    floor: FloorChoice = False,
) -> dict[str, Measured]:
    """Every score on all rows, with its floor where wanted, and again on each set of redrawn rows, if any."""
    whole = score(rep, metrics=specs.values(), seed=seed, floor=floor, progress=_pass_of(progress, 0, draws))
    again: dict[str, list[Score]] = {name: [] for name in whole}
    kept = [(name, spec) for name, spec in specs.items() if whole[name].value is not None]
    parts = np.array_split(rng(seed, 0, f"parts of the rows {stream}").permutation(len(rep)), draws)
    for draw in range(draws):
        for resampled in ("parts", "halves", "seeds"):
            group = [(name, spec) for name, spec in kept if resampling(spec) == resampled]
            if not group:
                continue
            scores = score(
                _redrawn(rep, resampled, parts[draw], rng(seed, draw, f"rows redrawn {stream}")),
                metrics=[spec for _, spec in group],
                seed=derive(seed, draw, "again"),
                floor=False,
                progress=_pass_of(progress, draw + 1, draws),
            )
            for name, _ in group:
                again[name].append(scores[name])
    return {name: (whole[name], again[name]) for name in whole}


def why_missing(whole: Score, again: list[Score], spec: Spec) -> str:
    """Why there is no interval, or an empty string."""
    if whole.value is None:
        return whole.reason
    if not again:
        return ON_GRID if "grid" in properties(spec).needs else COUNTED
    lost = [answer for answer in again if answer.value is None]
    return f"no score on {len(lost)} of {repetitions(spec, len(again))}: {lost[0].reason}" if lost else ""


def repetitions(spec: Spec, draws: int) -> str:
    """What was redrawn, and how often: "20 halves of the rows"."""
    sets = {
        "parts": "parts of the rows left out in turn",
        "halves": "halves of the rows",
        "seeds": "seeds on all rows",
    }
    return f"{draws} {sets[resampling(spec)]}"


def resampling(spec: Spec) -> Redrawn:
    """How rows are redrawn for a metric: as it declares, halves where it declares nothing, seeds alone on a grid."""
    said = declared(spec)
    if said is None:
        return "halves"
    if "grid" not in said.needs:
        return said.resampled
    return "seeds" if "rng" in context_of(spec.entry("metrics")) else "nothing"


def standard_error(values: np.ndarray, spec: Spec) -> float:
    """Of the score of all rows, from `values` [draws] on redrawn ones.

    Halves deviate as much as the score of all rows: half the rows double the variance, and that two halves share half
    of their rows halves it again. Sets that lack one part of `draws` deviate less, by root(draws) / (draws - 1).
    """
    deviation, draws, said = float(np.std(values, ddof=1)), len(values), declared(spec)
    scale = (draws - 1) / np.sqrt(draws) if resampling(spec) == "parts" else 1.0
    return float(deviation * scale * (1.0 if said is None else said.widened))


def bias(values: np.ndarray, value: float, spec: Spec) -> float:
    """Of the score of all rows, estimated from how far it moves when there are fewer; 0 where rows are not redrawn."""
    how = resampling(spec)
    if how not in ("parts", "halves"):
        return 0.0
    moved = float(values.mean()) - value
    return moved * (len(values) - 1) if how == "parts" else moved


def require_interval(level: float, draws: int) -> None:
    """Raise `UsageError` unless `draws` repetitions make an interval of this level."""
    require(0 < level < 1, "level of an interval must lie between 0 and 1", level)
    require(draws >= FEWEST, f"draws of an interval must be at least {FEWEST}", draws)


def student_quantile(level: float, draws: int) -> float:
    """Half the width of an interval, in standard errors estimated from `draws` repetitions (Student's distribution)."""
    return float(stdtrit(draws - 1, 0.5 + level / 2))


def _redrawn(
    rep: Representation, resampled: Redrawn, part: np.ndarray, generator: np.random.Generator
) -> Representation:
    """The representation of redrawn rows, in the order in which they stand; all of them where only seeds change."""
    count = len(rep)
    if resampled == "parts":
        return rep.rows(np.delete(np.arange(count), part))
    if resampled == "halves":
        return rep.rows(np.sort(generator.permutation(count)[: count // 2]))
    return rep


def _pass_of(progress: Progress | None, number: int, draws: int) -> Progress | None:
    """Report within pass `number` of 1 + `draws`, so that one bar runs through all."""
    if progress is None:
        return None
    return lambda name, done, total: progress(name, number + (done == total), draws + 1)
