"""Scores of several runs together: the same rows in all of them, kept, and made again."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.studies.samples import done, stand, tiny
from unbraid.evaluation import load_representation
from unbraid.metrics.udr import udr
from unbraid.store import REPRESENTATION, RunDirectory
from unbraid.studies import Standing, Study, collect

UDR = {"name": "udr", "threshold": 0.0}  # after 20 steps no latent carries 0.01 nats


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, list[Standing]]:
    folder = tmp_path_factory.mktemp("together")
    study = tiny(folder, grid={"objective": ["vae", "beta_vae"]}, seeds=3, metrics=["mig", UDR], rows=200)
    assert done(study, folder) == ["done"] * 6
    return study, stand(study, folder)


def test_all_runs_are_encoded_on_the_same_rows(finished: tuple[Study, list[Standing]]) -> None:
    rows = [RunDirectory(each.folder).read_tensors(REPRESENTATION)["index"] for each in finished[1]]
    assert all(np.array_equal(rows[0], each) for each in rows)
    assert len(rows[0]) == 200


def test_each_run_gets_its_agreement_with_the_other_seeds(finished: tuple[Study, list[Standing]]) -> None:
    study, standing = finished
    frame = collect(study, standing)
    found = frame[frame["metric"] == "udr"].set_index("run")["value"]
    reps = [load_representation(RunDirectory(each.folder)) for each in standing[:3]]
    names = [each.run.config.folder_name for each in standing[:3]]
    np.testing.assert_allclose(found[names].to_numpy(float), udr(reps, threshold=0.0).arrays["score"])


def test_they_are_kept_and_made_again(finished: tuple[Study, list[Standing]]) -> None:
    study, standing = finished
    frame = collect(study, standing)
    files = sorted((standing[0].folder.parent / "together").glob("*.json"))
    assert len(files) == 2
    content = files[0].read_text()
    files[0].unlink()
    assert collect(study, standing).equals(frame)
    assert json.loads(files[0].read_text()) == json.loads(content)


def test_a_single_seed_has_none_and_says_why(finished: tuple[Study, list[Standing]]) -> None:
    study, standing = finished
    row = collect(study, standing[:1]).query("metric == 'udr'").iloc[0]
    assert np.isnan(row["value"])
    assert "at least 2 representations" in row["reason"]


def test_without_a_representation_it_is_missing_and_says_why(
    finished: tuple[Study, list[Standing]], tmp_path: Path
) -> None:
    study, standing = finished
    lost = Standing(standing[1].run, tmp_path / "gone", "done", 20)
    frame = collect(study, [standing[0]])
    assert "together" not in frame
    from unbraid.studies._udr_scores import scores_together

    found = scores_together(study, [standing[0], lost])
    assert {row["reason"] for rows in found.values() for row in rows} == {"no representation of gone is kept"}
