import pytest

from tests.models.walk import count, walk, weightless
from unbraid.core import UsageError
from unbraid.models.mlp import mlp


def test_layers() -> None:
    model = weightless(mlp, (1, 32, 32))
    assert walk(model.trunk, 1, 32, 32) == ["dense 256", "relu 256"] * 2
    assert walk(model.decoder, 10) == ["dense 256", "relu 256"] * 2 + ["dense 1024"]
    dense = (1024 + 1) * 256 + (256 + 1) * 256
    assert count(model.trunk) == dense
    assert count(model.head) == (256 + 1) * 20
    assert count(model.decoder) == (10 + 1) * 256 + (256 + 1) * 256 + (256 + 1) * 1024


def test_depth() -> None:
    assert len(walk(weightless(mlp, (1, 8, 8), depth=5).trunk, 1, 8, 8)) == 10


@pytest.mark.parametrize("options", [{"hidden": 0}, {"depth": 0}])
def test_impossible_options(options: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="hidden and depth must be at least 1"):
        mlp((1, 8, 8), **options)
