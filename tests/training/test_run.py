"""A run that is opened: what its model makes of images, from any folder and without the data."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from unbraid.core import UsageError
from unbraid.evaluation import encode
from unbraid.training import Run, RunConfig, fit

IMAGES = np.random.default_rng(0).integers(0, 256, (60, 1, 16, 16)).astype(np.uint8)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on a file beside the folder that training was started in, with standardised images."""
    folder = tmp_path_factory.mktemp("started")
    np.savez(folder / "mine.npz", images=IMAGES)
    data = {"name": "arrays", "path": "mine.npz", "standardize": True}
    model = {"name": "mlp", "hidden": 8, "latents": 3, "likelihood": "mse"}
    config = {"data": data, "model": model, "objective": "vae", "steps": 5, "batch": 8, "start": "mean"}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        fit(RunConfig.from_dict(config), folder / "run")
    return folder / "run"


def test_codes_are_those_of_the_dataset_from_any_folder(trained: Path) -> None:
    run = Run(trained)
    by_rows = encode(run.model, run.dataset, np.arange(5))
    np.testing.assert_allclose(run.encode(IMAGES[:5]).mean, by_rows.code, atol=1e-5)
    np.testing.assert_allclose(run.encode(IMAGES[:5]).logvar, by_rows.logvar, atol=1e-5)


def test_images_may_be_floats_tensors_pictures_or_paths(trained: Path, tmp_path: Path) -> None:
    run = Run(trained)
    picture = Image.fromarray(IMAGES[0, 0])
    picture.save(tmp_path / "one.png")
    expected = run.encode(IMAGES[:1]).mean
    given = (IMAGES[0], IMAGES[0] / 255.0, torch.from_numpy(IMAGES[:1]), picture, [tmp_path / "one.png"], IMAGES[0, 0])
    for images in given:
        np.testing.assert_allclose(run.encode(images).mean, expected, atol=1e-5)


def test_without_its_data_a_run_encodes_decodes_and_samples_and_says_what_it_misses(trained: Path) -> None:
    data = trained.parent / "mine.npz"
    hidden = data.rename(data.with_name("hidden.npz"))
    try:
        run = Run(trained)
        z = run.encode(IMAGES[:4]).mean
        assert run.decode(z).shape == (4, 1, 16, 16)
        np.testing.assert_array_equal(run.decode(z), run.reconstruct(IMAGES[:4]))
        assert run.sample(3).shape == (3, 1, 16, 16)
        np.testing.assert_array_equal(run.sample(3, seed=1), run.sample(3, seed=1))
        with pytest.raises(UsageError, match=r"was trained on data in mine\.npz, which is not there"):
            _ = run.dataset
    finally:
        hidden.rename(data)


def test_a_traversal_moves_one_latent_at_a_time(trained: Path) -> None:
    run = Run(trained)
    walk = run.traverse(IMAGES[0], latents=[0, 2], values=[-1.0, 0.5])
    assert walk.shape == (2, 2, 1, 16, 16)
    z = run.encode(IMAGES[0]).mean[0]
    z[2] = 0.5
    np.testing.assert_allclose(walk[1, 1], run.decode(z)[0], atol=1e-6)
    assert len(run.log) == 1
    assert "mlp · arrays · 5 steps" in repr(run)


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (IMAGES[:, :, :8], "resize them to 16x16"),
        (IMAGES[:2] + 0.5, "divide by 255"),
        (IMAGES[:2] / 255.0 - 0.5, r"must lie in \[0, 1\]"),
        (IMAGES[:2].transpose(0, 2, 3, 1), "move the channels in front"),
        (np.zeros((2, 3, 16, 16), np.uint8), "give 1 channel"),
        (np.full((1, 1, 16, 16), np.nan), "must be finite"),
        (IMAGES[:2].astype(np.int64), "must be uint8"),
        (np.array([["a"]]), "arrays or tensors of numbers"),
        (["nowhere.png"], "every picture must be readable; nowhere.png is not"),
    ],
)
def test_other_images_are_refused_with_what_to_do(trained: Path, images: object, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Run(trained).encode(images)


def test_other_codes_and_latents_are_refused(trained: Path) -> None:
    run = Run(trained)
    with pytest.raises(UsageError, match=r"shape \[N, 3\].*got shape \[2, 7\]"):
        run.decode(np.zeros((2, 7)))
    with pytest.raises(UsageError, match="codes must be finite"):
        run.decode(np.full((1, 3), np.inf))
    with pytest.raises(UsageError, match="one image; got 2 images"):
        run.traverse(IMAGES[:2])
    with pytest.raises(UsageError, match="numbered 0 to 2"):
        run.traverse(IMAGES[0], latents=[3])
    with pytest.raises(UsageError, match="count must be at least 1"):
        run.sample(0)
