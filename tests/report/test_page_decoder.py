"""What a page decodes with: layers and float16 weights that give the images of the model, or a reason in words."""

import base64
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from tests.report.decoders import SHIPPED, of_other_layers, shipped
from tests.report.sample_run import write_run
from unbraid.core import UsageError
from unbraid.models import Model
from unbraid.report import run_report
from unbraid.report.run import _decoder
from unbraid.report.run._computed import images_of
from unbraid.report.run._data import read_run_data
from unbraid.report.run._decoder import decoders_of, page_layers
from unbraid.report.run._program import Program, layers_of, program_of
from unbraid.store import ARRAYS, MODEL, RunDirectory
from unbraid.training import Run, RunConfig, fit
from unbraid.training._facts import RunFacts

HALF = 2 / 255  # largest difference that weights in float16 may make to a pixel


def images(model: Model, z: np.ndarray, layer: int) -> np.ndarray:
    """What the model makes of codes of a layer."""
    codes = np.zeros((len(z), sum(model.widths)), np.float32)
    start = sum(model.widths[:layer])
    codes[:, start : start + model.widths[layer]] = z
    with torch.inference_mode():
        return model.generate(torch.from_numpy(codes))[layer].mean.clamp(0, 1).numpy()


@pytest.mark.parametrize("name", [*SHIPPED, "other layers"])
def test_the_program_of_a_decoder_gives_the_images_of_the_model(name: str) -> None:
    model = of_other_layers() if name == "other layers" else shipped(name)
    for layer, width in enumerate(model.widths):
        z = np.random.default_rng(layer).normal(size=(3, width)).astype(np.float32)
        expected = images(model, z, layer)
        program = program_of(page_layers(model, layer, RunFacts(model.image_shape)))
        assert expected.shape[1:] == model.image_shape
        assert expected.std(axis=0).max() > 10 * HALF  # codes make a difference
        np.testing.assert_allclose(images_of(program, z), expected, atol=HALF)


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (nn.GELU(), "a page computes the layers of the decoders that come with unbraid; got GELU"),
        (nn.Conv2d(4, 4, 3, groups=2), "a page convolves without groups and dilation, with zeros around"),
        (nn.ConvTranspose2d(4, 4, 3, dilation=2), "a page convolves without groups and dilation"),
        (nn.Conv2d(4, 4, 3, padding="same"), "a page pads by whole numbers; got same"),
        (nn.BatchNorm2d(3, track_running_stats=False), "a page normalises by the running statistics"),
        (nn.Unflatten(1, (2, 2)), "a page unflattens codes to channels, height and width"),
        (nn.Flatten(2), "a page flattens whole images"),
        (nn.Upsample(scale_factor=2, mode="bilinear"), "a page enlarges by whole numbers, to the nearest pixel"),
        (nn.Upsample(size=8), "a page enlarges by whole numbers, to the nearest pixel"),
    ],
)
def test_a_layer_that_a_page_cannot_compute_is_named(module: nn.Module, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        list(layers_of(nn.Sequential(nn.Identity(), nn.Sequential(module))))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    data = {"name": "toy", "places": 8, "standardize": True}
    model = {"name": "mlp", "hidden": 16, "latents": 4, "likelihood": "mse"}
    config = RunConfig(data, model, objective="vae", steps=150, batch=32)
    run = fit(config, tmp_path_factory.mktemp("runs") / "run", progress=False)
    run.evaluate("active_latents", progress=False)
    return run


def parts_of(text: str) -> dict:
    """The decoder of layer 0 as it stands in a page."""
    return json.loads(re.findall(r'id="decoder-0">(.*?)</script>', text)[0])


def test_the_page_holds_the_decoder_and_the_codes_of_its_images(run: Run) -> None:
    text = run.report().read_text(encoding="utf-8")
    held = parts_of(text)
    weights = np.frombuffer(base64.b64decode(held["weights"]), "<f2")
    originals = RunDirectory(run.path).read_tensors(ARRAYS)["figures/originals"]
    np.testing.assert_allclose(held["z"], run.encode(originals).mean, atol=1e-4)
    z = np.random.default_rng(0).normal(size=(5, 4))
    assert run.facts.standardisation is not None
    np.testing.assert_allclose(images_of(Program(held["layers"], weights), z), run.decode(z), atol=HALF)
    kl = RunDirectory(run.path).read_tensors(ARRAYS)["kl/0"]
    assert text.count('type="range"') == int((kl > 0.1).sum()) > 0
    reach = float(re.findall(r'type="range" min="-([\d.]+)" max="\1"', text)[0])
    assert reach >= max(3, np.abs(held["z"]).max())
    assert re.search(r"differ from the model’s by at most 0(\.\d+)? of 255 grey levels", text)
    assert '<div class="knob">' not in text


def test_a_page_that_would_be_too_large_keeps_its_strips_and_says_why(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(run.report().read_bytes())
    monkeypatch.setattr("unbraid.report.run._report.PAGE_BYTES", size - 1)
    text = run.report().read_text(encoding="utf-8")
    assert 'id="decoder-0"' not in text
    assert '<div class="knob">' in text
    assert re.search(r"Knobs do not act together here: its [\d,]+ weights would take the page over 5 MB\.", text)
    monkeypatch.setattr("unbraid.report.run._report.PAGE_BYTES", size)
    assert 'id="decoder-0"' in run.report().read_text(encoding="utf-8")


def why_of(folder: Path) -> str:
    """Why the page of a run of one layer does not decode."""
    (answer,) = decoders_of(read_run_data(folder), [0])
    assert isinstance(answer, str)
    return answer


def test_weights_that_no_page_could_hold_are_not_tried(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_decoder, "PAGE_BYTES", 1000)
    monkeypatch.setattr(_decoder, "program_of", None)
    assert why_of(run.path) == "its 4,704 weights would take the page over 0 MB"


def test_arithmetic_that_is_not_the_model_s_is_not_shown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A likelihood of somebody's own may make its mean in any way."""
    monkeypatch.setattr(_decoder, "has_sigmoid", lambda likelihood: True)
    assert why_of(run.path) == "plain arithmetic with weights in float16 gives other images than the model"


def test_a_model_that_names_no_decoder_keeps_its_strips(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "model", property(lambda run: Nameless()))
    assert why_of(run.path) == "a page decodes models that name a decoder for each latent layer; got 0 for 1"


class Nameless:
    """What of a model is looked at first."""

    decoders, widths = (), (4,)


def test_a_run_without_weights_images_or_notes_says_so(run: Run, tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run")
    text = run_report(folder).read_text(encoding="utf-8")
    assert "Knobs do not act together here: decoding in the page needs the weights of the run; got none." in text
    shutil.copy(run.path / MODEL, folder / MODEL)
    assert why_of(folder) == "decoding in the page needs what a run notes of its images; got a run of version 0.1"
    arrays = RunDirectory(folder).read_tensors(ARRAYS)
    arrays.pop("figures/originals")
    RunDirectory(folder).write_tensors(ARRAYS, arrays)
    assert why_of(folder) == "decoding in the page starts from images; got none"
