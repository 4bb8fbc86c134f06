"""Golden values of networks: shapes, parameter counts and outputs with weights from a formula.

A value is found by its name's pattern (`burgess_C_H_encoder`, `abdi_C_decoder`, `five_layer_encoder_train`, …); sizes
come from the value itself. Parameters are numbered in the reference's order; ours is the same but for the Burgess head,
which holds mean and log-variance interleaved there, and dent's decoder, whose two coordinate channels are swapped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tests.golden.harness import Check, mismatch
from unbraid.models import Model
from unbraid.models.abdi import abdi
from unbraid.models.burgess import burgess
from unbraid.models.michlo import michlo
from unbraid.models.spatial_broadcast import spatial_broadcast
from unbraid.models.towers import Towers

ATOL = 1e-9
RESHAPES = {"Unsqueeze3D", "Flatten3D", "Flatten", "Unflatten", "View", "ZeroPad2d", "Broadcast"}
ABOUT = {"dims", "first_channel_varies_along", "latent_channels_first"}  # words about a value, not numbers to meet


def checks(folder: Path, name: str, entry: Mapping[str, Any]) -> Iterator[Check]:
    """One check per field of every value of an entry of the family "networks", and one per stored array."""
    for value, expected in entry["values"].items():
        case = _case(folder, value, expected, entry)
        for part in expected:
            if part not in ABOUT:
                run = partial(case.compare, part) if case and part in case.fields else None
                yield Check(f"objectives/{name}/{value}/{part}", run)


@dataclass
class Case:
    """One network under one golden value.

    Args:
        build: makes the network with weights by formula and runs it: its outputs by name.
        expected: the value.
        arrays: name of an output -> stored array to meet besides the summary.
        rtol: relative tolerance.
    """

    build: Callable[[], Outcome]
    expected: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray]
    rtol: float
    fields: tuple[str, ...] = ("n_params", "shapes", "mu", "logvar", "out", "outputs")

    @cached_property
    def outcome(self) -> Outcome:
        """What our network gives, computed once."""
        return self.build()

    def compare(self, name: str) -> str:
        """Words for a difference in one field."""
        expected, ours = self.expected[name], self.outcome
        if name == "n_params":
            return mismatch(ours.parameters, expected)
        if name == "shapes":
            return _differing_shapes(ours.shapes, expected)
        if name == "outputs":
            differences = [self._output(f"out{k}", summary) for k, summary in enumerate(expected, 1)]
            return "; ".join(filter(None, differences))
        return self._output(name, expected)

    def _output(self, name: str, summary: Mapping[str, Any]) -> str:
        """Words for a difference between an output and its summary or its stored array."""
        ours = self.outcome.outputs[name]
        flat = ours.flatten()
        of_ours = {"shape": ours.shape, "sum": flat.sum(), "abs_sum": np.abs(flat).sum()}
        of_ours |= {"first": flat[: len(summary["first"])], "last": flat[-len(summary["last"]) :]}
        differences = [f"{key}: {d}" for key, value in summary.items() if (d := self._near(of_ours[key], value))]
        if name in self.arrays and (different := self._near(ours, self.arrays[name].tolist())):
            differences.append(f"stored array: {different}")
        return f"{name} {'; '.join(differences)}" if differences else ""

    def _near(self, ours: Any, expected: Any) -> str:
        return mismatch(ours, expected, atol=ATOL, rtol=self.rtol)


@dataclass
class Outcome:
    """Outputs by name, parameter count, and what each leaf layer put out, in order."""

    outputs: dict[str, np.ndarray]
    parameters: int
    shapes: list[tuple[str, list[int]]] = field(default_factory=list)


def _case(folder: Path, value: str, expected: Mapping[str, Any], entry: Mapping[str, Any]) -> Case | None:
    """The case of a value's name, or None where no pattern fits."""
    stored = np.load(folder / entry["file"]) if "file" in entry else {}
    for pattern, make in PATTERNS.items():
        if match := re.fullmatch(pattern, value):
            build = partial(make, expected, entry, **match.groupdict())
            return Case(build, expected, _stored(stored, value, expected), float(entry["rtol"]))
    return None


def _stored(stored: Mapping[str, np.ndarray], value: str, expected: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Stored arrays of a value, by the name of the output."""
    network, _, part = value.rpartition("_")
    keys = {"mu": f"{network}_mu", "logvar": f"{network}_logvar", "out": f"{network}_recon"}
    if value.startswith("five_layer"):
        keys = {f"out{k}": f"five_layer_{part}_out{k}" for k in range(1, 1 + len(expected.get("outputs", ())))}
        keys["out"] = value
    if part == "sbd":
        keys = {"out": f"{value}_recon"}
    return {name: stored[key] for name, key in keys.items() if key in stored}


def _flat_encoder(make: Callable[..., Model], expected: Mapping, entry: Mapping, c: str, h: str = "64") -> Outcome:
    """Encoder of a flat model, its head as it is."""
    shape, latents = (int(c), int(h), int(h)), expected["mu"]["shape"][1]
    model = make(shape, latents=latents).double()
    layers = [model.trunk, model.head]
    by_formula(layers)
    if make is burgess:
        _separate(model.head)
    return _encoded(model, layers, _images(entry, expected["mu"]["shape"][0], shape))


def _flat_decoder(make: Callable[..., Model], expected: Mapping, entry: Mapping, c: str, h: str = "64") -> Outcome:
    """Decoder of a flat model; its latents follow from the count of its parameters."""
    shape = (int(c), int(h), int(h))
    model = make(shape, latents=_latents(lambda d: make(shape, latents=d).decoder, expected["n_params"])).double()
    by_formula([model.decoder])
    return _decoded(model.decoder, expected["out"]["shape"][0], model.widths[0], entry, sigmoid=make is burgess)


def _broadcast_decoder(expected: Mapping, entry: Mapping) -> Outcome:
    """dent's decoder: 5x5 kernels, four hidden convolutions; its first coordinate varies along the height."""
    options = {"kernel": 5, "depth": 4}
    rows, *shape = expected["out"]["shape"]
    latents = _latents(lambda d: spatial_broadcast(tuple(shape), latents=d, **options).decoder, expected["n_params"])
    decoder = spatial_broadcast(tuple(shape), latents=latents, **options).double().decoder
    by_formula([decoder])
    weight = next(decoder.parameters())
    with torch.no_grad():
        weight[:, latents:] = weight[:, latents:].flip(1)
    return _decoded(decoder, rows, latents, entry, sigmoid=True)


def _layered_encoder(expected: Mapping, entry: Mapping, mode: str) -> Outcome:
    """Base encoder and latent encoders; decoders stay on the meta device, without memory."""
    shape, latents = _layered_shape(entry), [output["shape"][1] // 2 for output in expected["outputs"]]
    with torch.device("meta"):
        model = Towers(shape, latents=latents)
    layers = [model.trunk, model.head, *model.latent_encoders]
    by_formula([_fresh(layer) for layer in layers])
    model.train(mode == "train")
    rows = expected["outputs"][0]["shape"][0]
    return _encoded(model, layers, _images(entry, rows, shape))


def _layered_decoder(expected: Mapping, entry: Mapping, mode: str) -> Outcome:
    """Decoder of one layer."""
    shape = tuple(expected["out"]["shape"][1:])
    sibling = entry["values"].get("five_layer_decoder_eval", expected)

    def make(latents: int) -> nn.Module:
        with torch.device("meta"):
            return Towers(shape, latents=[latents]).decoders[0]

    latents = _latents(make, {**sibling, **expected}["n_params"])
    decoder = _fresh(make(latents))
    by_formula([decoder])
    return _decoded(decoder.train(mode == "train"), expected["out"]["shape"][0], latents, entry)


PATTERNS: dict[str, Callable[..., Outcome]] = {
    r"burgess_(?P<c>\d+)_(?P<h>\d+)_encoder": partial(_flat_encoder, burgess),
    r"burgess_(?P<c>\d+)_(?P<h>\d+)_decoder": partial(_flat_decoder, burgess),
    r"abdi_(?P<c>\d+)_encoder": partial(_flat_encoder, abdi),
    r"abdi_(?P<c>\d+)_decoder": partial(_flat_decoder, abdi),
    r"disent_(?P<c>\d+)_encoder": partial(_flat_encoder, partial(michlo, padding=2)),
    r"disent_(?P<c>\d+)_decoder": partial(_flat_decoder, michlo),
    r"dent_sbd": _broadcast_decoder,
    r"five_layer_encoder_(?P<mode>eval|train)": _layered_encoder,
    r"five_layer_decoder_(?P<mode>eval|train)": _layered_decoder,
}


def _encoded(model: Model, layers: list[nn.Module], images: Tensor) -> Outcome:
    """Moments of every layer, as the reference's heads put them out."""
    shapes = _trace(layers)
    with torch.no_grad():
        posteriors = [layer.posterior for layer in model.infer(images)]
    outputs = {"mu": posteriors[0].mean.numpy(), "logvar": posteriors[0].logvar.numpy()}
    outputs |= {f"out{k}": torch.cat([p.mean, p.logvar], 1).numpy() for k, p in enumerate(posteriors, 1)}
    return Outcome(outputs, sum(_count(layer) for layer in layers), shapes)


def _decoded(decoder: nn.Module, rows: int, latents: int, entry: Mapping, sigmoid: bool = False) -> Outcome:
    """Decoder output for the formula's latents."""
    shapes = _trace([decoder])
    z = 2 * torch.from_numpy(uniform(rows * latents, entry["params"]["latent_key"])).reshape(rows, latents)
    with torch.no_grad():
        out = decoder(z)
    return Outcome({"out": (out.sigmoid() if sigmoid else out).numpy()}, _count(decoder), shapes)


def uniform(size: int, key: int) -> np.ndarray:
    """u(i, key) for i = 0 … size - 1, in [-0.5, 0.5)."""
    i = np.arange(size, dtype=np.uint64)
    return ((np.uint64(2654435761) * i + np.uint64(40503 * key + 12345)) % np.uint64(2**32)) / 2**32 - 0.5


def by_formula(layers: list[nn.Module]) -> None:
    """Set all parameters, numbered 1, 2, … over the layers in order."""
    modules = [module for layer in layers for module in layer.modules()]
    norms = {id(module.weight) for module in modules if isinstance(module, nn.modules.batchnorm._BatchNorm)}
    parameters = [parameter for layer in layers for parameter in layer.parameters()]
    for number, parameter in enumerate(parameters, 1):
        values = torch.from_numpy(uniform(parameter.numel(), number)).reshape(parameter.shape)
        if parameter.ndim > 1:
            values = 2 * values * np.sqrt(3 / (parameter.numel() / len(parameter)))
        else:
            values = 0.1 * values + (id(parameter) in norms)
        parameter.data.copy_(values)


def _separate(head: nn.Linear) -> None:
    """Rows (mean 1, log-variance 1, mean 2, …) to all means, then all log-variances."""
    head.weight.data = torch.cat([head.weight.data[0::2], head.weight.data[1::2]])
    head.bias.data = torch.cat([head.bias.data[0::2], head.bias.data[1::2]])


def _fresh(network: nn.Module) -> nn.Module:
    """Memory for a network that had none, with fresh running statistics, in float64."""
    network = network.to_empty(device="cpu").double()
    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.reset_running_stats()
    return network


def _images(entry: Mapping, rows: int, shape: tuple[int, ...]) -> Tensor:
    """The formula's images."""
    size = rows * int(np.prod(shape))
    return torch.from_numpy(uniform(size, entry["params"]["image_key"]) + 0.5).reshape(rows, *shape)


def _layered_shape(entry: Mapping) -> tuple[int, ...]:
    """(channels, height, width) of the layered model: its decoder's value says."""
    decoder = entry["values"].get("five_layer_decoder_eval", {"out": {"shape": [0, 3, 64, 64]}})
    return tuple(decoder["out"]["shape"][1:])


def _latents(make: Callable[[int], nn.Module], parameters: int) -> int:
    """Latents of a decoder with so many parameters, which are linear in them."""
    one, two = _count(make(1)), _count(make(2))
    return 1 + (parameters - one) // (two - one)


def _count(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def _trace(networks: list[nn.Module]) -> list[tuple[str, list[int]]]:
    """A list that will hold (class, output shape) of every leaf layer once the networks have run."""
    seen: list[tuple[str, list[int]]] = []
    for module in (m for network in networks for m in network.modules() if not list(m.children())):
        module.register_forward_hook(lambda m, _, out: seen.append((type(m).__name__, list(out.shape))))
    return seen


def _differing_shapes(ours: list[tuple[str, list[int]]], expected: list[list[Any]]) -> str:
    """Words for the first leaf layer that differs, without reshapes and activations the reference did not trace."""
    theirs = [(name, list(shape)) for name, shape in expected if name not in RESHAPES]
    traced = {name for name, _ in theirs}
    mine = [(name, shape) for name, shape in ours if name not in RESHAPES and (name != "ReLU" or name in traced)]
    for number, (a, b) in enumerate(zip(mine, theirs, strict=False)):
        if a != b:
            return f"layer {number}: ours {a}, expected {b}"
    return "" if len(mine) == len(theirs) else f"{len(mine)} layers, expected {len(theirs)}"
