"""Numbers, names and commands as a person would write them."""

import doctest

import pytest

from tests.report.sample_run import config
from unbraid.report import _wording
from unbraid.report._wording import command, number, phrase, title


def test_examples() -> None:
    assert doctest.testmod(_wording).failed == 0


@pytest.mark.parametrize(
    ("value", "text"), [(float("nan"), "—"), (-0.5, "−0.500"), (12.345, "12.3"), (float("inf"), "∞"), (0.0, "0")]
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


def test_names_come_from_the_docstrings() -> None:
    assert title("objectives", "beta_vae") == "β-VAE"
    assert title("objectives", "somebody:Else") == "somebody:Else"
    assert phrase("metrics", "no_such_metric") == ""


def test_the_command_leaves_out_defaults_and_quotes_lists() -> None:
    text = command(config())
    assert "--objective beta_vae --steps 12000 --seed 0" in text
    assert "objective.beta" not in text
    assert "--set model.hidden='[256, 256]'" in text or "model.hidden" not in text
    assert "--set data.resolution=32" in text


def test_several_phases_are_trained_from_their_file() -> None:
    phased = config()
    phased["phases"] = phased["phases"] * 2
    assert command(phased).startswith("unbraid train --config config.yaml")
