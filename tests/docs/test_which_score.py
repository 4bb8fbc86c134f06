"""The page on which score answers which question has every measured table, and no score is left out."""

import re
from itertools import chain

import numpy as np
import pytest

from tests.docs import DOCS, blocks, making
from tests.metrics.codes import at_random, noise
from unbraid.core import names
from unbraid.metrics import DEFAULT, Representation
from unbraid.stress import ResponseCurve

TABLES = making("metric_tables")


def test_every_table_of_the_page_is_filled_in() -> None:
    page = (DOCS / "which-score.md").read_text(encoding="utf-8")
    asked = re.findall(r"<!-- table: (\w+) -->", page)
    assert sorted(asked) == sorted(TABLES.tables())
    assert "<!--" not in TABLES.with_tables(page)


def test_every_score_stands_under_a_question() -> None:
    asked = chain(*(question.scores for question in TABLES.QUESTIONS), *(scores for _, scores in TABLES.DESCRIBE))
    assert {name.partition("/")[0] for name in asked} == {*names("metrics")} - {"dci"}


def test_every_default_score_was_measured_under_every_stressor() -> None:
    answers = TABLES.read(DOCS / "stress" / "stress.csv")
    assert {answer.metric for answer in answers} >= set(DEFAULT)
    assert {answer.stressor for answer in answers} == set(names("stress"))


def test_dci_fast_ranks_harmed_codes_as_dci_does_and_differs_little() -> None:
    rows = TABLES.fast_against_exact(TABLES.read(DOCS / "dci" / "stress.csv")).splitlines()[2:]
    cells = [[cell.strip().split(" ")[0] for cell in row.split("|")[2:6]] for row in rows]
    assert min(float(rank) for rank, *_ in cells[:2]) > 0.95
    assert max(abs(float(mean)) for *_, mean, _ in cells) < 0.01
    assert max(abs(float(largest)) for *_, largest in cells) < 0.08


def test_the_largest_change_is_counted_from_the_unstressed_end() -> None:
    line = np.array([0.5, 0.4, 0.9, np.nan, 1.0])
    curve = ResponseCurve(np.arange(5.0), line, line, line)
    assert TABLES.change("noise", curve) == pytest.approx(1.0)
    assert TABLES.change("rows", curve) == pytest.approx(-0.6)
    assert TABLES.change("cardinality", curve) == pytest.approx(-5 / 9)


def test_the_examples_run() -> None:
    from sklearn.model_selection import cross_val_score

    factors = at_random(400, 4, 5)
    images = np.concatenate([factors + 0.3 * noise(400, 2), noise(400, 10)], axis=1)
    given = {"code": images, "factors": factors, "images": images, "cross_val_score": cross_val_score}
    given |= {"encoder": lambda x: x, "loader": [(images, factors)]}
    from sklearn.decomposition import PCA

    given |= {"PCA": PCA, "other": Representation.from_arrays(images, factors, names=["shape", "scale"])}
    for code in blocks("entries/metrics.md", "python"):
        exec(code, given)
    assert set(given["accumulator"].values()) == {"mig", "irs"}
