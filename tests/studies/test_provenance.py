"""Provenance: what claims and grid were when the first run started is recorded, kept, and compared."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.studies.samples import done, run_here, statuses, tiny
from unbraid.core import UsageError
from unbraid.studies import (
    Provenance,
    Study,
    archive_runs,
    asked_by,
    claims_hash,
    note_provenance,
    planned_runs,
    read_provenance,
    run,
)
from unbraid.studies import _provenance as module
from unbraid.studies._kept_runs import KeptRuns

VAE, STRONG = {"objective": "vae"}, {"objective": "beta_vae", "objective.beta": 8.0}
CLAIM = {"says": "it is higher", "kind": "larger", "metric": "mig", "larger": STRONG, "smaller": VAE}
CLAIM |= {"smallest_effect": 0.05}
OTHER = {"says": "it is high", "kind": "above", "metric": "mig", "where": VAE, "threshold": 0.1}

Day = Callable[[str], None]


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Day:
    """Sets what day it is."""
    return lambda date: monkeypatch.setattr(module, "today", lambda: date)


def claimed(folder: Path, *claims: dict[str, Any], **changes: Any) -> Study:
    return tiny(folder, **{"claims": list(claims), "explore": "a test", **changes})


def noted(study: Study, folder: Path, **options: Any) -> Provenance | None:
    return note_provenance(study, planned_runs(study), folder, **options)


def test_a_hash_is_of_claims_and_grid_and_of_nothing_else(tmp_path: Path) -> None:
    first = claims_hash(claimed(tmp_path, CLAIM))
    for same in (
        {"seeds": 5},
        {"title": "another"},
        {"claims": [{**CLAIM, "why": "because", "where_printed": "table 1"}]},
        {"claims": [{**CLAIM, "larger": {**STRONG, "objective.beta": 8}, "part": ""}]},
    ):
        assert claims_hash(claimed(tmp_path, CLAIM, **same)) == first
    for other in (
        {"claims": [{**CLAIM, "smallest_effect": 0.1}]},
        {"claims": [CLAIM, OTHER]},
        {"grid": {"objective": ["vae"]}},
        {"base": {"data": "toy", "model": "mlp", "objective": "vae", "steps": 5}},
    ):
        assert claims_hash(claimed(tmp_path, CLAIM, **other)) != first


def test_a_record_begins_with_the_first_run_and_stays(tmp_path: Path, day: Day) -> None:
    study = claimed(tmp_path, CLAIM)
    assert noted(study, tmp_path) is None
    assert not (tmp_path / "provenance.json").exists()
    day("2026-11-01")
    first = noted(study, tmp_path, start=True)
    assert first is not None
    assert (first.first, first.hash, len(first.claims), first.later) == ("2026-11-01", claims_hash(study), 1, ())
    day("2026-12-01")
    assert noted(study, tmp_path, start=True) == first
    assert read_provenance(study, [tmp_path]) == first
    written = json.loads((tmp_path / "provenance.json").read_text())["pocket"]["claims"][0]
    assert (written["says"], written["asks"]["larger"]["objective.beta"]) == ("it is higher", 8.0)


def test_a_claim_changed_later_is_known_by_the_date_it_was_first_seen(tmp_path: Path, day: Day) -> None:
    day("2026-11-01")
    noted(claimed(tmp_path, CLAIM), tmp_path, start=True)
    day("2026-11-07")
    changed = claimed(tmp_path, CLAIM, {**CLAIM, "smallest_effect": 0.2}, OTHER)
    noted(changed, tmp_path)
    day("2026-12-24")
    record = noted(changed, tmp_path)
    assert record is not None
    dates = [record.changed(asked_by(changed, claim)) for claim in changed.claims]
    assert dates == [None, "2026-11-07", "2026-11-07"]
    unseen = claimed(tmp_path, {**OTHER, "threshold": 0.9})
    assert record.changed(asked_by(unseen, unseen.claims[0])) == "a date that is not recorded"


def test_versions_of_the_grid_and_scales_have_records_of_their_own(tmp_path: Path, day: Day) -> None:
    day("2026-11-01")
    noted(claimed(tmp_path, CLAIM), tmp_path, start=True)
    day("2026-11-02")
    record = noted(claimed(tmp_path, CLAIM, grid={"objective": ["vae"]}), tmp_path)
    assert record is not None
    assert [version["date"] for version in record.grids] == ["2026-11-01", "2026-11-02"]
    smoke = tiny(tmp_path, "smoke", claims=[CLAIM])
    assert read_provenance(smoke, [tmp_path]) is None
    noted(smoke, tmp_path, start=True)
    assert set(json.loads((tmp_path / "provenance.json").read_text())) == {"pocket", "smoke"}
    assert read_provenance(claimed(tmp_path, CLAIM), [tmp_path]) == record


def test_of_two_records_the_earlier_counts(tmp_path: Path, day: Day) -> None:
    study, here, there = claimed(tmp_path, CLAIM), tmp_path / "here", tmp_path / "there"
    day("2026-11-02")
    noted(claimed(tmp_path, OTHER, seeds=[5, 6]), here, start=True)
    day("2026-11-01")
    noted(study, there, start=True)
    joined = read_provenance(study, [here, there])
    assert joined is not None
    assert (joined.first, joined.hash, joined.claims[0]["says"]) == ("2026-11-01", claims_hash(study), "it is higher")
    assert [(line["date"], line["claim"]["says"]) for line in joined.later] == [("2026-11-02", "it is high")]
    assert {tuple(map(tuple, planned)) for planned in joined.seeds.values()} == {((0, 1), (5, 6))}
    assert noted(study, here, others=[there]) == joined
    assert read_provenance(study, [here]) == joined


def test_runs_and_archive_keep_it(tmp_path: Path, day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unbraid.studies._commands.run_local", run_here)
    day("2026-11-01")
    study, root, archive = claimed(tmp_path, CLAIM, grid={}, seeds=1), tmp_path / "runs", tmp_path / "kept"
    run(study, root=root, archive=archive, progress=False)
    record = read_provenance(study, [root / "tiny"])
    assert record is not None
    assert read_provenance(study, [archive / "tiny"]) == record
    (line,) = KeptRuns(archive / "tiny").lines.values()
    stamp = line["status"]["study"]
    assert (stamp["name"], stamp["scale"], stamp["hash"]) == ("tiny", "pocket", record.hash)
    changed = claimed(tmp_path, OTHER, grid={}, seeds=1)
    day("2026-11-03")
    run(changed, root=tmp_path / "elsewhere", archive=archive, progress=False)  # nothing is left to train
    later = read_provenance(changed, [tmp_path / "elsewhere" / "tiny"])
    assert later is not None
    assert later.changed(asked_by(changed, changed.claims[0])) == "2026-11-03"


def test_a_run_keeps_the_hash_of_the_claims_it_was_started_under(tmp_path: Path) -> None:
    study = claimed(tmp_path, CLAIM, grid={}, seeds=1)
    assert done(study, tmp_path) == ["done"]
    again = claimed(tmp_path, OTHER, grid={}, seeds=1, metrics=["mig", "sap"])
    assert done(again, tmp_path) == ["done"]
    (status,) = statuses(again, tmp_path)
    assert status.record.status()["study"]["hash"] == claims_hash(study) != claims_hash(again)


def test_runs_without_a_record_stay_without_one(tmp_path: Path) -> None:
    study = claimed(tmp_path, CLAIM, grid={}, seeds=1)
    done(study, tmp_path / "runs")
    archive_runs(study, statuses(study, tmp_path / "runs"), tmp_path / "kept")
    run(study, root=tmp_path / "runs", progress=False)
    assert read_provenance(study, [tmp_path / "runs" / "tiny", tmp_path / "kept" / "tiny"]) is None


@pytest.mark.parametrize("content", ["{", "[1]", '{"pocket": {"hash": "a"}}', '{"pocket": 3}'])
def test_a_damaged_record_is_named(content: str, tmp_path: Path) -> None:
    (tmp_path / "provenance.json").write_text(content)
    with pytest.raises(UsageError, match=r"provenance.json must hold a record for each scale; got .*; restore it"):
        read_provenance(claimed(tmp_path), [tmp_path])
