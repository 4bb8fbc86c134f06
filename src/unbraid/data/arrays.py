"""A person's own arrays of images, with or without factors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from unbraid.core import UsageError, remembered, require, require_choice
from unbraid.core.places import expanded
from unbraid.core.table_files import is_table
from unbraid.data._array_dataset import ArrayDataset
from unbraid.data._dataset import NO_FACTORS
from unbraid.data._files.factor_table import columns_of, csv_columns, factor_table
from unbraid.data._files.prepared import fingerprint, images_in_memory, prepared_images
from unbraid.data._files.stored_arrays import StoredArray, pick, stored_arrays

__all__ = ["arrays"]

Layout = Literal["NHW", "NHWC", "NCHW"]
IMAGE_KEYS = ("images", "imgs", "image", "x", "X", "data", "array")
FACTOR_KEYS = ("factors", "labels", "latents_values", "latents/values", "latents_classes", "y", "Y")
IN_MEMORY_BYTES = 2**30  # larger images are prepared in the cache folder


@remembered
def arrays(
    *,
    path: str,
    images: str | None = None,
    factors: str | None = None,
    factor_names: Sequence[str] | None = None,
    kinds: Mapping[str, str] | None = None,
    layout: Layout | None = None,
) -> ArrayDataset:
    """Your own images from an .npz, .npy or HDF5 file, with or without factors.

    Args:
        path: the file. Pickled objects in it are never read.
        images: name of the array of images in the file; None looks for images, imgs, x, data. It may be [N, H, W],
            [N, H, W, C] or [N, C, H, W]; uint8 or other whole numbers in 0 .. 255 (0 and 1 only: taken as black
            and white), booleans, or floats in [0, 1], which become round(255 x).
        factors: name of the array [N, K] of factors in the file, or path of a table (.csv, .tsv, .parquet) with one row
            per image in the same order; None looks for factors, labels, latents_values, and takes none when they are
            missing.
        factor_names: a name for each column of factors; None takes "factor 0", or the header of the table.
        kinds: the kind of factors where it is not to be decided (see `unbraid.core.read_labels`), by name: ordinal,
            categorical, continuous, circular:360. An array `kinds` [K] in the file says the same.
        layout: NHW, NHWC or NCHW; None sees it from the shape (3 axes; last or second axis of 1, 3 or 4 channels).

    Raises:
        UsageError: a missing or damaged file, an unknown key, a shape that fits two layouts or none, values outside
            the ranges above, factors whose rows do not match the images.

    Example:
        >>> import numpy as np
        >>> import pathlib, tempfile
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "mine.npz"
        >>> grid = [[angle, size] for angle in range(0, 50, 10) for size in range(1, 7)]
        >>> np.savez(file, images=np.zeros((30, 8, 8), np.uint8), factors=grid)
        >>> data = arrays(path=str(file), factor_names=["angle", "size"])
        >>> data.image_shape, data.space.names, data.space.sizes, data.complete
        ((1, 8, 8), ('angle', 'size'), (5, 6), True)
    """
    if layout is not None:
        require_choice(layout, Layout, "arrays.layout")
    file = expanded(path)
    contents = stored_arrays(file)
    stored = pick(contents, images or _first(contents, IMAGE_KEYS), file)
    layout = _layout(stored.shape, layout)
    require(min(stored.shape) >= 1, "images must hold pixels", f"shape {stored.shape}")
    columns, in_file, said = _columns(contents, file, factors, factor_names, stored.shape[0], kinds)
    space, table = factor_table(columns, {**in_file, **(kinds or {})}) if columns else (NO_FACTORS, None)
    require(columns or not kinds, "kinds needs factors", "none in the file", "name their key with factors=")
    shape = _shape(stored.shape, layout)
    if np.prod(shape, dtype=np.int64) <= IN_MEMORY_BYTES:
        pixels = images_in_memory(shape, _converted(stored, layout))
    else:
        name = f"arrays-{fingerprint(file, key=images, layout=layout)}"
        pixels = prepared_images(name, shape, lambda: _converted(stored, layout), about=str(file))
    return ArrayDataset("arrays", pixels, space, table, source=f"read from {file}{said}")


def _first(contents: dict[str, StoredArray], keys: Sequence[str]) -> str:
    """The first of `keys` that the file holds; the first of all when it holds none of them."""
    return next((key for key in keys if key in contents), keys[0])


def _layout(shape: tuple[int, ...], layout: Layout | None) -> Layout:
    """The layout given, or the one its shape shows."""
    if layout is not None:
        require(len(shape) == len(layout), f"layout {layout} needs {len(layout)} axes", f"shape {shape}")
        return layout
    require(len(shape) in (3, 4), "images must be [N, H, W], [N, H, W, C] or [N, C, H, W]", shape)
    if len(shape) == 3:
        return "NHW"
    last, second = shape[3] in (1, 3, 4), shape[1] in (1, 3, 4)
    if last == second:
        which = "both axis 1 and the last axis could be channels" if last else "no axis has 1, 3 or 4 channels"
        raise UsageError(
            f"the layout of images must show from their shape; got {shape}: {which}. Give layout=NHWC or NCHW."
        )
    return "NHWC" if last else "NCHW"


def _shape(shape: tuple[int, ...], layout: Layout) -> tuple[int, int, int, int]:
    """[N, C, H, W] of a stored shape."""
    size = dict(zip(layout, shape, strict=True))
    return size["N"], size.get("C", 1), size["H"], size["W"]


def _converted(stored: StoredArray, layout: Layout) -> Iterator[np.ndarray]:
    """Row blocks as uint8 [n, C, H, W]."""
    binary = _is_binary(stored)
    for block in stored.blocks():
        pixels = _as_uint8(block, binary)
        if layout == "NHWC":
            pixels = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))
        yield pixels[:, None] if layout == "NHW" else pixels


def _is_binary(stored: StoredArray) -> bool:
    """True for whole numbers that are all 0 or 1; looks no further than the first that is not."""
    if not np.issubdtype(stored.dtype, np.integer):
        return stored.dtype == bool
    return all(block.min() >= 0 and block.max() <= 1 for block in stored.blocks())


def _as_uint8(block: np.ndarray, binary: bool) -> np.ndarray:
    """The block as uint8 in 0 .. 255."""
    if block.dtype.kind not in "buif":  # time spans call themselves whole numbers
        raise UsageError(f"images must be numbers; got dtype {block.dtype}. Save them as uint8.")
    if np.issubdtype(block.dtype, np.floating):
        low, high = block.min(), block.max()  # NaN passes through both and fails the comparison
        if not (low >= 0 and high <= 1):
            raise UsageError(
                f"floating-point images must lie in [0, 1]; got values from {low:g} to {high:g}. "
                "Scale them, or save them as uint8 in 0 .. 255."
            )
        return np.round(block * 255).astype(np.uint8)
    if binary:
        return block.astype(np.uint8) * np.uint8(255)
    if block.min() < 0 or block.max() > 255:
        raise UsageError(
            f"images must lie in 0 .. 255; got {block.min()} to {block.max()}. Scale and save them as uint8."
        )
    return block.astype(np.uint8)


def _columns(
    contents: dict[str, StoredArray],
    file: Path,
    factors: str | None,
    names: Sequence[str] | None,
    rows: int,
    kinds: Mapping[str, str] | None,
) -> tuple[dict[str, Any], dict[str, str], str]:
    """Columns of factors from a key of the file, from a table, or none; the kinds the file says; what was left out."""
    if factors is not None and is_table(factors):
        columns, said = csv_columns(expanded(factors), names, rows, kinds)
        return columns, {}, said
    if factors is None and not any(key in contents for key in FACTOR_KEYS):
        require(names is None, "factor_names needs factors", "none in the file", "name their key with factors=")
        return {}, {}, ""
    matrix = pick(contents, factors or _first(contents, FACTOR_KEYS), file).whole()
    columns = columns_of(matrix, names, rows)
    in_file = contents["kinds"].whole().astype(str).tolist() if "kinds" in contents else []
    require(
        not in_file or len(in_file) == len(columns), f"kinds must hold one kind per factor ({len(columns)})", in_file
    )
    return columns, dict(zip(columns, in_file, strict=False)), ""
