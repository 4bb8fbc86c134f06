"""The report of a study: the claims with their verdicts, the scores with their intervals, the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from unbraid.core import Spec, label_of
from unbraid.report._page import figure_svg, write_page
from unbraid.report._text import interval_of, number
from unbraid.report.study._tables import agreement_svg, comparison_svg, group_scores, progression_svg, sweep_svg
from unbraid.studies import VERDICTS, Effect, Study, Verdict, runs_alone

__all__ = ["study_report"]


@dataclass(frozen=True)
class ClaimRow:
    """A claim as the report shows it; places are percentages along a bar around 0.

    Args:
        says: the claim.
        where: where it is printed.
        verdict: one of `VERDICTS`.
        compared: the numbers that were compared, in a sentence.
        effect: estimate and interval as text, empty without enough runs.
        smallest: the smallest effect that counts, as text.
        why: what the check stands for.
        runs: runs it was judged on.
        places: left and right end of the interval, the estimate, 0 and the smallest effect; None without an interval.
    """

    says: str
    where: str
    verdict: str
    compared: str
    effect: str
    smallest: str
    why: str
    runs: int
    places: dict[str, float] | None


def study_report(
    study: Study,
    frame: pd.DataFrame,
    verdicts: Sequence[Verdict],
    path: Path | str,
    *,
    training: pd.DataFrame | None = None,
    figures: Mapping[str, Figure] | None = None,
) -> Path:
    """Write a study's report, a page that opens from disk, and return its path.

    Args:
        study: the study at its scale.
        frame: its tidy table, see `unbraid.studies.collect`; missing scores stand there with their reasons.
        verdicts: one per claim, see `unbraid.studies.judge_all`.
        path: the page to write.
        training: scores over training, see `unbraid.studies.scores_over_training`.
        figures: further figures by caption.
    """
    labels = [label_of("metrics", spec) for spec in study.metrics]
    metrics = tuple(label for label in labels if label in set(frame["metric"]))
    evaluated, runs = len(frame) > 0, runs_alone(frame)
    return write_page(
        Path(path),
        "study.html",
        study=study,
        data=Spec.of(study.base["data"]).name if "data" in study.base else "several",
        runs=int(runs["run"].nunique()) if evaluated else 0,
        counts=[(name, sum(verdict.verdict == name for verdict in verdicts)) for name in VERDICTS],
        claims=[_claim_row(verdict) for verdict in verdicts],
        table=group_scores(frame) if evaluated else None,
        comparison=comparison_svg(runs, metrics) if evaluated else "",
        sweep=sweep_svg(runs, metrics) if evaluated else "",
        progression="" if training is None or not len(training) else progression_svg(training, metrics),
        agreement=agreement_svg(runs, metrics) if evaluated else "",
        figures=[
            (caption, figure_svg(figure, f"extra{position}", caption))
            for position, (caption, figure) in enumerate((figures or {}).items())
        ],
        missing=_missing(runs),
    )


def _claim_row(verdict: Verdict) -> ClaimRow:
    """A verdict as text, and its places along the bar."""
    claim, effect = verdict.claim, verdict.effect
    return ClaimRow(
        says=claim.says,
        where=claim.where_printed,
        verdict=verdict.verdict,
        compared=verdict.reason,
        effect="" if effect is None else f"{number(effect.estimate)} {interval_of(effect)}",
        smallest=number(claim.smallest_effect),
        why=claim.why,
        runs=0 if effect is None else effect.runs,
        places=_places(effect, claim.smallest_effect) if effect is not None and effect.has_interval else None,
    )


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


def _missing(frame: pd.DataFrame) -> list[tuple[str, str, int]]:
    """(score, reason, runs) of what is missing."""
    if "reason" not in frame:
        return []
    lost = frame[frame["value"].isna() & (frame["part"] == "")]
    counts = lost.assign(reason=lost["reason"].fillna("no reason given")).groupby(["metric", "reason"]).size()
    rows = counts.reset_index(name="runs")
    return list(zip(rows["metric"].astype(str), rows["reason"].astype(str), rows["runs"].astype(int), strict=True))
