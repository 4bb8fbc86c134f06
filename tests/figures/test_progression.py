"""Scores over training."""

from tests.figures.test_bands import LINE
from unbraid.figures.progression import progression


def sample() -> tuple[tuple, dict]:
    return ({name: {"VAE": LINE, "β-VAE": LINE} for name in ("dci", "irs", "mig")},), {}


def test_one_panel_per_score() -> None:
    figure = progression({"dci": {"VAE": LINE}, "mig": {"VAE": LINE}})
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["dci", "mig"]
    assert figure.axes[0].get_xlabel() == "step"
