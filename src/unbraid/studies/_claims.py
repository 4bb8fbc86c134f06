"""Claims: checkable statements about a study's runs, written before they are run, and the verdict on each.

A claim is an effect in the claimed direction with an interval, and the smallest effect that counts:

    reproduced        the whole interval lies above 0 and the estimate reaches the smallest effect
    not reproduced    the whole interval lies below the smallest effect
    undecided         anything else: the runs at this scale cannot tell

For "A is no better than B" the roles are exchanged: reproduced when the whole interval of A - B lies below the
smallest effect, not reproduced when it lies above 0 with an estimate that reaches it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from unbraid.core import Mistake, need, need_known

KINDS = {
    "larger": ("metric", "larger", "smaller"),
    "no_better": ("metric", "better", "than"),
    "best": ("metric", "best", "among"),
    "least": ("metric", "least", "among"),
    "order": ("metric", "order"),
    "above": ("metric", "where", "threshold"),
    "below": ("metric", "where", "threshold"),
    "trend": ("metric", "axis", "direction"),
    "agree": ("metrics", "threshold"),
    "disagree": ("metrics", "threshold"),
}
DIRECTIONS = {"up": 1.0, "down": -1.0}
CONFIDENCE = 0.95
RESAMPLES = 2000
REPRODUCED, NOT_REPRODUCED, UNDECIDED = "reproduced", "not reproduced", "undecided"
_OPTIONAL = {"best": ("lower_is_better",), "order": ("lower_is_better",)}
_COMMON = ("says", "where_printed", "kind", "smallest_effect", "part", "layer", "why")


@dataclass(frozen=True)
class Claim:
    """One checkable statement.

    Args:
        says: the claim in plain words.
        where_printed: table, figure or section of the paper.
        kind: one of `KINDS`.
        smallest_effect: the least difference, in the metric's units, that counts.
        asks: the groups, thresholds or axes that the kind needs.
        part: a part of the metric instead of its value.
        layer: the latent layer, for layered models.
        why: what the check stands for where the words and the check differ.
    """

    says: str
    where_printed: str
    kind: str
    smallest_effect: float
    asks: Mapping[str, Any]
    part: str = ""
    layer: int | None = None
    why: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Claim:
        """Read one entry of a study file's claims.

        Raises:
            Mistake: unknown or missing keys.
        """
        need(
            isinstance(given, Mapping) and "says" in given and "kind" in given, "a claim needs 'says' and 'kind'", given
        )
        kind = given["kind"]
        need_known(kind, KINDS, f"claim '{given['says']}': kind")
        allowed = (*_COMMON, *KINDS[kind], "where", *_OPTIONAL.get(kind, ()))
        for key in given:
            need_known(key, allowed, f"claim '{given['says']}': key")
        for key in KINDS[kind]:
            need(key in given, f"claim '{given['says']}' of kind {kind} needs '{key}'")
        if "direction" in given:
            need_known(given["direction"], DIRECTIONS, f"claim '{given['says']}': direction")
        common = {key: given[key] for key in _COMMON if key in given}
        common.setdefault("where_printed", "")
        common.setdefault("smallest_effect", 0.0)
        return cls(**common, asks={key: value for key, value in given.items() if key not in _COMMON})

    @property
    def metrics(self) -> tuple[str, ...]:
        """Metrics the claim is about."""
        return tuple(self.asks["metrics"]) if "metrics" in self.asks else (self.asks["metric"],)

    def need_metrics(self, computed: set[str]) -> None:
        """Refuse a claim about a metric that the study does not compute."""
        for metric in self.metrics:
            if metric not in computed | LOGGED:
                raise Mistake(
                    f"claim '{self.says}' is about '{metric}', which the study does not compute; "
                    f"add it to metrics, or choose one of {', '.join(sorted(computed | LOGGED))}."
                )


LOGGED = {"log/reconstruction", "log/kl", "log/loss"}  # means over the last tenth of the training log


@dataclass(frozen=True)
class Verdict:
    """What the runs say of a claim: estimate and interval of the effect, how many runs, and the verdict."""

    claim: Claim
    verdict: str
    estimate: float | None
    low: float | None
    high: float | None
    runs: int
    words: str


def judge(claim: Claim, frame: pd.DataFrame) -> Verdict:
    """Judge a claim on a study's tidy frame (see `collect`); missing scores are left out, never counted as 0."""
    try:
        estimate, low, high, runs, words = EFFECTS[claim.kind](claim, frame)
    except NotEnough as lack:
        return Verdict(claim, UNDECIDED, None, None, None, 0, str(lack))
    decided = decide(estimate, low, high, claim.smallest_effect, exchanged=claim.kind == "no_better")
    return Verdict(claim, decided, estimate, low, high, runs, words)


def decide(estimate: float, low: float, high: float, smallest: float, *, exchanged: bool = False) -> str:
    """The verdict on an effect with its interval; see the head of this file. An effect of exactly 0 is none."""
    is_there = low > 0 and estimate >= smallest
    is_not = high < smallest or high <= 0
    if exchanged:
        return REPRODUCED if is_not else NOT_REPRODUCED if is_there else UNDECIDED
    return REPRODUCED if is_there else NOT_REPRODUCED if is_not else UNDECIDED


Found = tuple[float, float, float, int, str]  # estimate, low and high of the effect; runs; what was compared
Effect = Callable[[Claim, pd.DataFrame], Found]


class NotEnough(Exception):
    """The runs that a claim needs are not there, or have no such score."""


def unmatched(claim: Claim, settings: Sequence[Mapping[str, Any]]) -> list[str]:
    """The sides of a claim that no run has, given the runs' settings (see `flat`): the claim cannot be decided."""
    sides = [claim.asks.get("where") or {}]
    for key in ("larger", "smaller", "better", "than", "best", "least"):
        sides.append(claim.asks.get(key) or {})
    for key in ("among", "order"):
        sides += claim.asks.get(key) or []
    asked = [{key: value for key, value in side.items() if key != "layer"} for side in sides]
    return [
        _named(side)
        for side in asked
        if not any(all(key in run and _same(run[key], wanted) for key, wanted in side.items()) for run in settings)
    ]


def values(claim: Claim, frame: pd.DataFrame, metric: str, where: Mapping[str, Any]) -> np.ndarray:
    """A metric's values over the runs that match `where`, in the order of seeds.

    Raises:
        NotEnough: fewer than two of them.
    """
    rows = selected(claim, frame, metric, where)
    if len(rows) < 2:
        raise NotEnough(f"{metric} of {_named(where)}: {len(rows)} runs have it, and two are the least")
    if rows["run"].nunique() < len(rows):
        raise NotEnough(f"{metric} of {_named(where)}: several layers, and the claim names none")
    return rows.sort_values(["group", "seed"])["value"].to_numpy(float)


def selected(claim: Claim, frame: pd.DataFrame, metric: str, where: Mapping[str, Any]) -> pd.DataFrame:
    """Rows of one metric (part, layer) of the runs whose settings match; missing values dropped."""
    rows = frame[(frame["metric"] == metric) & (frame["part"] == claim.part) & frame["value"].notna()]
    if claim.layer is not None:
        rows = rows[rows["layer"] == claim.layer]
    for key, wanted in {**(claim.asks.get("where") or {}), **where}.items():
        if key == "layer":
            rows = rows[rows["layer"] == wanted]
        elif key not in rows:
            raise NotEnough(f"no run has a setting '{key}'")
        else:
            rows = rows[[_same(value, wanted) for value in rows[key]]]
    return rows


def difference(one: np.ndarray, other: np.ndarray) -> tuple[float, float, float]:
    """Mean of `one` minus mean of `other` with Welch's interval (seeds are independent samples)."""
    apart = float(one.mean() - other.mean())
    if one.std() == 0 and other.std() == 0:
        return apart, apart, apart
    interval = stats.ttest_ind(one, other, equal_var=False).confidence_interval(CONFIDENCE)
    return apart, float(interval.low), float(interval.high)


def _apart(one: str, other: str) -> Effect:
    def effect(claim: Claim, frame: pd.DataFrame) -> Found:
        """One group against another."""
        metric = claim.asks["metric"]
        first, second = (values(claim, frame, metric, claim.asks[side]) for side in (one, other))
        words = f"{metric}: {first.mean():.3f} against {second.mean():.3f}"
        return *difference(first, second), len(first) + len(second), words

    return effect


def _best(claim: Claim, frame: pd.DataFrame) -> Found:
    """The claimed best against the strongest of the others."""
    metric = claim.asks["metric"]
    best = values(claim, frame, metric, claim.asks["best"])
    others = {_named(where): values(claim, frame, metric, where) for where in claim.asks["among"]}
    sign = _sign(claim)
    rival = max(others, key=lambda name: sign * others[name].mean())
    words = f"{metric}: {best.mean():.3f} against {others[rival].mean():.3f} of {rival}, the best of the others"
    return *difference(sign * best, sign * others[rival]), len(best) + sum(map(len, others.values())), words


def _least(claim: Claim, frame: pd.DataFrame) -> Found:
    """The lowest of the others against the one that is claimed to be lowest."""
    metric = claim.asks["metric"]
    least = values(claim, frame, metric, claim.asks["least"])
    others = {_named(where): values(claim, frame, metric, where) for where in claim.asks["among"]}
    rival = min(others, key=lambda name: others[name].mean())
    words = f"{metric}: {least.mean():.3f} against {others[rival].mean():.3f} of {rival}, the lowest of the others"
    return *difference(others[rival], least), len(least) + sum(map(len, others.values())), words


def _sign(claim: Claim) -> float:
    return -1.0 if claim.asks.get("lower_is_better") else 1.0


def _order(claim: Claim, frame: pd.DataFrame) -> Found:
    """The weakest of the neighbouring differences along the claimed order, best first."""
    sign = _sign(claim)
    metric = claim.asks["metric"]
    groups = [values(claim, frame, metric, where) for where in claim.asks["order"]]
    steps = [difference(sign * one, sign * other) for one, other in itertools.pairwise(groups)]
    weakest = min(steps, key=lambda step: step[1])
    words = f"{metric} in the claimed order: " + ", ".join(f"{group.mean():.3f}" for group in groups)
    return *weakest, sum(map(len, groups)), words


def _beyond(sign: float) -> Effect:
    def effect(claim: Claim, frame: pd.DataFrame) -> Found:
        metric, threshold = claim.asks["metric"], float(claim.asks["threshold"])
        found = values(claim, frame, metric, claim.asks["where"])
        estimate = sign * (found.mean() - threshold)
        half = 0.0 if found.std() == 0 else stats.t.ppf((1 + CONFIDENCE) / 2, len(found) - 1) * stats.sem(found)
        words = f"{metric}: {found.mean():.3f} against the threshold {threshold:g}"
        return float(estimate), float(estimate - half), float(estimate + half), len(found), words

    return effect


def _trend(claim: Claim, frame: pd.DataFrame) -> Found:
    """Spearman correlation of the metric with a setting over runs, in the claimed direction."""
    metric, axis = claim.asks["metric"], claim.asks["axis"]
    rows = selected(claim, frame, metric, {})
    if axis not in rows or rows["run"].nunique() < len(rows):
        raise NotEnough(f"{metric} over {axis}: no run has that setting, or the claim must name a layer")
    sign = DIRECTIONS[claim.asks["direction"]]
    pair = rows[axis].to_numpy(float), sign * rows["value"].to_numpy(float)
    return *rank_correlation(*pair), len(rows), f"Spearman correlation of {metric} with {axis}"


def _agreement(sign: float) -> Effect:
    def effect(claim: Claim, frame: pd.DataFrame) -> Found:
        """Lowest rank correlation between any two of the metrics over runs, against a threshold."""
        names = claim.asks["metrics"]
        table = pd.concat([selected(claim, frame, m, {}).set_index("run")["value"].rename(m) for m in names], axis=1)
        table = table.dropna()
        pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
        found = {pair: rank_correlation(table[pair[0]].to_numpy(), table[pair[1]].to_numpy()) for pair in pairs}
        pair = min(found, key=lambda p: found[p][0])
        estimate, low, high = (value - float(claim.asks["threshold"]) for value in found[pair])
        if sign < 0:
            estimate, low, high = -estimate, -high, -low
        words = f"lowest rank correlation: {found[pair][0]:.2f}, between {pair[0]} and {pair[1]}"
        return estimate, low, high, len(table), words

    return effect


def rank_correlation(one: np.ndarray, other: np.ndarray) -> tuple[float, float, float]:
    """Spearman's correlation with a bootstrap interval over runs.

    Raises:
        NotEnough: fewer than four runs, or a constant score, which has no ranks.
    """
    if len(one) < 4:
        raise NotEnough(f"{len(one)} runs have both scores, and four are the least")
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        raise NotEnough("a score is the same in all runs, so it ranks nothing")
    draws = np.random.default_rng(0).integers(len(one), size=(RESAMPLES, len(one)))
    first, second = (stats.rankdata(values[draws], axis=1) for values in (one, other))
    first, second = (ranks - ranks.mean(1, keepdims=True) for ranks in (first, second))
    spread = np.sqrt((first**2).sum(1) * (second**2).sum(1))
    found = ((first * second).sum(1)[spread > 0]) / spread[spread > 0]
    low, high = np.quantile(found, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(stats.spearmanr(one, other).statistic), float(low), float(high)


EFFECTS = {
    "larger": _apart("larger", "smaller"),
    "no_better": _apart("better", "than"),
    "best": _best,
    "least": _least,
    "order": _order,
    "above": _beyond(1.0),
    "below": _beyond(-1.0),
    "trend": _trend,
    "agree": _agreement(1.0),
    "disagree": _agreement(-1.0),
}


def _same(value: Any, wanted: Any) -> bool:
    """Whether a setting has the wanted value (4 and 4.0 are one), or one of several."""
    if isinstance(wanted, list):
        return any(_same(value, each) for each in wanted)
    return bool(value == wanted)


def _named(where: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in where.items()) or "all runs"
