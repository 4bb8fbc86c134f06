"""By which score runs are chosen: one above chance that the study has, or, without labels, their agreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from unbraid.core import Spec, build, label_of, require, require_known
from unbraid.metrics import FloorChoice, Representation, Score, declared, score
from unbraid.metrics._answer import answered
from unbraid.studies._collect import is_score
from unbraid.studies._methods import lower_is_better
from unbraid.studies._quantities import quantities, why_apart
from unbraid.studies._study import Study
from unbraid.studies._udr_scores import ROWS
from unbraid.studies._worker import SEED

UDR = "udr"  # what ranks runs without labels

Place = tuple[str, int]  # run and latent layer


@dataclass(frozen=True)
class Criterion:
    """The score that runs are ranked by.

    Args:
        name: as the tables call it.
        on: `above`, the score above chance, or `value`.
        lower: whether less is better.
        spec: the metric, or None where it is none of codes, such as a loss.
        across_seeds: whether it is taken over all seeds of a combination, as UDR is.
        note: why not the score above chance; empty where it is that.
    """

    name: str
    on: str
    lower: bool
    spec: Spec | None
    across_seeds: bool
    note: str = ""

    @property
    def sign(self) -> float:
        """1 where more is better, -1 where less is."""
        return -1.0 if self.lower and self.on == "value" else 1.0

    @property
    def floor(self) -> FloorChoice:
        """Which floor it needs."""
        return self.on == "above"

    @property
    def fewest(self) -> int:
        """Rows that it needs."""
        said = None if self.spec is None else declared(self.spec)
        return 1 if said is None else said.rows

    def scores(self, reps: Mapping[str, Representation], rows: np.ndarray, floor: FloorChoice) -> dict[Place, Score]:
        """The score of each latent layer of each run on some rows; of a combination's seeds where it is taken so."""
        assert self.spec is not None
        scores: dict[Place, Score] = {}
        for layer in range(min(len(rep.layers) for rep in reps.values())):
            parts = {run: rep.layer(layer).rows(rows) for run, rep in reps.items()}
            if self.across_seeds:
                parts = {run: part.rows(np.arange(0, len(part), -(-len(part) // ROWS))) for run, part in parts.items()}
                scores |= {(run, layer): one for run, one in _agreement(self.spec, parts).items()}
                continue
            for run, part in parts.items():
                scored = score(part, metrics=[self.spec], seed=SEED, floor=floor, progress=False)
                scores[run, layer] = next(iter(scored.values()))
        return scores

    def read(self, scored: Score) -> float | None:
        """What counts of a score."""
        return scored.above if self.on == "above" else scored.value


def _agreement(spec: Spec, parts: Mapping[str, Representation]) -> dict[str, Score]:
    """The score of each run among the seeds of its combination."""
    whole = answered(lambda: build("metrics", spec, reps=list(parts.values())), spec)
    if whole.value is None:
        return dict.fromkeys(parts, whole)
    return {run: Score(float(value)) for run, value in zip(parts, whole.arrays["score"], strict=True)}


def criterion_of(study: Study, frame: pd.DataFrame, by: str | None) -> Criterion:
    """The criterion of this name; without one the first score of the study that runs have above chance, else UDR.

    Args:
        study: at its scale, with UDR among its metrics.
        frame: the rows of its runs, parts left out: see `unbraid.studies.collect`.
        by: a score of the table.

    Raises:
        UsageError: no such score, one of which neither end is better, or raw values that do not compare.
    """
    scored = frame[frame["value"].notna()]
    across = {spec.name: spec for spec in study.metrics_across_seeds}  # called by their bare names in the table
    specs = {label_of("metrics", spec): spec for spec in study.run_metrics} | across
    if by is None:
        by = first_with_labels(study, frame) or min(across)
    require_known(by, list(dict.fromkeys(frame["metric"])), "score to choose runs by")
    lower = lower_is_better(by)
    rule = "runs are chosen by a score of which more or less is better"
    require(lower is not None, rule, f"'{by}', which is a description", "--by another, see `unbraid list metrics`")
    rows = scored[scored["metric"] == by]
    lost = frame.loc[(frame["metric"] == by) & frame["value"].isna()].get("reason", pd.Series(dtype=str))
    why = "; ".join(str(reason) for reason in lost.dropna().unique()[:2])
    rule = f"runs are chosen by a score that they have; none has '{by}'"
    require(len(rows), rule, why or None, "choose --by another")
    on, note = _on(rows, by, by in across)
    return Criterion(by, on, bool(lower), specs.get(by), by in across, note)


def first_with_labels(study: Study, frame: pd.DataFrame) -> str | None:
    """The first score with labels that runs have above chance, else the first that they have; None without labels."""
    names = [label_of("metrics", spec) for spec in study.run_metrics]
    by_labels = [name for name in names if lower_is_better(name) is not None and _reads_labels(name)]
    scored = frame[frame["value"].notna()]
    above = scored[scored["above"].notna()] if "above" in scored else scored[:0]
    for rows in (above, scored):
        there = set(rows["metric"])
        if first := next((name for name in by_labels if name in there), None):
            return first
    return None


def _reads_labels(name: str) -> bool:
    said = declared(name.partition("(")[0])
    return said is not None and "factors" in said.needs


def _on(rows: pd.DataFrame, by: str, across_seeds: bool) -> tuple[str, str]:
    """Whether runs are ranked by the score above chance or by its value, and why by that."""
    if "above" in rows and rows["above"].notna().all():
        return "above", ""
    if across_seeds:
        return "value", "agreement among seeds, which needs no labels and has no floor"
    do = "rank those that compare (--only TEXT), or by another score"
    rule = f"runs are ranked by '{by}' where it is one quantity"
    require(quantities(rows, by).nunique() == 1, rule, why_apart(by), do)
    if not is_score(by):
        return "value", ""
    return "value", f"ranked by the value of {by}: not all runs have it above chance (unbraid evaluate RUN --floor)"


def with_agreement(study: Study) -> Study:
    """The study, with UDR among its metrics."""
    return study if study.metrics_across_seeds else replace(study, metrics=(*study.metrics, Spec(UDR)))
