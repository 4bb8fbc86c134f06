"""Scores of several runs together: the same rows in all of them, kept, and made again."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.studies.samples import done, statuses, tiny
from unbraid.core import Spec
from unbraid.evaluation import load_representation
from unbraid.metrics.udr import udr
from unbraid.store import REPRESENTATION, RunDirectory
from unbraid.studies import RunFolder, RunStatus, Study, collect
from unbraid.studies._udr_scores import scores_across_seeds

UDR = {"name": "udr", "threshold": 0.0}  # after 20 steps no latent carries 0.01 nats


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, list[RunStatus]]:
    folder = tmp_path_factory.mktemp("together")
    study = tiny(folder, grid={"objective": ["vae", "beta_vae"]}, seeds=3, metrics=["mig", UDR], rows=200)
    assert done(study, folder) == ["done"] * 6
    return study, statuses(study, folder)


def test_all_runs_are_encoded_on_the_same_rows(finished: tuple[Study, list[RunStatus]]) -> None:
    rows = [RunDirectory(run.folder).read_tensors(REPRESENTATION)["index"] for run in finished[1]]
    assert all(np.array_equal(rows[0], index) for index in rows)
    assert len(rows[0]) == 200


def test_each_run_gets_its_agreement_with_the_other_seeds(finished: tuple[Study, list[RunStatus]]) -> None:
    study, runs = finished
    frame = collect(study, runs)
    scores = frame[frame["metric"] == "udr"].set_index("run")["value"]
    reps = [load_representation(RunDirectory(run.folder)) for run in runs[:3]]
    names = [run.run.name for run in runs[:3]]
    np.testing.assert_allclose(scores[names].to_numpy(float), udr(reps, threshold=0.0).arrays["score"])


def test_they_are_kept_and_made_again(finished: tuple[Study, list[RunStatus]]) -> None:
    study, runs = finished
    frame = collect(study, runs)
    files = sorted((runs[0].folder.parent / "together").glob("*.json"))
    assert len(files) == 2
    content = files[0].read_text()
    files[0].unlink()
    assert collect(study, runs).equals(frame)
    assert json.loads(files[0].read_text()) == json.loads(content)


def test_a_single_seed_has_none_and_says_why(finished: tuple[Study, list[RunStatus]]) -> None:
    study, runs = finished
    row = collect(study, runs[:1]).query("metric == 'udr'").iloc[0]
    assert np.isnan(row["value"])
    assert "at least 2 representations" in row["reason"]


def test_without_a_representation_it_is_missing_and_says_why(
    finished: tuple[Study, list[RunStatus]], tmp_path: Path
) -> None:
    study, runs = finished
    lost = RunStatus(runs[1].run, RunFolder(tmp_path / "gone"), "done", 20)
    frame = collect(study, [runs[0]])
    assert "together" not in frame
    by_run = scores_across_seeds(study, [runs[0], lost])
    assert {row["reason"] for rows in by_run.values() for row in rows} == {"no representation of gone is kept"}


@pytest.mark.parametrize(
    ("metric", "value", "reason"),
    [
        ("several", 3.0, ""),
        ("several_in_one", np.nan, "takes several codes, and needs a score of each in `arrays`"),
    ],
)
def test_somebodys_metric_of_several_codes(
    finished: tuple[Study, list[RunStatus]], metric: str, value: float, reason: str
) -> None:
    study, runs = finished
    outside = replace(study, metrics=(*study.metrics, Spec(f"tests.metrics.outside:{metric}")))
    frame = collect(outside, runs).query(f"metric == 'tests.metrics.outside:{metric}'")
    assert len(frame) == 6
    np.testing.assert_array_equal(frame["value"].to_numpy(float), value)
    assert frame["reason"].str.contains(reason, regex=False).all()
