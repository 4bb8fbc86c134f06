"""A small version of `python -m benchmarks.verdicts`: false verdicts at the margin stay rare."""

import pytest

from benchmarks.verdicts import Cell, margin_line


@pytest.mark.parametrize("kind", ["larger", "no_better", "above", "trend"])
def test_false_verdicts_at_the_margin_are_rare(kind: str) -> None:
    line = margin_line(Cell(kind, "normal", 6, 4 if kind == "trend" else 2), 1000)
    assert line["within"]
    assert float(line["power_reproduced"]) > 0.3
    assert float(margin_line(Cell(kind, "normal", 3, 4), 200)["power_reproduced"]) == 0.0  # three seeds decide nothing
