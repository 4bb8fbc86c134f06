"""The tables of the ledger, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from unbraid.core.tables import markdown_table
from unbraid.report._text import number
from unbraid.report.ledger._labels import with_short_lists
from unbraid.report.ledger._paper import Paper
from unbraid.report.study._checked import check_rows
from unbraid.report.study._claims import counts_from, effect_text, notes_of, shown_verdict
from unbraid.report.study._decisions import Decision, p_text
from unbraid.report.study._tables import on_a_screen
from unbraid.studies import importances, location, matches

__all__ = [
    "checks_markdown",
    "claims_markdown",
    "is_longer",
    "notes_markdown",
    "order_markdown",
    "printed_markdown",
    "scores_markdown",
]


def claims_markdown(decisions: Sequence[Decision], lists: Mapping[str, str]) -> str:
    """Claims with their verdicts, effects with intervals, p, Holm's p, and runs."""
    head = ["claim", "verdict", "effect [95 % interval]", "counts from", "p", "Holm", "runs"]
    rows = [_claim_cells(number_, decision) for number_, decision in enumerate(decisions, 1)]
    return with_short_lists(markdown_table(head, rows), lists)


def _claim_cells(number_: int, decision: Decision) -> list[str]:
    verdict, claim = decision.verdict, decision.verdict.claim
    return [
        f"{number_}. {claim.says}" + (f" ({claim.where_printed})" if claim.where_printed else ""),
        f"**{shown_verdict(verdict.verdict)}**" + (", post hoc" if decision.post_hoc else ""),
        effect_text(verdict.effect) or "—",
        number(counts_from(claim)),
        p_text(verdict.p),
        p_text(verdict.holm),
        f"{decision.done}/{decision.runs}",
    ]


def notes_markdown(decisions: Sequence[Decision], lists: Mapping[str, str]) -> str:
    """What stands behind each claim's numbers, in the order of the table."""
    lines = []
    for number_, decision in enumerate(decisions, 1):
        stamp = [f"**{decision.post_hoc}**"] if decision.post_hoc else []
        said = [with_short_lists(line, lists) for line in (*stamp, *notes_of(decision))]
        lines.append(f"{number_}. {'. '.join(line.rstrip('.') for line in said)}." if said else f"{number_}. —")
    return "\n".join(lines)


def checks_markdown(paper: Paper) -> str:
    """Controls and manipulation checks."""
    rows = []
    for row in check_rows(paper.study, paper.decisions, paper.counted_frame):
        mark = "" if row.good is None else "✓ " if row.good else "✕ "
        failing = f"; not {row.failing}" if row.failing else ""
        rows.append([row.asked, row.bound, row.measured, f"{mark}{row.passed}{failing}"])
    return with_short_lists(markdown_table(["asked", "must be", "is", "passed by"], rows), paper.long_lists)


def scores_markdown(paper: Paper, *, whole: bool = False) -> str:
    """Combinations x scores, each with its interval; at most a screen of it unless `whole` is set."""
    groups = paper.groups
    if not whole:
        groups = on_a_screen(groups, [name for claim in paper.study.claims for name in claim.metrics])
    rows = []
    for group in groups.rows:
        cells = [
            " ".join(part for part in (mean, f"[{ends}]" if ends else "", note) if part)
            for mean, ends, note in group.cells
        ]
        label = f"{group.label} ({group.note})" if group.note else group.label
        rows.append([label, str(group.runs or ""), *cells])
    return markdown_table(
        ["combination", "runs", *(with_short_lists(name, paper.long_lists) for name in groups.metrics)], rows
    )


def is_longer(paper: Paper) -> bool:
    """Whether its table of scores is more than a screen."""
    return on_a_screen(paper.groups) != paper.groups


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
