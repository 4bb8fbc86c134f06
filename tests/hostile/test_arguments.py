"""Arguments that were tracebacks, hung or took all memory: refused in words, or taken."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import unbraid
from unbraid import data, evaluation, report, studies, training
from unbraid.core import UsageError, load_entry
from unbraid.evaluation._rotations import independent
from unbraid.metrics import Representation, score
from unbraid.report.codes._map import map_of

CODE = np.random.default_rng(0).standard_normal((200, 3))
LEVELS = np.arange(200)[:, None] % 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: data.view(data.load_dataset("toy"), every=5), "view: every must be a mapping or null; got 5"),
        (lambda: data.view(data.load_dataset("toy"), split="x"), "view: split must be a mapping or null; got 'x'"),
        (lambda: training.read_settings(None), "read_settings: path must be Path or text; got None"),
        (lambda: training.stored_config("x"), "stored_config: folder must be RunDirectory; got 'x'"),
        (lambda: evaluation.read_scores(5), "the folder of a run must be a path; got 5; rename it"),
        (lambda: unbraid.describe("data", 5), "the name of an entry must be text; got 5; see `unbraid list data`"),
        (lambda: load_entry("metrics", None), "the name of an entry must be text; got None"),
        (lambda: report.figure("kl_per_latent", width=[]), r"the width of a column must be .* inches; got \[\]; take"),
        (lambda: report.layers_report([]), "needs at least one run folder; got none; give one that"),
        (lambda: studies.run("dubois-2019", jobs=1e300), "run: jobs must be at least 1 and at most 10,000; got 1e"),
        (lambda: studies.run("dubois-2019", jobs=10**12), "run: jobs must be at least 1 and at most 10,000; got 1000"),
    ],
)  # fmt: skip
def test_what_is_no_such_thing_is_refused(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        call()


def test_seeds_beyond_those_of_scikit_learn_are_taken() -> None:
    rep = Representation.from_arrays(CODE, LEVELS)
    first, second = map_of(rep, 7), map_of(rep, 2**40 + 7)
    assert first is not None
    assert second is not None
    assert independent(CODE, np.arange(200), 2**40 + 7)[0].shape == CODE.shape


def test_a_table_of_no_scores_has_its_columns() -> None:
    table = score(CODE, LEVELS, metrics=[], progress=False).table(200)
    assert len(table) == 0
    assert {"metric", "part", "value", "floor", "rows"} <= set(table)
