"""Controls: runs at the same budget that must show what the claim says is absent, or rare, or no better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from unbraid.studies.claims._claim import Claim
from unbraid.studies.claims._selection import NotTestableError, TooFewRunsError, described
from unbraid.studies.claims._tests import LEVEL

CLAIMED = {
    "larger": "larger",
    "no_better": "better",
    "best": "best",
    "best_sum": "best",
    "least": "least",
    "above": "where",
    "below": "where",
    "nowhere_above": "where",
    "rarely_above": "where",
}  # kind -> the key of the group whose place the control takes; in other kinds it joins `where`
# kinds that need a control whatever they come to
ABSENCE = ("no_better", "below", "nowhere_above", "rarely_above", "disagree")
PRESENCE = {"no_better": "larger", "below": "above", "disagree": "agree"}  # what the control must then show
BUDGET = ("steps", "batch")


@dataclass(frozen=True)
class Control:
    """Whether the control of a claim shows what it must, and in words what it shows."""

    passed: bool
    shows: str


def control_of_claim(claim: Claim, frame: pd.DataFrame) -> Control | None:
    """Test a claim's control; None where it names none."""
    if claim.control is None:
        return None
    budget = _budgets(claim, frame)
    if budget:
        return Control(False, f"control of another budget: {budget}")
    asked = as_presence(claim)
    try:
        effect = asked.effect(frame)
    except (TooFewRunsError, NotTestableError) as error:
        single = _single_baseline(asked, frame)
        return single if single else Control(False, f"no control: {error}")
    some = claim.kind in ("nowhere_above", "rarely_above")  # one group of the control above is enough, or many cases
    p = effect.tested.below(0.0) if some else effect.tested.above(asked.smallest_effect)
    passed = bool(p <= LEVEL)
    return Control(passed, f"control {'passed' if passed else 'failed'}: {effect.compared}")


def as_presence(claim: Claim) -> Claim:
    """The claim that the control must pass: the same comparison, in the direction of presence."""
    control, asks = dict(claim.control or {}), dict(claim.asks)
    kind, where = PRESENCE.get(claim.kind, claim.kind), dict(claim.where)
    if "metrics" in control:
        asks["metrics"] = list(control["metrics"])
    elif (place := CLAIMED.get(claim.kind)) is not None:
        asks[place] = {**(asks[place] if place == "where" else {}), **control}
        where = {key: value for key, value in where.items() if key not in control}
    else:
        where |= control
    rest = {key: value for key, value in claim.where.items() if key in control}  # of which the other side keeps its own
    if claim.kind == "no_better":
        asks = {"metric": asks["metric"], "larger": asks["better"], "smaller": {**rest, **asks["than"]}}
    elif claim.kind == "larger":
        asks["smaller"] = {**rest, **asks["smaller"]}
    elif "among" in asks:
        asks["among"] = [{**rest, **group} for group in asks["among"]]
    elif claim.kind == "disagree":
        asks["metrics"] = control.get("metrics") or asks.pop("pair") or asks["metrics"]
        asks.pop("pair", None)
    smallest = 0.0 if "threshold" in asks else claim.smallest_effect
    return replace(claim, kind=kind, asks=asks, where=where, control=None, smallest_effect=smallest)


def _budgets(claim: Claim, frame: pd.DataFrame) -> str:
    """Steps and batch of the control where they are not those of the claimed runs; empty where they are."""
    control = claim.control or {}
    if "metrics" in control or "baseline" in control:
        return ""
    place = CLAIMED.get(claim.kind)
    ours = {**claim.where, **(claim.asks[place] if place else {})}
    differing = []
    for name in BUDGET:
        if name in frame:
            budgets = [_values(claim, frame, group, name) for group in ({**ours, **control}, ours)]
            if budgets[0] and budgets[1] and not budgets[0] <= budgets[1]:
                differing.append(f"{name} {_listed(budgets[0])} against {_listed(budgets[1])}")
    return ", ".join(differing)


def _values(claim: Claim, frame: pd.DataFrame, group: Mapping[str, Any], name: str) -> set[Any]:
    try:
        return set(replace(claim, where={}).scores(frame).of_group(claim.metrics[0], group)[name].dropna())
    except TooFewRunsError:
        return set()


def _listed(values: set[Any]) -> str:
    return ", ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in sorted(values))


def _single_baseline(asked: Claim, frame: pd.DataFrame) -> Control | None:
    """A baseline without seeds, as principal components, is one value: it passes where that is above the threshold."""
    if "baseline" not in (asked.asks.get("where") or {}) or "threshold" not in asked.asks:
        return None
    scores = asked.scores(frame)
    values = scores.rows(asked.metrics[0], asked.asks["where"])["value"].to_numpy(float)
    if len(values) == 0:
        return None
    threshold = asked.asks["threshold"]
    passed = bool((values > threshold).all())
    shows = f"{scores.name(asked.metrics[0])}: {values.mean():.3f} of {described(asked.asks['where'])}"
    return Control(passed, f"control {'passed' if passed else 'failed'}: {shows}, against the threshold {threshold:g}")
