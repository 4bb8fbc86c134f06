"""The report of a study: the claims with their verdicts, the scores with their intervals, the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from unbraid.core import Spec
from unbraid.report._page import drawing, write_page
from unbraid.report._text import number
from unbraid.report.study._tables import agreement, compared, over_training, score_table, swept
from unbraid.studies import Study, Verdict

__all__ = ["study_report"]

VERDICTS = ("reproduced", "not reproduced", "undecided")


@dataclass(frozen=True)
class ClaimRow:
    """A claim as the report shows it; places are percentages along a bar around 0.

    Args:
        says: the claim.
        where: where it is printed.
        verdict: one of `VERDICTS`.
        words: what was compared.
        effect: estimate and interval in words, empty without enough runs.
        smallest: the smallest effect that counts, in words.
        why: what the check stands for.
        runs: runs it was judged on.
        places: left and right end of the interval, the estimate, 0 and the smallest effect; None without an interval.
    """

    says: str
    where: str
    verdict: str
    words: str
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
        verdicts: one per claim, see `unbraid.studies.judge`.
        path: the page to write.
        training: scores over training, see `unbraid.studies.progression`.
        figures: further figures by caption.
    """
    metrics = tuple(each.name for each in study.metrics if each.name in set(frame["metric"]))
    evaluated = len(frame) > 0
    return write_page(
        Path(path),
        "study.html",
        study=study,
        data=Spec.of(study.base["data"]).name if "data" in study.base else "several",
        runs=int(frame["run"].nunique()) if evaluated else 0,
        counts=[(word, sum(each.verdict == word for each in verdicts)) for word in VERDICTS],
        claims=[_claim_row(each) for each in verdicts],
        table=score_table(frame) if evaluated else None,
        compared=compared(frame, metrics) if evaluated else "",
        swept=swept(frame, metrics) if evaluated else "",
        training="" if training is None or not len(training) else over_training(training, metrics),
        agreement=agreement(frame, metrics) if evaluated else "",
        figures=[
            (caption, drawing(figure, f"extra{position}", caption))
            for position, (caption, figure) in enumerate((figures or {}).items())
        ],
        missing=_missing(frame),
    )


def _claim_row(verdict: Verdict) -> ClaimRow:
    """A verdict in words and places."""
    claim = verdict.claim
    effect = ""
    if verdict.estimate is not None:
        effect = f"{number(verdict.estimate)} [{number(verdict.low)}, {number(verdict.high)}]"
    return ClaimRow(
        says=claim.says,
        where=claim.where_printed,
        verdict=verdict.verdict,
        words=verdict.words,
        effect=effect,
        smallest=number(claim.smallest_effect),
        why=claim.why,
        runs=verdict.runs,
        places=_places(verdict),
    )


def _places(verdict: Verdict) -> dict[str, float] | None:
    """Percentages along a bar that holds the interval, 0 and the smallest effect with a margin."""
    if verdict.estimate is None or verdict.low is None or verdict.high is None:
        return None
    marks = {
        "low": verdict.low,
        "high": verdict.high,
        "estimate": verdict.estimate,
        "zero": 0.0,
        "smallest": verdict.claim.smallest_effect,
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
    return [(str(metric), str(reason), int(count)) for (metric, reason), count in counts.items()]
