"""What a dataset is: images addressed by index, each with the levels of its factors."""

from __future__ import annotations

import copy
import html
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np

from unbraid.core import FactorSpace, Remembers, UsageError, require
from unbraid.data._shown import image_row_html

Draw = Callable[[np.random.Generator, int], np.ndarray]
Render = Callable[[np.ndarray], np.ndarray]
Standardisation = tuple[np.ndarray, np.ndarray]
NO_FACTORS = FactorSpace(())
SHOWN = 8  # images of a dataset in a notebook


@dataclass(frozen=True, eq=False)
class DatasetInfo:
    """All there is to say of a dataset besides its rows; a view of it says `dataclasses.replace(dataset.info, ...)`.

    Args:
        name: how listings and reports call it.
        image_shape: (channels, height, width).
        space: the factors [K]; an empty space where none are known.
        complete: True when row i is combination i of `space`, for every combination.
        source: one sentence on where the images come from: rendered here, read from a file, a stand-in for another set.
        draw: how training rows are drawn, `draw(rng, count) -> int64 [count]`; None for uniform with replacement.
        standardisation: per-channel (mean [C], std [C]) in [0, 1] units that training applies to images, or None.
        render: `render(factors [N, K]) -> uint8 [N, C, H, W]`, also of combinations that no row has: for tables too
            sparse to hold pairs of rows that differ in one factor alone. None where rows are all there is.
        trained: training draws from rows 0 .. trained - 1 and the others are scored; None for all of them in both.
        cubes: rows come in cubes of 2**cubes, in which row numbers that differ in bit k differ in the k-th factor of
            several levels and in no other; 0 for rows in no such order.
        names: of the file behind each row, such as "cats/1.png"; None where rows have none.
    """

    name: str
    image_shape: tuple[int, int, int]
    space: FactorSpace = NO_FACTORS
    complete: bool = False
    source: str = ""
    draw: Draw | None = None
    standardisation: Standardisation | None = None
    render: Render | None = None
    trained: int | None = None
    cubes: int = 0
    names: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        require(
            len(self.image_shape) == 3, "image_shape must be (channels, height, width)", f"{tuple(self.image_shape)}"
        )


class GroundTruthDataset(Remembers, ABC):
    """Images of known (or no) factors; it has a factor space, it is not one.

    A dataset sets `info` and answers for its rows. The fields of `info` are read as attributes: `dataset.space`.
    """

    info: DatasetInfo

    @abstractmethod
    def __len__(self) -> int:
        """Number of rows."""

    @abstractmethod
    def images(self, index: np.ndarray) -> np.ndarray:
        """Images of rows `index` [N] -> uint8 [N, C, H, W]."""

    @abstractmethod
    def factors(self, index: np.ndarray) -> np.ndarray:
        """Factor levels of rows `index` [N] -> int64 [N, K]; float64 if a factor is continuous.

        Missing levels are NaN, and the table is float64 then too.
        """

    def __getitem__(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """Row `row`: its image, float32 in [0, 1] [C, H, W], and its factors [K]; batched by a torch `DataLoader`."""
        if not -len(self) <= row < len(self):
            raise IndexError(f"a row must lie in 0 .. {len(self) - 1}; got {row}.")
        index = np.array([row % len(self)])
        return self.images(index)[0].astype(np.float32) / 255, self.factors(index)[0]

    def __repr__(self) -> str:
        size = " x ".join(map(str, self.image_shape))
        factors = ", ".join(f"{factor.name} {factor.size or factor.kind}" for factor in self.space.factors)
        return f"<{self.name}: {len(self):,} images {size}; {f'factors {factors}' if factors else 'no factors'}>"

    def _repr_html_(self) -> str:
        spread = np.linspace(0, len(self) - 1, SHOWN).round().astype(np.int64)
        return f"<p>{html.escape(repr(self)[1:-1])}</p>{image_row_html(self.images(spread), 'images')}"

    @property
    def name(self) -> str:
        """How listings and reports call it."""
        return self.info.name

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""
        return self.info.image_shape

    @property
    def space(self) -> FactorSpace:
        """The factors [K]."""
        return self.info.space

    @property
    def complete(self) -> bool:
        """True when row i is combination i of `space`, for every combination."""
        return self.info.complete

    @property
    def source(self) -> str:
        """Where the images come from."""
        return self.info.source

    @property
    def draw(self) -> Draw | None:
        """How training rows are drawn; None for uniform with replacement."""
        return self.info.draw

    @property
    def standardisation(self) -> Standardisation | None:
        """Mean and deviation of each channel that training applies to images, or None."""
        return self.info.standardisation

    @property
    def render(self) -> Render | None:
        """Images of any factors, where the dataset offers them."""
        return self.info.render

    @property
    def trained(self) -> int | None:
        """How many rows, the first ones, are trained on while the others are scored; None where all are both."""
        return self.info.trained

    @property
    def cubes(self) -> int:
        """The number of factors F where rows come in cubes of 2^F, else 0; see `DatasetInfo`."""
        return self.info.cubes

    @property
    def names(self) -> tuple[str, ...] | None:
        """The name of each row's file, or None; see `DatasetInfo`."""
        return self.info.names

    @property
    def training_rows(self) -> int:
        """Rows that training draws from: the first ones, all of them unless some are held out for scoring."""
        return len(self) if self.trained is None else self.trained

    @property
    def first_scored_row(self) -> int:
        """Rows from this one on are scored: those that training does not draw from, or all where it draws from all."""
        return self.trained or 0

    def with_info(self, **changes: Any) -> Self:
        """The same rows, with some fields of `info` changed."""
        changed = copy.copy(self)
        changed.info, changed.spec = replace(self.info, **changes), None
        return changed

    @cached_property
    def rows_by_combination(self) -> tuple[np.ndarray, np.ndarray]:
        """Combination numbers in ascending order [N], and the row that shows each [N]; for incomplete tables."""
        numbers = self.space.index(self.factors(np.arange(len(self))))
        order = np.argsort(numbers, kind="stable")
        return numbers[order], order


def known_rows(dataset: GroundTruthDataset) -> np.ndarray:
    """Rows of a table [M] in which no level is missing."""
    table = dataset.factors(np.arange(len(dataset)))
    if np.issubdtype(table.dtype, np.integer):
        return np.arange(len(table))
    return np.flatnonzero(~np.isnan(table).any(axis=1))


def rows_within(index: np.ndarray, rows: int) -> np.ndarray:
    """`index` as int64, refused unless all of it lies in 0 .. rows - 1."""
    index = np.asarray(index, dtype=np.int64)
    if index.size and (index.min() < 0 or index.max() >= rows):
        worst = int(index.min()) if index.min() < 0 else int(index.max())
        raise UsageError(f"a row index must lie in 0 .. {rows - 1}; got {worst}.")
    return index
