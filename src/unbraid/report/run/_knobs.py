"""The knobs of one latent layer, one for each active latent: decoded in the page, or through images made before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unbraid.report._carriers import ACTIVE_NATS
from unbraid.report._page import strip_uri
from unbraid.report.run._data import RunData
from unbraid.report.run._decoder import Decoder

__all__ = ["Knob", "Knobs", "knobs_of"]

REACH = 3.0  # standard deviations of the prior, to either side of its mean


@dataclass(frozen=True)
class Knob:
    """A latent to turn: its number, what it stands for, its nats, and a strip of images where there is no decoder."""

    latent: int
    label: str
    nats: float
    uri: str = ""


@dataclass(frozen=True)
class Knobs:
    """The knobs of a layer.

    Args:
        all: of the active latents, largest KL first; without a decoder of those that have a strip of images.
        active: how many latents are active.
        values: of the images of a strip, as text.
        decoder: what the page decodes with, or why it does not.
        originals: the images that knobs start from, as a strip.
        images: how many these are.
        size: their height and width.
        reach: how far a slider goes to either side.
    """

    all: list[Knob]
    active: int
    values: tuple[str, ...] = ()
    decoder: Decoder | str = ""
    originals: str = ""
    images: int = 0
    size: tuple[int, int] = (0, 0)
    reach: float = REACH

    @property
    def weights(self) -> int:
        """How many weights the page decodes with; 0 where each knob turns its own images."""
        return len(self.decoder.program.weights) if isinstance(self.decoder, Decoder) else 0


def knobs_of(run: RunData, layer: int, labels: list[str], decoder: Decoder | str) -> Knobs | None:
    """The knobs of a layer; None where no latent is active or the run has no pictures.

    Args:
        run: its files.
        layer: its number.
        labels: what each latent stands for [D_l].
        decoder: what the page decodes this layer with, or why it does not.
    """
    kl = run.layer_array("kl", layer)
    active = [] if kl is None else [int(d) for d in np.argsort(-kl, kind="stable") if kl[d] > ACTIVE_NATS]
    if kl is None or not active:
        return None
    knobs = {d: Knob(d, labels[d], float(kl[d])) for d in active}
    if not isinstance(decoder, Decoder):
        return _turned_through_strips(run, layer, knobs, decoder)
    images = run.arrays["figures/originals"]
    furthest = float(np.abs(decoder.z[:, active]).max())
    reach = max(REACH, np.ceil(2 * furthest) / 2)  # no image shown may lie outside
    size = (images.shape[2], images.shape[3])
    return Knobs(list(knobs.values()), len(active), (), decoder, strip_uri(images), len(images), size, reach)


def _turned_through_strips(run: RunData, layer: int, knobs: dict[int, Knob], why: str) -> Knobs | None:
    """Strips of images that evaluation made, as far to either side of the prior's mean as both sides go."""
    images = run.layer_array("figures/traversals", layer)
    if images is None:
        return None
    latents = run.layer_array("figures/traversal_latents", layer)
    latents = np.arange(len(images)) if latents is None else latents
    walked = run.arrays["figures/traversal_values"]
    shown = np.abs(walked) <= min(-walked.min(), walked.max())
    values = tuple(f"{value:+.1f}".replace("-", "−") for value in walked[shown])
    strips = [
        Knob(d, knobs[d].label, knobs[d].nats, strip_uri(row[shown]))
        for d, row in zip(latents.tolist(), images, strict=True)
        if d in knobs
    ]
    return Knobs(strips, len(knobs), values, why) if strips else None
