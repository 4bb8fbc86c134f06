"""Levels counted as one: 40 angles as 16 classes; and a split by a share."""

import numpy as np
import pytest

from unbraid.core import Spec, UsageError
from unbraid.data import load_dataset
from unbraid.data._load import complete_data


def test_forty_angles_become_sixteen_classes_of_neighbours() -> None:
    whole = load_dataset("dsprites", cache="never")
    merged = load_dataset("dsprites", cache="never", merge={"orientation": 16})
    assert merged.space.sizes == (3, 6, 16, 32, 32)
    assert not merged.complete
    rows = np.arange(0, 1024 * 40, 1024)
    classes = merged.factors(rows)[:, 2]
    assert np.array_equal(classes, np.arange(40) * 16 // 40)
    assert set(np.bincount(classes)) == {2, 3}
    assert np.array_equal(merged.images(rows), whole.images(rows))
    angles = whole.space.factors[2]
    of_class = merged.space.factors[2]
    assert of_class.kind == angles.kind
    assert of_class.values[0] == pytest.approx(np.mean(angles.values[:3]))
    assert of_class.period == angles.period


def test_levels_may_be_merged_one_by_one() -> None:
    merged = load_dataset("dsprites", cache="never", merge={"shape": [0, 1, 0], "scale": [0, 0, 0, 1, 1, 1]})
    shape, scale = merged.space.factors[:2]
    assert (shape.size, shape.kind, shape.labels) == (2, "categorical", ("square or heart", "ellipse"))
    assert (scale.size, scale.kind) == (2, "ordinal")


@pytest.mark.parametrize(
    ("merge", "message"),
    [
        ({"angle": 4}, "factor must be one of"),
        ({"shape": 4}, r"merge.shape must be 2 \.\. 3 classes; got 4"),
        ({"shape": 1}, r"merge.shape must be 2 \.\. 3 classes; got 1"),
        ({"shape": [0, 1]}, r"or the class of each of 3 levels; got \[0, 1\]; like 16, or \[0, 0, 1\]"),
        ({"shape": [0, 2, 2]}, r"numbered from 0 without gaps; got none of class \[1\]"),
        ({"shape": "two"}, "must be a number of classes, or the class"),
        ({"shape": True}, "must be a number of classes, or the class"),
    ],
)
def test_what_cannot_be_merged_is_refused(merge: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_dataset("dsprites", cache="never", merge=merge)


def test_a_share_of_rows_is_trained_on() -> None:
    dataset = load_dataset("toy", split={"train": 0.75})
    assert (dataset.trained, len(dataset)) == (54, 72)
    for train in (0.0, 1.0, 72):
        with pytest.raises(UsageError, match=r"split\.train must leave rows of 72 to score"):
            load_dataset("toy", split={"train": train})


def test_new_options_leave_the_names_of_earlier_runs() -> None:
    assert "merge" not in complete_data(Spec("dsprites")).options
    assert "fit" not in complete_data(Spec("image_folder", {"path": "x"})).options
    assert complete_data(Spec("dsprites", {"merge": {"shape": 2}})).options["merge"] == {"shape": 2}
