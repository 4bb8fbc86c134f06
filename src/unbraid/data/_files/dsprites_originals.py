"""The original files of dSprites, .npz or .hdf5, packed to bits once; their pickled metadata is never loaded."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from unbraid.core import Factor, FactorSpace, UsageError, require, tracked
from unbraid.data._files.cache import cache_folder, prepared_array
from unbraid.data._files.locations import digest
from unbraid.data._files.sources import SOURCES
from unbraid.data._files.stored_arrays import StoredArray, pick, stored_arrays
from unbraid.data._rendered import PackedGrid, pack
from unbraid.data._scenes.dsprites_shapes import SPACE

TABLES = {".npz": ("latents_classes", "latents_values"), ".hdf5": ("latents/classes", "latents/values")}


def original(file: Path, verify: bool) -> PackedGrid:
    """The dataset in an original file; the images are packed into the cache folder the first time.

    Raises:
        UsageError: no such file, another format, a wrong checksum, or arrays that are no complete grid.
    """
    rule = "dsprites: source must be 'render' or the path of an existing .npz or .hdf5 file"
    require(os.path.isfile(file), rule, repr(str(file)))
    require(file.suffix in TABLES, "the original dSprites file must end in .npz or .hdf5", repr(file.name))
    source = next(source for source in SOURCES["dsprites"] if source.name.endswith(file.suffix))
    kind, _, published = source.checksum.partition(":")
    came = digest(file, kind)
    if verify and came != published:
        raise UsageError(
            f"{file} must have the published {kind} checksum {published[:12]}…; got {came[:12]}…. It is damaged or "
            "another file: fetch it again, or set verify=false for another complete grid of the same format; a part of "
            "dSprites is read as your own: --data arrays."
        )
    arrays = stored_arrays(file)
    images, classes, values = (pick(arrays, key, file) for key in ("imgs", *TABLES[file.suffix]))
    require(
        len(images.shape) == 3 and images.shape[1] == images.shape[2] and images.shape[1] % 8 == 0,
        f"'imgs' of {file} must be square images [N, H, W] with H a multiple of 8",
        images.shape,
    )
    space = _space(classes.whole(), values.whole(), file, TABLES[file.suffix][0])
    require(space.combinations == images.shape[0], f"{file} must hold one image per row of its tables", images.shape)
    size = images.shape[1]
    path, about = cache_folder() / f"dsprites-original-{came[:16]}.npy", "the original dSprites, one bit per pixel"
    bits = prepared_array(
        path, (images.shape[0], size * size // 8), np.uint8, lambda array: _pack_all(images, array), about
    )
    return PackedGrid("dsprites", bits, space, size, f"read from the original file {file.name}")


def _space(classes: np.ndarray, values: np.ndarray, file: Path, table: str) -> FactorSpace:
    """The factors of a file whose columns are colour (one level) and the five factors."""
    require(
        classes.ndim == 2 and classes.shape[1] == 1 + len(SPACE) and classes.shape == values.shape and len(classes),
        f"the latents of {file} must have {1 + len(SPACE)} columns: color, {', '.join(SPACE.names)}",
        f"{classes.shape} and {values.shape}",
    )
    factors = []
    for k, factor in enumerate(SPACE.factors, start=1):
        first = np.unique(classes[:, k], return_index=True)[1]
        labels = factor.labels[: len(first)] if factor.labels else ()
        levels = tuple(values[first, k].tolist()) if not labels else ()
        factors.append(Factor(factor.name, len(first), factor.kind, factor.unit, levels, labels, factor.period))
    space = FactorSpace(tuple(factors))
    whole = space.combinations == len(classes) and not classes[:, 0].any()
    if not whole or not np.array_equal(space.levels(np.arange(len(classes))), classes[:, 1:]):
        raise UsageError(
            f"{file} must hold the complete grid, one row per combination, the last factor varying fastest; "
            f"got {len(classes)} rows for sizes {space.sizes}. It is another dataset, or its rows were moved; "
            f"a part of dSprites is read as your own: --data arrays --set data.path={file} --set data.images=imgs "
            f"--set data.factors={table}."
        )
    return SPACE if space.sizes == SPACE.sizes else space


def _pack_all(images: StoredArray, bits: np.ndarray) -> None:
    """Pack block after block into `bits`."""
    done = 0
    for block in tracked(images.blocks(), "packing dSprites"):
        bits[done : done + len(block)] = pack(block)
        done += len(block)
