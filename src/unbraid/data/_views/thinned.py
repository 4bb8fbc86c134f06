"""Every n-th level of some factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from unbraid.core import Factor, FactorSpace, require
from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._views.requirements import require_uniform_draw


class Thinned(GroundTruthDataset):
    """Every n-th level of some factors of a complete grid."""

    def __init__(self, dataset: GroundTruthDataset, every: Mapping[str, int]) -> None:
        require(dataset.complete, "every= thins complete grids only", dataset.name)
        require_uniform_draw(dataset, "every")
        steps = [1] * len(dataset.space)
        for name, step in every.items():
            require(isinstance(step, int) and step >= 1, f"every.{name} must be a whole number of at least 1", step)
            steps[dataset.space.position(name)] = step
        factors = tuple(_thinned(factor, step) for factor, step in zip(dataset.space.factors, steps, strict=True))
        render = dataset.render
        self._dataset, self._steps = dataset, np.array(steps)
        self.info = replace(
            dataset.info,
            space=FactorSpace(factors),
            names=None,
            render=None if render is None else lambda levels: render(levels * self._steps),
        )

    def __len__(self) -> int:
        return self.space.combinations

    def images(self, index: np.ndarray) -> np.ndarray:
        """Images of the kept rows [N] -> uint8 [N, C, H, W]."""
        return self._dataset.images(self._dataset.space.index(self.factors(index) * self._steps))

    def factors(self, index: np.ndarray) -> np.ndarray:
        """Levels in the thinned space [N] -> [N, K]."""
        return self.space.levels(index)


def _thinned(factor: Factor, step: int) -> Factor:
    """The factor with every `step`-th level."""
    if step == 1:
        return factor
    size = -(-factor.size // step)
    values = factor.values[::step] if factor.values else tuple(float(v) for v in range(0, factor.size, step))
    return Factor(factor.name, size, factor.kind, factor.unit, values, factor.labels[::step], factor.period)
