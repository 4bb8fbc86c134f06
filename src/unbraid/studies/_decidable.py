"""The plan of a study, refused where its seeds cannot decide its claims or were added to one arm after a look."""

from __future__ import annotations

from collections.abc import Sequence

from unbraid.core import require
from unbraid.core.checked import checked
from unbraid.studies._plan import PlannedRun, planned_runs
from unbraid.studies._provenance import Provenance, seeds_by_group
from unbraid.studies._study import Scale, Study, StudyLike, as_study
from unbraid.studies.claims import Claim, fewest_seeds, is_paired, matches, sides

LISTED = 3  # claims that a refusal names
OF_FACTORS = ("by_factor",)  # kinds whose unit is the factor: more seeds give no smaller p
ON = "run on with --undecidable (undecidable=True), or say why in the file: explore, of a scale or claim"


@checked
def plan(
    study: StudyLike, *, scale: Scale = "pocket", many: bool = False, undecidable: bool = False
) -> list[PlannedRun]:
    """All runs of a study, in the order of the file; combinations that come out equal are one run.

    >>> len(plan("beta-on-toy", scale="smoke"))
    4

    Args:
        study: a study file, the name of a shipped one, or an opened `Study`.
        scale: paper, pocket or smoke; of a file or name.
        many: allow more than 10,000 runs.
        undecidable: allow fewer seeds than the claims can be decided with; their verdicts are undecided.

    Raises:
        UsageError: an axis that names no setting, a combination that is no valid run, more than 10,000 runs without
            `many`, fewer seeds than some claim can be decided with, or arms of a claim with unequal seeds, without
            `undecidable` and where the study does not `explore`.
    """
    study = as_study(study, scale)
    runs = planned_runs(study, many=many)
    if not (undecidable or study.explore):
        require_equal_arms(study, runs)
        require_seeds(study, runs)
    return runs


def require_seeds(study: Study, runs: Sequence[PlannedRun]) -> None:
    """Refuse fewer seeds than some claim can be decided with."""
    short = too_few_seeds(study, runs)
    some = "; ".join(f"'{claim.says}' needs {needed}" for claim, _, needed in short[:LISTED])
    rest = f"; and {len(short) - LISTED} more" if len(short) > LISTED else ""
    require(
        not short,
        f"{study.name} at scale {study.scale} must have the seeds that decide its claims: {some}{rest}",
        f"{min((there for _, there, _ in short), default=0)}{' without those of pilots' if study.pilots else ''}",
        f"set seeds: {max((needed for *_, needed in short), default=0)}, or {ON}",
    )


def too_few_seeds(study: Study, runs: Sequence[PlannedRun]) -> list[tuple[Claim, int, int]]:
    """Claims that cannot be decided, with the seeds (of paired ones the runs) there are and how many are needed."""
    two_peaks = any(pilot.two_peaks for pilot in study.pilots)
    lines = []
    for claim in study.claims:
        arms = arms_of(study, claim, runs)
        counts = [len(seeds) for seeds in arms.values()]
        if not counts or claim.explore or claim.kind in OF_FACTORS:  # what no run has, the plan says
            continue
        there = sum(counts) if is_paired(claim) else min(counts)
        needed = fewest_seeds(claim, len(study.claims), two_peaks=two_peaks)
        lines += [(claim, there, needed)] if there < needed else []
    return lines


def require_equal_arms(study: Study, runs: Sequence[PlannedRun]) -> None:
    """Refuse a claim one of whose arms has more seeds than another: extended until the claim was decided?"""
    labels = {run.group: run.label for run in runs}
    for claim in (claim for claim in study.claims if not claim.explore):
        arms = arms_of(study, claim, runs)
        counts = {len(seeds) for seeds in arms.values()}
        if len(counts) > 1:
            most = max(arms, key=lambda group: len(arms[group]))
            came = f"{len(arms[most])} of {labels[most]} and {min(counts)} of another"
            rule = f"claim '{claim.says}' must have as many seeds in each arm"
            require(False, rule, came, f"give all the same, or declare an extension of all arms, or {ON}")


def arms_of(study: Study, claim: Claim, runs: Sequence[PlannedRun]) -> dict[str, list[int]]:
    """Combination -> its seeds, of those that a claim compares; seeds of pilots left out."""
    asked = [side for side in sides(claim) if "baseline" not in side]
    about = [run for run in runs if any(matches(side, run.settings) for side in asked)]
    return seeds_by_group(run for run in about if not is_pilot(study, run))


def is_pilot(study: Study, run: PlannedRun) -> bool:
    """Whether a run was looked at before the claims were written."""
    return any(run.config.seed in pilot.seeds and matches(pilot.settings, run.settings) for pilot in study.pilots)


def require_declared(study: Study, runs: Sequence[PlannedRun], record: Provenance | None) -> None:
    """Refuse seeds that were added after the first run of a combination started, and not declared.

    Seeds that are all new are fresh ones, which are counted alone; declared ones are an extension.
    """
    if record is None or study.explore:
        return
    declared = set(study.extension.seeds) if study.extension else set()
    labels = {run.group: run.label for run in runs}
    for group, seeds in seeds_by_group(runs).items():
        known = record.known_seeds(group)
        added = sorted(set(seeds) - known - declared)
        require(
            not (known & set(seeds) and added),
            f"{study.name}: seeds must be fixed before the first run, which started on {record.first}",
            f"{added} added to {sorted(known & set(seeds))} of {labels[group]}",
            f"declare extension: {{declared: …, seeds: {added}, looks: 2}} for all arms, or take fresh seeds alone",
        )
