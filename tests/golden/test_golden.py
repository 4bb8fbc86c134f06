"""Every golden value that fits into a fast test; the rest is `make golden`."""

import pytest

from tests.golden.harness import DATA, Check, checks, outcome

ALL = list(checks(DATA))


@pytest.mark.parametrize(
    "check",
    [pytest.param(c, marks=pytest.mark.slow) if c.slow else c for c in ALL if c.run],
    ids=lambda c: c.name,
)
def test_golden_value(check: Check) -> None:
    words = outcome(check)
    assert not words, words
