"""Which runs count: those that pass the manipulation checks and were no pilots; others are shown and not counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from unbraid.studies.claims._claim import Claim, control_side, sides
from unbraid.studies.claims._keys import OF_A_CRITIC, Bounds, Requires
from unbraid.studies.claims._selection import matches
from unbraid.studies.claims._strata import settings

Excluded = tuple[tuple[str, str], ...]  # (run, why)
REQUIRED = ", required "  # stands between a check with its value and what it must be


def counted(
    claim: Claim, frame: pd.DataFrame, requires: Requires, pilots: Iterable[Any] = ()
) -> tuple[pd.DataFrame, Excluded]:
    """The tidy table without the runs that do not count, and which of those the claim is about, with the reason.

    Args:
        claim: the claim.
        frame: a study's tidy table; baselines, which are not trained, always count.
        requires: bounds on checks; a run without one fails, unless it is of a critic and the run has none.
        pilots: runs that were looked at before, with their settings and seeds.
    """
    if "run" not in frame or not len(frame):
        return frame, ()
    runs = frame[frame["baseline"] == ""] if "baseline" in frame else frame
    first = runs.drop_duplicates("run").set_index("run")
    why = {str(run): _seen_before(row, pilots) for run, row in first.iterrows()}
    for check, bounds in requires.items():
        if bounds is not None:
            for run, reason in _failing(runs, first, check, bounds).items():
                why[run] = why[run] or reason
    lost = {run for run, reason in why.items() if reason}
    of_runs = [name for name in settings(first) if name != "layer"]
    about = [side for side in (*sides(claim), control_side(claim)) if side is not None]
    excluded = tuple(
        (str(run), why[str(run)])
        for run, row in first[of_runs].iterrows()
        if run in lost and any(matches(side, dict(row)) for side in about)
    )
    return frame[~frame["run"].isin(lost)], excluded


def _seen_before(row: pd.Series, pilots: Iterable[Any]) -> str:
    for pilot in pilots:
        if row.get("seed") in pilot.seeds and matches(pilot.settings, dict(row)):
            return "a pilot"
    return ""


def _failing(runs: pd.DataFrame, first: pd.DataFrame, check: str, bounds: Bounds) -> dict[str, str]:
    """Runs that fail a check, or have none, with the reason."""
    rows = runs[(runs["metric"] == f"check/{check}") & (runs["part"] == "") & runs["value"].notna()]
    values = rows.groupby("run")["value"].agg(["min", "max"])  # of a check with several rows, as layers, all must hold
    reasons = {}
    for run in first.index:
        if run not in values.index:
            if check != OF_A_CRITIC or has_critic(first.loc[run]):
                reasons[str(run)] = f"no check of {check}"
            continue
        ends = values.loc[run]
        failing = [float(value) for value in (ends["min"], ends["max"]) if not bounds.holds(float(value))]
        if failing:
            reasons[str(run)] = f"{check} {failing[0]:.3g}{REQUIRED}{bounds}"
    return reasons


def by_check(excluded: Excluded) -> dict[str, list[str]]:
    """Reasons that runs are not counted for, one per check with the range of its values -> the runs.

    >>> by_check((("a", "r2 0.1, required at least 0.5"), ("b", "r2 0.3, required at least 0.5"), ("c", "a pilot")))
    {'r2 0.1 to 0.3, required at least 0.5': ['a', 'b'], 'a pilot': ['c']}
    """
    runs: dict[tuple[str, str], list[str]] = {}
    values: dict[tuple[str, str], set[str]] = {}
    for run, why in excluded:
        measured, required, bounds = why.partition(REQUIRED)
        check, _, value = measured.rpartition(" ") if required else (why, "", "")
        runs.setdefault((check, required + bounds), []).append(run)
        values.setdefault((check, required + bounds), set()).add(value)
    return {_range_of(check, values[check, bounds], bounds): names for (check, bounds), names in runs.items()}


def _range_of(check: str, values: set[str], bounds: str) -> str:
    if not bounds:
        return check
    least, most = min(values, key=float), max(values, key=float)
    return f"{check} {least}{'' if least == most else f' to {most}'}{bounds}"


def has_critic(row: Mapping[str, Any] | pd.Series) -> bool:
    """Whether a run's objective trains a critic, by its options."""
    return any(str(name).startswith("objective.critic") and pd.notna(value) for name, value in row.items())
