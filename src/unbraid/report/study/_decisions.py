"""The claims of a study with their verdicts, as its page and the ledger print them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from unbraid.report._text import duration, number
from unbraid.report.study._conversions import of_claim
from unbraid.studies import (
    Claim,
    Provenance,
    RunStatus,
    Study,
    Verdict,
    asked_by,
    judge_all,
    matches,
    sides,
)

__all__ = ["Decision", "decided", "p_text", "training_seconds"]

OPEN = ("undecided", "direction only")  # verdicts that more seeds might change


@dataclass(frozen=True)
class Decision:
    """A claim's verdict and what stands beside it.

    Args:
        verdict: see `unbraid.studies.judge_all`; undecided while runs that the claim is about are missing.
        runs: runs it is about.
        done: how many of them are there.
        printed: its converted settings in the units of the paper; empty where none is converted.
        post_hoc: since when, and why, where the claim was written or changed after runs had been seen; else empty.
        cost: what deciding it would take; empty where it is decided.
    """

    verdict: Verdict
    runs: int
    done: int
    printed: str
    post_hoc: str
    cost: str


def decided(
    study: Study, statuses: Sequence[RunStatus], frame: pd.DataFrame, record: Provenance | None
) -> tuple[Decision, ...]:
    """Judge all claims of a study; one is undecided while runs that it is about are missing."""
    seconds = _seconds_by_run(statuses)
    return tuple(_decision(study, verdict, statuses, frame, record, seconds) for verdict in judge_all(study, frame))


def _decision(
    study: Study,
    verdict: Verdict,
    statuses: Sequence[RunStatus],
    frame: pd.DataFrame,
    record: Provenance | None,
    seconds_by_run: Mapping[str, float],
) -> Decision:
    claim = verdict.claim
    about = [status for status in statuses if any(matches(side, status.run.settings) for side in sides(claim))]
    done = [status for status in about if status.state == "done"]
    if len(done) < len(about):
        lacking = f"{len(done)} of its {len(about)} runs are there"
        verdict = replace(verdict, verdict="undecided", lacking=lacking, to_decide=None)
    cost = ""
    if verdict.verdict in OPEN:
        known = [seconds_by_run[s.run.name] for s in done or statuses if s.run.name in seconds_by_run]
        seconds = sum(known) / len(known) if known else None
        missing = len(about) - len(done)
        cost = _cost_of_runs(missing, seconds) if missing else _cost_of_seeds(verdict, about, frame, seconds)
    return Decision(
        verdict, len(about), len(done), of_claim(study, (s.run for s in about)), _post_hoc(study, claim, record), cost
    )


def _post_hoc(study: Study, claim: Claim, record: Provenance | None) -> str:
    """What is declared, and what the record says."""
    said = [f"declared {claim.post_hoc.date}: {claim.post_hoc.why}"] if claim.post_hoc else []
    changed = record.changed(asked_by(study, claim)) if record is not None else None
    said += [f"first seen on {changed}, after the first run had started"] if changed else []
    return f"post hoc ({'; '.join(said)})" if said else ""


def _cost_of_runs(missing: int, seconds: float | None) -> str:
    """Words for runs that are not there."""
    return f"{missing} run{'s' if missing != 1 else ''} more{_hours(missing, seconds)}"


def _cost_of_seeds(verdict: Verdict, about: Sequence[RunStatus], frame: pd.DataFrame, seconds: float | None) -> str:
    """Words for the seeds that would decide a claim, with what the present ones say of it."""
    counts = Counter(status.run.group for status in about)
    seeds, most = min(counts.values(), default=0), max(counts.values(), default=0)
    n = f"{seeds}" if seeds == most else f"{seeds} to {most}"
    control = "none is declared" if verdict.control is None else "passed" if verdict.control.passed else "failed"
    parts = [f"control: {control}", f"spread between seeds: {number(_spread(verdict.claim, frame))}", f"n: {n} an arm"]
    if verdict.to_decide is None:
        return f"{'; '.join(parts)}; from these it cannot be told how many seeds would decide it"
    more = max(verdict.to_decide - seeds, 0) * len(counts)
    need = f"about {verdict.to_decide} seeds an arm for 80 % power: {more} runs more{_hours(more, seconds)}"
    return f"{'; '.join(parts)}; {need}"


def _hours(runs: int, seconds: float | None) -> str:
    """How long so many runs train here; a GPU's hours are others, and which is not known here."""
    if seconds is None or not runs:
        return ""
    return f", about {duration(runs * seconds)} of one core here (as the logs say; hours of a GPU differ)"


def _spread(claim: Claim, frame: pd.DataFrame) -> float | None:
    """Standard deviation of the claim's first metric between the seeds of a combination, pooled over combinations."""
    if not len(frame):
        return None
    asked = [{key: value for key, value in side.items() if key != "baseline"} for side in sides(claim)]
    rows = frame[(frame["metric"] == claim.metrics[0]) & (frame["part"] == claim.part) & frame["value"].notna()]
    records: Any = rows.to_dict("records")
    about = pd.Series([any(matches(side, row) for side in asked) for row in records], rows.index, dtype=bool)
    variances = rows[about].groupby(["group", "layer"])["value"].var().dropna()
    return float(variances.mean() ** 0.5) if len(variances) else None


def training_seconds(statuses: Sequence[RunStatus]) -> list[float]:
    """Training time of each finished run whose log has it."""
    return list(_seconds_by_run(statuses).values())


def _seconds_by_run(statuses: Sequence[RunStatus]) -> dict[str, float]:
    logs = {status.run.name: status.record.log() for status in statuses if status.state == "done"}
    return {run: log[-1]["seconds"] for run, log in logs.items() if log and "seconds" in log[-1]}


def p_text(p: float) -> str:
    """A p as a page prints it.

    >>> p_text(0.0123), p_text(1e-6), p_text(float("nan"))
    ('0.012', '< 0.001', '—')
    """
    if math.isnan(p):
        return "—"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
