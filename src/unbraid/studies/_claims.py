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
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from unbraid.core import Spec, UsageError, label_of, require, require_known
from unbraid.metrics import normalised_sum

KINDS = {
    "larger": ("metric", "larger", "smaller"),
    "no_better": ("metric", "better", "than"),
    "best": ("metric", "best", "among"),
    "least": ("metric", "least", "among"),
    "order": ("metric", "order"),
    "above": ("metric", "where", "threshold"),
    "below": ("metric", "where", "threshold"),
    "nowhere_above": ("metric", "where", "threshold"),
    "trend": ("metric", "axis", "direction"),
    "by_layer": ("metric", "direction"),
    "best_sum": ("metrics", "best", "among"),
    "agree": ("metrics", "threshold"),
    "disagree": ("metrics", "threshold"),
}
DIRECTIONS = {"up": 1.0, "down": -1.0}
CONFIDENCE = 0.95
RESAMPLES = 2000
REPRODUCED, NOT_REPRODUCED, UNDECIDED = "reproduced", "not reproduced", "undecided"
_OPTIONAL = {
    "best": ("lower_is_better",),
    "order": ("lower_is_better",),
    "best_sum": ("lower_is_better",),
    "by_layer": ("layers",),
}
_COMMON = ("says", "where_printed", "kind", "smallest_effect", "part", "layer", "absent", "why")


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
        absent: what counts where a score or a part of it does not exist for want of a latent (the Tartu thesis prints
            0 there); without it such runs are left out.
        why: what the check stands for where the words and the check differ.
    """

    says: str
    where_printed: str
    kind: str
    smallest_effect: float
    asks: Mapping[str, Any]
    part: str = ""
    layer: int | None = None
    absent: float | None = None
    why: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Claim:
        """Read one entry of a study file's claims.

        Raises:
            UsageError: unknown or missing keys.
        """
        require(
            isinstance(given, Mapping) and "says" in given and "kind" in given, "a claim needs 'says' and 'kind'", given
        )
        kind = given["kind"]
        require_known(kind, KINDS, f"claim '{given['says']}': kind")
        allowed = (*_COMMON, *KINDS[kind], "where", *_OPTIONAL.get(kind, ()))
        for key in given:
            require_known(key, allowed, f"claim '{given['says']}': key")
        for key in KINDS[kind]:
            require(key in given, f"claim '{given['says']}' of kind {kind} needs '{key}'")
        if "direction" in given:
            require_known(given["direction"], DIRECTIONS, f"claim '{given['says']}': direction")
        if "metric" in given:
            given = {**given, "metric": _metric(given["metric"])}
        if "metrics" in given:
            given = {**given, "metrics": [_metric(metric) for metric in given["metrics"]]}
        common = {key: given[key] for key in _COMMON if key in given}
        common.setdefault("where_printed", "")
        common.setdefault("smallest_effect", 0.0)
        return cls(**common, asks={key: value for key, value in given.items() if key not in _COMMON})

    @property
    def metrics(self) -> tuple[str, ...]:
        """Metrics the claim is about."""
        return tuple(self.asks["metrics"]) if "metrics" in self.asks else (self.asks["metric"],)

    def require_metrics(self, computed: set[str]) -> None:
        """Refuse a claim about a metric that the study does not compute."""
        for metric in self.metrics:
            if metric not in computed | LOGGED:
                raise UsageError(
                    f"claim '{self.says}' is about '{metric}', which the study does not compute; "
                    f"add it to metrics, or choose one of {', '.join(sorted(computed | LOGGED))}."
                )


def _metric(given: str | Mapping[str, Any]) -> str:
    """What the table of scores calls a metric, given as it is called there or as a name with options."""
    return label_of("metrics", Spec.of(given)) if isinstance(given, Mapping) else given


LOGGED = {"log/reconstruction", "log/head", "log/kl", "log/loss", "learning_order"}  # what `collect` adds by itself
NO_LATENT = "no latent"  # how the reason of a score begins that has no latent to score


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
    except TooFewRunsError as lack:
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


class TooFewRunsError(Exception):
    """The runs that a claim needs are not there, or have no such score."""


def unmatched(claim: Claim, settings: Sequence[Mapping[str, Any]]) -> list[str]:
    """The sides of a claim that no run has, given the runs' settings (see `flat`): the claim cannot be decided."""
    return [_named(side) for side in sides(claim) if not any(matches(side, run) for run in settings)]


def sides(claim: Claim) -> list[dict[str, Any]]:
    """What a claim asks of the settings of the runs that it compares; one entry for each group of runs."""
    groups = [
        claim.asks[key] or {} for key in ("larger", "smaller", "better", "than", "best", "least") if key in claim.asks
    ]
    for key in ("among", "order"):
        groups += claim.asks.get(key) or []
    common = claim.asks.get("where") or {}
    asked = [{**common, **group} for group in groups] or [common]
    return [{key: value for key, value in side.items() if key != "layer"} for side in asked]


def matches(side: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    """Whether a run's settings (see `flat`) are what one side of a claim asks."""
    return all(_same(settings.get(key), wanted) for key, wanted in side.items())


def values(claim: Claim, frame: pd.DataFrame, metric: str, where: Mapping[str, Any]) -> np.ndarray:
    """A metric's values over the runs that match `where`, in the order of seeds.

    Raises:
        TooFewRunsError: fewer than two of them.
    """
    rows = selected(claim, frame, metric, where)
    if len(rows) < 2:
        raise TooFewRunsError(f"{metric} of {_named(where)}: {len(rows)} runs have it, and two are the least")
    if rows["run"].nunique() < len(rows):
        raise TooFewRunsError(f"{metric} of {_named(where)}: several layers, and the claim names none")
    return rows.sort_values(["group", "seed"])["value"].to_numpy(float)


def selected(claim: Claim, frame: pd.DataFrame, metric: str, where: Mapping[str, Any]) -> pd.DataFrame:
    """Rows of one metric (part, layer) of the runs whose settings match, without missing values; see `absent`."""
    rows = frame[(frame["metric"] == metric) & (frame["part"] == claim.part) & frame["value"].notna()]
    if claim.absent is not None:
        rows = pd.concat([rows, _absent(frame[frame["metric"] == metric], claim)])
    if claim.layer is not None:
        rows = rows[rows["layer"] == claim.layer]
    for key, wanted in {**(claim.asks.get("where") or {}), **where}.items():
        if key in rows:
            right = [_same(value, wanted) for value in rows[key]]
            rows = rows[np.array(right, dtype=bool)]  # as a list, none of them would choose columns
        elif not _same(None, wanted):
            raise TooFewRunsError(f"no run has a setting '{key}'")
    return rows


def _absent(scores: pd.DataFrame, claim: Claim) -> pd.DataFrame:
    """Rows of the runs and layers that were scored and have no latent for it, with the value that then counts."""
    whole, place = scores[scores["part"] == ""], ["run", "layer"]
    without = whole[whole["value"].isna() & whole["reason"].fillna("").str.startswith(NO_LATENT)]
    if claim.part:
        there = scores[(scores["part"] == claim.part)].set_index(place).index
        lacking = whole[whole["value"].notna() & ~whole.set_index(place).index.isin(there)]
        without = pd.concat([without, lacking])
    return without.assign(part=claim.part, value=claim.absent)


def difference(one: np.ndarray, other: np.ndarray) -> tuple[float, float, float]:
    """Mean of `one` minus mean of `other` with Welch's interval (seeds are independent samples)."""
    apart = float(one.mean() - other.mean())
    if one.std() == 0 and other.std() == 0:
        return apart, apart, apart
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Precision loss", RuntimeWarning)  # a group that varies in its last digits
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
        half = _half_width(found)
        words = f"{metric}: {found.mean():.3f} against the threshold {threshold:g}"
        return float(estimate), float(estimate - half), float(estimate + half), len(found), words

    return effect


def _nowhere_above(claim: Claim, frame: pd.DataFrame) -> Found:
    """The threshold less the best of all groups of runs that match."""
    metric, threshold = claim.asks["metric"], float(claim.asks["threshold"])
    rows = selected(claim, frame, metric, claim.asks["where"])
    groups = {
        _place(*name): each["value"].to_numpy(float)
        for name, each in rows.groupby(["label", "layer"])
        if len(each) >= 2
    }
    if not groups:
        raise TooFewRunsError(f"{metric} of {_named(claim.asks['where'])}: no group has two runs")
    best = max(groups, key=lambda name: groups[name].mean())
    estimate, half = threshold - groups[best].mean(), _half_width(groups[best])
    words = (
        f"{metric}: {groups[best].mean():.3f} of {best}, the best of {len(groups)}, against the threshold {threshold:g}"
    )
    return float(estimate), float(estimate - half), float(estimate + half), len(rows), words


def _by_layer(claim: Claim, frame: pd.DataFrame) -> Found:
    """Spearman correlation of the metric with the number of the latent layer within each run; mean over runs."""
    metric, layers = claim.asks["metric"], claim.asks.get("layers")
    rows = selected(claim, frame, metric, {})
    rows = rows[rows["layer"].isin(layers)] if layers else rows
    sign, found = DIRECTIONS[claim.asks["direction"]], []
    for _, run in rows.groupby("run"):
        if len(run) >= 3 and run["value"].nunique() > 1:
            found.append(sign * float(stats.spearmanr(run["layer"], run["value"]).statistic))
    if len(found) < 2:
        raise TooFewRunsError(f"{metric} by layer: {len(found)} runs have it in three layers, and two are the least")
    mean, half = float(np.mean(found)), _half_width(np.array(found))
    words = f"Spearman correlation of {metric} with the layer, mean of {len(found)} runs"
    return mean, mean - half, mean + half, len(found), words


def _best_sum(claim: Claim, frame: pd.DataFrame) -> Found:
    """The normalised sum of the claimed best against the strongest of the others; see `normalised_sum`."""
    groups = [claim.asks["best"], *claim.asks["among"]]
    tables = [
        np.stack([values(claim, frame, metric, where) for metric in claim.asks["metrics"]], axis=1) for where in groups
    ]  # [runs, metrics] each
    sums = np.split(normalised_sum(np.concatenate(tables)), np.cumsum([len(table) for table in tables])[:-1])
    sign = _sign(claim)
    rival = max(range(1, len(sums)), key=lambda place: sign * sums[place].mean())
    words = f"normalised sum: {sums[0].mean():.3f} against {sums[rival].mean():.3f} of {_named(groups[rival])}"
    return *difference(sign * sums[0], sign * sums[rival]), sum(map(len, sums)), f"{words}, the best of the others"


def _half_width(found: np.ndarray) -> float:
    """Half the interval of a mean over runs."""
    return 0.0 if found.std() == 0 else float(stats.t.ppf((1 + CONFIDENCE) / 2, len(found) - 1) * stats.sem(found))


def _trend(claim: Claim, frame: pd.DataFrame) -> Found:
    """Spearman correlation of the metric with a setting over runs, in the claimed direction."""
    metric, axis = claim.asks["metric"], claim.asks["axis"]
    rows = selected(claim, frame, metric, {})
    if axis not in rows or rows["run"].nunique() < len(rows):
        raise TooFewRunsError(f"{metric} over {axis}: no run has that setting, or the claim must name a layer")
    sign = DIRECTIONS[claim.asks["direction"]]
    pair = rows[axis].to_numpy(float), sign * rows["value"].to_numpy(float)
    return *rank_correlation(*pair), len(rows), f"Spearman correlation of {metric} with {axis}"


def _agreement(sign: float) -> Effect:
    def effect(claim: Claim, frame: pd.DataFrame) -> Found:
        """Lowest rank correlation between any two of the metrics over runs, against a threshold."""
        names = claim.asks["metrics"]
        place = ["run", "layer"]
        table = pd.concat([selected(claim, frame, m, {}).set_index(place)["value"].rename(m) for m in names], axis=1)
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
        TooFewRunsError: fewer than four runs, or a constant score, which has no ranks.
    """
    if len(one) < 4:
        raise TooFewRunsError(f"{len(one)} runs have both scores, and four are the least")
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        raise TooFewRunsError("a score is the same in all runs, so it ranks nothing")
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
    "nowhere_above": _nowhere_above,
    "by_layer": _by_layer,
    "best_sum": _best_sum,
    "trend": _trend,
    "agree": _agreement(1.0),
    "disagree": _agreement(-1.0),
}


def _same(value: Any, wanted: Any) -> bool:
    """Whether a setting has the wanted value (4 and 4.0 are one), or one of several; None is no such setting."""
    if isinstance(wanted, list):
        return any(_same(value, each) for each in wanted)
    if wanted is None:
        return bool(pd.isna(value))
    return bool(value == wanted)


def _named(where: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in where.items()) or "all runs"


def _place(label: str, layer: int) -> str:
    return f"{label}, layer {layer}" if layer else label
