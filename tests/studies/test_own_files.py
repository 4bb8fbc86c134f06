"""A study file of one's own: without scales, with the command that makes it again, and the hours that are left."""

import shlex
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.studies.samples import statuses, tiny, written
from unbraid.core import UsageError
from unbraid.report.study._methods import methods_of
from unbraid.report.study._write import _places
from unbraid.studies import Estimate, RunStatus, Study, estimated, load_study, part_of, planned_runs


def test_a_file_without_scales_is_run_as_it_is(tmp_path: Path) -> None:
    path = written(tmp_path, scales={})
    study, scaled = load_study(path), tiny(tmp_path / "..", name="scaled")
    assert [run.config.id for run in planned_runs(study)] == [run.config.id for run in planned_runs(scaled)]
    assert study.explore == ""
    with pytest.raises(UsageError, match=r"an entry for scale 'paper'; got none; leave --scale out to run the file as"):
        load_study(path, "paper")


def test_a_scale_that_the_file_lacks_is_named_beside_those_it_has(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"an entry for scale 'pocket'; got paper; name one of them with --scale"):
        load_study(written(tmp_path, scales={"paper": {}}))


def test_its_command_leads_to_the_file_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "my studies"
    folder.mkdir()
    path = written(folder, scales={})
    monkeypatch.chdir(folder)
    assert shlex.split(load_study("tiny.yaml").command) == [str(path)]
    assert shlex.split(load_study(written(folder)).command) == [str(path), "--scale", "pocket"]
    assert load_study("beta-on-toy", "smoke").command == "beta-on-toy --scale smoke"
    assert _places("runs", None) == ""
    assert shlex.split(_places(folder, "kept")) == ["--root", str(folder), "--archive", str(folder / "kept")]


def finished(status: RunStatus, seconds: float | None, root: Path) -> RunStatus:
    """A run that is done, with a log of its seconds; left where they are None."""
    log: list[dict[str, float]] = [{"step": 20.0, "seconds": seconds}] if seconds is not None else []
    record: Any = SimpleNamespace(log=lambda: log, folder=root / status.run.name, thumbnails=dict)
    return replace(status, record=record, state="left" if seconds is None else "done")


def of(study: Study, root: Path, seconds: dict[int, float]) -> list[RunStatus]:
    """The runs of a study, some of them done in so many seconds."""
    return [finished(status, seconds.get(at), root) for at, status in enumerate(statuses(study, root))]


def test_hours_are_those_of_runs_alike_and_else_of_all(tmp_path: Path) -> None:
    study = tiny(tmp_path)  # three combinations of two seeds
    assert estimated(of(study, tmp_path, {})) == Estimate(None, 6, 0, 0)
    one = estimated(of(study, tmp_path, {0: 10.0}))
    assert (one.seconds, one.left, one.by, one.alike) == (pytest.approx(50.0), 5, 1, 1)
    two = estimated(of(study, tmp_path, {0: 10.0, 2: 30.0}))
    assert two.seconds == pytest.approx(10 + 30 + 2 * 20)
    assert estimated(of(study, tmp_path, dict.fromkeys(range(6), 1.0))) == Estimate(0.0, 0, 6, 0)


def test_a_shard_is_every_nth_run(tmp_path: Path) -> None:
    runs = planned_runs(tiny(tmp_path))
    shards = [part_of(runs, None, f"{number}/4") for number in range(4)]
    assert sorted(run.name for shard in shards for run in shard) == sorted(run.name for run in runs)
    assert [len(shard) for shard in shards] == [2, 2, 1, 1]


def test_each_method_links_the_pages_of_its_runs(tmp_path: Path) -> None:
    study = tiny(tmp_path)
    runs = of(study, tmp_path / "a b", {0: 1.0, 1: 1.0, 2: 1.0})
    (runs[1].folder).mkdir(parents=True)
    (runs[1].folder / "report.html").write_text("page")
    first, second = methods_of(runs, tmp_path)
    assert (first.label, first.seed) == ("objective=vae", 0)
    assert first.links == (("0", ""), ("1", f"a%20b/{runs[1].run.name}/report.html"))
    assert (second.label, second.links, second.drawn) == ("objective=beta_vae/beta 2.0", (("0", ""),), "")
