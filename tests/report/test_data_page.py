"""The page on a dataset."""

import csv

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.data import ArrayDataset, load_dataset
from unbraid.report.dataset import data_page, data_summary


def test_the_page_holds_its_pictures_and_numbers(tmp_path) -> None:
    dataset = load_dataset("toy")
    summary = data_summary(dataset, pairs=500, rows=50)
    page = data_page(dataset, tmp_path / "deep" / "toy", summary)
    text = page.read_text(encoding="utf-8")
    for words in ("Toy world", "brightness", "random", "mean squared difference", "a complete grid", "over 50 images"):
        assert words.lower() in text.lower()
    assert text.count("<svg") == 4
    assert "http" not in text.replace("http://www.w3.org", "")
    names = {file.name for file in page.parent.iterdir()}
    assert names == {
        "index.html",
        "contact_sheet.png",
        "factor_walks.png",
        "factor_importance.png",
        "distances.png",
        "distances.csv",
    }
    with (page.parent / "distances.csv").open() as stream:
        rows = {row["name"]: float(row["mean"]) for row in csv.DictReader(stream)}
    assert rows == pytest.approx(summary.distances.means())


def test_a_summary_is_the_same_again_and_depends_on_its_distance() -> None:
    dataset = load_dataset("toy")
    first, again = (data_summary(dataset, pairs=50).distances.means() for _ in range(2))
    assert first == again
    assert data_summary(dataset, pairs=50, distance="box_blur_mse").distances.means() != first
    with pytest.raises(UsageError, match="distance"):
        data_summary(dataset, distance="mes")


def test_a_dataset_without_factors_has_a_page_too(tmp_path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (7, 3, 8, 8), dtype=np.uint8)
    dataset = ArrayDataset("mine", images, source="<made up>")
    page = data_page(dataset, tmp_path, data_summary(dataset, pairs=20))
    text = page.read_text(encoding="utf-8")
    assert "&lt;made up&gt;" in text
    assert "Which factor" not in text
    assert (tmp_path / "contact_sheet.png").exists()
    assert not (tmp_path / "factor_walks.png").exists()


def test_factors_that_never_vary_alone_are_named(tmp_path) -> None:
    from unbraid.core import Factor, FactorSpace

    space = FactorSpace((Factor("left", 2), Factor("right", 2)))
    images = np.zeros((2, 1, 8, 8), np.uint8)
    dataset = ArrayDataset("diagonal", images, space, np.array([[0, 0], [1, 1]]))
    summary = data_summary(dataset, pairs=20)
    assert summary.distances.absent == ("left", "right")
    text = data_page(dataset, tmp_path, summary).read_text(encoding="utf-8")
    assert "No pair to measure: left, right" in text
