"""What the runs of a study can tell: its controls and manipulation checks in one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from unbraid.report._text import number
from unbraid.report.study._decisions import Decision
from unbraid.studies import CHECKS, DEFAULT, OF_A_CRITIC, Bounds, Study, runs_alone

__all__ = ["CheckRow", "check_rows"]

LISTED = 4  # combinations that a row names


@dataclass(frozen=True)
class CheckRow:
    """One line of the table.

    Args:
        asked: what is checked.
        bound: what it must be.
        measured: what it is, from the lowest run to the highest, or of a control.
        passed: how many runs pass, or whether the control does.
        failing: which combinations, or claims, are touched.
        good: whether all pass; None where nothing was measured.
    """

    asked: str
    bound: str
    measured: str
    passed: str
    failing: str
    good: bool | None


def check_rows(study: Study, decisions: Sequence[Decision], frame: pd.DataFrame) -> list[CheckRow]:
    """Manipulation checks of all runs, then the controls of the claims."""
    bounds = {**DEFAULT, **study.requires}
    checks = [_check_row(name, bound, frame) for name, bound in bounds.items() if bound is not None]
    return [row for row in checks if row is not None] + list(_control_rows(decisions))


def _check_row(name: str, bound: Bounds, frame: pd.DataFrame) -> CheckRow | None:
    """One check over all runs; None where no run can have it, as the critic's where there is no critic."""
    runs = runs_alone(frame) if len(frame) else frame
    whole = runs[(runs["metric"] == f"check/{name}") & (runs["part"] == "")] if len(runs) else runs
    values = whole.dropna(subset=["value"]) if len(whole) else whole
    if not len(values):
        if name == OF_A_CRITIC or not len(runs):
            return None
        return CheckRow(CHECKS[name], str(bound), "not measured", f"0 of {runs['run'].nunique()} runs", "", None)
    best = values.assign(right=[bound.holds(value) for value in values["value"]])
    by_run = best.groupby("run", sort=False).agg(right=("right", "all"), label=("label", "first"))
    failing = dict.fromkeys(by_run.loc[~by_run["right"], "label"])
    measured = f"{number(values['value'].min())} to {number(values['value'].max())}"
    passed = f"{int(by_run['right'].sum())} of {len(by_run)} runs"
    return CheckRow(CHECKS[name], str(bound), measured, passed, _some([str(label) for label in failing]), not failing)


def _control_rows(decisions: Sequence[Decision]) -> Iterator[CheckRow]:
    for number_, decision in enumerate(decisions, 1):
        control = decision.verdict.control
        if control is None:
            continue
        if not decision.done:
            yield CheckRow(f"control of claim {number_}", "passed", "not run yet", "", "", None)
        else:
            passed = "passes" if control.passed else "fails"
            yield CheckRow(f"control of claim {number_}", "passed", control.shows, passed, "", control.passed)


def _some(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - LISTED} more" if len(labels) > LISTED else ""
    return f"{'; '.join(labels[:LISTED])}{more}"
