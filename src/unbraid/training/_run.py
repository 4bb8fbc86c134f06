"""A run opened for use: its configuration, log, dataset and trained model, and what the model makes of images."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from unbraid.core import require, rng
from unbraid.core.checked import checked
from unbraid.core.values import Repeats, Seed, is_number
from unbraid.data import GroundTruthDataset, image_row_html, in_memory, load_dataset
from unbraid.models import Model
from unbraid.store import CHECKPOINT, MODEL, RunDirectory, weights_digest
from unbraid.training._build import model_of_shape
from unbraid.training._checkpoint import load_model
from unbraid.training._facts import RunFacts, facts_of, open_data
from unbraid.training._images import as_images
from unbraid.training._step import device_named
from unbraid.training._stored_config import stored_config

BATCH = 256  # images at once
THUMBNAILS = 8  # shown of a run in a notebook
CODE_LIMIT = 1e6  # prior standard deviations, beyond which no code says anything
STEPS = np.linspace(-2.5, 2.5, 11)  # values that a traversal takes, in prior standard deviations


@dataclass(frozen=True)
class Encoding:
    """The posterior of each image: `mean` and `logvar` [N, D] float32, all latent layers side by side."""

    mean: np.ndarray
    logvar: np.ndarray

    def __len__(self) -> int:
        return len(self.mean)


class Run:
    """A trained run: what `fit` returns and `unbraid.open(path)` opens, from any folder.

    Only `dataset`, and what needs it, opens the data that the run was trained on; everything else works without them.

    Args:
        folder: the run directory.
        device: where the model computes; CUDA, MPS or CPU as found when None.
        dataset: the run's dataset, where the caller has it open.
        trust: import code from elsewhere that the run's configuration names, as `package.module:Thing`.

    Attributes:
        path: the run directory.
        config: the complete configuration.
        device: where the model computes.
        finished: whether it was trained to its end.
        log: one row for each row of the training log, a DataFrame.
        image_shape: (channels, height, width).
        model: the model with its trained weights (of the last checkpoint when training has not ended), in evaluation
            mode.
        dataset: the dataset it was trained on, in RAM where it fits.

    Raises:
        UsageError: no run directory, one without weights yet, one of a newer version of unbraid, or one that names
            code from elsewhere without `trust`.

    Example:
        >>> from tempfile import mkdtemp
        >>> from unbraid.training import RunConfig, fit
        >>> run = fit(RunConfig("toy", "mlp", objective="vae", steps=2), f"{mkdtemp()}/run")
        >>> images = run.dataset.images(np.arange(3))
        >>> z = run.encode(images)
        >>> z.mean.shape, run.decode(z.mean).shape, run.traverse(images[0], latents=[0, 3]).shape
        ((3, 10), (3, 1, 16, 16), (2, 11, 1, 16, 16))
        >>> list(run.evaluate("active_latents")["metric"].unique())
        ['active_latents']
    """

    def __init__(
        self,
        folder: Path | str,
        device: torch.device | str | None = None,
        dataset: Any = None,
        *,
        trust: bool = False,
    ) -> None:
        self.folder = RunDirectory(folder)
        self.config = stored_config(self.folder, trust=trust)
        require(
            self.folder.has(MODEL) or self.folder.has(CHECKPOINT),
            f"evaluation needs a trained run; {folder} has no weights yet",
            do="train it first: the same train command goes on with it",
        )
        self.device = device_named(device)
        self._loaded = ""  # digest of the weights of `model`
        self._dataset = None if dataset is None else in_memory(load_dataset(dataset))

    @property
    def path(self) -> Path:
        """The run directory."""
        return self.folder.path

    @property
    def log(self) -> pd.DataFrame:
        """The training log: step, seconds, images_per_second, lr and the mean of each term since the row before."""
        return pd.DataFrame(self.folder.read_log())

    @property
    def dataset(self) -> GroundTruthDataset:
        """The dataset the run was trained on, in RAM where it fits."""
        if self._dataset is None:
            self._dataset = in_memory(open_data(self.folder, self.config))
        return self._dataset

    def dataset_as_it_lies(self) -> GroundTruthDataset:
        """The same dataset, not read into RAM for this: for whoever looks at a few rows."""
        return open_data(self.folder, self.config) if self._dataset is None else self._dataset

    @cached_property
    def facts(self) -> RunFacts:
        """What the model must know of its data: shape and standardisation of images."""
        return facts_of(self.folder) or RunFacts.of(self.dataset)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""
        return self.facts.image_shape

    @cached_property
    def model(self) -> Model:
        """The model with its trained weights, in evaluation mode."""
        with torch.inference_mode(False):  # whoever asks first may do so in that mode, and the weights stay trainable
            with torch.random.fork_rng([]):
                model = model_of_shape(self.config, self.image_shape).to(self.device)
            self._loaded = weights_digest(self.folder)
            load_model(self.folder, model)
        return model.eval()

    def require_same_weights(self) -> None:
        """Raise `UsageError` where the weights on disk are others than those of `model`."""
        model = self.model
        rule = f"the weights of a run must stay while it is open; those in {self.path} changed"
        require(model is not None and self._loaded == weights_digest(self.folder), rule, do="open it again")

    @property
    def finished(self) -> bool:
        """Whether it was trained to its end; else its weights are those of the last checkpoint."""
        return self.folder.has(MODEL)

    @property
    def latents(self) -> int:
        """Number of latents D, of all layers together."""
        return sum(self.model.widths)

    def encode(self, images: Any) -> Encoding:
        """Posterior means and log-variances of images.

        Args:
            images: uint8 or floats in [0, 1], array or tensor [N, C, H, W] or one image; PIL pictures or paths.

        Returns:
            mean and logvar [N, D] float32.

        Raises:
            UsageError: images of another shape, number of channels, type or range.
        """
        means, logvars = [], []
        with torch.inference_mode():
            for batch in as_images(images, self.image_shape).split(BATCH):
                layers = self.model.infer(self.standardised(batch.to(self.device)))
                means.append(torch.cat([layer.posterior.mean for layer in layers], dim=1))
                logvars.append(torch.cat([layer.posterior.logvar for layer in layers], dim=1))
        return Encoding(*(torch.cat(parts).float().cpu().numpy() for parts in (means, logvars)))

    @checked
    def decode(self, z: Any, head: int = -1) -> np.ndarray:
        """Images of codes.

        Args:
            z: codes [N, D] or [D], array or tensor.
            head: of a layered model, whose image head; the last one by default.

        Returns:
            float32 in [0, 1] [N, C, H, W].

        Raises:
            UsageError: codes of another width, or that are not finite.
        """
        given = z.detach() if isinstance(z, Tensor) else np.asarray(z)
        numeric = isinstance(given, Tensor) or given.dtype.kind in "fiub"
        require(numeric, "codes must be numbers [N, D]", type(z).__name__)
        codes = given.float() if isinstance(given, Tensor) else torch.from_numpy(np.array(given, dtype=np.float32))
        codes = codes[None] if codes.ndim == 1 else codes
        require(
            codes.ndim == 2 and codes.shape[1] == self.latents,
            f"codes must have shape [N, {self.latents}]: one column for each latent of this model",
            f"shape {list(codes.shape)}",
        )
        require(bool(torch.isfinite(codes).all()), "codes must be finite", "NaN or infinity")
        images = []
        with torch.inference_mode():
            for batch in codes.split(BATCH):
                heads = self.model.generate(batch.to(self.device))
                rule = f"this model has image heads 0 .. {len(heads) - 1}, and -1 for the last"
                require(-len(heads) <= head < len(heads), rule, head)
                images.append(self.displayed(heads[head].mean).cpu().numpy())
        return np.concatenate(images)

    def reconstruct(self, images: Any) -> np.ndarray:
        """What the model makes of images, from their posterior means: float32 in [0, 1] [N, C, H, W]."""
        return self.decode(self.encode(images).mean)

    @checked
    def sample(self, count: Repeats = 16, *, seed: Seed = 0) -> np.ndarray:
        """Images of codes drawn from the prior: float32 in [0, 1] [count, C, H, W]."""
        return self.decode(rng(seed, 0, "prior").standard_normal((count, self.latents)))

    @checked
    def traverse(
        self, image: Any, latents: Sequence[int] | None = None, values: Iterable[float] = tuple(STEPS)
    ) -> np.ndarray:
        """Images as one latent after the other takes `values`, the others as in `image`.

        Args:
            image: one image, as in `encode`.
            latents: their numbers; all of them when None.
            values: codes that each takes, in prior standard deviations.

        Returns:
            float32 in [0, 1] [latents, values, C, H, W].

        Raises:
            UsageError: several images, or a latent that the model does not have.
        """
        start = self.encode(image).mean
        require(len(start) == 1, "traverse starts from one image", f"{len(start)} images", "give images[0]")
        chosen = list(range(self.latents)) if latents is None else list(latents)
        unknown = [latent for latent in chosen if not 0 <= latent < self.latents]
        require(not unknown, f"latents are numbered 0 to {self.latents - 1}", unknown)
        listed = list(values) if isinstance(values, Iterable) and not isinstance(values, (str, bytes)) else []
        right = listed and all(is_number(value) and abs(value) < CODE_LIMIT for value in listed)
        require(right, f"values must be finite numbers within ±{CODE_LIMIT:g}", f"{values!r:.100}")
        steps = np.asarray(listed, dtype=np.float32)
        z = np.tile(start, (len(chosen), len(steps), 1))
        for row, latent in enumerate(chosen):
            z[row, :, latent] = steps
        return self.decode(z.reshape(-1, self.latents)).reshape(len(chosen), len(steps), *self.image_shape)

    def evaluate(self, metrics: Any = None, **options: Any) -> pd.DataFrame:
        """Score this run, and keep what is computed in its folder: see `unbraid.evaluate`."""
        import unbraid

        return unbraid.evaluate(self, metrics=metrics, **options)

    def checks(self) -> pd.DataFrame:
        """Manipulation checks and losses in evaluation mode, kept in its folder: see `unbraid.evaluation.checks`."""
        import unbraid

        return unbraid.evaluation.checks(self)

    def report(self, **options: Any) -> Path:
        """Write `report.html` into the run's folder, a page that opens from disk: see `unbraid.report`."""
        import unbraid

        return unbraid.report.report(self, **options)

    def explore(self, image: Any = None, **options: Any) -> Any:
        """Sliders for the latents, in a notebook: see `unbraid.explore.sliders`."""
        import unbraid

        return unbraid.explore.sliders(self, image, **options)

    def export(self, folder: Path | str, **options: Any) -> Path:
        """Write what others need to use this run into a folder of its own: see `unbraid.export`."""
        import unbraid

        return unbraid.export(self, folder, **options)

    def __repr__(self) -> str:
        config = self.config
        objective = config.phases[-1].objective.name
        return (
            f"Run({str(self.path)!r}: {objective} · {config.model.name} · {config.data.name} · "
            f"{config.steps:,} steps of {config.batch} · seed {config.seed}{self._unfinished()})"
        )

    def _unfinished(self) -> str:
        """Where it stands, when its training has not ended."""
        return "" if self.finished else f" · unfinished: at step {self.folder.read_status().get('step', 0):,}"

    def _repr_html_(self) -> str:
        """The run in a line, images of the prior, and its last logged values."""
        last = self.folder.read_log()[-1:]
        pictures = image_row_html(np.round(self.sample(THUMBNAILS) * 255).astype(np.uint8), "samples")
        values = ", ".join(f"{name} {value:,.3g}" for row in last for name, value in row.items())
        return f"<p>{html.escape(repr(self)[4:-1])}</p>{pictures}<p>{html.escape(values)}</p>"

    def standardised(self, x: Tensor) -> Tensor:
        """Images [B, C, H, W] in [0, 1] as the model was shown them: standardised where its data were."""
        if self.facts.standardisation is None:
            return x.to(memory_format=torch.channels_last)
        mean, deviation = (_per_channel(part, x) for part in self.facts.standardisation)
        return (x - mean) / deviation

    def displayed(self, mean: Tensor) -> Tensor:
        """A likelihood's mean in [0, 1], standardisation undone."""
        if self.facts.standardisation is not None:
            offset, scale = (_per_channel(part, mean) for part in self.facts.standardisation)
            mean = mean * scale + offset
        return mean.float().clamp(0.0, 1.0)


def _per_channel(values: Sequence[float], like: Tensor) -> Tensor:
    return torch.as_tensor(values, dtype=like.dtype, device=like.device).view(1, -1, 1, 1)


def folder_of(run: Run | RunDirectory | Path | str) -> RunDirectory:
    """The run directory of a run, however it is given."""
    if isinstance(run, RunDirectory):
        return run
    return run.folder if isinstance(run, Run) else RunDirectory(run)


@checked
def open_run(
    path: Path | str, *, device: torch.device | str | None = None, dataset: Any = None, trust: bool = False
) -> Run:
    """Open a trained run, or an export of one, from any folder; see `Run` for what can be done with it.

    Args:
        path: the run directory.
        device: where the model computes; CUDA, MPS or CPU as found when None.
        dataset: the data it was trained on, where they are no longer where they were: what `load_dataset` takes.
        trust: import code from elsewhere that the run's configuration names, as `package.module:Thing`.

    Raises:
        UsageError: no run directory, one without weights yet, one of a newer version of unbraid, or one that names
            code from elsewhere without `trust`.
    """
    return Run(path, device, dataset, trust=trust)
