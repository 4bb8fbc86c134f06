"""Scores against a hyperparameter."""

from tests.figures.test_bands import LINE
from unbraid.figures.sweep import sweep


def sample() -> tuple[tuple, dict]:
    return ({"mig": {"β-VAE": LINE, "β-TCVAE": LINE}, "sap": {"β-VAE": LINE}}, "β"), {"logarithmic": True}


def test_the_values_tried_are_the_ticks() -> None:
    ax = sweep({"mig": {"a": LINE}}, "β", logarithmic=True).axes[0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1", "2", "4"]
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel() == "β"
