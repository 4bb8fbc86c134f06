"""Rows for fitting and rows for testing."""

from __future__ import annotations

import numpy as np

from unbraid.metrics._representation import Representation


def train_test(
    rep: Representation,
    rng: np.random.Generator,
    test: Representation | None = None,
    train_rows: int = 10_000,
    test_rows: int = 5_000,
) -> tuple[Representation, Representation]:
    """Disjoint random rows of `rep` for fitting and for testing; a given `test` is taken as it is, with all of `rep`.

    With fewer than `train_rows + test_rows` rows the ratio of the two is kept.
    """
    if test is not None:
        return rep, test
    share = min(1.0, len(rep) / (train_rows + test_rows))
    train_count = int(train_rows * share)
    test_count = min(int(test_rows * share), len(rep) - train_count)
    rows = rng.permutation(len(rep))[: train_count + test_count]
    return rep.rows(rows[:train_count]), rep.rows(rows[train_count:])


def some_rows(rep: Representation, rng: np.random.Generator, rows: int) -> Representation:
    """At most `rows` random rows, without repetition."""
    return rep if len(rep) <= rows else rep.rows(rng.permutation(len(rep))[:rows])
