"""Which runs count: those that pass the manipulation checks and were no pilots; others are shown and not counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from unbraid.studies.claims._claim import Claim, control_side, sides
from unbraid.studies.claims._keys import OF_A_CRITIC, Bounds, Requires
from unbraid.studies.claims._selection import matches
from unbraid.studies.claims._strata import settings


class Why(NamedTuple):
    """Why a run does not count: a word, or a check whose value is out of its bounds."""

    what: str
    value: float = 0.0
    bounds: Bounds | None = None


Excluded = tuple[tuple[str, Why], ...]  # (run, why)
PILOT = Why("a pilot")


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
    why = {str(run): PILOT for run, row in first.iterrows() if _seen_before(row, pilots)}
    for check, bounds in requires.items():
        if bounds is not None:
            why = _failing(runs, first, check, bounds) | why  # the first reason stays
    of_runs = [name for name in settings(first) if name != "layer"]
    about = [side for side in (*sides(claim), control_side(claim)) if side is not None]
    excluded = tuple(
        (str(run), why[str(run)])
        for run, row in first[of_runs].iterrows()
        if run in why and any(matches(side, dict(row)) for side in about)
    )
    return frame[~frame["run"].isin(why)], excluded


def _seen_before(row: pd.Series, pilots: Iterable[Any]) -> bool:
    return any(row.get("seed") in pilot.seeds and matches(pilot.settings, dict(row)) for pilot in pilots)


def _failing(runs: pd.DataFrame, first: pd.DataFrame, check: str, bounds: Bounds) -> dict[str, Why]:
    """Runs that fail a check, or have none, with the reason."""
    rows = runs[(runs["metric"] == f"check/{check}") & (runs["part"] == "") & runs["value"].notna()]
    values = rows.groupby("run")["value"].agg(["min", "max"])  # of a check with several rows, as layers, all must hold
    reasons = {}
    for run in first.index:
        if run not in values.index:
            if check != OF_A_CRITIC or has_critic(first.loc[run]):
                reasons[str(run)] = Why(f"no check of {check}")
            continue
        ends = values.loc[run]
        failing = [float(value) for value in (ends["min"], ends["max"]) if not bounds.holds(float(value))]
        if failing:
            reasons[str(run)] = Why(check, failing[0], bounds)
    return reasons


def by_check(excluded: Excluded) -> dict[str, list[str]]:
    """Reasons that runs are not counted for, one per check with the range of its values -> the runs.

    >>> half = Bounds(least=0.5)
    >>> by_check((("a", Why("r2", 0.1, half)), ("b", Why("r2", 0.3, half)), ("c", PILOT)))
    {'r2 0.1 to 0.3, required at least 0.5': ['a', 'b'], 'a pilot': ['c']}
    """
    runs: dict[tuple[str, Bounds | None], list[tuple[str, float]]] = {}
    for run, why in excluded:
        runs.setdefault((why.what, why.bounds), []).append((run, why.value))
    return {
        _reason(what, bounds, [value for _, value in there]): [run for run, _ in there]
        for (what, bounds), there in runs.items()
    }


def _reason(what: str, bounds: Bounds | None, values: list[float]) -> str:
    if bounds is None:
        return what
    ends = dict.fromkeys(f"{value:.3g}" for value in (min(values), max(values)))
    return f"{what} {' to '.join(ends)}, required {bounds}"


def has_critic(row: Mapping[str, Any] | pd.Series) -> bool:
    """Whether a run's objective trains a critic, by its options."""
    return any(str(name).startswith("objective.critic") and pd.notna(value) for name, value in row.items())
