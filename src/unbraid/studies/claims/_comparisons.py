"""The comparisons that several kinds of claims make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from unbraid.studies._peaks import two_peaked
from unbraid.studies.claims._combined_tests import Least, Open
from unbraid.studies.claims._effect import Effect, Group, tested
from unbraid.studies.claims._permutations import paired, two_arms
from unbraid.studies.claims._selection import NotTestableError, Scores, described, has_floor
from unbraid.studies.claims._strata import shared_settings, strata
from unbraid.studies.claims._tests import Student, Test

TWO_PEAKS = 20  # seeds from which Student's t is right for samples with two peaks; see docs/verdicts
EQUAL = "all runs equal"


def between(scores: Scores, metric: str, one: Group, other: Group, seed: int = 0) -> Effect:
    """Mean of one group less the mean of another, by exact permutation; see `of_arms`."""
    first, second = scores.arm(metric, one), scores.arm(metric, other)
    require_same_size(scores, metric, first, second)
    means = [rows["value"].mean() for rows in (first, second)]
    return of_arms(first, second, f"{scores.name(metric)}: {means[0]:.3f} against {means[1]:.3f}", seed)


def of_arms(first: pd.DataFrame, second: pd.DataFrame, compared: str, seed: int = 0) -> Effect:
    """Mean difference of two arms, one row per run, and what it rests on.

    Arms that are the same runs, as two layers of them, are paired: signs of the differences within runs are flipped.
    Others are relabelled, within the settings that vary in both arms alike.
    """
    common = set(first["run"]) & set(second["run"])
    if common:
        ours, theirs = (rows[rows["run"].isin(common)].set_index("run")["value"] for rows in (first, second))
        differences = (ours - theirs[ours.index]).to_numpy(float)
        estimate, test = paired(differences, seed=seed)
        return tested(estimate, test, len(differences), f"{compared}, within runs", seeds=len(differences))
    within = shared_settings(first, second)
    keys = [strata(rows, within) for rows in (first, second)]
    names = list(dict.fromkeys(keys[0]))
    if set(names) != set(keys[1]):
        keys, names = [strata(rows, []) for rows in (first, second)], [""]
    values = [rows["value"].to_numpy(float) for rows in (first, second)]
    arms = [[value[key == name] for name in names] for value, key in zip(values, keys, strict=True)]
    estimate, test = two_arms(*arms, seed=seed)
    if len(names) > 1:
        compared = f"{compared}, within {', '.join(within)}"
    return tested(estimate, test, sum(map(len, values)), compared, seeds=min(map(len, values)))


def require_same_size(scores: Scores, metric: str, *arms: pd.DataFrame) -> None:
    """Refuse to compare a score as it is across numbers of rows or latents: chance depends on both.

    Raises:
        NotTestableError: the arms differ in them.
    """
    if scores.reads_above(metric) or not has_floor(metric):
        return
    for name, columns in {"rows": ["rows"], "latents": ["model", "model.latents", "layer"]}.items():
        sizes = [set(strata(rows, [column for column in columns if column in rows])) for rows in arms]
        if any(size != sizes[0] for size in sizes) or (len(arms) == 1 and len(sizes[0]) > 1):
            raise NotTestableError(
                f"{scores.name(metric)}: across numbers of {name}, only what is above chance compares"
            )


def past(scores: Scores, metric: str, where: Group, threshold: float, sign: float) -> Effect:
    """How far a group's mean lies above a threshold (below it with sign -1), with Student's interval over seeds."""
    values = scores.values(metric, where)
    compared = f"{scores.name(metric)}: {values.mean():.3f} against the threshold {threshold:g}"
    return of_one_arm(sign * (values - threshold), compared)


def of_one_arm(values: np.ndarray, compared: str) -> Effect:
    """The mean of a group by Student's t; undecided where all runs are equal, or few have two peaks."""
    test, remark = one_arm(values)
    return tested(float(values.mean()), test, len(values), compared, seeds=len(values), remark=remark)


def one_arm(values: np.ndarray, *, peaks: bool = True) -> tuple[Test, str]:
    """Student's test of a mean, and why it decides nothing where it does not: `peaks`, also where there are two."""
    error = float(stats.sem(values)) if len(values) > 1 else 0.0
    if error <= 1e-9 * np.abs(values).max(initial=0.0):
        return Open(), EQUAL
    student = Student(float(values.mean()), error, len(values) - 1)
    if peaks and len(values) < TWO_PEAKS and two_peaked(values):
        return Open(student), f"scores with two peaks: a mean of fewer than {TWO_PEAKS} runs decides nothing"
    return student, ""


def against_each(effects: Sequence[Effect], compared: str, runs: int) -> Effect:
    """The least of several effects: all must be as claimed, and one that is not is corrected for being chosen."""
    least = min(effects, key=lambda effect: effect.estimate)
    seeds = [effect.seeds for effect in effects if effect.seeds is not None]
    beside: dict[str, Any] = {"seeds": min(seeds) if seeds else None}
    remarks = list(dict.fromkeys(effect.remark for effect in effects if effect.remark))
    test = Least([effect.tested for effect in effects])
    return tested(least.estimate, test, runs, compared, remark="; ".join(remarks), **beside)


def rival(scores: Scores, metric: str, ours: Group, among: Sequence[Group], sign: float, word: str) -> Effect:
    """One group against each of others: differences of means in the direction of `sign`."""
    first, others = scores.arm(metric, ours), [scores.arm(metric, group) for group in among]
    require_same_size(scores, metric, first, *others)
    signed = [rows.assign(value=sign * rows["value"]) for rows in (first, *others)]
    effects = [of_arms(signed[0], rows, "") for rows in signed[1:]]
    nearest = among[min(range(len(among)), key=lambda place: effects[place].estimate)]
    theirs = scores.values(metric, nearest).mean()
    compared = f"{scores.name(metric)}: {first['value'].mean():.3f} against {theirs:.3f} of {described(nearest)}"
    return against_each(effects, f"{compared}, the {word} of the others", len(first) + sum(map(len, others)))
