"""A run's encoder and decoder as ONNX files, for programs without unbraid or torch; checked before they are kept."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from unbraid.core import naming_extras, require, rng
from unbraid.store import whole_file
from unbraid.training import Run

ENCODER, DECODER = "encoder.onnx", "decoder.onnx"
TOLERANCE = 1e-5  # of single precision, in which sums of many products are taken in another order
TRIED = 5  # rows that a file is compared on with the model; other than those it was traced with


def write_onnx(run: Run, folder: Path) -> tuple[Path, Path]:
    """Write `encoder.onnx` and `decoder.onnx` of a run, each for any number of rows.

    The encoder takes `images` [N, C, H, W], float32 in [0, 1] (it standardises them where the run's data were), and
    gives `mean` and `logvar` [N, D], all layers side by side. The decoder takes `z` [N, D] and gives `images` in
    [0, 1]; of a layered model, those of the last image head.

    Raises:
        UsageError: a model with operations that ONNX lacks, or a file whose answers are not the model's.
    """
    run = Run(run.path, "cpu", trust=True)  # that of the caller may be on another device
    draws = rng(0, 0, "onnx")
    images = torch.from_numpy(draws.uniform(size=(TRIED, *run.image_shape)).astype(np.float32))
    z = torch.from_numpy(draws.standard_normal((TRIED, run.latents)).astype(np.float32))
    parts = (
        (folder / ENCODER, _Encoder(run), images, "images", ["mean", "logvar"]),
        (folder / DECODER, _Decoder(run), z, "z", ["images"]),
    )
    for path, network, given, name, names in parts:
        with whole_file(path) as aside:
            _trace(network.eval(), given[:2], aside, name, names)
            _require_equal(network, given, aside, path.name)
    return parts[0][0], parts[1][0]


class _Encoder(nn.Module):
    """Images in [0, 1] to posterior means and log-variances of all layers."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.model, self.run = run.model, run

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Both [N, D]."""
        posteriors = [layer.posterior for layer in self.model.infer(self.run.standardised(images))]
        return torch.cat([p.mean for p in posteriors], dim=1), torch.cat([p.logvar for p in posteriors], dim=1)


class _Decoder(nn.Module):
    """Codes to images in [0, 1]."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.model, self.run = run.model, run

    def forward(self, z: Tensor) -> Tensor:
        """Of the last image head [N, C, H, W]."""
        return self.run.displayed(self.model.generate(z)[-1].mean)


def _trace(network: nn.Module, given: Tensor, path: Path, name: str, names: list[str]) -> None:
    """Write what `network` does with `given`, its first dimension free."""
    free = {key: {0: "rows"} for key in (name, *names)}
    with warnings.catch_warnings(), torch.no_grad(), naming_extras("an ONNX file"):
        import onnx  # noqa: F401  torch asks for it in words of its own

        warnings.simplefilter("ignore")  # the exporter by tracing: a tenth of the time, and no further library
        try:
            torch.onnx.export(
                network, (given,), path, dynamo=False, input_names=[name], output_names=names, dynamic_axes=free
            )
        except torch.onnx.errors.OnnxExporterError as error:
            what = str(error).partition("\n")[0]
            require(False, "a model must be made of operations that ONNX has", what, "export without onnx")


def _require_equal(network: nn.Module, given: Tensor, path: Path, name: str) -> None:
    """Refuse a file whose answers, on rows it was not traced with, are not those of the network."""
    from unbraid.evaluation._onnx_encoder import session_of

    session = session_of(path)
    answers = session.run(None, {session.get_inputs()[0].name: given.numpy()})
    with torch.no_grad():
        expected = network(given)
    for answer, tensor in zip(answers, expected if isinstance(expected, tuple) else (expected,), strict=True):
        same = answer.shape == tuple(tensor.shape) and np.allclose(answer, tensor, rtol=TOLERANCE, atol=TOLERANCE)
        require(same, f"{name} must answer as the model does, within {TOLERANCE:g}", "other numbers", "leave onnx out")
