"""Claims as the page of a study shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from unbraid.report._text import interval_of, number
from unbraid.report.study._decisions import Decision, p_text
from unbraid.studies import VERDICTS, Claim, Effect

__all__ = [
    "ClaimRow",
    "claim_row",
    "counts",
    "counts_from",
    "effect_text",
    "excluded_text",
    "notes_of",
    "shown_verdict",
]

LISTED = 4  # runs that are named of those not counted


@dataclass(frozen=True)
class ClaimRow:
    """A claim as the report shows it; places are percentages along a bar around 0.

    Args:
        says: the claim.
        where: where it is printed.
        verdict: one of `VERDICTS`.
        shown: the verdict as a page says it.
        post_hoc: since when and why it is post hoc; else empty.
        effect: estimate and interval as text, empty without enough runs.
        smallest: the smallest effect that counts, as text.
        p: one-sided, as text.
        holm: the same adjusted within the paper.
        runs: runs it was judged on.
        lines: what was compared, why it is not decided, the control, the paper's units, what was left out.
        places: left and right end of the interval, the estimate, 0 and the smallest effect; None without an interval.
    """

    says: str
    where: str
    verdict: str
    shown: str
    post_hoc: str
    effect: str
    smallest: str
    p: str
    holm: str
    runs: str
    lines: tuple[str, ...]
    places: dict[str, float] | None


def claim_row(decision: Decision) -> ClaimRow:
    """A decision as text, and its places along the bar."""
    verdict, claim, effect = decision.verdict, decision.verdict.claim, decision.verdict.effect
    smallest = counts_from(claim)
    return ClaimRow(
        says=claim.says,
        where=claim.where_printed,
        verdict=verdict.verdict,
        shown=shown_verdict(verdict.verdict),
        post_hoc=decision.post_hoc,
        effect=effect_text(effect),
        smallest=number(smallest),
        p=p_text(verdict.p),
        holm=p_text(verdict.holm),
        runs=f"{0 if effect is None else effect.runs} of {decision.runs}" if decision.runs else "",
        lines=tuple(notes_of(decision)),
        places=None if effect is None or not effect.has_interval else _places(effect, smallest),
    )


def counts(decisions: Sequence[Decision]) -> list[tuple[str, int]]:
    """(verdict, how many claims) in the order of `VERDICTS`."""
    return [(name, sum(decision.verdict.verdict == name for decision in decisions)) for name in VERDICTS]


def counts_from(claim: Claim) -> float:
    """The smallest effect that counts; of "no better" the effect is already how far it stays below that."""
    return 0.0 if claim.kind == "no_better" else claim.smallest_effect


def notes_of(decision: Decision) -> list[str]:
    """What stands below a claim's numbers: what was compared, the paper's units, the control, what deciding takes."""
    verdict = decision.verdict
    tested = verdict.control is not None and decision.done > 0 and verdict.control.shows not in verdict.reason
    shows = verdict.control.shows if tested and verdict.control else ""
    cost = f"To decide: {decision.cost}." if decision.cost else ""
    lines = [verdict.reason, verdict.claim.why, decision.printed, shows, excluded_text(verdict.not_counted), cost]
    return [line for line in lines if line]


def shown_verdict(verdict: str) -> str:
    """A verdict as a page says it."""
    return "not testable at this scale" if verdict == "not testable" else verdict


def effect_text(effect: Effect | None) -> str:
    """Estimate and interval."""
    return "" if effect is None else f"{number(effect.estimate)} {interval_of(effect)}"


def excluded_text(not_counted: Mapping[str, Sequence[str]]) -> str:
    """Runs that were not counted, and why, in a sentence."""
    parts = []
    for why, runs in not_counted.items():
        more = f" and {len(runs) - LISTED} more" if len(runs) > LISTED else ""
        parts.append(f"{', '.join(runs[:LISTED])}{more} ({why})")
    return f"Not counted: {'; '.join(parts)}." if parts else ""


def _places(effect: Effect, smallest: float) -> dict[str, float]:
    """Percentages along a bar that holds the interval, 0 and the smallest effect with a margin."""
    marks = {
        "low": effect.low,
        "high": effect.high,
        "estimate": effect.estimate,
        "zero": 0.0,
        "smallest": smallest,
    }
    least, most = min(marks.values()), max(marks.values())
    span = (most - least) or 1.0
    return {name: round(6 + 88 * (value - least) / span, 2) for name, value in marks.items()}
