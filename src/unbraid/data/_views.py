"""Views: what may be asked of every dataset, whatever its entry — resolution, thinning, standardisation."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from unbraid.core import (
    Factor,
    FactorSpace,
    Spec,
    check_options,
    load_entry,
    need,
    options_of,
)
from unbraid.data._dataset import GroundTruthDataset


def load(spec: Spec | str | Mapping[str, Any], **options: Any) -> GroundTruthDataset:
    """Open a dataset by name, with its own options and those of `view`.

    >>> load("toy", every={"x": 2}).space.sizes
    (3, 6, 2)
    """
    spec = Spec.of(spec)
    entry, given = load_entry("data", spec.name), {**spec.options, **options}
    own, common = options_of(entry), options_of(view)
    check_options({**common, **own}, given, spec.name)
    dataset = entry(**{key: value for key, value in given.items() if key in own})
    return view(dataset, **{key: value for key, value in given.items() if key in common and key not in own})


def complete_data(spec: Spec) -> Spec:
    """The same Spec with every default of the entry and of `view` written out."""
    parameters: dict[str, inspect.Parameter] = {
        **options_of(view),
        **options_of(load_entry("data", spec.name)),
    }
    given = check_options(parameters, spec.options, spec.name)
    return Spec(spec.name, {key: given.get(key, p.default) for key, p in parameters.items()})


def view(
    dataset: GroundTruthDataset,
    *,
    resolution: int | None = None,
    every: Mapping[str, int] | None = None,
) -> GroundTruthDataset:
    """A dataset seen through the given options; with none, the dataset itself.

    Args:
        dataset: any dataset.
        resolution: height and width in pixels; a whole division of the original size averages areas, other sizes
            are resampled bilinearly with antialiasing. None keeps the original.
        every: factor name -> n keeps only every n-th level of that factor (complete grids only).
    """
    if every:
        dataset = Thinned(dataset, every)
    if resolution is not None and dataset.image_shape[1:] != (resolution, resolution):
        dataset = Resized(dataset, resolution)
    return dataset


class Thinned(GroundTruthDataset):
    """Every n-th level of some factors of a complete grid."""

    def __init__(self, dataset: GroundTruthDataset, every: Mapping[str, int]) -> None:
        need(dataset.complete, "every= thins complete grids only", dataset.name)
        steps = [1] * len(dataset.space)
        for name, step in every.items():
            need(
                isinstance(step, int) and step >= 1,
                f"every.{name} must be a whole number of at least 1",
                step,
            )
            steps[dataset.space.position(name)] = step
        self._dataset, self._steps = dataset, np.array(steps)
        self.name, self.source, self.complete = dataset.name, dataset.source, True
        self.image_shape, self.standardisation = dataset.image_shape, dataset.standardisation
        self.space = FactorSpace(
            tuple(_thinned(factor, step) for factor, step in zip(dataset.space.factors, steps, strict=True))
        )

    def __len__(self) -> int:
        return self.space.combinations

    def images(self, index: np.ndarray) -> np.ndarray:
        """Images of the kept rows [N] -> uint8 [N, C, H, W]."""
        return self._dataset.images(self._dataset.space.index(self.codes(index) * self._steps))

    def codes(self, index: np.ndarray) -> np.ndarray:
        """Levels in the thinned space [N] -> [N, K]."""
        return self.space.codes(index)


class Resized(GroundTruthDataset):
    """Any dataset at another resolution."""

    def __init__(self, dataset: GroundTruthDataset, resolution: int) -> None:
        need(
            isinstance(resolution, int) and resolution >= 4,
            "resolution must be at least 4 pixels",
            resolution,
        )
        self._dataset, self._resolution = dataset, resolution
        self.name, self.source, self.complete = dataset.name, dataset.source, dataset.complete
        self.space, self.draw, self.standardisation = dataset.space, dataset.draw, dataset.standardisation
        self.image_shape = (dataset.image_shape[0], resolution, resolution)

    def __len__(self) -> int:
        return len(self._dataset)

    def images(self, index: np.ndarray) -> np.ndarray:
        """Resampled images [N] -> uint8 [N, C, R, R]."""
        return resized(self._dataset.images(index), self._resolution)

    def codes(self, index: np.ndarray) -> np.ndarray:
        """Levels, unchanged."""
        return self._dataset.codes(index)


def resized(images: np.ndarray, resolution: int) -> np.ndarray:
    """uint8 [N, C, H, W] -> [N, C, R, R]; area means where R divides H and W, else antialiased bilinear."""
    count, channels, height, width = images.shape
    if height % resolution == 0 and width % resolution == 0:
        return _area_means(images, height // resolution, width // resolution)
    from PIL import Image

    flat = images.reshape(-1, height, width)
    size = (resolution, resolution)
    done = [np.asarray(Image.fromarray(each).resize(size, Image.Resampling.BILINEAR)) for each in flat]
    return np.stack(done).reshape(count, channels, resolution, resolution)


def _area_means(images: np.ndarray, down: int, across: int) -> np.ndarray:
    """Means over blocks of down x across pixels, rounded half up."""
    area = down * across
    exact = np.uint16 if 2 * 255 * area + area < 2**16 else np.uint32
    total = np.zeros((*images.shape[:2], images.shape[2] // down, images.shape[3] // across), dtype=exact)
    for row in range(down):
        for column in range(across):
            total += images[:, :, row::down, column::across]
    return ((2 * total + area) // (2 * area)).astype(np.uint8)


def _thinned(factor: Factor, step: int) -> Factor:
    """The factor with every `step`-th level."""
    size = -(-factor.size // step)
    values = factor.values[::step] if factor.values else tuple(float(v) for v in range(0, factor.size, step))
    return Factor(factor.name, size, factor.kind, factor.unit, values, factor.labels[::step], factor.period)
