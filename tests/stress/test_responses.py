"""Responses to stress: known answers, intervals over seeds, agreement between scores, anybody's metric."""

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.stress._responses import Response, agreement, bands, responses


def made(metric: str, values: list[float | None], stressor: str = "rotation") -> list[Response]:
    return [Response(stressor, float(s), 0, metric, value, "") for s, value in enumerate(values)]


def test_mcc_under_rotation_is_the_cosine_of_the_angle() -> None:
    found = bands(responses("mcc", ["rotation"], seeds=2))["mcc"]["rotation"]
    expected = np.cos(np.radians(found.strengths)) / np.sqrt(1.01)  # 1.01: variance of a latent with its noise
    assert found.middle == pytest.approx(expected, abs=0.01)
    assert (found.low <= found.middle).all()


def test_parts_of_dci_that_are_scores_stand_beside_it() -> None:
    found = responses("dci_fast", ["redundancy"], seeds=1)
    assert {each.metric for each in found} == {"dci_fast", "dci_fast/completeness", "dci_fast/informativeness_test"}
    table = bands(found)
    assert table["dci_fast"]["redundancy"].middle[-1] > 0.95
    assert table["dci_fast/completeness"]["redundancy"].middle[-1] < 0.7


def test_a_score_that_does_not_exist_is_missing_with_its_reason() -> None:
    found = responses("flatness", ["rows"], seeds=1)
    assert all(each.value is None and "combination" in each.reason for each in found)
    assert bands(found) == {}


def test_anybodys_metric_is_taken_by_its_module() -> None:
    found = responses("tests.metrics.outside:half", ["dead"], seeds=1)
    assert {each.value for each in found} == {0.5}


def test_bands_are_means_with_students_interval() -> None:
    found = [Response("rows", 1.0, seed, "m", value, "") for seed, value in enumerate((0.1, 0.3))]
    band = bands(found)["m"]["rows"]
    assert band.middle.tolist() == [0.2]
    assert band.high[0] - band.middle[0] == pytest.approx(12.706 * 0.1, rel=1e-3)  # t(1) = 12.706, error 0.1
    missing = bands([*found, Response("rows", 2.0, 0, "m", None, "why")])["m"]["rows"]
    assert np.isnan(missing.middle[1])
    assert bands(made("m", [0.4]))["m"]["rotation"].low.tolist() == [0.4]


def test_agreement_is_the_rank_correlation_over_codes_that_both_score() -> None:
    rising, falling = made("up", [0.1, 0.2, 0.3, 0.4]), made("down", [0.9, 0.8, 0.7, None])
    flat = made("flat", [0.5, 0.501, 0.499, 0.5])
    found = agreement([*rising, *falling, *flat], ["up", "down", "flat"])
    assert found[0, 1] == found[1, 0] == pytest.approx(-1)
    assert np.isnan(found[0, 2])
    assert np.isnan(agreement(rising, ["up", "nobody"])[0, 1])


def test_progress_counts_codes() -> None:
    told: list[tuple[int, int]] = []
    responses("mcc", ["dead"], seeds=1, progress=lambda what, done, total: told.append((done, total)))
    assert told == [(number, 5) for number in range(1, 6)]


@pytest.mark.slow
def test_two_processes_give_what_one_gives() -> None:
    one, two = (responses(["mig", "sap"], ["rows"], seeds=2, jobs=jobs) for jobs in (1, 2))
    assert one == two


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"stressors": ["rotaton"]}, "Did you mean 'rotation'"),
        ({"metrics": "migg"}, "Did you mean 'mig'"),
        ({"seeds": 0}, "seeds must be at least 1"),
        ({"jobs": 0}, "jobs must be at least 1"),
    ],
)
def test_mistakes_are_named_before_anything_runs(options: dict, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        responses(**options)
