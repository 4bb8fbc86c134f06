"""The tables of the ledger, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from unbraid.report._text import number
from unbraid.report.ledger._paper import Decision, Paper, settings
from unbraid.report.study._tables import group_scores
from unbraid.studies import importances, location, matches

__all__ = ["claims_table", "order_table", "printed_table", "row", "score_table", "table"]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    return "\n".join([row(head), row(["---"] * len(head)), *(row(each) for each in rows)])


def row(cells: Sequence[str]) -> str:
    """One row of a Markdown table; bars inside cells are escaped."""
    return f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def claims_table(decisions: Sequence[Decision]) -> str:
    """Claims with their verdicts, effects, intervals, runs, and what deciding them would cost."""
    head = ["claim", "printed", "verdict", "effect [95 % interval]", "counts from", "runs", "to decide"]
    return table(head, [_claim(each) for each in decisions])


def _claim(each: Decision) -> list[str]:
    verdict, claim = each.verdict, each.verdict.claim
    effect = "—"
    if verdict.estimate is not None:
        interval = f"{number(verdict.estimate)} [{number(verdict.low)}, {number(verdict.high)}]"
        effect = f"{interval}; {verdict.words}"
    says = f"{claim.says} ({claim.why})" if claim.why else claim.says
    counts = number(claim.smallest_effect)
    return [says, claim.where_printed, f"**{verdict.verdict}**", effect, counts, f"{each.done}/{each.runs}", each.cost]


def score_table(frame: pd.DataFrame) -> str:
    """Combinations x scores, each with its interval."""
    found = group_scores(frame)
    rows = []
    for each in found.rows:
        cells = [
            " ".join(part for part in (mean, f"[{ends}]" if ends else "", note) if part)
            for mean, ends, note in each.cells
        ]
        rows.append([each.label, str(each.runs), *cells])
    return table(["combination", "runs", *found.metrics], rows)


def printed_table(paper: Paper, printed: Mapping[str, Any]) -> str:
    """A table of the paper: each printed number over the mean, with its interval, of the runs that stand for it."""
    names = {each.run.config.folder_name: settings(each.run) for each in paper.done}
    rows = []
    for line in printed["rows"]:
        runs = {name for name, own in names.items() if matches(line["where"], own)}
        ours = paper.frame[paper.frame["run"].isin(runs)] if len(paper.frame) else paper.frame
        cells = [_beside(ours, *pair) for pair in zip(printed["metrics"], line["values"], strict=True)]
        rows.append([line["says"], *cells])
    return table(["printed / ours", *printed["metrics"]], rows)


def _beside(ours: pd.DataFrame, metric: str, printed: float | None) -> str:
    """A printed number and ours, with its interval."""
    values = ours[(ours["metric"] == metric) & (ours["part"] == "") & ours["value"].notna()]["value"].to_numpy(float)
    found = location(values)
    ends = "" if found["low"] is None else f" [{number(found['low'])}, {number(found['high'])}]"
    return f"{'—' if printed is None else f'{printed:g}'} / {number(found['mean'])}{ends}"


def order_table(paper: Paper) -> str | None:
    """Importance of each factor beside how much of it was known over training, by world; None without such runs."""
    found = paper.frame[(paper.frame["metric"] == "learning_order") & (paper.frame["part"] != "")]
    if not len(found):
        return None
    rows = []
    done = {each.run.config.folder_name: each for each in paper.done}
    for data, group in found.groupby("data", sort=False):
        importance = importances(done[str(group["run"].iloc[0])])
        known = group.groupby("part")["value"].mean()
        for factor in sorted(known.index, key=lambda name: -importance.get(str(name), np.nan)):
            rows.append([str(data), str(factor), number(importance.get(str(factor))), number(known[factor])])
    return table(["world", "factor", "importance (mean squared distance)", "known over training (mean R²)"], rows)
