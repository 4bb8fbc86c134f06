"""Kept runs: five files a study that say what run directories say, read by one reader and filled whole."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.studies.samples import done, statuses, tiny
from unbraid.core import UsageError, rng
from unbraid.evaluation import latent_kl
from unbraid.store import METRICS
from unbraid.studies import RunFolder, Study, archive_runs, collect, is_score, scores_over_training
from unbraid.studies._archive import _says
from unbraid.studies._kept_runs import KeptRuns
from unbraid.studies._thumbnails import packed, unpacked

STUDY = {"grid": {"objective": ["vae", "beta_vae"]}, "every": 10, "metrics": ["mig", "r2", "assignment", "udr"]}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, Path]:
    """A finished study and its root."""
    folder = tmp_path_factory.mktemp("finished")
    study = tiny(folder, **STUDY)
    assert done(study, folder) == ["done"] * 4
    collect(study, statuses(study, folder))
    return study, folder


@pytest.fixture(scope="module")
def archive(finished: tuple[Study, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    study, root = finished
    folder = tmp_path_factory.mktemp("archive")
    assert archive_runs(study, statuses(study, root), folder) == 4
    return folder


def test_a_study_is_a_few_files_without_weights(archive: Path) -> None:
    names = sorted(path.name for path in (archive / "tiny").iterdir())
    assert names == [
        "checks.parquet",
        "codes.safetensors",
        "configs.jsonl",
        "log.parquet",
        "progress.parquet",
        "scores.parquet",
        "shared.jsonl",
        "thumbnails.zip",
    ]
    lines = [json.loads(line) for line in (archive / "tiny" / "configs.jsonl").read_text().splitlines()]
    assert [line["run"] for line in lines] == sorted(line["run"] for line in lines)
    assert {"state", "versions"} <= set(lines[0]["status"])
    assert lines[0]["config"]["data"]["name"] == "toy"


def test_kept_runs_count_as_done_and_say_what_their_folders_say(
    finished: tuple[Study, Path], archive: Path, tmp_path: Path
) -> None:
    study, root = finished
    runs, kept = statuses(study, root), statuses(study, tmp_path / "empty", archive)
    assert [run.state for run in kept] == ["done"] * 4
    assert {run.folder for run in kept} == {archive / "tiny"}
    assert collect(study, kept).equals(collect(study, runs))
    assert scores_over_training(kept).equals(scores_over_training(runs))
    for run, record in zip(runs, kept, strict=True):
        assert _says(run.record) == _says(record.record)
        rep, part = run.record.representation(), record.record.representation()
        assert rep is not None
        assert part is not None
        kept_rows = rng(0, 0, "rows of kept codes").permutation(len(rep))[:1_000]
        used = [int(name.removeprefix("z")) for name in part.latent_names]
        assert used == list(np.flatnonzero(latent_kl(rep) > 0.01))
        np.testing.assert_allclose(part.code, rep.code[kept_rows][:, used], rtol=1e-3, atol=1e-6)
        np.testing.assert_array_equal(part.factors, rep.factors[kept_rows])
        assert (part.space, part.layers) == (rep.space, (len(used),))


def test_nothing_new_changes_nothing(finished: tuple[Study, Path], archive: Path) -> None:
    study, root = finished
    before = {path: path.stat().st_mtime_ns for path in (archive / "tiny").iterdir()}
    assert archive_runs(study, statuses(study, root), archive) == 0
    assert archive_runs(study, statuses(study, root / "none", archive), archive) == 0
    assert before == {path: path.stat().st_mtime_ns for path in (archive / "tiny").iterdir()}


def test_runs_kept_one_after_the_other_are_the_same_bytes(
    finished: tuple[Study, Path], archive: Path, tmp_path: Path
) -> None:
    study, root = finished
    runs = statuses(study, root)
    for part in ([runs[3]], runs[1:], runs):
        archive_runs(study, part, tmp_path)
    for path in (archive / "tiny").iterdir():
        if path.name != "shared.jsonl":  # the scores of a group of which one seed was kept stay
            assert (tmp_path / "tiny" / path.name).read_bytes() == path.read_bytes(), path.name


def test_a_run_that_says_more_takes_the_place_of_what_was_kept(finished: tuple[Study, Path], tmp_path: Path) -> None:
    study, root = finished
    runs = statuses(study, root)
    archive_runs(study, runs, tmp_path)
    first = RunFolder(runs[0].folder)
    status = first.status()
    first.files.write_status(note="looked at again")
    try:
        assert archive_runs(study, runs, tmp_path) == 1
        records = KeptRuns(tmp_path / "tiny").records()
        assert records[first.name].status()["note"] == "looked at again"
        assert len(records) == 4
    finally:
        first.files.write_text("status.json", json.dumps(status, indent=1))


def test_a_kept_run_is_used_by_another_study_and_not_kept_twice(
    finished: tuple[Study, Path], archive: Path, tmp_path: Path
) -> None:
    other = tiny(tmp_path, **{**STUDY, "metrics": ["mig"]}, name="other")
    runs = statuses(other, tmp_path / "empty", archive)
    assert [run.state for run in runs] == ["done"] * 4
    assert archive_runs(other, runs, archive) == 0
    assert not (archive / "other").exists()
    metrics = set(collect(other, runs)["metric"])
    assert {name for name in metrics if is_score(name)} == {"mig", "learning_order", "importance", "traversals"}
    assert {"log/kl", "log/loss", "log/reconstruction", "heldout/loss", "check/plateau"} <= metrics


def test_the_archive_is_read_only_for_runs_that_are_not_done(
    finished: tuple[Study, Path], archive: Path, tmp_path: Path
) -> None:
    more = tiny(tmp_path, **{**STUDY, "metrics": ["mig", "modularity"]})
    run = statuses(more, tmp_path / "empty", archive)[0]
    assert (run.state, run.folder.parent) == ("left", tmp_path / "empty" / "tiny")


def test_rows_of_a_run_that_is_not_named_are_not_there(
    finished: tuple[Study, Path], archive: Path, tmp_path: Path
) -> None:
    study, _ = finished
    (tmp_path / "tiny").mkdir()
    for path in (archive / "tiny").iterdir():
        (tmp_path / "tiny" / path.name).write_bytes(path.read_bytes())
    configs = tmp_path / "tiny" / "configs.jsonl"
    configs.write_text("".join(configs.read_text().splitlines(keepends=True)[:3]))
    assert sorted(run.state for run in statuses(study, tmp_path / "empty", tmp_path)) == ["done"] * 3 + ["left"]
    configs.write_text("{")
    with pytest.raises(UsageError, match="must hold one JSON object a line"):
        statuses(study, tmp_path / "empty", tmp_path)


def test_thumbnails_are_nearly_what_was_drawn(finished: tuple[Study, Path], archive: Path) -> None:
    study, root = finished
    run = statuses(study, root)[0]
    exact, kept = run.record.thumbnails(), KeptRuns(archive / "tiny").records()[run.run.name].thumbnails()
    assert {"kl/0", "assignment/strength/0", "traversals", "prior_traversals", "latents", "factors"} <= set(exact)
    assert set(exact) == set(kept)
    assert exact["traversals"].shape[:2] == (len(exact["latents"]), len(exact["values"]))
    for name in exact:
        assert kept[name].shape == exact[name].shape
        if "traversals" in name:
            assert np.abs(kept[name].astype(float) - exact[name]).mean() < 4  # of 255
        else:
            assert np.array_equal(kept[name], exact[name])
    with zipfile.ZipFile(archive / "tiny" / "thumbnails.zip") as file:
        sizes = [info.compress_size for info in file.infolist() if info.filename.startswith(run.run.name)]
    assert sum(sizes) < 10_000


@pytest.mark.parametrize("channels", [1, 2, 3, 5])
def test_images_with_any_number_of_channels_are_packed(channels: int) -> None:
    smooth = np.linspace(0, 255, 3 * 4 * channels * 16 * 16).reshape(3, 4, channels, 16, 16).astype(np.uint8)
    grids = {"traversals": smooth, "latents": np.arange(3), "values": np.arange(4.0)}
    again = unpacked(packed(grids))
    assert set(again) - {"channels"} == set(grids)
    assert again["traversals"].shape == smooth.shape
    assert np.abs(again["traversals"].astype(float) - smooth).mean() < 4
    assert packed(grids) == packed(grids)


def test_two_processes_keep_their_runs_one_after_the_other(finished: tuple[Study, Path], tmp_path: Path) -> None:
    _, root = finished
    code = (
        "import sys; from pathlib import Path; from tests.studies.samples import statuses\n"
        "from unbraid.studies import archive_runs, load_study\n"
        "study, root, part, archive = load_study(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])\n"
        "archive_runs(study, statuses(study, root)[part::2], archive)"
    )
    words = [sys.executable, "-c", code, str(root / "tiny.yaml"), str(root)]
    both = [subprocess.Popen([*words, part, str(tmp_path)], cwd=Path(__file__).parents[2]) for part in "01"]
    assert [process.wait() for process in both] == [0, 0]
    assert len(KeptRuns(tmp_path / "tiny").records()) == 4


def test_scores_of_a_lost_table_are_not_done(finished: tuple[Study, Path], tmp_path: Path) -> None:
    study, root = finished
    run = RunFolder(statuses(study, root)[0].folder)
    table = (run.files / METRICS).read_bytes()
    (run.files / METRICS).unlink()
    try:
        assert run.scores() is None
        assert statuses(study, root)[0].state == "left"
    finally:
        run.files.write_bytes(METRICS, table)
