"""The page on which score answers which question has every measured table, and no score is left out."""

import re
from itertools import chain

import numpy as np
import pytest

from tests.docs import DOCS, blocks, making
from tests.metrics.codes import at_random, noise
from unbraid.core import names
from unbraid.metrics import DEFAULT, Representation, specs_of
from unbraid.stress import Response, ResponseCurve, stressor
from unbraid.stress._responses import responses_to_one

TABLES, QUESTIONS, CHOSEN = (making(name) for name in ("metric_tables", "questions", "chosen_scores"))
SAMPLE = ("mig", "mcc", "modularity", "irs", "r2", "infom", "dci_per_latent", "sap")


def test_every_table_of_the_page_is_filled_in() -> None:
    pages = [(DOCS / name).read_text(encoding="utf-8") for name in ("entries/metrics.md", "which-score.md")]
    asked = re.findall(r"<!-- table: (\w+) -->", "".join(pages))
    assert sorted(asked) == sorted(TABLES.tables())
    assert all("<!--" not in TABLES.with_tables(page) for page in pages)


def test_the_metrics_page_begins_with_the_table_of_scores() -> None:
    page = TABLES.with_tables((DOCS / "entries/metrics.md").read_text(encoding="utf-8"))
    assert page.index("| question | score |") < page.index("unbraid score codes.npz")


def test_every_score_stands_under_a_question() -> None:
    asked = chain(*(question.scores for question in QUESTIONS.QUESTIONS), *(scores for _, scores in QUESTIONS.DESCRIBE))
    assert {name.partition("/")[0] for name in asked} == {*names("metrics")} - {"dci"}


def measured() -> list[Response]:
    return TABLES.read(DOCS / "stress" / "stress.csv")


def test_every_default_score_was_measured_under_every_stressor_at_all_its_strengths() -> None:
    scores = {(answer.metric, answer.stressor, answer.strength) for answer in measured() if "/" not in answer.metric}
    codes = {(name, strength) for name in names("stress") for strength in stressor(name).strengths}
    assert scores == {(metric, *code) for metric in DEFAULT for code in codes}


@pytest.mark.parametrize("name", names("stress"))
def test_what_is_committed_is_what_is_measured_today(name: str) -> None:
    """A score, a stressor or a floor that has changed since makes the tables old: run `unbraid stress` again."""
    strength = stressor(name).strengths[2]
    today = responses_to_one(list(specs_of(SAMPLE).values()), name, strength, 0, permutations=3)
    kept = {(answer.metric, answer.stressor, answer.strength, answer.seed): answer for answer in measured()}
    for answer in today:
        then, now = (np.array(a[4:7], dtype=float) for a in (kept[answer.metric, name, strength, 0], answer))
        assert then == pytest.approx(now, abs=2e-5, rel=1e-4, nan_ok=True), "docs/stress/stress.csv is older"


def test_no_score_is_recommended_that_noise_can_fool_without_its_floor_beside_it() -> None:
    known = QUESTIONS.Measured.of(measured())
    rows = [row.split(" | ") for row in CHOSEN.chosen(known).splitlines()[2:]]
    assert [row[0] for row in rows if row[0] != "| "] == [f"| {q.sentence}" for q in QUESTIONS.QUESTIONS]
    for _, score, _, on_noise, *_ in rows:
        reading, _, above = on_noise.partition(", ")
        assert reading == "missing" or float(reading) <= 0.1 or float(above.strip("*")) < 0.25, score
    assert CHOSEN.fooled("explicitness", known)  # reads .5 on noise, and is slow: its floor is measured on request
    assert CHOSEN.fooled("aam", known)  # a single latent that varies reads 1, and leaves no room above it
    assert not CHOSEN.fooled("modularity", known)


def test_codes_that_know_nothing_score_no_more_than_chance() -> None:
    null = [a for a in measured() if a.stressor == "null" and a.strength > 0 and a.above is not None]
    above = {name: np.array([a.above for a in null if a.metric == name]) for name in {a.metric for a in null}}
    assert len(above) > 15
    for name, values in above.items():
        error = values.std(ddof=1) / np.sqrt(len(values))
        assert abs(values.mean()) <= 0.02 + 3 * error, name


def test_a_reading_holds_from_so_many_rows_and_up_to_so_many_latents() -> None:
    any_question = QUESTIONS.Question("?", ("noise",), ())
    line = np.array([0.3, 0.97, 0.9, 0.98, 1.0])
    falling = ResponseCurve(np.array([0.0, 2, 4, 8, 16]), line[::-1], line[::-1], line[::-1])
    assert CHOSEN.fewest_rows(ResponseCurve(np.array([100.0, 250, 500, 1000, 2000]), line, line, line)) == "1000"
    assert CHOSEN.most_latents({"width": falling}, any_question) == "6"
    flat = falling._replace(middle=np.ones(5))
    assert CHOSEN.most_latents({"width": flat}, any_question) == "20 (all measured)"
    blends = ResponseCurve(np.array([4.0, 16, 64, 256, 1024]), line[::-1], line[::-1], line[::-1])
    assert CHOSEN.most_latents({"width": flat, "overcomplete": blends}, any_question) == "20"
    blends = blends._replace(middle=np.array([1, 1, 1, 0.97, 0.6]))
    assert CHOSEN.most_latents({"width": flat, "overcomplete": blends}, any_question) == "256"
    assert CHOSEN.most_latents({"width": falling, "overcomplete": blends}, any_question) == "6"
    assert CHOSEN.fewest_rows(flat._replace(middle=np.array([np.nan, 1, 1, 1, 1]))) == "2"


def test_dci_fast_ranks_harmed_codes_as_dci_does_and_differs_little() -> None:
    rows = TABLES.fast_against_exact(TABLES.read(DOCS / "dci" / "stress.csv")).splitlines()[2:]
    cells = [[cell.strip().split(" ")[0] for cell in row.split("|")[2:6]] for row in rows]
    assert min(float(rank) for rank, *_ in cells[:2]) > 0.95
    assert max(abs(float(mean)) for *_, mean, _ in cells) < 0.01
    assert max(abs(float(largest)) for *_, largest in cells) < 0.03


def test_the_largest_change_is_counted_from_the_unstressed_end() -> None:
    line = np.array([0.5, 0.4, 0.9, np.nan, 1.0])
    curve = ResponseCurve(np.arange(5.0), line, line, line)
    assert QUESTIONS.change("noise", curve) == pytest.approx(1.0)
    assert QUESTIONS.change("nonlinearity", curve) == pytest.approx(1.0)
    assert QUESTIONS.change("rows", ResponseCurve(np.arange(6.0), *[np.append(0.3, line)] * 3)) == pytest.approx(-0.7)
    assert QUESTIONS.change("cardinality", curve) == pytest.approx(-5 / 9)


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
