"""What every claim may say beside its comparison: how scores are read, which runs count, what its control is."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from unbraid.core import UsageError, require, require_choice, require_known

Reads = Literal["above", "value"]

HELDOUT = ("heldout/loss", "heldout/reconstruction", "heldout/kl", "heldout/head")  # evaluation mode, fixed rows
GIVEN = {
    *HELDOUT,
    "learning_order",
    "traversals",
}  # what a claim may be about though the study's `metrics` do not name it
OF_A_CRITIC = "critic_share"  # asked of runs that have a critic alone
CHECKS = {
    "active_latents": "latents above 0.01 nat",
    "reconstruction_share": "reconstruction error over that of the mean image",
    "probe_above": "a linear probe over its permuted floor",
    "plateau": "change of the loss over the last fifth of training",
    OF_A_CRITIC: "the critic's total correlation over the reference",
}  # a run's manipulation checks, `check/NAME` in the tidy table


@dataclass(frozen=True)
class Bounds:
    """What a manipulation check may be for a run to count; None for no bound."""

    least: float | None = None
    most: float | None = None

    def holds(self, value: float) -> bool:
        """Whether a value lies within."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def __str__(self) -> str:
        bounds = {"at least": self.least, "at most": self.most}
        return " and ".join(f"{side} {bound:g}" for side, bound in bounds.items() if bound is not None)


Requires = Mapping[str, Bounds | None]  # check -> bounds; None takes a check away that is asked by default


DEFAULT: Requires = {
    "active_latents": Bounds(least=1),
    "reconstruction_share": Bounds(most=0.9),
    "probe_above": Bounds(least=0.05),
    "plateau": Bounds(most=0.05),
    OF_A_CRITIC: Bounds(least=0.5, most=1.5),
}


@dataclass(frozen=True)
class PostHoc:
    """That a claim was written or changed after runs had been seen: when, and why."""

    date: str
    why: str


def requires_of(given: Any, label: str) -> dict[str, Bounds | None]:
    """Read `requires`: check -> {least: x, most: y}, or null for a check that is not asked.

    >>> requires_of({"active_latents": {"least": 2}, "plateau": None}, "mine.yaml")
    {'active_latents': Bounds(least=2.0, most=None), 'plateau': None}

    Raises:
        UsageError: no mapping, an unknown check, bounds that are no numbers.
    """
    rule = f"{label}: requires must be a mapping of checks, such as {{active_latents: {{least: 1}}}}"
    require(isinstance(given, Mapping), rule, repr(given))
    asked: dict[str, Bounds | None] = {}
    for check, bounds in given.items():
        require_known(check, CHECKS, f"{label}: check")
        asked[check] = None if bounds is None else _bounds(check, bounds, label)
    return asked


def _bounds(check: str, given: Any, label: str) -> Bounds:
    right = isinstance(given, Mapping) and given and set(given) <= {"least", "most"}
    right = right and all(isinstance(bound, (int, float)) and not isinstance(bound, bool) for bound in given.values())
    rule = f"{label}: what is required of {check} must be {{least: number}}, {{most: number}} or both"
    require(right, rule, repr(given), "write null to leave the check out")
    return Bounds(**{side: float(bound) for side, bound in given.items()})


def control_of(given: Any, kind: str, label: str) -> Mapping[str, Any]:
    """Read `control`: settings of runs that must show what the claim says is absent, or a pair of metrics.

    Raises:
        UsageError: no mapping; `metrics` that are not two, or not for `agree` and `disagree`.
    """
    rule = f"{label}: control must be the settings of the runs that must pass, such as {{objective: vae}}"
    require(isinstance(given, Mapping) and given, rule, repr(given))
    if "metrics" in given:
        pair = given["metrics"]
        right = kind in ("agree", "disagree") and isinstance(pair, list) and len(pair) == 2 and len(given) == 1
        rule = f"{label}: a control by metrics must be {{metrics: [one, other]}} of a claim of kind agree or disagree"
        require(right, rule, f"{dict(given)} of kind {kind}")
    return given


def post_hoc_of(given: Any, label: str) -> PostHoc:
    """Read `post_hoc`: {date: 2026-11-26, why: "…"}.

    Raises:
        UsageError: another mapping, no date, no reason.
    """
    right = isinstance(given, Mapping) and set(given) == {"date", "why"} and str(given["why"]).strip()
    require(right, f"{label}: post_hoc must have a date and why", repr(given), 'write {date: 2026-11-26, why: "…"}')
    try:
        date = datetime.date.fromisoformat(str(given["date"]))
    except ValueError:
        rule = f"{label}: the date of post_hoc must be YYYY-MM-DD; got {given['date']!r}; write 2026-11-26."
        raise UsageError(rule) from None
    return PostHoc(date.isoformat(), " ".join(str(given["why"]).split()))


def explore_of(given: Any, label: str) -> str:
    """Read `explore`: why, on one line.

    Raises:
        UsageError: no reason.
    """
    said = isinstance(given, str) and given.strip()
    require(said, f"{label}: explore must say why its runs decide nothing", repr(given), 'write explore: "three seeds"')
    return " ".join(str(given).split())


def reads_of(given: Any, label: str) -> Reads:
    """Read `reads`: above or value."""
    require_choice(given, Reads, f"{label}: reads")
    return "value" if given == "value" else "above"


def refuse_absent(given: Mapping[str, Any], label: str) -> None:
    """Raise `UsageError` where a claim would count a value that no run has."""
    rule = f"{label}: an imputed value decides nothing, so 'absent' is no key of a claim"
    do = "leave it out: runs without the score are shown and not counted"
    require("absent" not in given, rule, f"absent: {given.get('absent')}", do)


def refuse_logged(metric: str, label: str) -> None:
    """Raise `UsageError` for a metric of the training log."""
    rule = f"{label}: a claim must be about losses in evaluation mode on held-out rows, not about the training log"
    require(not metric.startswith("log/"), rule, f"'{metric}'", f"write heldout/{metric.removeprefix('log/')}")


def require_smallest(smallest: Any, kind: str, asks: Mapping[str, Any], label: str) -> None:
    """Raise `UsageError` unless a claim says how small an effect still counts; past a threshold any does."""
    right = isinstance(smallest, (int, float)) and not isinstance(smallest, bool) and smallest >= 0
    rule = f"{label} of kind {kind}: smallest_effect must be a number above 0"
    do = "say from which effect on a difference counts"
    require(right and (smallest > 0 or "threshold" in asks or ":" in kind), rule, repr(smallest), do)
