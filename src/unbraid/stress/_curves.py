"""Responses to stress as curves over strengths, and how scores agree over codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import stdtrit

from unbraid.stress._responses import Response


class ResponseCurve(NamedTuple):
    """Mean response with its 95 % interval over seeds, by strength [P]; NaN where the score does not exist."""

    strengths: np.ndarray
    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray


def response_curves(
    answers: Iterable[Response], of: Literal["value", "floor", "above"] = "value"
) -> dict[str, dict[str, ResponseCurve]]:
    """Score -> stressor -> mean over seeds with Student's 95 % interval of it; a score that is nowhere is left out.

    Args:
        answers: responses.
        of: the value of a score, its floor, or the score above its floor.
    """
    values: dict[tuple[str, str], dict[float, list[float]]] = {}
    for response in answers:
        points = values.setdefault((response.metric, response.stressor), {})
        value: float | None = getattr(response, of)
        points.setdefault(response.strength, []).extend([] if value is None else [value])
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
