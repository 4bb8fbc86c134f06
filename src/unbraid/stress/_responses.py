"""What scores answer to codes under stress, over several seeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from unbraid.core import Progress, Spec, names, require, shown
from unbraid.metrics import DEFAULT, MetricLike, score, specs_of
from unbraid.stress._stressor import stressed, stressor

PARTS = ("completeness", "informativeness_test")  # scores in their own right that DCI keeps as parts


class Response(NamedTuple):
    """One score of one stressed code: `value` is None where there is none, for `reason`."""

    stressor: str
    strength: float
    seed: int
    metric: str
    value: float | None
    reason: str


class ResponseCurve(NamedTuple):
    """Mean response with its 95 % interval over seeds, by strength [P]; NaN where the score does not exist."""

    strengths: np.ndarray
    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray


def responses(
    metrics: MetricLike | Iterable[MetricLike] | None = None,
    stressors: str | Sequence[str] | None = None,
    *,
    seeds: int = 5,
    jobs: int = 1,
    progress: Progress | bool | None = True,
) -> list[Response]:
    """Score codes of known truth under one stressor at a time.

    Args:
        metrics: names, specs or `package.module:thing`; all of `DEFAULT` when None.
        stressors: names (`unbraid list stress`) or `package.module:thing`; all of ours when None.
        seeds: codes per strength, each with noise and draws of its own.
        jobs: processes at once.
        progress: True shows a bar; a function is called with (stressor, codes done, codes in all).

    Returns:
        one Response per code and score, ordered by stressor, strength and seed; a metric stands under its one name
        (see `score`), completeness and informativeness of DCI as `dci_fast/completeness`.

    Raises:
        UsageError: an unknown metric, option or stressor.
    """
    specs = list(specs_of(DEFAULT if metrics is None else metrics).values())
    chosen = names("stress") if stressors is None else [stressors] if isinstance(stressors, str) else list(stressors)
    strengths = {name: stressor(name).strengths for name in chosen}
    require(seeds >= 1, "seeds must be at least 1", seeds)
    require(jobs >= 1, "jobs must be at least 1", jobs)
    tasks = [(name, strength, seed) for name in chosen for strength in strengths[name] for seed in range(seeds)]
    answers: list[Response] = []
    jobs = jobs if all(spec.thing is None for spec in specs) else 1  # other processes import a metric by its name
    with shown(progress, "stress") as show:
        for done, of_one_code in enumerate(_run(specs, tasks, jobs)):
            answers += of_one_code
            if show is not None:
                show(tasks[done][0], done + 1, len(tasks))
    places = {task: number for number, task in enumerate(tasks)}
    return sorted(answers, key=lambda response: places[response.stressor, response.strength, response.seed])


def responses_to_one(specs: Sequence[Spec], name: str, strength: float, seed: int) -> list[Response]:
    """All scores of one stressed code."""
    answers: list[Response] = []
    scores = score(stressed(name, strength, seed=seed), metrics=specs, seed=seed, floor=False, progress=False)
    for metric, scored in scores.items():
        answers.append(Response(name, strength, seed, metric, scored.value, scored.reason))
        parts = {part: value for part, value in scored.parts.items() if part in PARTS}
        answers += [Response(name, strength, seed, f"{metric}/{part}", value, "") for part, value in parts.items()]
    return answers


def response_curves(answers: Iterable[Response]) -> dict[str, dict[str, ResponseCurve]]:
    """Score -> stressor -> mean over seeds with Student's 95 % interval of it; a score that is nowhere is left out."""
    values: dict[tuple[str, str], dict[float, list[float]]] = {}
    for response in answers:
        points = values.setdefault((response.metric, response.stressor), {})
        points.setdefault(response.strength, []).extend([] if response.value is None else [response.value])
    curves: dict[str, dict[str, ResponseCurve]] = {}
    for (metric, name), points in values.items():
        if any(points.values()):
            curves.setdefault(metric, {})[name] = _curve(points)
    return curves


def agreement(answers: Iterable[Response], metrics: Sequence[str], flat: float = 0.02) -> np.ndarray:
    """Spearman's rank correlation [M, M] of each pair of metrics over all stressed codes that both could score.

    Args:
        answers: responses.
        metrics: their names [M].
        flat: values are rounded to whole multiples of this, so that noise makes no order where a score does not move.

    Returns:
        correlations in [-1, 1]; NaN where a score never moves.
    """
    codes: dict[tuple[str, float, int], dict[str, float]] = {}
    for response in answers:
        if response.value is not None:
            code = (response.stressor, response.strength, response.seed)
            codes.setdefault(code, {})[response.metric] = response.value
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


def _curve(points: dict[float, list[float]]) -> ResponseCurve:
    strengths = sorted(points)
    ends = np.array([_mean_and_reach(points[strength]) for strength in strengths])
    return ResponseCurve(np.array(strengths), ends[:, 0], ends[:, 0] - ends[:, 1], ends[:, 0] + ends[:, 1])


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
        yield from (responses_to_one(specs, *task) for task in tasks)
        return
    from joblib import Parallel, delayed

    workers = Parallel(n_jobs=jobs, return_as="generator_unordered")
    yield from workers(delayed(responses_to_one)(specs, *task) for task in tasks)
