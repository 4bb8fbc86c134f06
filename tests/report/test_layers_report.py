"""Layered runs compared: hand-written arrays for the numbers, and one tiny run from training to both reports."""

import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.report.sample_run import write_run
from unbraid.cli._app import app
from unbraid.core import UsageError
from unbraid.evaluation import evaluate
from unbraid.report import layers_report, run_report
from unbraid.report.layers._runs import factors_of, read_runs, scores_of
from unbraid.store import ARRAYS, REPRESENTATION, RunDirectory
from unbraid.training import RunConfig, fit

SCORES = ["dci_joint", "dci_per_latent", "best_disentanglement", "spearman"]
BOXHEAD = {"name": "boxhead", "variant": "boxheadsimple2", "azimuth": "zero", "rows": 1500, "resolution": 32}


def scored_run(folder: Path, layers: tuple[int, ...], beta: object = 4.0, seed: int = 0, fixed: bool = False) -> Path:
    """A run whose latents stand for one factor each, in every layer; `fixed` has a first factor that never changes."""
    run = RunDirectory(write_run(folder, layers))
    settings = run.read_config()
    settings["phases"][0]["objective"]["beta"] = beta
    settings["seed"] = seed
    settings["data"]["azimuth"] = "zero" if fixed else "all"
    (run / "config.yaml").unlink()
    run.write_config(settings)
    count = 4 if fixed else 5
    if fixed:
        encoded = dict(run.read_tensors(REPRESENTATION))
        encoded["factors"] = np.where(np.arange(5) == 0, 0, encoded["factors"])
        run.write_tensors(REPRESENTATION, encoded, run.read_note(REPRESENTATION))
    arrays = dict(run.read_tensors(ARRAYS))
    for layer, width in enumerate(layers):
        diagonal = np.eye(width, count) * 0.8
        for name in ("dci_joint/importance", "dci_per_latent/importance", "best_disentanglement/r2"):
            arrays[f"{name}/{layer}"] = diagonal
        arrays[f"spearman/correlation/{layer}"] = diagonal
        arrays[f"reconstruction/{layer}"] = np.array([10.0 + layer])
    run.write_tensors(ARRAYS, arrays)
    return folder


def test_a_latent_for_each_factor_scores_one_in_every_layer(tmp_path: Path) -> None:
    frame = scores_of(read_runs([scored_run(tmp_path / "run", (6, 5))]), ["posX", "posY"])
    values = frame.set_index(["layer", "score", "model", "factors"])["value"]
    for layer in (1, 2):
        for model in ("joint", "per latent"):
            for factors in ("all", "group"):
                assert values[layer, "disentanglement", model, factors] == pytest.approx(1)
                assert values[layer, "completeness", model, factors] == pytest.approx(1)
        assert values[layer, "error", "", "all"] == 9 + layer


def test_a_group_without_a_latent_of_its_own_is_missing(tmp_path: Path) -> None:
    folder = scored_run(tmp_path / "run", (6,))
    arrays = dict(RunDirectory(folder).read_tensors(ARRAYS))
    arrays["dci_joint/importance/0"] = np.tile([0.5, 0.4, 0.3, 0.2, 0.1], (6, 1))
    RunDirectory(folder).write_tensors(ARRAYS, arrays)
    values = scores_of(read_runs([folder]), ["posY"]).set_index(["score", "model", "factors"])["value"]
    assert np.isnan(values["disentanglement", "joint", "group"])
    assert values["disentanglement", "joint", "all"] < 0.1


def test_a_factor_that_one_world_holds_still_is_a_dash_there(tmp_path: Path) -> None:
    runs = read_runs([scored_run(tmp_path / "a", (6,)), scored_run(tmp_path / "b", (6,), fixed=True)])
    assert [run.data for run in runs] == ["azimuth all", "azimuth zero"]
    factors = factors_of(runs)
    still = next(k for k, name in enumerate(factors) if name not in runs[1].files.factors)
    np.testing.assert_allclose(runs[0].best(factors)[0], 0.8)
    assert np.isnan(runs[1].best(factors)[0, still])
    np.testing.assert_allclose(np.delete(runs[1].best(factors)[0], still), 0.8)


@pytest.mark.parametrize(
    ("beta", "final"), [(4.0, 4.0), ([0.0, 1.5], 1.5), ([0.0, {"start": 9, "stop": 0.5, "steps": 3}], 0.5)]
)
def test_beta_is_that_of_the_deepest_layer_at_the_end(tmp_path: Path, beta: object, final: float) -> None:
    assert read_runs([scored_run(tmp_path / "run", (3, 2), beta)])[0].beta == final


def test_runs_with_and_without_a_factor_and_several_seeds_share_a_page(tmp_path: Path) -> None:
    folders = [scored_run(tmp_path / f"l{seed}", (4, 3), [0.0, 2.0], seed) for seed in (0, 1)]
    folders += [scored_run(tmp_path / "flat", (4,), 2.0), scored_run(tmp_path / "still", (4, 3), [0, 2.0], fixed=True)]
    page = layers_report(folders, tmp_path / "out", group=["posX", "posY"])
    made = {file.stem for file in page.parent.glob("*.png")}
    names = {f"{score}-{model}-{factors}" for score in ("disentanglement", "completeness") for model in ("joint", "per-latent") for factors in ("all", "group")}  # fmt: skip # noqa: E501
    assert names | {"error-all", "best-all", "best-group", "best-by-layer-azimuth-all"} <= made
    assert {"reconstructions-azimuth-all-2", "reconstructions-azimuth-all-1"} <= made
    assert {f"traversals-azimuth-all-2-layers-beta2-L{layer}" for layer in (1, 2)} <= made
    text = page.read_text()
    assert "azimuth zero, 2 layers, β = 2" in text
    assert not re.search(r'(src|href)="(?!data:|#)', text)


def test_what_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    folder = scored_run(tmp_path / "run", (6, 5))
    with pytest.raises(UsageError, match="needs at least one run folder"):
        layers_report([], tmp_path)
    with pytest.raises(UsageError, match="factor of the group must be one of"):
        layers_report([folder], tmp_path / "out", group=["eyes"])
    with pytest.raises(UsageError, match=r"layer must lie in 0 \.\. 1; got 2"):
        layers_report([folder], tmp_path / "out", layer=2)
    (RunDirectory(folder) / ARRAYS).unlink()
    with pytest.raises(UsageError, match=r"layers are compared by their scores; .*evaluate it first"):
        layers_report([folder], tmp_path / "out")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three layers on a small Boxhead without rotation, in two phases, scored as the thesis does."""
    capacity = {"start": 0.0, "stop": 5.0, "steps": 4}
    phases = [
        {"steps": 4, "objective": {"name": "layerwise", "beta": [0.0, 1.0], "capacity": [None, capacity]}},
        {"steps": 4, "objective": {"name": "layerwise", "beta": [0.1, 1.0], "capacity": [None, 5.0]}},
    ]
    settings = {"data": BOXHEAD, "model": {"name": "towers", "latents": [6, 4, 3], "width": 0.03}, "phases": phases}
    settings |= {"batch": 16, "optimizer": {"name": "adamax", "lr": 3.0e-4}, "metrics": SCORES}
    run = fit(RunConfig.from_dict(settings), tmp_path_factory.mktemp("layered") / "run", log_every=2).folder
    evaluate(run.path)
    return run.path


def test_a_layered_run_is_scored_layer_by_layer(trained: Path) -> None:
    run = RunDirectory(trained)
    frame, arrays = run.read_table("metrics.parquet"), run.read_tensors(ARRAYS)
    whole = frame[frame["part"] == ""]
    assert {(m, layer) for m, layer in zip(whole["metric"], whole["layer"], strict=True)} == {
        (metric, layer) for metric in SCORES for layer in range(3)
    }
    for layer, width in enumerate((6, 4, 3)):
        assert arrays[f"dci_joint/importance/{layer}"].shape == (width, 9)  # azimuth is fixed
        assert arrays[f"reconstruction/{layer}"].item() > 0


def test_both_reports_show_every_layer(trained: Path, tmp_path: Path) -> None:
    text = run_report(trained).read_text()
    assert all(f"layer {layer}" in text for layer in range(3))
    alone = run_report(trained, layer=1).read_text()
    assert "Traversals of layer 1" in alone
    assert "Traversals of layer 2" not in alone
    told = CliRunner().invoke(app, ["layers", str(trained), "--out", str(tmp_path / "out")], catch_exceptions=False)
    assert told.exit_code == 0
    assert "layers.html" in told.output
    assert "boxhead, 3 layers, β = 1" in (tmp_path / "out" / "layers.html").read_text()
    assert (tmp_path / "out" / "disentanglement-joint-group.png").stat().st_size > 0
