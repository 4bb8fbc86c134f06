"""Missing levels: which rows a score uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from unbraid.core import Spec, UsageError, require
from unbraid.metrics._factors import with_factors
from unbraid.metrics._properties import declared
from unbraid.metrics._representation import Representation, Score

Measure = Callable[[Representation], Score]


def score_of_known(measure: Measure, rep: Representation, spec: Spec) -> Score:
    """`measure` on the rows that have what the metric of `spec` needs; how many they are is said in the variant.

    A metric that is a mean over factors (`Properties.by_factor`) is measured factor by factor on the rows that have
    the factor; one that reads several factors together, or declares nothing, on the rows that have all of them; one
    that reads no factors on all rows.
    """
    if rep.missing is None:
        return measure(rep)
    said = declared(spec)
    if said is not None and "factors" not in said.needs:
        return measure(rep)
    if said is not None and said.by_factor and not spec.options.get("group"):
        return _by_factor(measure, rep, spec.name)
    part = rep.known()
    require(len(part), f"{spec.name} needs rows in which no factor is missing", "none", "leave sparse factors out")
    answer = measure(part)
    return replace(answer, variant=f"{answer.variant}, {len(part)} of {len(rep)} rows have all factors")


def _by_factor(measure: Measure, rep: Representation, metric: str) -> Score:
    """The mean over the factors that vary, each on the rows that have it."""
    assert rep.missing is not None
    answers: dict[str, Score] = {}
    rows = []
    for k, name in enumerate(rep.space.names):
        part = with_factors(rep, np.arange(len(rep.space)) == k).known()
        if not len(part) or np.ptp(part.factors) == 0:
            continue
        answers[name] = _of_factor(measure, part, name)
        rows.append(len(part))
        if answers[name].value is None:
            return replace(answers[name], reason=f"factor '{name}': {answers[name].reason}")
    require(answers, f"{metric} needs at least 1 factor with more than one value", f"0 of {len(rep.space)}")
    values = [answer.value for answer in answers.values() if answer.value is not None]
    fewest = list(answers.values())[int(np.argmin(rows))].variant
    variant = f"{fewest}, factor by factor on {min(rows)} to {max(rows)} of {len(rep)} rows"
    notes = tuple(dict.fromkeys(note for answer in answers.values() for note in answer.notes))
    arrays = {**_arrays(answers), "rows": np.array(rows)}
    return Score(float(np.mean(values)), _parts(answers), arrays, variant, notes=notes)


def _of_factor(measure: Measure, part: Representation, name: str) -> Score:
    try:
        return measure(part)
    except UsageError as error:
        raise UsageError(f"factor '{name}', {len(part)} rows: {error}") from error


def _parts(answers: Mapping[str, Score]) -> dict[str, float]:
    """The part of each factor, and the mean over factors of parts that are not of a factor."""
    keys = dict.fromkeys(key for answer in answers.values() for key in answer.parts)
    return {key: float(np.mean([a.parts[key] for a in answers.values() if key in a.parts])) for key in keys}


def _arrays(answers: Mapping[str, Score]) -> dict[str, np.ndarray]:
    """Arrays whose last axis is the factor, side by side; others have no meaning over different rows."""
    first = next(iter(answers.values())).arrays
    kept = [name for name, array in first.items() if array.ndim and array.shape[-1] == 1]
    return {name: np.concatenate([answer.arrays[name] for answer in answers.values()], axis=-1) for name in kept}
