"""The report of a study: what the runs can tell, the claims with their verdicts, the scores, the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from unbraid.core import Spec, label_of
from unbraid.report._page import figure_svg, write_page
from unbraid.report.study._checked import check_rows
from unbraid.report.study._claims import claim_row, counts
from unbraid.report.study._conversions import of_labels
from unbraid.report.study._decisions import Decision
from unbraid.report.study._methods import MethodRuns
from unbraid.report.study._notices import Notice
from unbraid.report.study._tables import (
    agreement_svg,
    comparison_svg,
    group_scores,
    on_a_screen,
    progression_svg,
    sweep_svg,
)
from unbraid.studies import Study, runs_alone

__all__ = ["study_report"]

METHODS = 6  # combinations whose traversals are on the page
INLINE = 3  # figures on the page; the others are on a page of their own
SIDE_BY_SIDE = (
    "Dots are single runs, thick lines Student’s 95 % intervals of the mean; coloured dots alone are runs that fall "
    "into two groups, where no mean says where they lie."
)
OVER = "Means over seeds with Student’s 95 % intervals; runs that fall into two groups as dots."
AGREEMENT = (
    "Spearman rank correlation over runs: orange where two scores rank runs alike, blue where they contradict each "
    "other."
)


@dataclass(frozen=True)
class Drawing:
    """A figure of the page: its heading, how to read it, the figure, and whether it is square."""

    heading: str
    hint: str
    drawn: Markup
    square: bool = False


def study_report(
    study: Study,
    frame: pd.DataFrame,
    decisions: Sequence[Decision],
    path: Path | str,
    *,
    notices: Sequence[Notice] = (),
    training: pd.DataFrame | None = None,
    figures: Mapping[str, Figure] | None = None,
    methods: Sequence[MethodRuns] = (),
    places: str = "",
) -> Path:
    """Write a study's report, a page that opens from disk, and return its path.

    Scores and figures beyond a screen go to a page beside it, which it links.

    Args:
        study: the study at its scale.
        frame: its tidy table, see `unbraid.studies.collect`; missing scores stand there with their reasons.
        decisions: one per claim, with its verdict.
        path: the page to write.
        notices: what a reader must know first.
        training: scores over training, see `unbraid.studies.scores_over_training`.
        figures: further figures by caption.
        methods: the finished runs of each combination, with their pages and traversals.
        places: where the runs lie, as the command line is told.
    """
    page, evaluated, runs = Path(path), len(frame) > 0, runs_alone(frame)
    labels = [label_of("metrics", spec) for spec in study.metrics]
    metrics = tuple(label for label in labels if label in set(frame["metric"]))
    drawings = _drawings(runs, metrics, training, figures or {}) if evaluated else []
    table = group_scores(frame, of_labels(study, frame)) if evaluated else None
    shown = on_a_screen(table, [name for claim in study.claims for name in claim.metrics]) if table else None
    beside = page.with_name(f"{page.stem}-figures.html")
    more = len(drawings) > INLINE or shown != table or len(methods) > METHODS
    further = beside.name if more else ""
    if further:
        whole = {"table": table, "figures": drawings, "methods": methods}
        write_page(beside, "study_figures.html", study=study, back=page.name, **whole)
    return write_page(
        page,
        "study.html",
        study=study,
        data=Spec.of(study.base["data"]).name if "data" in study.base else "several",
        runs=int(runs["run"].nunique()) if evaluated else 0,
        seeds=int(runs["seed"].nunique()) if evaluated else len(study.seeds),
        notices=notices,
        checks=check_rows(study, decisions, frame),
        counts=counts(decisions),
        claims=[claim_row(decision) for decision in decisions],
        table=shown,
        further=further,
        figures=drawings[:INLINE],
        methods=methods[:METHODS],
        more_methods=max(0, len(methods) - METHODS),
        places=places,
        missing=_missing(runs),
    )


def _drawings(
    runs: pd.DataFrame, metrics: Sequence[str], training: pd.DataFrame | None, figures: Mapping[str, Figure]
) -> list[Drawing]:
    """All figures there is something for, the most telling first."""
    over_training = "" if training is None or not len(training) else progression_svg(training, metrics)
    drawn = [
        Drawing("Side by side", SIDE_BY_SIDE, comparison_svg(runs, metrics)),
        Drawing("Along the grid", OVER, sweep_svg(runs, metrics)),
        Drawing("Over training", OVER, Markup(over_training)),
        Drawing("Do the scores agree?", AGREEMENT, agreement_svg(runs, metrics), square=True),
    ]
    further = [
        Drawing(caption, "", figure_svg(figure, f"extra{position}", caption))
        for position, (caption, figure) in enumerate(figures.items())
    ]
    return [drawing for drawing in (*drawn, *further) if drawing.drawn]


def _missing(frame: pd.DataFrame) -> list[tuple[str, str, int]]:
    """(score, reason, runs) of what is missing."""
    if "reason" not in frame:
        return []
    lost = frame[frame["value"].isna() & (frame["part"] == "")]
    counted = lost.assign(reason=lost["reason"].fillna("no reason given")).groupby(["metric", "reason"]).size()
    rows = counted.reset_index(name="runs")
    return list(zip(rows["metric"].astype(str), rows["reason"].astype(str), rows["runs"].astype(int), strict=True))
