"""What scores answer to codes under stress, over several seeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from unbraid.core import Progress, Spec, require, require_known, rng
from unbraid.metrics import DEFAULT, Named, score, specs_of
from unbraid.stress._codes import STRESSORS

PARTS = ("completeness", "informativeness_test")  # scores in their own right that DCI keeps as parts


class Response(NamedTuple):
    """One score of one stressed code: `value` is None where there is none, for `reason`."""

    stressor: str
    strength: float
    seed: int
    metric: str
    value: float | None
    reason: str


class Band(NamedTuple):
    """Mean response with its 95 % interval over seeds, by strength [P]; NaN where the score does not exist."""

    strengths: np.ndarray
    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray


def responses(
    metrics: Named | Iterable[Named] | None = None,
    stressors: Sequence[str] | None = None,
    *,
    seeds: int = 5,
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[Response]:
    """Score codes of known truth under one stressor at a time.

    Args:
        metrics: names, specs or `package.module:thing`; all of `DEFAULT` when None.
        stressors: names from `STRESSORS`; all when None.
        seeds: codes per strength, each with noise and draws of its own.
        jobs: processes at once.
        progress: called with (stressor, codes done, codes in all).

    Returns:
        one Response per code and score, ordered by stressor, strength and seed; completeness and informativeness of
        DCI stand as `dci_fast/completeness`.

    Raises:
        UsageError: an unknown metric, option or stressor.
    """
    specs = list(specs_of(DEFAULT if metrics is None else metrics).values())
    names = list(STRESSORS) if stressors is None else list(stressors)
    for name in names:
        require_known(name, STRESSORS, "stressor")
    require(seeds >= 1, "seeds must be at least 1", seeds)
    require(jobs >= 1, "jobs must be at least 1", jobs)
    tasks = [(name, s, seed) for name in names for s in STRESSORS[name].strengths for seed in range(seeds)]
    found: list[Response] = []
    for done, part in enumerate(_run(specs, tasks, jobs)):
        found += part
        if progress is not None:
            progress(tasks[done][0], done + 1, len(tasks))
    places = {task: number for number, task in enumerate(tasks)}
    return sorted(found, key=lambda each: places[each.stressor, each.strength, each.seed])


def respond(specs: Sequence[Spec], stressor: str, strength: float, seed: int) -> list[Response]:
    """All scores of one stressed code."""
    rep = STRESSORS[stressor].code(strength, rng(seed, 0, f"stress {stressor} {strength}"))
    found = []
    for name, each in score(rep, specs, seed=seed).items():
        found.append(Response(stressor, strength, seed, name, each.value, each.reason))
        parts = {part: value for part, value in each.parts.items() if part in PARTS}
        found += [Response(stressor, strength, seed, f"{name}/{part}", value, "") for part, value in parts.items()]
    return found


def bands(found: Iterable[Response]) -> dict[str, dict[str, Band]]:
    """Score -> stressor -> mean over seeds with Student's 95 % interval of it; a score that is nowhere is left out."""
    values: dict[tuple[str, str], dict[float, list[float]]] = {}
    for each in found:
        points = values.setdefault((each.metric, each.stressor), {})
        points.setdefault(each.strength, []).extend([] if each.value is None else [each.value])
    table: dict[str, dict[str, Band]] = {}
    for (metric, stressor), points in values.items():
        if any(points.values()):
            table.setdefault(metric, {})[stressor] = _band(points)
    return table


def agreement(found: Iterable[Response], metrics: Sequence[str], flat: float = 0.02) -> np.ndarray:
    """Spearman's rank correlation [M, M] of each pair of metrics over all stressed codes that both could score.

    Args:
        found: responses.
        metrics: their names [M].
        flat: values are rounded to whole multiples of this, so that noise makes no order where a score does not move.

    Returns:
        correlations in [-1, 1]; NaN where a score never moves.
    """
    codes: dict[tuple[str, float, int], dict[str, float]] = {}
    for each in found:
        if each.value is not None:
            codes.setdefault((each.stressor, each.strength, each.seed), {})[each.metric] = each.value
    table = np.eye(len(metrics))
    for a, b in combinations(range(len(metrics)), 2):
        pairs = [(at[metrics[a]], at[metrics[b]]) for at in codes.values() if {metrics[a], metrics[b]} <= at.keys()]
        table[a, b] = table[b, a] = _rank_correlation(np.round(np.array(pairs).reshape(-1, 2) / flat))
    return table


def _rank_correlation(pairs: np.ndarray) -> float:
    """Of the two columns; NaN where one is constant."""
    from scipy.stats import spearmanr

    if len(pairs) < 3 or (np.ptp(pairs, axis=0) == 0).any():
        return np.nan
    return float(spearmanr(pairs[:, 0], pairs[:, 1]).statistic)


def _band(points: dict[float, list[float]]) -> Band:
    strengths = sorted(points)
    ends = np.array([_mean_and_reach(points[strength]) for strength in strengths])
    return Band(np.array(strengths), ends[:, 0], ends[:, 0] - ends[:, 1], ends[:, 0] + ends[:, 1])


def _mean_and_reach(values: list[float]) -> tuple[float, float]:
    """Mean, and half the width of its interval (0 for a single seed, which has none)."""
    if not values:
        return np.nan, np.nan
    if len(values) == 1:
        return values[0], 0.0
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    return float(np.mean(values)), float(stdtrit(len(values) - 1, 0.975) * error)


def _run(specs: Sequence[Spec], tasks: Sequence[tuple[str, float, int]], jobs: int) -> Iterator[list[Response]]:
    """Each task's responses, as they come."""
    if jobs == 1:
        yield from (respond(specs, *task) for task in tasks)
        return
    from joblib import Parallel, delayed

    workers = Parallel(n_jobs=jobs, return_as="generator_unordered")
    yield from workers(delayed(respond)(specs, *task) for task in tasks)
