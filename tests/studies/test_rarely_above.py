"""That few cases lie above a threshold: shares of runs, missing parts as cases, and the control that has many."""

import numpy as np
import pandas as pd
import pytest

from unbraid.studies import Claim, Scores, judge
from unbraid.studies.claims._selection import TooFewRunsError
from unbraid.studies.claims.rarely_above import rarely_above

EYES = ["a", "b", "c", "d"]
ASKS = {"metric": "lead", "where": {}, "parts": EYES, "threshold": 0.25, "most": 0.1}


def frame(runs: int, captured: list[int], world: str = "turning", layers: int = 1) -> pd.DataFrame:
    """Runs of which each captures so many of the four eyes, in its first layer; there is no latent for the last eye."""
    rows = []
    for run in range(runs):
        for layer in range(layers):
            line = {
                "run": f"{world}-{run}",
                "seed": run,
                "layer": layer,
                "metric": "lead",
                "data": world,
                "group": world,
            }
            rows.append(line | {"part": "", "value": np.nan})
            count = captured[run % len(captured)] if layer == 0 else 0
            rows += [line | {"part": eye, "value": 0.6 if k < count else 0.1} for k, eye in enumerate(EYES[:3])]
    return pd.DataFrame(rows).assign(label=world, reason="", steps=10, batch=8)


def test_shares_are_of_all_cases_those_without_a_latent_too() -> None:
    effect = rarely_above(Scores(frame(12, [1, 0, 0], layers=2)), **ASKS)
    assert effect.compared == "lead: 4 of 96 cases at or above 0.25, a share of 0.042 against at most 0.1"
    assert effect.estimate == pytest.approx(0.1 - 4 / 96)
    assert (effect.runs, effect.seeds) == (12, 12)


def test_where_no_case_is_above_the_number_of_runs_decides() -> None:
    many, few = (rarely_above(Scores(frame(runs, [0])), **ASKS) for runs in (36, 6))
    assert many.low > 0
    assert few.low < 0 < few.high


def test_too_few_runs_are_refused() -> None:
    with pytest.raises(TooFewRunsError, match="lead of all runs: 1 runs have it, and two are the least"):
        rarely_above(Scores(frame(1, [0])), **ASKS)


def test_it_needs_runs_that_could_have_shown_more() -> None:
    says = {"says": "few", "kind": "rarely_above", **ASKS, "where": {"data": "turning"}}
    both = pd.concat([frame(36, [0]), frame(12, [3, 2], "still")], ignore_index=True)
    alone = judge(Claim.of(says), both)
    assert (alone.verdict, alone.lacking) == (
        "not testable",
        "no control shows that runs like these could have shown it",
    )
    shown = judge(Claim.of({**says, "control": {"data": "still"}}), both)
    assert shown.verdict == "reproduced"
    assert shown.control is not None
    assert shown.control.passed
    none_there = pd.concat([frame(36, [0]), frame(12, [0], "still")], ignore_index=True)
    empty = judge(Claim.of({**says, "control": {"data": "still"}}), none_there)
    assert empty.verdict == "not testable"
    assert "control failed: lead: 0 of 48 cases" in empty.lacking
