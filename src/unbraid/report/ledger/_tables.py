"""The tables of the ledger, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from unbraid.core.tables import markdown_table
from unbraid.report._text import interval_of, number
from unbraid.report.ledger._labels import with_short_lists
from unbraid.report.ledger._paper import Decision, Paper
from unbraid.report.study._tables import group_scores
from unbraid.studies import importances, location, matches

__all__ = ["claims_markdown", "order_markdown", "printed_markdown", "scores_markdown"]


def claims_markdown(decisions: Sequence[Decision], lists: Mapping[str, str]) -> str:
    """Claims with their verdicts, effects, intervals, runs, and what deciding them would cost."""
    head = ["claim", "printed", "verdict", "effect [95 % interval]", "counts from", "runs", "to decide"]
    return markdown_table(head, [_claim_cells(decision, lists) for decision in decisions])


def _claim_cells(decision: Decision, lists: Mapping[str, str]) -> list[str]:
    verdict, claim, effect = decision.verdict, decision.verdict.claim, decision.verdict.effect
    measured = "—"
    if effect is not None:
        interval = f"{number(effect.estimate)} {interval_of(effect)}"
        measured = f"{interval}; {with_short_lists(verdict.reason, lists)}"
    elif verdict.verdict == "not testable":
        measured = f"—; {with_short_lists(verdict.lacking, lists)}"
    return [
        f"{claim.says} ({claim.why})" if claim.why else claim.says,
        claim.where_printed,
        f"**{verdict.verdict}**",
        measured,
        number(claim.smallest_effect),
        f"{decision.done}/{decision.runs}",
        decision.cost,
    ]


def scores_markdown(paper: Paper) -> str:
    """Combinations x scores, each with its interval."""
    groups = group_scores(paper.frame)
    rows = []
    for group in groups.rows:
        cells = [
            " ".join(part for part in (mean, f"[{ends}]" if ends else "", note) if part)
            for mean, ends, note in group.cells
        ]
        rows.append([group.label, str(group.runs), *cells])
    return markdown_table(
        ["combination", "runs", *(with_short_lists(name, paper.long_lists) for name in groups.metrics)], rows
    )


def printed_markdown(paper: Paper, printed: Mapping[str, Any]) -> str:
    """A table of the paper: each printed number over the mean, with its interval, of the runs that stand for it."""
    settings = {status.run.name: status.run.settings for status in paper.done}
    rows = []
    for line in printed["rows"]:
        runs = {run for run, of_run in settings.items() if matches(line["where"], of_run)}
        ours = paper.frame[paper.frame["run"].isin(runs)] if len(paper.frame) else paper.frame
        cells = [_beside(ours, *pair) for pair in zip(printed["metrics"], line["values"], strict=True)]
        rows.append([line["says"], *cells])
    return markdown_table(["printed / ours", *printed["metrics"]], rows)


def _beside(ours: pd.DataFrame, metric: str, printed: float | None) -> str:
    """A printed number and ours, with its interval."""
    values = ours[(ours["metric"] == metric) & (ours["part"] == "") & ours["value"].notna()]["value"].to_numpy(float)
    mean = location(values)
    ends = "" if mean["low"] is None else f" [{number(mean['low'])}, {number(mean['high'])}]"
    return f"{'—' if printed is None else f'{printed:g}'} / {number(mean['mean'])}{ends}"


def order_markdown(paper: Paper) -> str | None:
    """Importance of each factor beside how much of it was known over training, by world; None without such runs."""
    frame = paper.drawn_frame
    orders = frame[(frame["metric"] == "learning_order") & (frame["part"] != "")]
    if not len(orders):
        return None
    rows = []
    done = {status.run.name: status for status in paper.drawn}
    for data, group in orders.groupby("data", sort=False):
        importance = importances(done[str(group["run"].iloc[0])])
        known = group.groupby("part")["value"].mean()
        for factor in sorted(known.index, key=lambda name: -importance.get(str(name), np.nan)):
            rows.append([str(data), str(factor), number(importance.get(str(factor))), number(known[factor])])
    return markdown_table(
        ["world", "factor", "importance (mean squared distance)", "known over training (mean R²)"], rows
    )
