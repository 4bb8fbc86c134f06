"""What a reader must know of a study before its results: runs that lack, what decides nothing, what is recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from unbraid.studies import POCOCK, Provenance, RunStatus, Study, claims_hash

__all__ = ["Notice", "notices"]


@dataclass(frozen=True)
class Notice:
    """What it is about, a sentence or two, and whether nothing below holds without it."""

    about: str
    said: str
    urgent: bool = False


def notices(
    study: Study, statuses: Sequence[RunStatus], record: Provenance | None, labels: Mapping[str, str]
) -> list[Notice]:
    """The notices of a page, urgent ones first; `labels` gives each run's combination."""
    return [
        *_incomplete(statuses, labels),
        *_exploring(study),
        Notice("Provenance", _provenance(study, statuses, record)),
        *_extension(study),
        *_pilots(study),
    ]


def _incomplete(statuses: Sequence[RunStatus], labels: Mapping[str, str]) -> Iterator[Notice]:
    lacking = Counter(labels[status.run.name] for status in statuses if status.state != "done")
    if lacking:
        done = len(statuses) - sum(lacking.values())
        missing = "; ".join(f"{label} ({count})" for label, count in lacking.items())
        yield Notice("Unfinished", f"Made at {done} of {len(statuses)} runs. Missing: {missing}.", urgent=True)


def _exploring(study: Study) -> Iterator[Notice]:
    if study.explore:
        said = f"No claim is decided, whatever its numbers: {study.explore}."
        yield Notice("Nothing is decided here", said, urgent=True)


def _provenance(study: Study, statuses: Sequence[RunStatus], record: Provenance | None) -> str:
    """When claims and grid were fixed, what was changed since, and what runs say of it."""
    if record is None:
        return "Not recorded: nobody wrote down which claims stood in the study file when the first run started."
    said = f"Claims and grid were hashed on {record.first}, when the first run started: {record.hash}."
    now = claims_hash(study)
    if now != record.hash:
        said += f" Today they are {now}; what was changed is stamped post hoc."
    if changes := [str(version["date"]) for version in record.grids[1:]]:
        said += f" The grid was changed on {', '.join(changes)}."
    stamps = [status.record.status().get("study", {}) for status in statuses if status.state == "done"]
    if without := sum("hash" not in stamp for stamp in stamps):
        said += f" Of {without} of {len(stamps)} finished runs it is not recorded under which claims they started."
    return said


def _extension(study: Study) -> Iterator[Notice]:
    if (extension := study.extension) is not None:
        seeds = ", ".join(map(str, extension.seeds))
        looks = f"{extension.looks} looks, each tested at {POCOCK:g} one-sided (Pocock)"
        yield Notice("Extended", f"Declared on {extension.declared}: seeds {seeds} of every combination; {looks}.")


def _pilots(study: Study) -> Iterator[Notice]:
    for pilot in study.pilots:
        settings = ", ".join(f"{key} {value}" for key, value in pilot.settings.items()) or "all settings"
        seeds = ", ".join(map(str, pilot.seeds))
        yield Notice("Pilot, never counted", f"{settings}; seeds {seeds}. Seen: {pilot.seen}")
