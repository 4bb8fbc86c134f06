"""Arrays that numbers can hardly hold: refused at the edge, or every score is a number in its range or missing."""

import time
import warnings
from typing import Any

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.metrics import DEFAULT, Representation, declared, score

ROWS = 300
RNG = np.random.default_rng(0)
LEVELS = RNG.integers([3, 4], size=(ROWS, 2))
CODES = RNG.standard_normal((ROWS, 3))
SLOW = {"dci_joint", "factorised_support", "total_correlation", "dci_fast", "downstream_accuracy"}
QUICK = [name for name in DEFAULT if name not in SLOW]


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (CODES * 1e300, r"code must lie within ±1e\+30; got .*e\+300; divide by it: scores keep their value"),
        (CODES + 1j, "code must be numbers; got dtype complex128"),
        (CODES.astype("timedelta64[s]"), r"code must be numbers; got dtype timedelta64\[s\]"),
        (CODES.astype("datetime64[s]"), r"code must be numbers; got dtype datetime64\[s\]"),
        (CODES > 0, "code must be numbers; got dtype bool"),
        (CODES.astype(str), "code must be numbers; got dtype <U"),
        (np.where(CODES > 2, np.nan, CODES), "code must be finite"),
        (CODES.astype(object), "code must be numbers; got dtype object"),
    ],
)
def test_what_is_no_code_is_refused(codes: np.ndarray, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Representation.from_arrays(codes, LEVELS)


@pytest.mark.parametrize("layers", [(1.5, 1.5), (-1, 4), (0, 3), ("3",), (2, 2)])
def test_layers_are_whole_numbers_that_sum_to_the_latents(layers: Any) -> None:
    with pytest.raises(UsageError, match=r"layers must be whole numbers of at least 1 that sum to .* \(3\); got"):
        Representation.from_arrays(CODES, LEVELS, layers=layers)


def test_half_and_long_floats_are_brought_to_types_that_scores_compute_in() -> None:
    half = Representation.from_arrays(CODES.astype(np.float16), LEVELS, logvar=np.zeros(CODES.shape, np.float16))
    assert half.code.dtype == np.float32
    assert half.logvar is not None
    assert half.logvar.dtype == np.float32
    assert Representation.from_arrays(CODES.astype(np.longdouble), LEVELS).code.dtype == np.float64


STRANGE = {
    "huge": CODES * 1e29,
    "float16 at its limit": np.clip(CODES * 6e4, -65504, 65504).astype(np.float16),
    "denormal": np.ldexp(CODES, -1060),
    "far away": CODES + 1e12,
    "mixed": CODES * [1e-29, 1.0, 1e29],
    "whole": (CODES * 3).astype(np.int64),
}


@pytest.mark.parametrize("case", STRANGE)
def test_every_score_is_in_its_range_or_missing(case: str) -> None:
    rep = Representation.from_arrays(STRANGE[case], LEVELS, logvar=np.full(CODES.shape, -2.0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scores = score(rep, metrics=QUICK, floor=False)
    for name, given in scores.items():
        said = declared(name)
        assert (given.value is None) == bool(given.reason), name
        if given.value is not None and said is not None and np.isfinite(said.range).all():
            assert said.range[0] - 1e-3 <= given.value <= said.range[1] + 1e-3, (name, given.value)


def test_denormal_codes_read_like_the_same_codes_of_usual_size() -> None:
    for name in ("mig", "modularity", "mutual_information_between_latents"):
        usual, denormal = (
            score(codes, LEVELS, metrics=name, floor=False)[name].value for codes in (CODES, np.ldexp(CODES, -1000))
        )
        assert denormal == pytest.approx(usual, abs=1e-9), name


@pytest.mark.parametrize("logvar", [-1e30, 1e30, -81.0, 81.0])
def test_posteriors_without_width_are_missing_for_what_reads_them(logvar: float) -> None:
    rep = Representation.from_arrays(CODES, LEVELS, logvar=np.full(CODES.shape, logvar))
    scores = score(rep, metrics=["total_correlation", "aam_posterior", "mig"], floor=False)
    for name in ("total_correlation", "aam_posterior"):
        assert scores[name].value is None
        assert f"{name} needs log-variances within ±80; got" in scores[name].reason
    assert scores["mig"].value is not None


def test_a_total_correlation_that_cannot_be_resolved_is_missing() -> None:
    rep = Representation.from_arrays(CODES + 1e9, LEVELS, logvar=np.zeros(CODES.shape))
    (given,) = score(rep, metrics="total_correlation", floor=False).values()
    assert "total_correlation resolves means of at most 1e6 deviations; got 1e+09" in given.reason


def test_a_value_outside_the_range_of_its_score_is_missing() -> None:
    from unbraid.metrics._answer import within_range
    from unbraid.metrics._representation import Score

    said = declared("mig")
    assert within_range(Score(1.0005), said).value == 1.0005
    wrong = within_range(Score(3.0), said)
    assert wrong.value is None
    assert wrong.reason == "3 lies outside the range of the score, 0 .. 1: numbers were too large or small"


def test_large_codes_end() -> None:
    began = time.process_time()
    (given,) = score(CODES * 1e29, LEVELS, metrics="sap", floor=False).values()
    assert given.value is not None or given.reason
    assert time.process_time() - began < 20
