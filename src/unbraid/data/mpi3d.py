"""MPI3D: the original files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np

from unbraid.core import Factor, FactorSpace, UsageError, remembered, require, require_choice
from unbraid.core.factors import Kind
from unbraid.data._array_dataset import ArrayDataset
from unbraid.data._files.locations import located, require_whole
from unbraid.data._files.prepared import fingerprint, prepared_images
from unbraid.data._files.sources import files_of
from unbraid.data._files.stored_arrays import pick, stored_arrays

__all__ = ["mpi3d"]

Variant = Literal["toy", "realistic", "real", "complex"]
FULL = (6, 6, 2, 3, 3, 40, 40)
SMALL = (4, 4, 2, 3, 3, 40, 40)  # complex, and the early releases of toy and realistic
NAMES = ("object_color", "object_shape", "object_size", "camera_height", "background_color", "horizontal", "vertical")
CATEGORICAL = ("object_color", "object_shape", "background_color")
COLORS = ("white", "green", "red", "blue", "brown", "olive")
SHAPES = ("cone", "cube", "cylinder", "hexagonal", "pyramid", "sphere")
COMPLEX_COLORS = ("yellow", "green", "olive", "red")
COMPLEX_SHAPES = ("coffee-cup", "tennis-ball", "croissant", "beer-cup")
HEIGHTS = ("top", "centre", "bottom")
BACKGROUNDS = ("purple", "sea green", "salmon")


@remembered
def mpi3d(*, variant: Variant = "toy", path: str | None = None, sizes: Sequence[int] | None = None) -> ArrayDataset:
    """MPI3D: a robot arm holds an object, 1,036,800 images of seven factors, simulated or photographed (downloaded).

    64 x 64 RGB; object color 6, shape 6 and size 2, camera height 3, background color 3, horizontal and vertical
    position 40 each, the last varying fastest. The complex variant holds 460,800 photographs of 4 colors and 4 objects.

    Args:
        variant: toy and realistic are simulated, real and complex photographed.
        path: the original .npz, or its folder; None looks where `unbraid data get mpi3d --variant NAME` puts it, and
            checks its checksum when it is first read.
        sizes: levels of the seven factors; None takes those of the published files, told apart by their length.

    Raises:
        UsageError: the file is missing, damaged, or holds another number or shape of images.

    Notes:
        The first use streams the images into the data folder (12.7 GB; complex 5.7 GB); RAM never holds them.

    Source: Gondal et al. (2019), arXiv:1906.03292; licence CC-BY 4.0.

    Example:
        >>> mpi3d(path="downloads")
        Traceback (most recent call last):
        ...
        unbraid.core.checks.UsageError: mpi3d needs ...; it is not there. Run `unbraid data get mpi3d ...`, or ...
    """
    require_choice(variant, Variant, "mpi3d.variant")
    source = files_of("mpi3d", variant)[0]
    file = located("mpi3d", source.name, path)
    images = pick(stored_arrays(file), "images", file)
    came = f"{images.dtype} {images.shape}"
    require(
        len(images.shape) == 4 and images.shape[3] == 3 and images.dtype == np.uint8,
        f"'images' of {file} must be uint8 [N, 64, 64, 3]",
        came,
    )
    space = FactorSpace(_factors(_sizes(images.shape[0], sizes, str(file)), variant))

    def blocks() -> Iterator[np.ndarray]:
        if path is None:
            require_whole(file, source)
        yield from (block.transpose(0, 3, 1, 2) for block in images.blocks())

    shape = (images.shape[0], 3, images.shape[1], images.shape[2])
    pixels = prepared_images(f"mpi3d-{variant}-{fingerprint(file)}", shape, blocks, about=str(file))
    return ArrayDataset("mpi3d", pixels, space, source=f"MPI3D {variant}, read from the original file {file.name}")


def _sizes(rows: int, sizes: Sequence[int] | None, file: str) -> tuple[int, ...]:
    """Levels per factor: those given, or those of the published file with so many images."""
    for known in (FULL, SMALL) if sizes is None else (tuple(sizes),):
        if len(known) == len(NAMES) and rows == int(np.prod(known)):
            return known
    expected = "1,036,800 or 460,800" if sizes is None else f"the product of sizes {list(sizes)} of seven factors"
    raise UsageError(f"{file} must hold {expected} images; got {rows:,}. Give sizes=[…] for another selection.")


def _factors(sizes: tuple[int, ...], variant: Variant) -> tuple[Factor, ...]:
    """The seven factors; levels are named where their names are published."""
    labels: list[tuple[str, ...]] = [COLORS, SHAPES, ("small", "large"), HEIGHTS, BACKGROUNDS, (), ()]
    if variant == "complex":
        labels[:2] = [COMPLEX_COLORS, COMPLEX_SHAPES]
    factors = []
    for name, size, known in zip(NAMES, sizes, labels, strict=True):
        kind: Kind = "categorical" if name in CATEGORICAL else "ordinal"
        factors.append(Factor(name, size, kind, labels=known if len(known) == size else ()))
    return tuple(factors)
