"""Small regression trees that are grown exactly, with each latent sorted once for all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DEPTH = 3  # of scikit-learn's boosting
APART = 1e-7  # values of a latent that are closer are not told apart, as in scikit-learn
PURE = np.finfo(np.float64).eps  # variance of a target below which a node is a leaf


@dataclass(frozen=True)
class Tree:
    """One tree, as its internal nodes in the order of a heap (root 0, children 2 i + 1 and 2 i + 2).

    Args:
        latent: that node i asks of [7]; -1 where it is none.
        threshold: rows at most as large go left [7].
        leaf: node at which each row of training ends [N].
        importance: decrease of the variance of the target by each latent, over all rows [D].
    """

    latent: np.ndarray
    threshold: np.ndarray
    leaf: np.ndarray
    importance: np.ndarray

    def leaf_of(self, columns: np.ndarray) -> np.ndarray:
        """Node at which each row of `columns` [D, N] ends [N]."""
        node = np.zeros(columns.shape[1], dtype=np.intp)
        for i in np.flatnonzero(self.latent >= 0):
            right = columns[self.latent[i]] > self.threshold[i]
            node = np.where(node == i, 2 * i + 1 + right, node)
        return node


class Sorted:
    """Rows sorted by each latent, once, from which trees of any target are grown.

    Every split is the one that decreases the variance of the target most, as in scikit-learn's `best` splitter; equally
    good latents are drawn from; of equally good places in one, rounding chooses.

    Args:
        code: [N, D].
    """

    def __init__(self, code: np.ndarray) -> None:
        self.columns = np.ascontiguousarray(code.T, dtype=np.float32)  # [D, N]
        self.order = np.argsort(self.columns, axis=1, kind="stable")  # [D, N]
        self._goes_left = np.zeros(len(code), dtype=bool)
        self._values, self._sums = np.empty((2, code.size))  # kept: fresh memory costs more than the sums in it

    def grown(self, target: np.ndarray, rng: np.random.Generator) -> Tree:
        """A tree that predicts `target` [N]."""
        latents, rows = self.columns.shape
        nodes = 2**DEPTH - 1
        latent, threshold = np.full(nodes, -1), np.zeros(nodes)
        leaf, importance = np.zeros(rows, dtype=np.intp), np.zeros(latents)
        waiting = [(0, self.order)]
        while waiting:
            node, order = waiting.pop()
            split = None if node >= nodes else self._split(order, target, rng)
            if split is None:
                leaf[order[0]] = node
                continue
            chosen, count, gain = split
            latent[node], threshold[node] = chosen, self._threshold(order[chosen], chosen, count)
            importance[chosen] += gain / rows
            children = (2 * node + 1, 2 * node + 2)
            parts = self._parts(order, chosen, count, last=children[0] >= nodes)
            waiting += list(zip(children, parts, strict=True))
        return Tree(latent, threshold, leaf, importance)

    def _split(self, order: np.ndarray, target: np.ndarray, rng: np.random.Generator) -> tuple[int, int, float] | None:
        """Latent, rows that go left, and decrease of the squared error of a node; None where it is a leaf."""
        rows = order.shape[1]
        if rows < 2:
            return None
        values = np.take(target, order, out=self._values[: order.size].reshape(order.shape), mode="clip")  # [D, n]
        total = values[0].sum()
        if values[0] @ values[0] / rows - (total / rows) ** 2 <= PURE:
            return None
        left = self._sums[: values[:, 1:].size].reshape(len(order), rows - 1)
        np.cumsum(values[:, :-1], axis=1, out=left)
        counts = np.arange(1.0, rows)
        left -= counts * (total / rows)
        left *= left
        left *= rows / (counts * (rows - counts))  # the decrease: (S_l - n_l S / n)^2 n / (n_l n_r)
        best = left.argmax(axis=1)
        self._apart(order, left, best)
        gains = left[np.arange(len(best)), best]
        if (highest := gains.max()) < 0:
            return None
        equal = np.flatnonzero(gains == highest)
        chosen = int(equal[0] if len(equal) == 1 else rng.choice(equal))
        return chosen, int(best[chosen]) + 1, float(highest)

    def _apart(self, order: np.ndarray, gains: np.ndarray, best: np.ndarray) -> None:
        """Move the best places of latents that lie between two equal values, and mark latents that have no place by -1.

        Few do where values are continuous, so that comparing only there is cheaper than comparing all.
        """
        latents = np.arange(len(best))
        below, above = (self.columns[latents, order[latents, best + side]] for side in (0, 1))
        for d in np.flatnonzero(~(above > below + APART)):
            values = self.columns[d, order[d]]
            gains[d, ~(values[1:] > values[:-1] + APART)] = -1.0
            best[d] = gains[d].argmax()

    def _threshold(self, order: np.ndarray, latent: int, count: int) -> float:
        """Half way between the last value on the left and the first on the right."""
        below, above = (float(self.columns[latent, order[count - side]]) for side in (1, 0))
        half = below / 2 + above / 2
        return below if half == above else half

    def _parts(self, order: np.ndarray, latent: int, count: int, last: bool) -> tuple[np.ndarray, np.ndarray]:
        """The sorted rows of both children; of leaves in one order alone."""
        rows = order[latent]
        if last:
            return rows[None, :count], rows[None, count:]
        self._goes_left[rows[:count]], self._goes_left[rows[count:]] = True, False
        left = self._goes_left.take(order)  # [D, n], with as many rows in each line
        places = (np.flatnonzero(side) for side in (left, ~left))
        first, second = (order.ravel().take(place).reshape(len(order), -1) for place in places)
        return first, second
