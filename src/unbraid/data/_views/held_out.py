"""The rows of a dataset that some combinations of levels leave, or those that they take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from unbraid.core import require, require_choice
from unbraid.data._dataset import GroundTruthDataset, rows_within
from unbraid.data._views.requirements import require_levels, require_uniform_draw

Part = Literal["train", "test"]
MOST_ROWS = 50_000_000  # rows that may be listed one by one


def without_combinations(
    dataset: GroundTruthDataset, levels: Mapping[str, Sequence[int]], part: Part
) -> GroundTruthDataset:
    """The rows outside (`train`) or inside (`test`) the held-out combinations.

    Args:
        dataset: with factors that have levels.
        levels: factor name -> levels; held out are the rows in which every named factor has one of its levels.
        part: `train` or `test`; the two share no row and together are the dataset.
    """
    require_choice(part, Part, "held_out.part")
    require(
        levels, "held_out must name at least one factor and its levels", dict(levels), "like {shape: [0], posX: [0]}"
    )
    require_levels(dataset, "held_out")
    require(len(dataset) <= MOST_ROWS, f"held_out lists rows, at most {MOST_ROWS}", len(dataset), "thin it with every=")
    inside = np.ones(len(dataset), dtype=bool)
    factors = dataset.factors(np.arange(len(dataset)))
    for name, chosen in levels.items():
        factor = dataset.space.factors[dataset.space.position(name)]
        valid = isinstance(chosen, Sequence) and all(isinstance(c, (int, np.integer)) for c in chosen)
        require(
            valid and chosen and min(chosen) >= 0 and max(chosen) < factor.size,
            f"held_out.{name} must list levels in 0 .. {factor.size - 1}",
            chosen,
        )
        inside &= np.isin(factors[:, dataset.space.position(name)], chosen)
    rows = np.flatnonzero(inside if part == "test" else ~inside)
    require(len(rows), f"held_out must leave rows in its {part} part", f"{dict(levels)}, which leaves none")
    require_uniform_draw(dataset, "held_out")
    return Subset(dataset, rows)


class Subset(GroundTruthDataset):
    """Some rows of a dataset, in its own factor space.

    Args:
        dataset: whose rows they are.
        rows: their numbers, in the new order [N].
        changes: fields of `DatasetInfo` that differ from the dataset's.
    """

    def __init__(self, dataset: GroundTruthDataset, rows: np.ndarray, **changes: Any) -> None:
        names = None if dataset.names is None else tuple(dataset.names[row] for row in rows)
        self.info = replace(dataset.info, complete=False, names=names, **changes)
        self._dataset, self._rows = dataset, rows

    def __len__(self) -> int:
        return len(self._rows)

    def images(self, index: np.ndarray) -> np.ndarray:
        """Images of the chosen rows [N] -> uint8 [N, C, H, W]."""
        return self._dataset.images(self._rows[rows_within(index, len(self))])

    def factors(self, index: np.ndarray) -> np.ndarray:
        """Levels of the chosen rows [N] -> [N, K]."""
        return self._dataset.factors(self._rows[rows_within(index, len(self))])
