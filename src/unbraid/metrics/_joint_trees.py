"""Small regression trees of many targets that are grown together, from latents that are sorted once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unbraid.metrics._exact_trees import APART, DEPTH

BLOCK = 8  # rows are summed in blocks of blocks of so many: NumPy's own cumsum takes five times as long
ELEMENTS = 300_000  # rows x nodes that are searched at a time: they stay in the processor's cache
EQUAL = 1e-5  # relative difference below which two latents decrease a variance equally: sums are in single precision
Pair = tuple[np.ndarray, np.ndarray]


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

    Splits are those of `Sorted`, searched for all targets at a time and in single precision. Latents that decrease the
    variance of a target equally share the importance; which is asked is drawn.

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
        last = np.zeros((len(columns), 1), dtype=bool)
        self._same = [
            np.flatnonzero(row) for row in _in_blocks(np.hstack([same, last]), False)
        ]  # places between equal values
        self._order = _in_blocks(order, len(code))  # padded by a row of zeros
        self._room = np.empty((3, ELEMENTS + self._order.shape[1]), dtype=np.float32)  # kept: fresh memory is slow
        self._asked = np.flatnonzero(~same.all(axis=1)).tolist()

    def grown(self, target: np.ndarray, rng: np.random.Generator) -> Trees:
        """Trees that predict `target` [M, N], float32."""
        targets, rows = target.shape
        inside = np.ones((targets, rows), dtype=bool)
        importance, levels = np.zeros((len(self.rank), targets)), []
        for _ in range(DEPTH):
            gains, places = self._splits(target, inside)
            top = gains.max(axis=0)
            tied = gains >= top * (1 - EQUAL)
            importance += (top / rows * tied / tied.sum(axis=0)).reshape(len(gains), -1, targets).sum(axis=1)
            latent = np.where(tied, rng.random(gains.shape), 0.0).argmax(axis=0)
            place = np.where(top > 0, places[latent, np.arange(len(latent))], 0)  # all go right where nothing is gained
            levels.append((latent, self._threshold(latent, place)))
            inside = _children(inside, self.rank[latent] < place[:, None])
        latents, thresholds = zip(*levels, strict=True)
        return Trees(latents, thresholds, _leaf_numbers(inside, targets), importance)

    def _splits(self, target: np.ndarray, inside: np.ndarray) -> Pair:
        """For each latent and node of the rows `inside` [M, N]: decrease of the squared error, ranks that go left."""
        shape, rows, counts = (len(self.rank), len(inside)), inside.shape[1], np.count_nonzero(inside, axis=1)
        gains, places = np.zeros(shape), np.zeros(shape, dtype=int)
        nodes = np.flatnonzero(counts > 1)
        for some in np.array_split(nodes, -(-max(1, len(nodes)) * self._order.shape[1] // ELEMENTS)):
            values = target[some % len(target)] * inside[some]
            values -= (values.sum(axis=1) / counts[some])[:, None]
            values *= inside[some]
            sums, held = (np.zeros((rows + 1, len(some)), dtype=np.float32) for _ in range(2))
            sums[:-1], held[:-1] = values.T, inside[some].T
            for d in self._asked if len(some) else ():
                gains[d, some], places[d, some] = self._best(d, sums, held, counts[some])
        return gains * counts, places

    def _best(self, d: int, values: np.ndarray, inside: np.ndarray, counts: np.ndarray) -> Pair:
        """Largest decrease of the mean squared error of each node by latent d, and its place.

        The squared error falls by S^2 n / (n_l n_r), where S is the sum on the left: over the node values sum to 0.
        """
        size = len(self._order[d]) * len(counts)
        sums, left, gains = (room[:size].reshape(-1, len(counts)) for room in self._room)
        sums, left = self._cumulated(values, d, sums), self._cumulated(inside, d, left)
        gains = gains.reshape(left.shape)
        sums *= sums
        np.subtract(np.tile(counts.astype(np.float32), left.shape[1] // len(counts)), left, out=gains)
        gains *= left
        np.maximum(gains, 1.0, out=gains)  # a side without rows gains nothing, but must not divide by 0
        np.divide(sums, gains, out=gains)
        if len(self._same[d]):
            gains.reshape(-1, len(counts))[self._same[d]] = 0.0
        top = gains.max(axis=0).reshape(-1, len(counts))
        block, nodes = top.argmax(axis=0), np.arange(len(counts))
        i, j = np.divmod(gains.reshape(BLOCK**2, -1, len(counts))[:, block, nodes].argmax(axis=0), BLOCK)
        return top[block, nodes], (block * BLOCK + j) * BLOCK + i + 1

    def _cumulated(self, values: np.ndarray, d: int, out: np.ndarray) -> np.ndarray:
        """The sums of `values` [N + 1, nodes] up to each rank of latent d, in the order of `_in_blocks`."""
        values.take(self._order[d], axis=0, out=out, mode="clip")
        sums = out.reshape(BLOCK, BLOCK, -1, values.shape[1])  # [i, j, block, nodes]
        for i in range(1, BLOCK):
            sums[i] += sums[i - 1]
        before = np.empty_like(sums[0])
        before[0], before[1:] = 0.0, sums[-1, :-1]
        for j in range(2, BLOCK):
            before[j] += before[j - 1]
        blocks = np.cumsum(before[-1] + sums[-1, -1], axis=0)
        before[:, 1:] += blocks[:-1]
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
    blocks = -(-ranked.shape[1] // BLOCK**2)
    padded = np.full((len(ranked), blocks * BLOCK**2), filled)
    padded[:, : ranked.shape[1]] = ranked
    return padded.reshape(len(ranked), blocks, BLOCK, BLOCK).transpose(0, 3, 2, 1).reshape(len(ranked), -1)


def _children(inside: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Rows of the left children, then of the right ones [2 M, N]."""
    return np.concatenate([inside & left, inside & ~left])


def _leaf_numbers(inside: np.ndarray, targets: int) -> np.ndarray:
    """Number of the leaf that each row is in, uint8 [M, N]."""
    leaves = inside.view(np.uint8).reshape(-1, targets, inside.shape[1])
    numbers = np.zeros(leaves[0].shape, dtype=np.uint8)
    for number, rows in enumerate(leaves):
        numbers += rows * np.uint8(number)
    return numbers
