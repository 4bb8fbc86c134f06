"""A run prepared for exploring: what its latents range over, carry and weigh, and what images and codes become."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from unbraid.core import UsageError, require, rng
from unbraid.data import GroundTruthDataset
from unbraid.evaluation import chosen_rows, encode, has_codes, latent_kl, load_representation
from unbraid.explore._carried import Carried, carried
from unbraid.metrics import Representation
from unbraid.report._carriers import ACTIVE_NATS
from unbraid.store import REPRESENTATION
from unbraid.training import Encoding, Run

ROWS = 5_000  # encoded where the run was not evaluated: enough for ranges, and seconds for the networks of the papers
MOST = 20_000  # of the stored rows; a matrix of more says the same
TAILS = (0.005, 0.995)  # quantiles of the aggregate posterior between which a slider moves
PRIOR_ENDS = (-3.0, 3.0)  # where nothing is encoded
BINS = 24  # of the density behind a slider


@dataclass(frozen=True)
class Latent:
    """One latent: its number among all, its layer, and what its slider needs.

    Args:
        number: among all layers, from 0.
        layer: it belongs to.
        kl: mean KL to the prior in nats, None where nothing is encoded.
        low: where the slider begins, a quantile of the aggregate posterior.
        high: where it ends.
        density: share of the rows in equal steps from `low` to `high`.
        active: whether it says more than 0.1 nat; all count as active where none does, or none is known.
        label: the factors it carries, empty where it carries none.
    """

    number: int
    layer: int
    kl: float | None
    low: float
    high: float
    density: tuple[float, ...]
    active: bool
    label: str


class Explored:
    """One run, opened once and asked many times; everything is an array.

    Args:
        run: an opened run.

    Attributes:
        dataset: the data it was trained on; None where they are not there, and then `without_data` says why.
        rep: codes of some thousand rows, stored by `evaluate` or encoded now; None without data.
        index: their row numbers [N].
        notices: what a person should know of this run before looking.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.dataset: GroundTruthDataset | None = None
        self.without_data = ""
        try:
            self.dataset = run.dataset
        except UsageError as error:
            self.without_data = str(error)
        self.rep, self.index = self._codes()
        self.notices = tuple(self._notices())

    @property
    def layers(self) -> tuple[int, ...]:
        """Latents per layer."""
        return tuple(self.run.model.widths)

    @cached_property
    def carried(self) -> Carried | None:
        """Which latent carries which factor; None without codes or factors."""
        return None if self.rep is None or not len(self.rep.space) else carried(self.rep)

    @cached_property
    def latents(self) -> tuple[Latent, ...]:
        """All of them: layer by layer, in each those with the highest KL first."""
        numbers = np.repeat(np.arange(len(self.layers)), self.layers)
        if self.rep is None or self.rep.logvar is None:
            low, high = PRIOR_ENDS
            flat = (1.0 / BINS,) * BINS
            return tuple(Latent(d, int(layer), None, low, high, flat, True, "") for d, layer in enumerate(numbers))
        kl, labels = latent_kl(self.rep), self.carried.labels if self.carried else ("",) * self.rep.latents
        drawn = self._drawn()
        low, high = np.quantile(drawn, TAILS, axis=0)
        high = np.maximum(high, low + 1e-3)  # a latent that never moves still has a slider
        active = (kl > ACTIVE_NATS) | ~(kl > ACTIVE_NATS).any()
        made = []
        for d in np.lexsort((-kl, numbers)):
            density = np.histogram(drawn[:, d], BINS, (low[d], high[d]))[0] / len(drawn)
            ends, heights = (float(low[d]), float(high[d])), tuple(np.round(density, 5).tolist())
            made.append(Latent(int(d), int(numbers[d]), float(kl[d]), *ends, heights, bool(active[d]), labels[d]))
        return tuple(made)

    def encode(self, images: Any) -> Encoding:
        """Posterior means and log-variances; see `Run.encode`."""
        return self.run.encode(images)

    def decode(self, z: Any, head: int = -1) -> np.ndarray:
        """Images of codes, uint8 [N, C, H, W]; `head` of a layered model, the last one by default."""
        return as_bytes(self.run.decode(z, head))

    def decode_heads(self, z: np.ndarray) -> tuple[np.ndarray, ...]:
        """Images of codes [N, D] by every head, uint8 [N, C, H, W] each; the model runs once."""
        import torch

        with torch.inference_mode():
            heads = self.run.model.generate(torch.from_numpy(np.array(z, dtype=np.float32)).to(self.run.device))
            return tuple(as_bytes(self.run.displayed(head.mean).cpu().numpy()) for head in heads)

    def head_of(self, layer: int) -> int:
        """The image head that shows a layer: its own where each has one, else the only one."""
        return min(layer, self.heads - 1)

    @cached_property
    def heads(self) -> int:
        """Number of image heads."""
        import torch

        with torch.inference_mode():
            return len(self.run.model.generate(torch.zeros(1, self.run.latents, device=self.run.device)))

    def sample(self, count: int, seed: int) -> np.ndarray:
        """Codes drawn from the prior [count, D] float32: those of `Run.sample`."""
        require(1 <= count <= 64, "between 1 and 64 images are drawn at once", count)
        return rng(seed, 0, "prior").standard_normal((count, self.run.latents)).astype(np.float32)

    def extremes(self, latent: int, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Places among the encoded rows where a latent's mean is lowest and highest, outermost first [count] each."""
        require(self.rep is not None, "extremes are real images, and there are no codes of any", do=self.without_data)
        require(0 <= latent < self.run.latents, f"latents are numbered 0 to {self.run.latents - 1}", latent)
        assert self.rep is not None
        order = np.argsort(self.rep.code[:, latent], kind="stable")
        return order[:count], order[::-1][:count]

    def _codes(self) -> tuple[Representation | None, np.ndarray]:
        """Stored codes where they are of these weights, else some encoded now; nothing is written."""
        folder, step = self.run.folder, self.run.folder.read_status().get("step")
        if has_codes(folder) and folder.read_note(REPRESENTATION).get("step") == step:
            rep, index = load_representation(folder), folder.read_tensors(REPRESENTATION)["index"]
            if len(rep) > MOST:
                kept = np.linspace(0, len(rep) - 1, MOST).round().astype(np.int64)
                rep, index = rep.rows(kept), index[kept]
            return rep, index
        if self.dataset is None:
            return None, np.empty(0, dtype=np.int64)
        index = chosen_rows(len(self.dataset), ROWS, 0, self.dataset.first_scored_row)
        return encode(self.run.model, self.dataset, index, device=self.run.device), index

    def _drawn(self) -> np.ndarray:
        """One draw of the posterior of each encoded row: the aggregate posterior [N, D]."""
        assert self.rep is not None
        assert self.rep.logvar is not None
        noise = rng(0, 0, "aggregate posterior").standard_normal(self.rep.code.shape)
        drawn: np.ndarray = self.rep.code + np.exp(0.5 * self.rep.logvar) * noise
        return drawn

    def _notices(self) -> list[str]:
        """Training that has not ended, data that are not there."""
        status = self.run.folder.read_status()
        said = []
        if status.get("state") != "done":
            step, steps = int(status.get("step", 0)), int(status.get("steps", self.run.config.steps))
            said.append(f"Half trained: step {step:,} of {steps:,}; these are the weights of its last checkpoint.")
        if self.without_data:
            said.append(f"Without its data: {self.without_data} Drop an image of your own, or sample the prior.")
        return said


def as_bytes(images: np.ndarray) -> np.ndarray:
    """Images in [0, 1] as uint8."""
    return np.round(np.asarray(images) * 255.0).astype(np.uint8)
