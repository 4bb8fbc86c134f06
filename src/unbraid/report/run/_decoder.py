"""The decoders of a run as its page computes them: compared with the model, or why the page has none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from unbraid.core import UsageError, require, rng
from unbraid.models import Model, has_sigmoid
from unbraid.report.run._computed import images_of
from unbraid.report.run._data import RunData
from unbraid.report.run._program import PageLayer, Program, layers_of, program_of
from unbraid.store import CHECKPOINT, MODEL, RunDirectory
from unbraid.training import Run
from unbraid.training._facts import RunFacts, facts_of

__all__ = ["PAGE_BYTES", "Decoder", "decoders_of", "page_layers", "too_large"]

PAGE_BYTES = 5_000_000  # of a whole page
BYTES_PER_WEIGHT = 2 * 4 / 3  # float16 in base64
DRAWS = 20  # codes from the prior that a program is compared on, besides those of the images shown
TOLERANCE = 4 / 255  # largest difference of a pixel; float16 weights stay below one grey level in all our networks


@dataclass(frozen=True)
class Decoder:
    """What a page decodes the codes of one layer with.

    Args:
        program: the layers and their weights.
        z: codes of the images of the page [N, D_l].
        difference: largest one of a pixel to the model's images, in 0 .. 1.
        compared: on so many codes.
    """

    program: Program
    z: np.ndarray
    difference: float
    compared: int

    def to_json(self) -> dict[str, Any]:
        """What stands in the page."""
        z = [[round(float(value), 4) for value in row] for row in self.z]
        return {"layers": self.program.layers, "z": z, "weights": self.program.encoded()}


def decoders_of(files: RunData, shown: Sequence[int], *, trust: bool = False) -> list[Decoder | str]:
    """For each latent layer that is shown its decoder, or in words why the page cannot decode."""
    try:
        run = _opened(files, trust)
        decoders = run.model.decoders
        require(
            len(decoders) == len(files.layers) == len(run.model.widths),
            "a page decodes models that name a decoder for each latent layer",
            f"{len(decoders)} for {len(run.model.widths)}",
        )
    except UsageError as error:
        return [_said(error)] * len(shown)
    z = run.encode(files.arrays["figures/originals"]).mean
    return [_decoder(run, z, layer) for layer in shown]


def _opened(files: RunData, trust: bool) -> Run:
    """The run with its model.

    Raises:
        UsageError: no weights, images or facts, or a model that cannot be built.
    """
    folder = RunDirectory(files.folder)
    require(folder.has(MODEL) or folder.has(CHECKPOINT), "decoding in the page needs the weights of the run", "none")
    require("figures/originals" in files.arrays, "decoding in the page starts from images", "none")
    require(facts_of(folder), "decoding in the page needs what a run notes of its images", "a run of version 0.1")
    return Run(files.folder, "cpu", trust=trust)


def _decoder(run: Run, z: np.ndarray, layer: int) -> Decoder | str:
    """The decoder of a layer, or why there is none. `z` [N, D] are codes of images, all layers side by side."""
    weights = sum(parameter.numel() for parameter in run.model.decoders[layer].parameters())
    if weights * BYTES_PER_WEIGHT > PAGE_BYTES:
        return too_large(weights)
    try:
        program = program_of(page_layers(run.model, layer, run.facts))
    except UsageError as error:
        return _said(error)
    tried = np.concatenate([z, rng(0, 0, "knobs").standard_normal((DRAWS, z.shape[1]))]).astype(np.float32)
    start = sum(run.model.widths[:layer])
    of_layer = slice(start, start + run.model.widths[layer])
    differences = np.abs(images_of(program, tried[:, of_layer]) - run.decode(tried, head=layer))
    if not differences.max() <= TOLERANCE:  # NaN is none either
        return "plain arithmetic with weights in float16 gives other images than the model"
    return Decoder(program, z[:, of_layer], float(differences.max()), len(tried))


def page_layers(model: Model, layer: int, facts: RunFacts) -> Iterator[PageLayer]:
    """A decoder of a model, the mean of its likelihood, and images put back into their own units."""
    yield from layers_of(model.decoders[layer])
    if model.likelihood and has_sigmoid(model.likelihood):
        yield PageLayer("sigmoid", {}, {})
    if facts.standardisation is not None:
        mean, deviation = map(np.array, facts.standardisation)
        yield PageLayer("scaled", {}, {"scale": deviation, "shift": mean})


def too_large(weights: int) -> str:
    """Why a decoder of so many weights is not in the page."""
    return f"its {weights:,} weights would take the page over {PAGE_BYTES // 10**6} MB"


def _said(error: UsageError) -> str:
    """As part of a sentence."""
    return str(error).rstrip(".")
