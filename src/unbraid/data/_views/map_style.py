"""Any map-style dataset, such as those of torchvision, as one of ours."""

from __future__ import annotations

from typing import Any

import numpy as np

from unbraid.core import UsageError, read_labels, require
from unbraid.data._dataset import DatasetInfo, GroundTruthDataset, rows_within


class MapStyle(GroundTruthDataset):
    """Items `items[i]`, an image or (image, label, ...), without factors or with the label as one.

    Args:
        items: has `len()` and `items[i]`; images uint8 in 0 .. 255 or floats in [0, 1], arrays or tensors [C, H, W] or
            [H, W], or PIL pictures.
        labels: the name of the factor that an item's label is; None leaves it out. All items are read once for it,
            unless `items.targets` holds the labels.

    Raises:
        UsageError: an item without an image, or of another shape than the first.
    """

    def __init__(self, items: Any, *, labels: str | None = None) -> None:
        self._items = items
        require(len(items) > 0, "a dataset must have rows", "none")
        image = _pixels(_image_of(items[0]))
        name = type(items).__name__
        self.info = DatasetInfo(name, image.shape, source=f"{type(items).__module__}.{name}, as it was given")
        self._factors = np.empty((len(items), 0), dtype=np.int64)
        if labels is not None:
            read = read_labels({labels: _labels_of(items)})
            require(read.missing is None, "every item must have a label", "items without", "leave labels out")
            self._factors, self.info = read.factors, DatasetInfo(name, image.shape, read.space, source=self.info.source)

    def __len__(self) -> int:
        return len(self._items)

    def images(self, index: np.ndarray) -> np.ndarray:
        """Items [N] -> uint8 [N, C, H, W]."""
        images = [_pixels(_image_of(self._items[int(row)])) for row in rows_within(index, len(self))]
        for row, image in zip(index, images, strict=True):
            require(
                image.shape == self.image_shape,
                f"all images must have the shape of the first {self.image_shape}",
                f"{image.shape} in row {int(row)}",
                "resize them in the dataset's transform",
            )
        return np.stack(images) if images else np.empty((0, *self.image_shape), dtype=np.uint8)

    def factors(self, index: np.ndarray) -> np.ndarray:
        """The label [N, 1], or none [N, 0]."""
        factors: np.ndarray = self._factors[rows_within(index, len(self))]
        return factors


def _image_of(item: Any) -> Any:
    """The image of an item: itself, or the first of a tuple."""
    return item[0] if isinstance(item, (tuple, list)) else item


def _labels_of(items: Any) -> Any:
    """The label of each item [N]."""
    targets = getattr(items, "targets", None)
    if targets is not None and len(targets) == len(items):
        return np.asarray(targets)
    first = items[0]
    require(isinstance(first, (tuple, list)) and len(first) > 1, "items with labels are (image, label)", type(first))
    return np.asarray([items[row][1] for row in range(len(items))])


def _pixels(image: Any) -> np.ndarray:
    """uint8 [C, H, W] of an image."""
    array = np.asarray(image.detach().cpu() if hasattr(image, "detach") else image)
    if hasattr(image, "getbbox") and array.ndim == 3:  # PIL has channels last
        array = array.transpose(2, 0, 1)
    array = array[None] if array.ndim == 2 else array
    require(array.ndim == 3, "an image must have shape [C, H, W]", f"shape {array.shape}")
    if array.dtype == np.uint8:
        return array
    if array.dtype.kind == "f" and array.size and array.min() >= 0 and array.max() <= 1:
        return np.round(array * 255).astype(np.uint8)
    raise UsageError(
        f"images must be uint8 in 0 .. 255 or floats in [0, 1]; got {array.dtype} from {array.min():g} to "
        f"{array.max():g}; leave normalisation out of the dataset's transform, training can standardise."
    )
