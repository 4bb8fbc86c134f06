"""Small regression trees of many targets that are grown together, from latents that are sorted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unbraid.metrics._exact_trees import APART, DEPTH

BLOCK = 8  # rows are summed in blocks of blocks of so many: NumPy's own cumsum takes five times as long
ELEMENTS = 200_000  # rows x nodes that are searched at a time: they stay in the processor's cache
EQUAL = 1e-5  # relative difference of two latents' gains below which chance decides: sums are in single precision
EMPTY = 2.0**-9  # rows more on each side of a split: a side without rows gains nothing, and divides nothing by zero


@dataclass(frozen=True)
class Trees:
    """A tree of depth 3 for each of M targets, level by level.

    Level l has 2^l M nodes: the left children of the level before, in its order, then its right children.

    Args:
        latent: that each node of a level asks of.
        threshold: rows at most as large go left.
        leaf: which of the 8 leaves of each target every row of training is in, uint8 [M, N].
        importance: decrease of the variance of each target by each latent, over all rows [D, M].
    """

    latent: tuple[np.ndarray, ...]
    threshold: tuple[np.ndarray, ...]
    leaf: np.ndarray
    importance: np.ndarray

    def leaf_of(self, columns: np.ndarray) -> np.ndarray:
        """Leaf of each row of `columns` [D, N], for each target [M, N]."""
        targets = len(self.latent[0])
        inside = np.ones((targets, columns.shape[1]), dtype=bool)
        for latent, threshold in zip(self.latent, self.threshold, strict=True):
            inside = _children(inside, columns[latent] <= threshold[:, None])
        return _leaf_numbers(inside, targets)


class Ranked:
    """Rows ranked by each latent, once, from which trees of any targets are grown.

    Splits are those of `Sorted`, searched for all targets at a time and in single precision: between every two rows
    whose values differ, the one that decreases the variance of the target most.

    Args:
        code: [N, D].
    """

    def __init__(self, code: np.ndarray) -> None:
        columns = np.ascontiguousarray(code.T, dtype=np.float32)  # [D, N]
        order = np.argsort(columns, axis=1, kind="stable")
        self.rank = np.empty(columns.shape, dtype=np.int32)
        np.put_along_axis(self.rank, order, np.arange(len(code), dtype=np.int32)[None], axis=1)
        self.values = np.take_along_axis(columns, order, axis=1)
        same = ~(self.values[:, 1:] > self.values[:, :-1] + APART)
        self._same = [np.flatnonzero(row) for row in _in_blocks(same, False)]  # places between equal values
        self._order = _in_blocks(order, len(code))  # padded by a row of zeros
        self._asked = np.flatnonzero(~same.all(axis=1))

    def grown(self, target: np.ndarray, rng: np.random.Generator) -> Trees:
        """Trees that predict `target` [M, N], float32."""
        targets, rows = target.shape
        inside = np.ones((targets, rows), dtype=bool)
        importance, levels = np.zeros((len(self.rank), targets)), []
        for _ in range(DEPTH):
            latent, place, gain = self._splits(target, inside, rng)
            np.add.at(importance, (latent, np.arange(len(latent)) % targets), gain / rows)
            levels.append((latent, self._threshold(latent, place)))
            inside = _children(inside, self.rank[latent] < place[:, None])
        latents, thresholds = zip(*levels, strict=True)
        return Trees(latents, thresholds, _leaf_numbers(inside, targets), importance)

    def _splits(
        self, target: np.ndarray, inside: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Latent, number of ranks that go left and decrease of the squared error, of nodes that hold `inside` [M, N]."""
        nodes, rows = inside.shape
        gains, places = np.zeros((len(self.rank), nodes), dtype=np.float32), np.zeros((len(self.rank), nodes), dtype=int)
        counts = np.count_nonzero(inside, axis=1)
        for some in np.array_split(np.arange(nodes), -(-nodes * rows // ELEMENTS)):
            values = target[some % len(target)] * inside[some]
            values -= (values.sum(axis=1) / np.maximum(counts[some], 1))[:, None]
            values *= inside[some]
            columns = [np.zeros((rows + 1, len(some)), dtype=np.float32) for _ in range(2)]
            columns[0][:-1], columns[1][:-1] = values.T, inside[some].T
            for d in self._asked:
                gains[d, some], places[d, some] = self._best(d, *columns, counts[some])
        latent = (gains * (1 + EQUAL * rng.random(gains.shape, dtype=np.float32))).argmax(axis=0)
        at = latent, np.arange(nodes)
        return latent, places[at], gains[at].astype(np.float64) * counts

    def _best(
        self, d: int, values: np.ndarray, inside: np.ndarray, counts: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Best place of latent d in each node, and its decrease of the mean squared error.

        The decrease of the squared error is S_l^2 n / (n_l n_r), where values sum to 0 over the node.
        """
        left, sums = self._cumulated(inside, d, EMPTY), self._cumulated(values, d, 0.0)
        sums *= sums
        gains = np.tile((counts + 2 * EMPTY).astype(np.float32), left.shape[1] // len(counts)) - left
        gains *= left
        np.divide(sums, gains, out=gains)
        if len(self._same[d]):
            gains.reshape(-1, len(counts))[self._same[d]] = 0.0
        top = gains.max(axis=0).reshape(-1, len(counts))
        block, nodes = top.argmax(axis=0), np.arange(len(counts))
        i, j = np.divmod(gains.reshape(BLOCK**2, -1, len(counts))[:, block, nodes].argmax(axis=0), BLOCK)
        return top[block, nodes], (block * BLOCK + j) * BLOCK + i + 1

    def _cumulated(self, values: np.ndarray, d: int, start: float) -> np.ndarray:
        """`start` plus the sums of `values` [N + 1, nodes] up to each rank of latent d, in the order of `_in_blocks`."""
        sums = values.take(self._order[d], axis=0).reshape(BLOCK, BLOCK, -1, values.shape[1])  # [i, j, block, nodes]
        for i in range(1, BLOCK):
            sums[i] += sums[i - 1]
        before = np.empty_like(sums[0])
        before[0], before[1:] = 0.0, sums[-1, :-1]
        for j in range(2, BLOCK):
            before[j] += before[j - 1]
        blocks = np.cumsum(before[-1] + sums[-1, -1], axis=0)
        before[:, 1:] += blocks[:-1]
        before += np.float32(start)
        sums += before
        return sums.reshape(BLOCK**2, -1)

    def _threshold(self, latent: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Half way between the last value on the left and the first on the right; infinite where one side is empty."""
        ends = np.pad(self.values.astype(np.float64), ((0, 0), (1, 1)), constant_values=((0, 0), (-np.inf, np.inf)))
        below, above = (ends[latent, np.minimum(place + side, ends.shape[1] - 1)] for side in (0, 1))
        half: np.ndarray = below / 2 + above / 2
        return np.where(half == above, below, half)


def _in_blocks(ranked: np.ndarray, filled: int | bool) -> np.ndarray:
    """Ranks [D, N], filled up to blocks of 8 x 8, ordered by place in eight, eight in block, block."""
    blocks = -(-(ranked.shape[1] + 1) // BLOCK**2)
    padded = np.full((len(ranked), blocks * BLOCK**2), filled)
    padded[:, : ranked.shape[1]] = ranked
    return padded.reshape(len(ranked), blocks, BLOCK, BLOCK).transpose(0, 3, 2, 1).reshape(len(ranked), -1)


def _children(inside: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Rows of the left children, then of the right ones [2 M, N]."""
    return np.concatenate([inside & left, inside & ~left])


def _leaf_numbers(inside: np.ndarray, targets: int) -> np.ndarray:
    """Number of the leaf that each row is in, uint8 [M, N]."""
    leaves: Sequence[np.ndarray] = inside.view(np.uint8).reshape(-1, targets, inside.shape[1])
    numbers = np.zeros_like(leaves[0])
    for number, rows in enumerate(leaves):
        numbers += rows * np.uint8(number)
    return numbers
