"""What the kept runs of a paper's study say: its claims decided, and what it would cost to decide the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from unbraid.report.ledger._labels import long_lists
from unbraid.report.study._conversions import of_labels
from unbraid.report.study._decisions import Decision, decided
from unbraid.report.study._tables import GroupScores, group_scores
from unbraid.studies import (
    Provenance,
    RunStatus,
    Scale,
    Study,
    collect,
    differing,
    earlier_runs,
    further_scales,
    load_study,
    note_provenance,
    planned_runs,
    read_provenance,
    run_statuses,
    scores_over_training,
)

__all__ = ["Paper", "first_of_each", "read_paper", "read_papers"]


@dataclass(frozen=True)
class Paper:
    """A study at one scale with what its kept runs say.

    Args:
        study: the study.
        statuses: all its runs and where they stand.
        earlier: kept runs of configurations that it no longer has, shown and not counted.
        frame: the tidy table of its kept runs, and of earlier ones, labels shortened to what differs.
        training: scores over training of the runs that are drawn.
        decisions: one per claim.
        labels: run -> label of its combination.
        record: what is recorded of its claims and grid; None for nothing.
        beside: the names of the same study at other scales, which have pages of their own.
        further: whether this is the study at a scale that it has beside the usual ones.
    """

    study: Study
    statuses: tuple[RunStatus, ...]
    earlier: tuple[RunStatus, ...]
    frame: pd.DataFrame
    training: pd.DataFrame
    decisions: tuple[Decision, ...]
    labels: dict[str, str]
    record: Provenance | None = None
    beside: tuple[str, ...] = ()
    further: bool = False

    @property
    def name(self) -> str:
        """What it is called among papers, and its files."""
        return f"{self.study.name}-{self.study.scale}" if self.further else self.study.name

    @property
    def done(self) -> list[RunStatus]:
        """Runs that are kept."""
        return [status for status in self.statuses if status.state == "done"]

    @property
    def drawn(self) -> list[RunStatus]:
        """Runs that figures show: the kept ones, and earlier ones where none of these are kept."""
        return self.done or list(self.earlier)

    @property
    def counted_frame(self) -> pd.DataFrame:
        """The tidy table without earlier runs."""
        if not len(self.frame):
            return self.frame
        return self.frame[~self.frame["run"].isin([status.run.name for status in self.earlier])]

    @property
    def drawn_frame(self) -> pd.DataFrame:
        """The tidy table of the runs that figures show."""
        return self.frame[self.frame["run"].isin([status.run.name for status in self.drawn])]

    @cached_property
    def groups(self) -> GroupScores:
        """The scores of all its combinations."""
        return group_scores(self.frame, of_labels(self.study, self.frame))

    @property
    def long_lists(self) -> dict[str, str]:
        """Long lists in the names of its scores, and how its page prints them."""
        return long_lists([*self.frame["metric"], *(name for claim in self.study.claims for name in claim.metrics)])


def read_paper(study: Study, archive: Path, others: Sequence[Study] = (), *, further: bool = False) -> Paper:
    """Read a study's kept runs and decide its claims; those of the same study at `others` scales are none of them."""
    runs = planned_runs(study)
    elsewhere = [run for other in others for run in planned_runs(other)]
    statuses = run_statuses(study, runs, archive / "none", archive)
    earlier = earlier_runs(study, [*runs, *elsewhere], archive)
    labels = differing(runs) | {
        name: f"{label}, earlier" for name, label in differing([status.run for status in earlier]).items()
    }
    frame, record = collect(study, statuses), read_provenance(study, [archive / study.name])
    any_done = any(status.state == "done" for status in statuses)
    training = scores_over_training(statuses if any_done else earlier)
    return Paper(
        study,
        tuple(statuses),
        tuple(earlier),
        _relabelled(collect(study, [*statuses, *earlier]) if earlier else frame, labels),
        _relabelled(training, labels),
        decided(study, statuses, frame, record),
        labels,
        record,
        further=further,
    )


def read_papers(name: str, scale: Scale, archive: Path) -> list[Paper]:
    """A study at a scale, and at further scales of its own where runs of these are kept."""
    studies = [load_study(name, one) for one in dict.fromkeys([scale, *further_scales(name)])]
    papers = []
    for study in studies:
        note_provenance(study, planned_runs(study), archive / study.name)
        others = [other for other in studies if other is not study]
        papers.append(read_paper(study, archive, others, further=study is not studies[0]))
    shown = [paper for paper in papers if paper.done or not paper.further]
    return [replace(paper, beside=tuple(one.name for one in shown if one is not paper)) for paper in shown]


def _relabelled(frame: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    return frame.assign(label=frame["run"].map(labels)) if len(frame) else frame


def first_of_each(paper: Paper) -> list[RunStatus]:
    """The first run of each combination that is drawn, in the order of the file."""
    first: dict[str, RunStatus] = {}
    for status in paper.drawn:
        first.setdefault(paper.labels[status.run.name], status)
    return list(first.values())
