"""Evaluation: encoded once, scored, and every derived file made again when it is missing."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from unbraid.core import UsageError
from unbraid.data import load_dataset
from unbraid.evaluation import encode, evaluate, latent_kl, read_scores, represent, traversed
from unbraid.evaluation._encoder import encoder_of
from unbraid.evaluation._evaluate import chosen_rows
from unbraid.evaluation._stored import load_representation
from unbraid.metrics import Representation
from unbraid.metrics.mig import mig
from unbraid.models import DiagonalGaussian
from unbraid.store import ARRAYS, METRICS, REPRESENTATION, RunDirectory
from unbraid.training import Run, RunConfig, fit, new_model, to_input

SETTINGS = {
    "data": {"name": "toy", "places": 12},
    "model": {"name": "mlp", "latents": 3, "hidden": 16},
    "objective": "vae",
    "steps": 10,
    "batch": 16,
    "metrics": ["mig", "irs"],
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> RunDirectory:
    return fit(RunConfig.from_dict(SETTINGS), tmp_path_factory.mktemp("runs") / "run").folder


def test_encoding_is_the_models_posterior_row_by_row(trained: RunDirectory) -> None:
    opened = Run(trained.path)
    rows = np.array([5, 0, 17])
    rep = encode(opened.model, opened.dataset, rows)
    images = torch.from_numpy(opened.dataset.images(rows)).float() / 255
    with torch.inference_mode():
        posterior = opened.model.infer(images)[0].posterior
    np.testing.assert_allclose(rep.code, posterior.mean.numpy(), atol=1e-6)
    np.testing.assert_allclose(rep.logvar, posterior.logvar.numpy(), atol=1e-6)
    np.testing.assert_array_equal(rep.factors, opened.dataset.factors(rows))
    assert not rep.complete


def test_a_whole_grid_is_complete(trained: RunDirectory) -> None:
    opened = Run(trained.path)
    assert encode(opened.model, opened.dataset).complete


def test_rows_that_are_trained_on_are_not_scored(tmp_path: Path) -> None:
    data = {"name": "toy", "places": 12, "split": {"rows": 280, "train": 200}}
    run = fit(RunConfig.from_dict({**SETTINGS, "data": data}), tmp_path / "run")
    evaluate(run)
    assert np.array_equal(run.folder.read_tensors(REPRESENTATION)["index"], np.arange(200, 280))
    represent(run, rows=50)
    index = run.folder.read_tensors(REPRESENTATION)["index"]
    assert len(index) == 50
    assert index.min() >= 200


def test_scores_of_the_configuration_are_written_with_variants(trained: RunDirectory) -> None:
    frame = evaluate(trained.path)
    assert set(frame["metric"]) == {"mig", "irs"}
    whole = frame[(frame["metric"] == "mig") & (frame["part"] == "")]
    assert 0 <= whole["value"].item() <= 1
    assert whole["variant"].item()
    assert trained.has(METRICS)
    assert "kl/0" in trained.read_tensors(ARRAYS)


def test_floors_stand_beside_scores_and_are_read_again(trained: RunDirectory, tmp_path: Path) -> None:
    trained = RunDirectory(shutil.copytree(trained.path, tmp_path / "run"))
    frame = evaluate(trained.path, metrics=["modularity", "infoe"])
    whole = frame[frame["part"] == ""].set_index("metric")
    value, floor, above = whole.loc["modularity", ["value", "floor", "above"]]
    assert above == pytest.approx((value - floor) / (1 - floor))
    assert whole.loc["infoe", ["floor", "above", "p"]].isna().all()
    assert frame.loc[frame["part"] != "", "floor"].isna().all()
    stored = read_scores(trained).set_index(["metric", "part"])
    assert stored.loc[("modularity", ""), "floor"] == floor
    assert evaluate(trained.path, metrics="modularity", floor=False)["floor"].isna().all()


def test_asking_for_another_metric_keeps_the_others(trained: RunDirectory) -> None:
    evaluate(trained.path)
    evaluate(trained.path, metrics="modularity")
    assert set(trained.read_table(METRICS)["metric"]) == {"mig", "irs", "modularity"}


def test_a_score_stands_under_its_own_name_whatever_is_asked_for_beside_it(trained: RunDirectory) -> None:
    frame = evaluate(
        trained.path, metrics=["mig", "mig", {"name": "mig", "bins": 20}, {"name": "mig", "bins": 5}, "active_latents"]
    )
    whole = frame[frame["part"] == ""].set_index("metric")
    assert list(whole.index) == ["mig", "mig(bins=5)", "active_latents"]
    for label, name in {"mig": "mig", "mig(bins=5)": "mig", "active_latents": "active_latents"}.items():
        assert json.loads(whole.loc[label, "score_id"])["name"] == name
    assert json.loads(whole.loc["mig(bins=5)", "score_id"])["bins"] == 5
    rep = represent(Run(trained.path))
    assert whole.loc["mig(bins=5)", "value"] == mig(rep, bins=5).value


def test_a_run_of_version_0_1_is_read_and_its_misplaced_score_left_out(tmp_path: Path) -> None:
    """Made by 0.1: evaluated with its own metrics, then with [sap, sap, sap, active_latents]."""
    run = RunDirectory(shutil.copytree(Path(__file__).with_name("run-0.1"), tmp_path / "run"))
    scores = read_scores(run)
    assert list(scores.loc[scores["part"] == "", "metric"]) == ["mig", "mig(bins=10)", "mcc", "sap"]
    rep = represent(Run(run.path))
    assert rep.logvar is not None
    assert rep.logvar.shape == rep.code.shape
    again = encode(Run(run.path).model, Run(run.path).dataset)
    np.testing.assert_allclose(rep.code, again.code, atol=1e-5)
    np.testing.assert_allclose(rep.logvar, again.logvar, atol=1e-5)
    evaluate(run.path, metrics="active_latents")
    assert set(run.read_table(METRICS)["metric"]) == {"mig", "mig(bins=10)", "mcc", "sap", "active_latents"}
    table = evaluate(run.path, metrics=["mig", "sap"]).set_index(["metric", "part"])["value"]
    before = scores.set_index(["metric", "part"])["value"]
    np.testing.assert_allclose(table, before[table.index], atol=1e-12)


def test_derived_files_are_made_again_and_equal(trained: RunDirectory) -> None:
    first = evaluate(trained.path)
    for name in (METRICS, ARRAYS, REPRESENTATION):
        (trained / name).unlink()
    assert evaluate(trained.path).equals(first)


def test_a_latent_of_version_0_1_is_called_z(tmp_path: Path) -> None:
    asked = json.dumps({"name": "dimension_wise_kl", "batch": 0, "rows": 100, "seed": 0})
    parts = ["", "latent 0", "latent 12", "latent heat"]
    old = pd.DataFrame({"layer": 0, "metric": "dimension_wise_kl", "part": parts, "value": 1.0, "asked": asked})
    run = RunDirectory(tmp_path)
    run.write_table(METRICS, old)
    assert list(read_scores(run)["part"]) == ["", "z0", "z12", "latent heat"]


def test_the_encoding_is_used_again_until_it_is_asked_for_otherwise(trained: RunDirectory) -> None:
    represent(Run(trained.path))
    before = (trained / REPRESENTATION).stat().st_mtime_ns
    represent(Run(trained.path))
    assert (trained / REPRESENTATION).stat().st_mtime_ns == before
    assert len(represent(Run(trained.path), rows=250)) == 250


def test_a_missing_score_is_missing_not_zero(trained: RunDirectory) -> None:
    frame = evaluate(trained.path, metrics="mig", rows=20, replace=True)
    row = frame[frame["part"] == ""].iloc[0]
    assert row["value"] is None or np.isnan(row["value"])
    assert "row" in row["reason"]


def test_rows_are_distinct_sorted_and_repeatable() -> None:
    for available, most in ((10, 10), (1000, 100), (10**9, 100)):
        rows = chosen_rows(available, most, seed=3)
        assert len(np.unique(rows)) == min(available, most)
        assert (np.diff(rows) > 0).all()
        assert np.array_equal(rows, chosen_rows(available, most, seed=3))


def test_latent_kl_is_the_mean_divergence() -> None:
    code, logvar = np.array([[1.0, 0.0], [3.0, 0.0]]), np.log(np.array([[0.25, 1.0], [0.25, 1.0]]))
    rep = Representation.from_arrays(code, np.array([[0], [1]]), logvar=logvar)
    posterior = DiagonalGaussian(torch.from_numpy(code), torch.from_numpy(logvar))
    np.testing.assert_allclose(latent_kl(rep), posterior.divergence().mean(0).numpy())


def test_traversed_latents_are_the_informative_ones_first() -> None:
    assert traversed(np.array([0.0, 2.0, 0.05, 3.0])).tolist() == [3, 1]
    assert traversed(np.array([0.0, 0.01])).tolist() == [1, 0]


def test_standardised_images_are_shown_as_they_were(tmp_path: Path) -> None:
    settings = {
        **SETTINGS,
        "data": {"name": "toy", "standardize": True},
        "model": {**SETTINGS["model"], "likelihood": "mse"},
    }
    run = fit(
        RunConfig.from_dict({**settings, "steps": 400, "optimizer": {"name": "adam", "lr": 3.0e-3}}), tmp_path / "run"
    ).folder
    evaluate(run.path, metrics="mig")
    arrays = run.read_tensors(ARRAYS)
    shown, wanted = arrays["figures/reconstructions/0"], arrays["figures/originals"]
    assert wanted.max() == 255
    assert np.abs(shown.astype(float) - wanted).mean() < np.abs(wanted.astype(float).mean() - wanted).mean()


def test_a_dataset_without_factors_is_encoded_and_its_scores_say_why_they_are_missing(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 255, (300, 1, 16, 16)).astype(np.uint8)
    np.savez(tmp_path / "mine.npz", images=images)
    settings = {**SETTINGS, "data": {"name": "arrays", "path": str(tmp_path / "mine.npz"), "resolution": 16}}
    run = fit(RunConfig.from_dict(settings), tmp_path / "run").folder
    frame = evaluate(run.path)
    assert frame["value"].isna().all()
    assert frame["reason"].str.contains("factor").all()


def test_missing_levels_are_kept_beside_the_encoding_and_each_score_uses_the_rows_that_have_them(
    tmp_path: Path,
) -> None:
    images = np.random.default_rng(0).integers(0, 255, (300, 1, 16, 16)).astype(np.uint8)
    factors = np.stack([np.arange(300) % 4, np.arange(300) % 5], axis=1) + 0.5
    factors[::3, 0] = np.nan
    np.savez(tmp_path / "mine.npz", images=images, factors=factors)
    settings = {**SETTINGS, "data": {"name": "arrays", "path": str(tmp_path / "mine.npz"), "resolution": 16}}
    run = fit(RunConfig.from_dict(settings), tmp_path / "run")
    frame = evaluate(run.path, metrics=["mig", "irs"]).set_index(["metric", "part"])
    rep = load_representation(run)
    assert rep.missing is not None
    assert np.array_equal(rep.missing[:, 0], np.arange(300) % 3 == 0)
    assert not rep.missing[:, 1].any()
    assert rep.factors.dtype == np.int64
    assert frame["variant"].loc[("mig", "")].endswith("factor by factor on 200 to 300 of 300 rows")
    assert frame["variant"].loc[("irs", "")].endswith("200 of 300 rows have all factors")
    alone = mig(rep.known()).parts["factor 0"]
    assert frame["value"].loc[("mig", "factor 0")] == pytest.approx(alone, abs=1e-12)


def test_an_untrained_folder_is_refused(tmp_path: Path) -> None:
    RunDirectory(tmp_path).write_config(RunConfig.from_dict(SETTINGS).to_dict())
    with pytest.raises(UsageError, match="evaluation needs a trained run"):
        evaluate(tmp_path)


def test_rows_must_be_positive(trained: RunDirectory) -> None:
    with pytest.raises(UsageError, match=r"evaluate: rows must be at least 1 and at most 1,000,000,000; got 0"):
        evaluate(trained.path, rows=0)


def test_the_same_dataset_is_scored_whatever_the_model_was(trained: RunDirectory) -> None:
    assert len(load_dataset("toy", places=12)) == len(represent(Run(trained.path)))


def test_reconstruction_errors_are_the_heads_mean_over_rows(trained: RunDirectory) -> None:
    opened = Run(trained.path)
    evaluate(trained.path)
    stored = trained.read_tensors(ARRAYS)["reconstruction/0"]
    images = torch.from_numpy(opened.dataset.images(np.arange(len(opened.dataset)))).float() / 255
    with torch.inference_mode():
        codes = opened.model.eval().infer(images)[0].z
        error = opened.model.generate(codes)[0].error(images).mean()
    np.testing.assert_allclose(stored, [float(error)], rtol=1e-4)


def test_encoding_changes_nothing_and_leaves_the_model_as_it_was() -> None:
    model = new_model(RunConfig("toy", "mlp", objective="vae", steps=1), load_dataset("toy"))
    shared = nn.ReLU()
    model.trunk = nn.Sequential(nn.Flatten(), nn.Linear(256, 8), shared, nn.Linear(8, 256), nn.ReLU(), shared)
    before = model.infer(to_input(load_dataset("toy").images(np.arange(72)), torch.device("cpu")))[0].posterior.mean
    with encoder_of(model, torch.device("cpu")):
        assert [part.inplace for part in model.trunk if isinstance(part, nn.ReLU)] == [False, True, False]
    assert not any(part.inplace for part in model.modules() if isinstance(part, nn.ReLU))
    rep = encode(model, "toy", device="cpu", progress=False)
    np.testing.assert_array_equal(rep.code, before.detach().numpy())
