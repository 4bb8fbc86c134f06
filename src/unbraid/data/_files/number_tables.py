"""Small images written as text: rows of whole numbers, the last of which is the class."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from unbraid.core import Factor, FactorSpace, UsageError, require
from unbraid.data._array_dataset import ArrayDataset
from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._files.archives import readable
from unbraid.data._views.in_memory import in_memory
from unbraid.data._views.view import view

MOST_TEXT = 2**26  # bytes; 5,000 digits of MNIST have 9 million


SPACE = FactorSpace((Factor("digit", 10, "categorical", labels=tuple("0123456789")),))


def digits_of(name: str, file: Path, side: int, white: int, source: str, resolution: int) -> GroundTruthDataset:
    """The dataset of a table (see `images_and_classes`), whose classes are digits."""
    images, classes = images_and_classes(file, side, white)
    return in_memory(view(ArrayDataset(name, images, SPACE, classes, source), resolution=resolution))


def images_and_classes(file: Path, side: int, white: int) -> tuple[np.ndarray, np.ndarray]:
    """A gzipped CSV of `side` x `side` pixels 0 .. `white` and a class 0 .. 9 a row.

    Returns:
        images uint8 [N, 1, side, side], `white` as 255, and classes int64 [N, 1].

    Raises:
        UsageError: it is no gzip or not whole, holds other columns, or numbers out of range.
    """
    with readable(file), gzip.open(file) as stream:
        text = stream.read(MOST_TEXT + 1)
    require(len(text) <= MOST_TEXT, f"{file} must hold at most {MOST_TEXT:,} bytes of text", "more", "fetch it again")
    require(text.strip(), f"{file} must hold rows of numbers", "nothing", "fetch it again")
    try:
        table = np.loadtxt(text.decode("ascii").splitlines(), delimiter=",", dtype=np.int64, ndmin=2)
    except ValueError as error:
        raise UsageError(f"{file} must hold whole numbers with commas between them; got '{error}'.") from error
    columns = side * side + 1
    require(table.shape[1] == columns, f"rows of {file} must have {columns} numbers", table.shape[1])
    pixels, classes = table[:, :-1], table[:, -1:]
    span = f"{pixels.min()} .. {pixels.max()}"
    require(pixels.min() >= 0 and pixels.max() <= white, f"pixels of {file} must lie in 0 .. {white}", span)
    span = f"{classes.min()} .. {classes.max()}"
    require(classes.min() >= 0 and classes.max() <= 9, f"classes of {file} must lie in 0 .. 9", span)
    images = ((2 * 255 * pixels + white) // (2 * white)).astype(np.uint8)  # rounded, half up, in whole numbers
    return images.reshape(-1, 1, side, side), classes
