"""Manipulation checks and evaluation-mode losses: what they are of codes and models whose truth is known."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

import unbraid
from unbraid.core import Factor, FactorSpace, UsageError
from unbraid.evaluation import CHECK_NAMES, checks, checks_digest
from unbraid.evaluation._critic_share import critic_share
from unbraid.evaluation._fixed_rows import fixed_rows
from unbraid.evaluation._probe import probe_above_floor
from unbraid.metrics import Representation
from unbraid.store import CHECKS, CRITICS, LOG

WORLD = {"name": "toy", "places": 12}
MLP = {"name": "mlp", "latents": 3, "hidden": 16}


def trained(folder: Path, data: Any = WORLD, model: Any = MLP, objective: Any = "vae", **options: Any) -> unbraid.Run:
    config = unbraid.RunConfig(data, model, objective=objective, **{"steps": 30, "batch": 16, **options})
    return unbraid.fit(config, folder / "run", progress=False, log_every=5)


def values(table: pd.DataFrame) -> dict[str, float]:
    return dict(zip(table["check"][table["part"] == ""], table["value"][table["part"] == ""], strict=True))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> unbraid.Run:
    return trained(tmp_path_factory.mktemp("checks"), objective={"name": "beta_vae", "beta": 3.0})


def test_the_loss_is_that_of_the_objective_in_evaluation_mode(run: unbraid.Run) -> None:
    table = checks(run)
    taken = values(table)
    assert set(taken) == set(CHECK_NAMES) - {"check/critic_share", "heldout/head"}
    expected = taken["heldout/reconstruction"] + 3 * taken["heldout/kl"]
    assert taken["heldout/loss"] == pytest.approx(expected, rel=1e-6)
    everything = run.dataset.images(np.arange(len(run.dataset)))
    encoding = run.encode(everything)
    kl = 0.5 * (encoding.mean**2 + np.exp(encoding.logvar) - encoding.logvar - 1).sum(axis=1).mean()
    assert taken["heldout/kl"] == pytest.approx(kl, rel=1e-5)  # 288 rows: all of them
    pixels = everything.astype(float) / 255
    blank = np.square(pixels - pixels.mean(axis=0)).sum()
    share = np.square(run.reconstruct(everything) - pixels).sum() / blank
    assert taken["check/reconstruction_share"] == pytest.approx(share, rel=1e-4)
    assert "288 rows seen in training" in " ".join(table["note"])


def test_checks_are_kept_until_weights_or_log_change(run: unbraid.Run) -> None:
    first, written = run.checks(), (run.folder / CHECKS).stat().st_mtime_ns
    pd.testing.assert_frame_equal(run.checks(), first)
    assert (run.folder / CHECKS).stat().st_mtime_ns == written
    before = (run.folder / LOG).read_bytes()
    (run.folder / LOG).write_bytes(before + b"31,1,1,1,1\r\n")
    assert set(run.checks()["digest"]) != set(first["digest"])
    (run.folder / LOG).write_bytes(before)
    pd.testing.assert_frame_equal(run.checks(), first)


def test_checks_read_only_the_rows_that_they_look_at(run: unbraid.Run) -> None:
    first = run.checks()
    again = unbraid.open(run.path)
    (run.folder / CHECKS).unlink()
    pd.testing.assert_frame_equal(again.checks(), first)
    assert again._dataset is None


def test_checks_depend_on_no_global_seed_and_leave_the_model_alone(run: unbraid.Run) -> None:
    first = run.checks()
    (run.folder / CHECKS).unlink()
    torch.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002
    state = torch.random.get_rng_state()
    pd.testing.assert_frame_equal(run.checks(), first)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_losses_are_without_dropout_and_with_running_statistics(tmp_path: Path) -> None:
    model = {"name": "osnabrueck", "latents": 2, "dropout": 0.5, "batch_norm": True}
    run = trained(tmp_path, {"name": "toy", "places": 3, "resolution": 32}, model, steps=4)
    run.model.train()
    statistics = {name: value.clone() for name, value in run.model.named_buffers()}
    first = run.checks()
    assert all(torch.equal(value, statistics[name]) for name, value in run.model.named_buffers())
    again = unbraid.open(run.path)
    (run.folder / CHECKS).unlink()
    pd.testing.assert_frame_equal(again.checks(), first)
    images = again.dataset.images(np.arange(len(again.dataset)))
    encoding = again.encode(images)
    kl = 0.5 * (encoding.mean**2 + np.exp(encoding.logvar) - encoding.logvar - 1).sum(axis=1).mean()
    assert values(first)["heldout/kl"] == pytest.approx(kl, rel=1e-4)


def test_rows_are_those_that_training_never_saw_where_the_data_name_them(tmp_path: Path) -> None:
    held = {"x": [0, 1], "part": "train"}
    run = trained(tmp_path, {**WORLD, "held_out": held}, steps=2)
    rows = fixed_rows(run)
    assert rows.note == f"{len(rows.index)} rows held out from training"
    assert set(rows.dataset.factors(rows.index)[:, run.dataset.space.position("x")]) == {0, 1}
    assert len(rows.trained_on) == len(run.dataset)
    assert "held out from training" in values_of(run.checks(), "note")["heldout/loss"]


def test_rows_that_a_split_keeps_for_scoring_are_those_of_the_checks(tmp_path: Path) -> None:
    run = trained(tmp_path, {**WORLD, "split": {"train": 200}}, steps=2)
    rows = fixed_rows(run)
    assert sorted(rows.index) == list(range(200, 288))
    assert (rows.trained_on.training_rows, rows.seen) == (200, False)


def test_a_loss_of_pairs_is_missing_where_the_rows_have_no_partners(tmp_path: Path) -> None:
    run = trained(
        tmp_path, {**WORLD, "held_out": {"x": [0], "y": [0], "brightness": [0]}}, objective="ada_gvae", steps=2
    )
    table = run.checks()
    assert "pairs that share factors need a table that holds them" in values_of(table, "reason")["heldout/loss"]
    assert np.isfinite(values(table)["heldout/kl"])


def values_of(table: pd.DataFrame, column: str) -> dict[str, Any]:
    return dict(zip(table["check"], table[column], strict=True))


@pytest.mark.slow
def test_a_layered_model_has_rows_for_each_layer_and_head(tmp_path: Path) -> None:
    model = {"name": "towers", "latents": [3, 2], "width": 0.125}
    objective = {"name": "layerwise", "beta": [0.0, 1.0], "l1": 0.0, "l2": 0.0}
    table = trained(tmp_path, {**WORLD, "resolution": 32}, model, objective, steps=4).checks()
    whole = table[table["part"] == ""].groupby("check")
    layers = {name: list(rows["layer"]) for name, rows in whole}
    assert layers["heldout/head"] == layers["check/active_latents"] == layers["check/probe_above"] == [0, 1]
    assert layers["check/reconstruction_share"] == [0, 1]
    heads = whole.get_group("heldout/head")["value"].sum()
    assert values(table)["heldout/reconstruction"] == pytest.approx(heads)


def test_the_critics_share_is_of_its_own_weights_and_without_them_of_the_log(tmp_path: Path) -> None:
    run = trained(tmp_path, objective={"name": "factor_vae", "critic_width": 8, "critic_layers": 1})
    table = run.checks()
    assert np.isfinite(values(table)["heldout/loss"])
    note = values_of(table, "note")["check/critic_share"]
    assert "as logged" not in note
    assert re.fullmatch(r"\S+ of \S+ ± \S+ nats, by the posteriors of 288 images; 288 rows seen in training", note)
    (run.folder / CRITICS).unlink()
    table = run.checks()
    assert np.isnan(values(table)["heldout/loss"])
    reason = values_of(table, "reason")["heldout/loss"]
    assert reason == "the critic's weights were not kept (critics.safetensors); train again"
    assert "as logged over the last tenth" in values_of(table, "note")["check/critic_share"]
    assert np.isfinite(values(table)["heldout/reconstruction"])
    (run.folder / LOG).write_text("step,loss/model\n30,1.0\n", encoding="utf-8")
    reasons = values_of(run.checks(), "reason")
    assert reasons["check/critic_share"] == "neither the critic's weights nor its estimates were kept"
    assert "1 rows of the log are too few" in reasons["check/plateau"]


def test_the_plateau_is_the_change_of_the_last_fifth(run: unbraid.Run, tmp_path: Path) -> None:
    config = unbraid.RunConfig(WORLD, MLP, objective="vae", steps=10, batch=4)
    run = unbraid.fit(config, tmp_path / "run", progress=False)
    rows = "".join(
        f"{step},{value}\n" for step, value in zip(range(1, 11), [9, 9, 9, 9, 9, 9, 4, 4, 5, 5], strict=True)
    )
    (run.folder / LOG).write_text(f"step,loss/model\n{rows}", encoding="utf-8")
    assert values(run.checks())["check/plateau"] == pytest.approx(0.25)
    (run.folder / LOG).write_text("step\n10\n", encoding="utf-8")
    assert values_of(run.checks(), "reason")["check/plateau"] == "no logged loss"


def test_a_run_that_has_not_ended_has_no_checks(tmp_path: Path) -> None:
    config = unbraid.RunConfig(WORLD, MLP, objective="vae", steps=10)
    run = unbraid.fit(config, tmp_path / "run", until=5, progress=False)
    with pytest.raises(UsageError, match=r"checks need a run trained to its end; got .*run; the same train command"):
        run.checks()


def test_a_critic_of_latents_whose_posteriors_are_no_mixture_has_no_reference(tmp_path: Path) -> None:
    full = {**MLP, "posterior": "full"}
    run = trained(tmp_path, model=full, objective={"name": "factor_vae", "critic_width": 8, "critic_layers": 1})
    reason = values_of(run.checks(), "reason")["check/critic_share"]
    assert reason == "the reference needs one layer with a diagonal posterior"


def test_checks_of_runs_with_a_critic_are_those_with_the_reference_of_today(
    tmp_path: Path, run: unbraid.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    critic = trained(tmp_path, objective={"name": "factor_vae", "critic_width": 8, "critic_layers": 1})
    before = checks_digest(critic), checks_digest(run)
    monkeypatch.setattr("unbraid.evaluation._checks.REFERENCE", "another")
    assert checks_digest(critic) != before[0]
    assert checks_digest(run) == before[1]


def test_the_best_possible_critic_sees_all_there_is() -> None:
    rho = 0.8
    z = np.random.default_rng(0).multivariate_normal([0, 0], [[1, rho], [rho, 1]], 2_000)
    precision = np.linalg.inv([[1, rho], [rho, 1]]) - np.eye(2)
    ratio = -0.5 * np.einsum("ni,ij,nj->n", z, precision, z) - 0.5 * np.log(1 - rho**2)
    assert critic_share(ratio.mean(), -0.5 * np.log(1 - rho**2)) == pytest.approx(1, abs=0.05)
    assert critic_share(0.0, 0.5) == 0
    assert critic_share(0.0, 0.025) == 0.5


def factors_of(rows: int) -> tuple[np.ndarray, FactorSpace]:
    kinds = (Factor("size", 8), Factor("shape", 3, "categorical"), Factor("turn", 12, "circular"), Factor("one", 1))
    space = FactorSpace(kinds)
    return space.levels(np.random.default_rng(0).integers(0, space.combinations, rows)), space


def test_the_probe_reads_what_codes_say_above_what_noise_says() -> None:
    factors, space = factors_of(2_000)
    stream = np.random.default_rng(1)
    turn = 4 * 2 * np.pi * factors[:, 2] / 12  # an object that looks the same after a quarter of a turn
    code = np.column_stack([factors[:, 0], np.eye(3)[factors[:, 1]], np.cos(turn), np.sin(turn)])
    code = code @ np.linalg.qr(stream.standard_normal((6, 6)))[0] + 0.01 * stream.standard_normal((2_000, 6))
    above = probe_above_floor(Representation.from_arrays(code, factors, space=space))
    assert list(above) == ["size", "shape", "turn"]
    assert min(above.values()) > 0.98
    noise = [
        probe_above_floor(Representation.from_arrays(stream.standard_normal((2_000, 6)), factors, space=space), seed)
        for seed in range(4)
    ]
    assert np.abs(pd.DataFrame(noise).mean()).max() < 0.02


def test_the_probe_leaves_out_rows_without_a_level_and_factors_without_a_choice() -> None:
    factors, space = factors_of(400)
    rare = np.where(np.arange(400) < 4, 1, 0)
    space = FactorSpace((*space.factors[:1], Factor("rare", 2, "categorical")))
    levels = np.column_stack([factors[:, 0], rare])
    missing = np.zeros((400, 2), dtype=bool)
    missing[:50, 0] = True
    levels[:50, 0] = 7
    rep = Representation.from_arrays(factors[:, :1].astype(float), levels, space=space, missing=missing)
    above = probe_above_floor(rep)
    assert list(above) == ["size"]
    assert above["size"] > 0.99


@pytest.mark.slow
def test_where_no_latent_is_in_use_the_probe_is_at_its_floor(tmp_path: Path) -> None:
    run = trained(tmp_path, objective={"name": "beta_vae", "beta": 1e4}, steps=300)
    table = values(run.checks())
    assert table["check/active_latents"] == 0
    assert table["check/probe_above"] == 0
    assert table["check/reconstruction_share"] > 0.9


def test_traversals_are_read_where_the_world_has_images_of_each_factor_alone(run: unbraid.Run, tmp_path: Path) -> None:
    rows = checks(run).query("check == 'traversals'")
    parts = rows[rows["part"] != ""]
    assert set(parts["part"]) == set(run.dataset.space.names)
    assert rows["value"][rows["part"] == ""].item() == pytest.approx(parts["value"].mean())
    table = checks(trained(tmp_path, {**WORLD, "split": {"train": 200}}, steps=2)).query("check == 'traversals'")
    assert table["value"].isna().all()
    assert table["reason"].item() == "no images that differ from a row in one factor alone"
