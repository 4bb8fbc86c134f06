"""Baselines: what training must beat, made from the same rows, without labels."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ortho_group

import unbraid
from unbraid.core import UsageError
from unbraid.evaluation import BASELINES, baseline_codes, represent
from unbraid.evaluation._rotations import independent, varimax, whitened
from unbraid.metrics import mcc
from unbraid.store import BASELINES as FILE
from unbraid.store import REPRESENTATION

WORLD = {"name": "toy", "places": 12}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> unbraid.Run:
    config = unbraid.RunConfig(WORLD, {"name": "mlp", "latents": 4, "hidden": 32}, objective="vae", steps=150)
    return unbraid.fit(config, tmp_path_factory.mktemp("runs") / "run", progress=False)


def index_of(run: unbraid.Run) -> np.ndarray:
    represent(run)
    return run.folder.read_tensors(REPRESENTATION)["index"]


def test_each_baseline_has_the_rows_and_factors_of_the_run(run: unbraid.Run) -> None:
    rep = represent(run)
    codes = baseline_codes(run, rep, index_of(run), BASELINES)
    assert list(codes) == ["untrained", "pca", "ica", "rotated_varimax", "rotated_ica"]
    for name, (code, how) in codes.items():
        assert np.array_equal(code.factors, rep.factors), name
        assert code.space == rep.space
        assert how
    assert codes["pca"][0].latents == codes["untrained"][0].latents == 4


def test_principal_components_are_those_of_the_images(run: unbraid.Run) -> None:
    index = index_of(run)
    code = baseline_codes(run, represent(run), index, ["pca"])["pca"][0].code
    flat = run.dataset.images(index).reshape(len(index), -1) / 255
    centred = flat - flat.mean(axis=0)
    expected = np.linalg.svd(centred, full_matrices=False)[1][:4]
    assert np.linalg.norm(code - code.mean(axis=0), axis=0) == pytest.approx(expected, rel=0.02)
    correlations = np.corrcoef(code.T) - np.eye(4)
    assert np.abs(correlations).max() < 0.02


def test_the_untrained_network_is_the_one_that_training_began_with(run: unbraid.Run, tmp_path: Path) -> None:
    first = unbraid.fit(run.config, tmp_path / "first", until=0, progress=False)
    expected = unbraid.encode(first, run.dataset, progress=False).code
    assert np.array_equal(
        baseline_codes(run, represent(run), index_of(run), ["untrained"])["untrained"][0].code, expected
    )


@pytest.mark.parametrize("turn", [varimax, lambda code: independent(code, np.arange(len(code)), 0)[0]])
def test_a_rotation_is_undone_without_labels(turn: object) -> None:
    generator = np.random.default_rng(0)
    sources = generator.laplace(size=(4000, 3))
    mixed = sources @ ortho_group.rvs(3, random_state=1) * 2 + 5
    turned = turn(whitened(mixed))  # type: ignore[operator]
    agreement = np.abs(np.corrcoef(turned.T, sources.T)[:3, 3:])
    assert agreement.max(axis=1).min() > 0.98
    rep = unbraid.Representation.from_arrays(turned, (sources > 0).astype(int))
    assert (mcc(rep).value or 0) > 0.6


def test_latents_that_say_nothing_are_not_rotated(run: unbraid.Run) -> None:
    rep = represent(run)
    assert rep.logvar is not None
    dead = rep.relabelled(
        logvar=np.where(np.arange(4) == 0, 0.0, rep.logvar), code=np.where(np.arange(4) == 0, 0.0, rep.code)
    )
    assert baseline_codes(run, dead, index_of(run), ["rotated"])["rotated_varimax"][0].latents <= 3


def test_codes_of_the_images_are_kept_for_other_runs(run: unbraid.Run, tmp_path: Path) -> None:
    first, how = baseline_codes(run, represent(run), index_of(run), ["ica"], cache=tmp_path)["ica"]
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob(REPRESENTATION)}
    second, again = baseline_codes(run, represent(run), index_of(run), ["ica"], cache=tmp_path)["ica"]
    assert np.array_equal(first.code, second.code)
    assert how == again
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob(REPRESENTATION)} == files
    assert len(files) == 1


def test_a_run_is_evaluated_beside_its_baselines_once(run: unbraid.Run) -> None:
    table = run.evaluate(["mig", "r2"], baselines=True)
    assert list(dict.fromkeys(table["baseline"])) == ["", *baseline_names()]
    whole = table[table["part"] == ""]
    assert whole.groupby("baseline")["value"].count().min() == 2
    assert whole["floor"].notna().all()
    before = (run.folder / FILE).stat().st_mtime_ns
    pd.testing.assert_frame_equal(run.evaluate(["mig", "r2"], baselines=True), table)
    assert (run.folder / FILE).stat().st_mtime_ns == before
    page = run.report().read_text(encoding="utf-8")
    assert "Beside what costs no training" in page
    assert "untrained: the same network, its first weights" in page


def baseline_names() -> list[str]:
    return ["untrained", "pca", "ica", "rotated_varimax", "rotated_ica"]


def test_an_unknown_baseline_is_refused(run: unbraid.Run) -> None:
    with pytest.raises(UsageError, match="baseline must be one of: untrained, pca, ica, rotated; got 'umap'"):
        run.evaluate("mig", baselines=["umap"])
    with pytest.raises(UsageError, match=r"baseline must be one of: untrained, .*; got \[1\]"):
        run.evaluate("mig", baselines=[[1]])  # type: ignore[list-item]
