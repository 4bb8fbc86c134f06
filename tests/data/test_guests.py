"""Datasets written outside the package, as the docs show them."""

import re
from pathlib import Path

import numpy as np
import pytest

from unbraid.data import DatasetInfo, draw_rows, in_memory, load_dataset

PAGE = Path(__file__).resolve().parents[2] / "docs" / "add-a-dataset.md"
EXAMPLES = re.findall(r"```python title=\"[^\"]+\"\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_each_example_of_the_page_is_a_dataset(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / f"guest_{number}.py").write_text(EXAMPLES[number], encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    (name,) = re.search(r'__all__ = \["(\w+)"\]', EXAMPLES[number]).groups()
    dataset = load_dataset(f"guest_{number}:{name}")
    index = draw_rows(dataset, np.random.default_rng(0), 20)
    images = dataset.images(index)
    assert images.shape == (20, *dataset.image_shape)
    assert images.dtype == np.uint8
    assert images.max() > images.min()
    assert len(dataset) == dataset.space.combinations
    assert np.array_equal(dataset.space.index(dataset.factors(index)), index)
    assert np.array_equal(in_memory(dataset).images(index), images)
    thin = load_dataset(f"guest_{number}:{name}", every={dataset.space.names[0]: 2}, resolution=8, standardize=True)
    assert thin.images(np.arange(5)).shape == (5, dataset.image_shape[0], 8, 8)
    assert thin.source == dataset.source


def test_the_page_lists_every_field() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.M)
    assert listed == list(DatasetInfo.__dataclass_fields__)
