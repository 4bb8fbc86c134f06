"""What the kept runs of a paper's study say: its claims decided, and what it would cost to decide the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from unbraid.report.ledger._cost import cost_of_deciding, cost_of_training, mean_seconds
from unbraid.report.ledger._labels import long_lists
from unbraid.studies import (
    RunStatus,
    Scale,
    Study,
    Verdict,
    collect,
    differing,
    earlier_runs,
    group_of,
    judge_all,
    load_study,
    matches,
    planned_runs,
    run_statuses,
    scores_over_training,
    sides,
)

__all__ = ["Decision", "Paper", "first_of_each", "read_paper"]


@dataclass(frozen=True)
class Decision:
    """A claim's verdict.

    Args:
        verdict: see `unbraid.studies.judge_all`; undecided while runs that the claim is about are missing.
        runs: runs it is about.
        done: how many of them are kept.
        cost: what deciding it would take, in words; empty where it is decided.
    """

    verdict: Verdict
    runs: int
    done: int
    cost: str


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
    """

    study: Study
    statuses: tuple[RunStatus, ...]
    earlier: tuple[RunStatus, ...]
    frame: pd.DataFrame
    training: pd.DataFrame
    decisions: tuple[Decision, ...]
    labels: dict[str, str]

    @property
    def done(self) -> list[RunStatus]:
        """Runs that are kept."""
        return [status for status in self.statuses if status.state == "done"]

    @property
    def drawn(self) -> list[RunStatus]:
        """Runs that figures show: the kept ones, and earlier ones where none of these are kept."""
        return self.done or list(self.earlier)

    @property
    def drawn_frame(self) -> pd.DataFrame:
        """The tidy table of the runs that figures show."""
        return self.frame[self.frame["run"].isin([status.run.name for status in self.drawn])]

    @property
    def long_lists(self) -> dict[str, str]:
        """Long lists in the names of its scores, and how its page prints them."""
        return long_lists([*self.frame["metric"], *(name for claim in self.study.claims for name in claim.metrics)])


def read_paper(name: str, scale: Scale, archive: Path) -> Paper:
    """Read a study's kept runs and decide its claims."""
    study = load_study(name, scale)
    runs = planned_runs(study)
    statuses, earlier = run_statuses(study, runs, archive / "none", archive), earlier_runs(study, runs, archive)
    labels = differing(runs) | {
        name: f"{label}, earlier" for name, label in differing([status.run for status in earlier]).items()
    }
    frame = collect(study, statuses)
    any_done = any(status.state == "done" for status in statuses)
    training = scores_over_training(statuses if any_done else earlier)
    return Paper(
        study,
        tuple(statuses),
        tuple(earlier),
        _relabelled(collect(study, [*statuses, *earlier]) if earlier else frame, labels),
        _relabelled(training, labels),
        tuple(decision_of(verdict, statuses) for verdict in judge_all(study, frame)),
        labels,
    )


def decision_of(verdict: Verdict, statuses: Sequence[RunStatus]) -> Decision:
    """A claim's verdict once all runs it is about are there; before that it is undecided."""
    claim = verdict.claim
    about = [status for status in statuses if any(matches(side, status.run.settings) for side in sides(claim))]
    done = [status for status in about if status.state == "done"]
    seconds = mean_seconds(done or statuses)
    groups = Counter(group_of(status.run) for status in about)
    if len(done) < len(about):
        verdict = Verdict(claim, "undecided", None, f"{len(done)} of its {len(about)} runs are kept")
        return Decision(verdict, len(about), len(done), cost_of_training(len(about) - len(done), seconds))
    cost = cost_of_deciding(verdict, len(about), len(groups), seconds) if verdict.verdict == "undecided" else ""
    return Decision(verdict, len(about), len(done), cost)


def _relabelled(frame: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    return frame.assign(label=frame["run"].map(labels)) if len(frame) else frame


def first_of_each(paper: Paper) -> list[RunStatus]:
    """The first run of each combination that is drawn, in the order of the file."""
    first: dict[str, RunStatus] = {}
    for status in paper.drawn:
        first.setdefault(paper.labels[status.run.name], status)
    return list(first.values())
