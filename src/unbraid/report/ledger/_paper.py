"""What the kept runs of a paper's study say: its claims decided, and what it would cost to decide the others."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from scipy import stats

from unbraid.report._text import duration
from unbraid.store import RunDirectory
from unbraid.studies import (
    Claim,
    Planned,
    Standing,
    Study,
    Verdict,
    collect,
    flat,
    group_of,
    judge,
    load_study,
    matches,
    plan,
    progression,
    sides,
    standings,
)

__all__ = ["Decision", "Paper", "read_paper", "shown"]

LEAST_SEEDS = 3
RESAMPLED = ("trend", "agree", "disagree")  # kinds of claims whose intervals come from resampling runs
UNDECIDED = "undecided"


@dataclass(frozen=True)
class Decision:
    """A claim's verdict.

    Args:
        verdict: see `unbraid.studies.judge`; undecided while runs that the claim is about are missing.
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
        standing: all its runs and where they stand.
        frame: its tidy table, labels shortened to what differs.
        training: scores over training, the same.
        decisions: one per claim.
        labels: run folder -> label of its combination.
    """

    study: Study
    standing: tuple[Standing, ...]
    frame: pd.DataFrame
    training: pd.DataFrame
    decisions: tuple[Decision, ...]
    labels: dict[str, str]

    @property
    def done(self) -> list[Standing]:
        """Runs that are kept."""
        return [each for each in self.standing if each.state == "done"]


def read_paper(name: str, scale: str, archive: Path) -> Paper:
    """Read a study's kept runs and decide its claims."""
    study = load_study(name, scale)
    runs = plan(study, allow_many=True)
    standing = standings(study, runs, archive / "none", archive)
    labels = differing(runs)
    frame, training = collect(study, standing), progression(standing)
    return Paper(
        study,
        tuple(standing),
        _relabelled(frame, labels),
        _relabelled(training, labels),
        tuple(decide(claim, standing, frame) for claim in study.claims),
        labels,
    )


def decide(claim: Claim, standing: Sequence[Standing], frame: pd.DataFrame) -> Decision:
    """Judge a claim once all runs it is about are there, three seeds at least; before that it is undecided."""
    asked = [each for each in standing if any(matches(side, settings(each.run)) for side in sides(claim))]
    done = [each for each in asked if each.state == "done"]
    each_run = _seconds(done or standing)
    groups = Counter(group_of(each.run) for each in asked)
    if len(done) < len(asked) or min(groups.values(), default=0) < LEAST_SEEDS:
        words = f"{len(done)} of its {len(asked)} runs are kept"
        verdict = Verdict(claim, UNDECIDED, None, None, None, len(done), words)
        return Decision(verdict, len(asked), len(done), _to_train(len(asked) - len(done), each_run))
    verdict = judge(claim, frame)
    cost = _to_narrow(verdict, len(asked), len(groups), each_run) if verdict.verdict == UNDECIDED else ""
    return Decision(verdict, len(asked), len(done), cost)


def settings(run: Planned) -> dict[str, Any]:
    """Settings of a run as claims name them."""
    return {**flat(run.config), **{f"axis/{axis}": value for axis, value in run.axes.items()}}


def _to_train(missing: int, seconds: float | None) -> str:
    """Words for runs that are not there."""
    much = "" if seconds is None else f", about {duration(missing * seconds)} of one core"
    return f"{missing} runs more{much}"


def _to_narrow(verdict: Verdict, runs: int, groups: int, seconds: float | None) -> str:
    """Words for the seeds that would shrink the interval enough, if the effect stays what it is."""
    if verdict.estimate is None or verdict.low is None or verdict.high is None:
        return f"not by more runs: {verdict.words}"
    smallest = verdict.claim.smallest_effect
    half = (verdict.high - verdict.low) / 2
    room = verdict.estimate if verdict.estimate >= smallest else smallest - verdict.estimate  # to the nearer verdict
    if room <= 0.02 * half:
        return "hardly: the effect is about as large as the smallest that counts"
    seeds = round(runs / groups)
    needed = _enough(half / room, seeds, resampled=verdict.claim.kind in RESAMPLED)
    more = groups * (needed - seeds)
    return f"about {needed} seeds in place of {seeds}: {_to_train(more, seconds)}"


def _enough(shrink: float, seeds: int, resampled: bool) -> int:
    """Seeds that make an interval so many times narrower: it goes with 1 / √n, and Student's with t(n - 1) besides."""

    def width(n: int) -> float:
        return float((1.0 if resampled else stats.t.ppf(0.975, n - 1)) / math.sqrt(n))

    return next(n for n in itertools.count(seeds + 1) if width(n) * shrink <= width(seeds))


def _seconds(standing: Sequence[Standing]) -> float | None:
    """Mean training time of the finished runs, as their logs have it."""
    logs = [RunDirectory(each.folder).read_log() for each in standing if each.state == "done"]
    times = [log[-1]["seconds"] for log in logs if log and "seconds" in log[-1]]
    return sum(times) / len(times) if times else None


def differing(runs: Sequence[Planned]) -> dict[str, str]:
    """Run folder -> the combination in few words: the objective with the options that vary, and what is unusual else.

    Of data and model, the entry and the options that most runs share go without saying.
    """
    flats = [flat(run.config) for run in runs]
    usual = {kind: _usual(flats, kind) for kind in ("objective", "model", "data")}
    words = []
    for own in flats:
        parts = []
        for kind, commonest in usual.items():
            alike = [other for other in flats if other.get(kind) == own.get(kind)]
            varying = [key for key in own if key.startswith(f"{kind}.") and len({str(o.get(key)) for o in alike}) > 1]
            named = kind == "objective"
            said = [str(own[kind])] if named or own[kind] != commonest else []
            said += [_option(key, own[key]) for key in varying if named or own[key] != _usual(alike, key)]
            parts.append(" ".join(said))
        words.append(", ".join(part for part in parts if part))
    return {run.config.folder_name: label for run, label in zip(runs, words, strict=True)}


def _usual(flats: Sequence[Mapping[str, Any]], key: str) -> Any:
    """The value that most of them have; the first of several."""
    return Counter(own.get(key) for own in flats).most_common(1)[0][0]


def _option(key: str, value: Any) -> str:
    """An option in words; a text speaks for itself."""
    return value if isinstance(value, str) else f"{key.rpartition('.')[2]} {value}"


def _relabelled(frame: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    return frame.assign(label=frame["run"].map(labels)) if len(frame) else frame


def shown(paper: Paper) -> list[Standing]:
    """The first kept run of each combination, in the order of the file."""
    first: dict[str, Standing] = {}
    for each in paper.done:
        first.setdefault(paper.labels[each.run.config.folder_name], each)
    return list(first.values())
