"""A run passed on to TensorBoard or Weights & Biases, each an extra; log.csv is always written."""

from __future__ import annotations

import importlib
import warnings
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import numpy as np
import torch
from torch import Tensor, nn

from unbraid.core import naming_extras, require_known
from unbraid.evaluation._encode import encode
from unbraid.evaluation._evaluate import chosen_rows
from unbraid.evaluation._pictures import pictures
from unbraid.models import Model
from unbraid.training import LogRow, Training, to_input

PICTURES = 10  # times during a run that images and histograms are written, and at its end
ROWS = 1000  # encoded to find the latents worth traversing


class Writer(ABC):
    """One service that takes scalars, images, histograms and a graph."""

    @abstractmethod
    def open(self, training: Training) -> None:
        """Begin to write for this run, in its folder."""

    @abstractmethod
    def scalars(self, step: int, row: LogRow) -> None:
        """A row of the log."""

    @abstractmethod
    def image(self, step: int, name: str, pixels: np.ndarray) -> None:
        """An image, uint8 [C, H, W]."""

    @abstractmethod
    def histogram(self, step: int, name: str, values: np.ndarray) -> None:
        """The distribution of values."""

    @abstractmethod
    def graph(self, whole: nn.Module, images: Tensor) -> None:
        """The computation from images [B, C, H, W] to what the model makes of them."""

    @abstractmethod
    def close(self) -> None:
        """Write what is left."""


class TensorBoard(Writer):
    """Event files in the run's folder `tensorboard`."""

    def open(self, training: Training) -> None:
        """Begin to write for this run, in its folder."""
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(training.folder / "tensorboard"))

    def scalars(self, step: int, row: LogRow) -> None:
        """A row of the log."""
        for name, value in row.items():
            self._writer.add_scalar(name, value, step)

    def image(self, step: int, name: str, pixels: np.ndarray) -> None:
        """An image, uint8 [C, H, W]."""
        self._writer.add_image(name, pixels, step)

    def histogram(self, step: int, name: str, values: np.ndarray) -> None:
        """The distribution of values."""
        self._writer.add_histogram(name, values, step)

    def graph(self, whole: nn.Module, images: Tensor) -> None:
        """The traced graph."""
        self._writer.add_graph(whole, images)

    def close(self) -> None:
        """Write what is left."""
        self._writer.close()


class WeightsAndBiases(Writer):
    """An offline run in the run's folder `wandb`; `wandb sync` uploads it, if ever."""

    def open(self, training: Training) -> None:
        """Begin to write for this run, in its folder."""
        import wandb

        config, folder = training.config, training.folder.path
        self._wandb = wandb
        self._run = wandb.init(
            mode="offline",
            project="unbraid",
            name=config.folder_name,
            dir=folder,
            config=config.to_dict(),
            settings=wandb.Settings(silent=True, console="off"),
        )

    def scalars(self, step: int, row: LogRow) -> None:
        """A row of the log."""
        self._run.log(dict(row), step=step)

    def image(self, step: int, name: str, pixels: np.ndarray) -> None:
        """An image, uint8 [C, H, W]."""
        self._run.log({name: self._wandb.Image(pixels.transpose(1, 2, 0).squeeze())}, step=step)

    def histogram(self, step: int, name: str, values: np.ndarray) -> None:
        """The distribution of values."""
        self._run.log({name: self._wandb.Histogram(values)}, step=step)

    def graph(self, whole: nn.Module, images: Tensor) -> None:
        """The traced graph as a text file among the run's files."""
        path = Path(self._run.dir) / "graph.txt"
        path.write_text(str(torch.jit.trace(whole, images, check_trace=False).inlined_graph), encoding="utf-8")

    def close(self) -> None:
        """Write what is left."""
        self._run.finish()


WRITERS: Mapping[str, type[Writer]] = {"tensorboard": TensorBoard, "wandb": WeightsAndBiases}


class Loggers:
    """A callback of `fit` that passes a run on to every named service, and closes them at the end.

    Args:
        names: of `WRITERS`.

    Raises:
        UsageError: an unknown name, or one whose extra is not installed.
    """

    def __init__(self, names: Sequence[str]) -> None:
        for name in names:
            require_known(name, WRITERS, "--log")
            _require_installed(name)
        self._writers = [WRITERS[name]() for name in names]
        self._stack, self._shown, self._opened = ExitStack(), 0, False

    def __enter__(self) -> Loggers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def __call__(self, training: Training, row: LogRow | None) -> None:
        """Open the services at first, then write each row, and now and then pictures and the spread of the weights."""
        if not self._opened:
            self._open(training)
        if row is None:
            return
        for writer in self._writers:
            writer.scalars(training.step, row)
        last = training.config.steps
        if self._writers and (training.step == last or training.step - self._shown >= last / PICTURES):
            self._shown = training.step
            self._show(training)

    def _open(self, training: Training) -> None:
        """Open every service and write the model's graph."""
        self._opened, self._shown = True, training.step
        example = to_input(training.dataset.images(np.arange(2)), training.device, training.dataset.standardisation)
        for writer in self._writers:
            writer.open(training)
            self._stack.callback(writer.close)
            with warnings.catch_warnings(), torch.random.fork_rng([]):
                warnings.simplefilter("ignore")  # tracing freezes shapes, which is what a picture of them wants
                writer.graph(_Whole(training.model).eval(), example)

    def _show(self, training: Training) -> None:
        images = shown(training)
        weights = {name: p.detach().float().cpu().numpy() for name, p in training.model.named_parameters()}
        for writer in self._writers:
            for name, pixels in images.items():
                writer.image(training.step, name, pixels)
            for name, values in weights.items():
                writer.histogram(training.step, f"weights/{name}", values)


def shown(training: Training) -> dict[str, np.ndarray]:
    """Images uint8 [C, H, W]: originals above their reconstructions, by head, and traversals, by layer."""
    dataset, device = training.dataset, training.device
    rep = encode(training.model, dataset, chosen_rows(len(dataset), ROWS, 0, dataset.first_scored_row), device=device)
    arrays = pictures(training.model, dataset, rep, device, 0)
    originals, pages = arrays["figures/originals"], {}
    for name, array in arrays.items():
        number = name.rpartition("/")[2]
        if name.startswith("figures/reconstructions/"):
            pair = [originals, array] if originals.shape == array.shape else [array]
            pages[f"reconstructions/{number}"] = tiled(np.stack(pair))
        elif name.startswith("figures/traversals/"):
            pages[f"traversals/{number}"] = tiled(array)
    return pages


def tiled(images: np.ndarray) -> np.ndarray:
    """Rows and columns of images [R, S, C, H, W] as one, [C, R H, S W]."""
    rows, columns, channels, height, width = images.shape
    return images.transpose(2, 0, 3, 1, 4).reshape(channels, rows * height, columns * width)


class _Whole(nn.Module):
    """Images to the likelihoods' means, as one call that can be traced."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """Encode to the posterior means and decode."""
        z = torch.cat([layer.z for layer in self.model.infer(images)], dim=1)
        return tuple(head.mean for head in self.model.generate(z))


def _require_installed(name: str) -> None:
    with naming_extras(f"--log {name}"):
        importlib.import_module(name)
