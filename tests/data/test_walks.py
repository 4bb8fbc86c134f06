import numpy as np

from unbraid.core import Factor, FactorSpace
from unbraid.data import ArrayDataset, load_dataset, walk_along

GRID = FactorSpace((Factor("a", 5), Factor("b", 4)))


def shown(rows: np.ndarray) -> ArrayDataset:
    """Images whose one pixel is the number of the combination."""
    return ArrayDataset("x", rows.astype(np.uint8).reshape(-1, 1, 1, 1), GRID, GRID.levels(rows))


def test_a_grid_walks_through_its_middle():
    dataset = ArrayDataset("x", np.arange(20, dtype=np.uint8).reshape(-1, 1, 1, 1), GRID)
    images, factors = walk_along(dataset, 0)
    assert factors.tolist() == [[k, 2] for k in range(5)]
    assert images.ravel().tolist() == [2, 6, 10, 14, 18]
    assert walk_along(dataset, 1, row=4)[1].tolist() == [[1, 0], [1, 1], [1, 2], [1, 3]]
    assert walk_along(dataset, 0, steps=3)[1][:, 0].tolist() == [0, 2, 4]


def test_a_table_walks_where_it_holds_most_levels():
    dataset = shown(np.array([0, 4, 1, 5, 13, 17, 9]))  # (0,0) (1,0) (0,1) (1,1) (3,1) (4,1) (2,1)
    images, factors = walk_along(dataset, 0)
    assert factors.tolist() == [[0, 1], [1, 1], [2, 1], [3, 1], [4, 1]]
    assert images.ravel().tolist() == [1, 5, 9, 13, 17]
    assert walk_along(dataset, 0, row=0)[1].tolist() == [[0, 0], [1, 0]]


def test_a_table_without_two_such_rows_has_no_walk():
    assert walk_along(shown(np.array([0, 5])), 0) is None


def test_a_dataset_that_renders_walks_from_its_first_row():
    dataset = load_dataset("boxhead", rows=20)
    images, factors = walk_along(dataset, 0, steps=4)
    assert len(images) == 4
    first = dataset.factors(np.array([0]))
    assert (factors[:, 1:] == first[:, 1:]).all()
    assert len(set(factors[:, 0].tolist())) == 4
