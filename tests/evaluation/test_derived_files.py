"""What stands beside weights is of these weights, whatever was killed, damaged or replaced in between."""

import shutil
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.hostile.kills import killed_before, operations_of
from unbraid.core import UsageError
from unbraid.evaluation import checks, evaluate, is_evaluated, read_arrays, read_baselines, read_scores, represent
from unbraid.report import report
from unbraid.store import (
    ARRAYS,
    BASELINES,
    CHECKS,
    METRICS,
    MODEL,
    REPRESENTATION,
    SET_ASIDE,
    STATUS,
    RunDirectory,
    sole_writer,
)
from unbraid.training import Run, RunConfig, fit

CONFIG = RunConfig.from_dict(
    {
        "data": {"name": "toy", "places": 12},
        "model": {"name": "mlp", "latents": 3, "hidden": 8},
        "objective": {"name": "beta_vae", "beta": 0.01},
        "optimizer": {"name": "adam", "lr": 0.01},
        "steps": 40,
        "batch": 16,
        "metrics": ["active_latents", "modularity"],
    }
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run whose scores are those of its tenth step."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    fit(CONFIG, folder, until=10, progress=False)
    scored(folder)
    fit(CONFIG, folder, progress=False)
    return folder


@pytest.fixture
def run(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained, tmp_path / "run"))


def scored(folder: Path, **options: object) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return evaluate(folder, floor=False, progress=False, **options)  # type: ignore[arg-type]


def values(frame: pd.DataFrame) -> dict[tuple[str, str], float]:
    return dict(zip(zip(frame["metric"], frame["part"], strict=True), frame["value"], strict=True))


def test_scores_of_other_weights_are_not_read(run: Path) -> None:
    folder = RunDirectory(run)
    assert folder.has(METRICS)
    assert len(read_scores(folder)) == 0
    assert read_arrays(folder) == {}
    assert not is_evaluated(folder)
    first = scored(run)
    assert is_evaluated(folder)
    assert values(read_scores(folder)) == values(first)
    assert "weights" not in read_scores(folder)


def test_an_evaluation_killed_before_any_operation_leaves_no_score_of_other_weights(run: Path, tmp_path: Path) -> None:
    reference = tmp_path / "reference"
    shutil.copytree(run, reference)
    truth = values(scored(reference))
    count = operations_of(lambda: scored(Path(shutil.copytree(run, tmp_path / "counted"))))
    assert count >= 9
    for operation in range(count):
        folder = Path(shutil.copytree(run, tmp_path / f"killed-{operation}"))
        with killed_before(operation):
            scored(folder)
        there = values(read_scores(folder))
        assert there in ({}, truth), operation
        arrays = read_arrays(folder)
        if arrays:
            np.testing.assert_array_equal(arrays["kl/0"], read_arrays(reference)["kl/0"])
        assert values(scored(folder)) == truth
        assert not [file.name for file in folder.iterdir() if file.name.startswith(".tmp")]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "is damaged"), (b"x" * 500, "is damaged"), (None, "is damaged")],
    ids=["empty", "noise", "truncated"],
)
def test_evaluate_beside_damaged_weights_is_refused(content: bytes | None, message: str, run: Path) -> None:
    scored(run)
    whole = (run / MODEL).read_bytes()
    (run / MODEL).write_bytes(whole[: len(whole) // 2] if content is None else content)
    with pytest.raises(UsageError, match=f"model.safetensors {message}.*; delete it and ask again"):
        scored(run)


def test_weights_of_another_model_are_refused_and_of_another_run_are_scored_anew(run: Path, tmp_path: Path) -> None:
    first = values(scored(run))
    larger = RunConfig.from_dict({**CONFIG.to_dict(), "model": {"name": "mlp", "latents": 5, "hidden": 8}})
    fit(larger, tmp_path / "larger", progress=False)
    shutil.copyfile(tmp_path / "larger" / MODEL, run / MODEL)
    with pytest.raises(UsageError, match=r"must hold the weights of this configuration; .*; restore it"):
        scored(run)
    fit(RunConfig.from_dict({**CONFIG.to_dict(), "seed": 5}), tmp_path / "other", progress=False)
    shutil.copyfile(tmp_path / "other" / MODEL, run / MODEL)
    assert values(scored(run)) != first


def test_damaged_derived_files_are_set_aside_and_made_again(run: Path) -> None:
    first = values(scored(run, metrics="active_latents", baselines=["untrained"]))
    checks(run)
    for name in (METRICS, ARRAYS, REPRESENTATION, BASELINES, CHECKS):
        (run / name).write_bytes(b"\xff damaged")
        assert name in (BASELINES, CHECKS) or not is_evaluated(RunDirectory(run))
        if name == CHECKS:
            checks(run)
        assert values(scored(run, metrics="active_latents", baselines=["untrained"])) == first
        assert (run / f"{name}{SET_ASIDE}").read_bytes() == b"\xff damaged"
    assert len(read_baselines(run)) > 0


def test_a_page_is_made_from_what_is_made_again(run: Path) -> None:
    scored(run)
    (run / ARRAYS).write_bytes(b"\xff damaged")
    page = report(run, metrics=["active_latents"], floor=False, progress=False)
    assert "data:image" in page.read_text() or "<svg" in page.read_text()


def test_a_damaged_status_is_named_and_made_again_by_training(run: Path) -> None:
    (run / STATUS).write_text("{")
    with pytest.raises(UsageError, match=r"status.json is damaged .*; delete it and ask again"):
        scored(run)
    fit(CONFIG, run, progress=False)
    assert RunDirectory(run).read_status()["state"] == "done"
    assert (run / f"{STATUS}{SET_ASIDE}").read_text() == "{"
    RunDirectory(run).write_text(STATUS, '{"data": {"image_shape": "no"}, "step": 40}')
    with pytest.raises(UsageError, match=r"status.json is damaged .*; delete it and ask again"):
        scored(run)
    RunDirectory(run).write_text(STATUS, '{"step": "many"}')
    with pytest.raises(UsageError, match=r"status.json is damaged \(step must be a whole number"):
        scored(run)


def test_a_table_without_its_columns_and_codes_without_their_factors_are_damaged(run: Path) -> None:
    first = values(scored(run))
    folder = RunDirectory(run)
    folder.write_table(METRICS, pd.DataFrame({"a": [1]}))
    with pytest.raises(UsageError, match=r"metrics.parquet is damaged \(it must have columns metric, part, value"):
        read_scores(run)
    folder.write_tensors(REPRESENTATION, {"code": np.zeros((3, 2))}, folder.read_note(REPRESENTATION))
    assert values(scored(run)) == first


def test_scores_on_fewer_rows_take_the_place_of_more_only_where_that_is_said(run: Path) -> None:
    scored(run, metrics="modularity")
    before = (run / METRICS).read_bytes(), (run / REPRESENTATION).read_bytes()
    for metric in ("modularity", "active_latents"):
        with pytest.raises(UsageError, match=r"288 rows is not replaced .*; got rows=50; give rows=288, or .*--replac"):
            scored(run, metrics=metric, rows=50)
    assert before == ((run / METRICS).read_bytes(), (run / REPRESENTATION).read_bytes())
    assert set(scored(run, metrics="modularity", rows=50, replace=True)["rows"]) == {50}
    assert set(scored(run, metrics="active_latents", rows=300)["rows"]) == {288}
    assert set(read_scores(run)["metric"]) == {"modularity", "active_latents"}


def test_an_unfinished_run_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    run = fit(CONFIG, folder, until=10, progress=False)
    assert "· unfinished: at step 10" in repr(run)
    frame = scored(folder)
    whole = frame[frame["part"] == ""]
    assert all("of an unfinished run, at step 10 of 40" in note for note in whole["note"])
    finished = fit(CONFIG, folder, progress=False)
    assert "· unfinished" not in repr(finished)
    assert not scored(folder)["note"].str.contains("unfinished").any()


def test_a_run_that_was_opened_before_its_weights_changed_is_opened_again(tmp_path: Path) -> None:
    fit(CONFIG, tmp_path / "run", until=10, progress=False)
    opened = Run(tmp_path / "run")
    represent(opened)
    fit(CONFIG, tmp_path / "run", progress=False)
    with pytest.raises(UsageError, match=r"the weights of a run must stay while it is open; .* changed; open it again"):
        represent(opened)
    with pytest.raises(UsageError, match=r"must stay while it is open"):
        checks(opened)


def test_left_overs_of_killed_writers_are_swept(run: Path) -> None:
    left = [".model.safetensors.999999999.partial", ".tmpAb12Cd", ".report.html.999999999.partial"]
    for name in left:
        (run / name).write_bytes(b"half")
    mine = run / ".report.html.1.partial"  # of a process that is alive
    mine.write_bytes(b"half")
    with sole_writer(run):
        assert not any((run / name).exists() for name in left)
        assert mine.exists()
