"""Which claims and which grid a study had when its first run started, and what was changed later.

`provenance.json` in a study's folder, and beside its kept runs, holds a record for each scale:

    first      the date on which the first run started
    hash       of the claims and the grid of that day; each run's status has that of the day it started
    claims     what the claims asked that day, each in full
    later      claims that were added or changed since, each with the date it was first seen
    grids      the base and the blocks of the grid, with the date each version was first seen
    seeds      combination -> the seeds that were planned, a list for each time they were
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, asdict, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

from unbraid.core import Spec, UsageError
from unbraid.core.places import read_json
from unbraid.store import whole_file
from unbraid.studies._plan import PlannedRun
from unbraid.studies._study import Study
from unbraid.studies._study_file import SEEDS
from unbraid.studies.claims import Claim

PROVENANCE = "provenance.json"
NOT_JUDGED = ("where_printed", "why", "post_hoc")  # of a claim: words that change nothing of what is decided
HEX = 16  # digits of a hash


@dataclass(frozen=True)
class Provenance:
    """What is recorded of a study at one scale; see the head of this file."""

    first: str
    hash: str
    claims: tuple[Mapping[str, Any], ...]
    later: tuple[Mapping[str, Any], ...] = ()
    grids: tuple[Mapping[str, Any], ...] = ()
    seeds: Mapping[str, Sequence[Sequence[int]]] = field(default_factory=dict)

    def changed(self, asked: Mapping[str, Any]) -> str | None:
        """The date on which a claim was first seen as it is asked now; None where it was from the beginning."""
        if _hashed(asked) in {_hashed(claim) for claim in self.claims}:
            return None
        dates = [claim["date"] for claim in self.later if _hashed(claim["claim"]) == _hashed(asked)]
        return min(dates, default="a date that is not recorded")

    def known_seeds(self, group: str) -> set[int]:
        """All seeds of a combination that were ever planned."""
        return {seed for planned in self.seeds.get(group, ()) for seed in planned}


def claims_hash(study: Study) -> str:
    """A hash of a study's claims and grid; its seeds, and words that change nothing of what is decided, left out."""
    return _hashed({"claims": [asked_by(study, claim) for claim in study.claims], "grid": grid_of(study)})


def asked_by(study: Study, claim: Claim) -> dict[str, Any]:
    """What a claim asks, as plain values; what stands at its default is left out, so that new keys change no hash."""
    asked = {key.name: getattr(claim, key.name) for key in fields(claim) if key.name not in NOT_JUDGED}
    defaults = {key.name: _default(key) for key in fields(claim)}
    asked["requires"] = {**study.requires, **(asked.get("requires") or {})}
    return _plain({key: value for key, value in asked.items() if value != defaults.get(key) and value != {}})


def grid_of(study: Study) -> dict[str, Any]:
    """Base and blocks of a study as plain values, without seeds."""
    blocks = [{axis: values for axis, values in block.items() if axis != SEEDS} for block in study.grid]
    return _plain({"base": study.base, "blocks": blocks})


def read_provenance(study: Study, folders: Iterable[Path]) -> Provenance | None:
    """What is recorded of a study's scale in these folders together; None where nothing is.

    Raises:
        UsageError: a file that is damaged.
    """
    records = [record for folder in folders if (record := _read(folder / PROVENANCE, study.scale)) is not None]
    records.sort(key=lambda record: record.first)
    return functools.reduce(_joined, records) if records else None


def note_provenance(
    study: Study, runs: Sequence[PlannedRun], folder: Path, others: Sequence[Path] = (), *, start: bool = False
) -> Provenance | None:
    """Record in a folder what a study asks now beside what is recorded there and in `others`.

    Args:
        study: the study at its scale.
        runs: all its planned runs.
        folder: the folder whose record is written, where it says something new.
        others: further folders whose records count.
        start: begin a record where there is none: the first run starts now.

    Returns:
        the record; None where there is none and `start` is not set.
    """
    record = read_provenance(study, [folder, *others])
    if record is None and not start:
        return None
    date = today()
    asked = [asked_by(study, claim) for claim in study.claims]
    if record is None:
        record = Provenance(date, claims_hash(study), tuple(asked))
    known = {_hashed(claim) for claim in (*record.claims, *(line["claim"] for line in record.later))}
    new = tuple({"date": date, "claim": claim} for claim in asked if _hashed(claim) not in known)
    there = {_hashed(version["grid"]) for version in record.grids}
    grid = grid_of(study)
    grids = () if _hashed(grid) in there else ({"date": date, "grid": grid},)
    seeds = {**record.seeds, **_new_seeds(record, runs)}
    record = Provenance(record.first, record.hash, record.claims, record.later + new, record.grids + grids, seeds)
    if record != _read(folder / PROVENANCE, study.scale):
        write_provenance(study, record, folder)
    return record


def write_provenance(study: Study, record: Provenance, folder: Path) -> None:
    """Replace the record of a study's scale in a folder's file."""
    path = folder / PROVENANCE
    scales = {**_scales(path), study.scale: asdict(record)}
    with whole_file(path) as aside:
        aside.write_text(json.dumps(scales, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def today() -> str:
    """The date, as it is recorded."""
    return datetime.date.today().isoformat()


def seeds_by_group(runs: Iterable[PlannedRun]) -> dict[str, list[int]]:
    """Combination -> its seeds, in the order of the plan."""
    seeds: dict[str, list[int]] = {}
    for run in runs:
        seeds.setdefault(run.group, []).append(run.config.seed)
    return seeds


def _new_seeds(record: Provenance, runs: Iterable[PlannedRun]) -> dict[str, list[list[int]]]:
    """Combinations of which seeds are planned that were not before, with all their lists."""
    return {
        group: [*(list(planned) for planned in record.seeds.get(group, ())), seeds]
        for group, seeds in seeds_by_group(runs).items()
        if not set(seeds) <= record.known_seeds(group)
    }


def _joined(first: Provenance, second: Provenance) -> Provenance:
    """The earlier of two records with what only the other has."""
    later = [*first.later, *({"date": second.first, "claim": claim} for claim in second.claims), *second.later]
    known = {_hashed(claim) for claim in first.claims}
    by_claim: dict[str, Mapping[str, Any]] = {}
    for line in sorted(later, key=lambda line: str(line["date"])):
        if (key := _hashed(line["claim"])) not in known:
            by_claim.setdefault(key, line)
    grids = {_hashed(version["grid"]): version for version in (*second.grids, *first.grids)}
    seeds: dict[str, list[Sequence[int]]] = {}
    for group, planned in (*first.seeds.items(), *second.seeds.items()):
        there = seeds.setdefault(group, [])
        there += [listed for listed in planned if listed not in there]
    by_date = tuple(sorted(grids.values(), key=lambda version: str(version["date"])))
    return Provenance(first.first, first.hash, first.claims, tuple(by_claim.values()), by_date, seeds)


def _read(path: Path, scale: str) -> Provenance | None:
    """The record of a scale in a file."""
    written = _scales(path).get(scale)
    if written is None:
        return None
    try:
        lists = {key: tuple(written.get(key, ())) for key in ("claims", "later", "grids")}
        return Provenance(str(written["first"]), str(written["hash"]), **lists, seeds=dict(written.get("seeds", {})))
    except (KeyError, TypeError, AttributeError) as error:
        raise UsageError(_damaged(path, repr(error))) from error


def _scales(path: Path) -> dict[str, Any]:
    """Scale -> what a file has of it; empty where there is no file."""
    if not path.is_file():
        return {}
    try:
        return dict(read_json(path.read_text(encoding="utf-8")))
    except (TypeError, ValueError) as error:
        raise UsageError(_damaged(path, str(error))) from error


def _damaged(path: Path, came: str) -> str:
    return f"{path} must hold a record for each scale; got {came}; restore it from where it was kept."


def _default(key: Field[Any]) -> Any:
    """The default of a field of a dataclass, None where it has none."""
    if key.default_factory is not MISSING:
        return key.default_factory()
    return None if key.default is MISSING else key.default


def _plain(value: Any) -> Any:
    """Mappings, lists, texts and numbers alone: what JSON gives back as it was."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, Spec):
        return _plain(value.to_dict())
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _hashed(value: Any) -> str:
    """A hash of plain values; 4 and 4.0 are one."""
    numbers = json.loads(json.dumps(_plain(value)), parse_int=float)
    text = json.dumps(numbers, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:HEX]
