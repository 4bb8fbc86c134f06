"""Numbers, names and commands as a person would write them."""

import doctest
import shlex

import pytest
import yaml

from tests.report.sample_run import config
from unbraid.cli._settings import assign
from unbraid.core.tables import markdown_table
from unbraid.report import _text
from unbraid.report._text import entry_description, entry_title, number, training_command
from unbraid.training import RunConfig


def test_examples() -> None:
    assert doctest.testmod(_text).failed == 0


@pytest.mark.parametrize(
    ("value", "text"), [(float("nan"), "—"), (-0.5, "−0.500"), (12.345, "12.3"), (float("inf"), "∞"), (0.0, "0")]
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


def test_names_come_from_the_docstrings() -> None:
    assert entry_title("objectives", "beta_vae") == "β-VAE"
    assert entry_title("objectives", "somebody:Else") == "somebody:Else"
    assert entry_description("metrics", "no_such_metric") == ""


def test_bars_inside_cells_are_escaped() -> None:
    assert markdown_table(["a", "b"], [["x|y", "1"]]) == "| a | b |\n| --- | --- |\n| x\\|y | 1 |"


def settings(text: str) -> dict:
    """The settings that a shell line asks for by its flags and by --set."""
    arguments = shlex.split(text.replace("\\\n", " "))[2:]
    pairs = list(zip(arguments[::2], arguments[1::2], strict=True))
    made = {flag.removeprefix("--"): yaml.safe_load(value) for flag, value in pairs if flag != "--set"}
    return assign(made, [value for flag, value in pairs if flag == "--set"])


@pytest.mark.parametrize(
    "given",
    [
        {"data": "toy", "model": "mlp", "objective": "vae", "steps": 5},
        {
            "data": "toy",
            "model": {"name": "mlp", "latents": 3},
            "objective": {"name": "beta_vae", "beta": 2},
            "steps": 5,
        },
        {
            "data": {"name": "dsprites", "resolution": 32, "every": {"posX": 2}},
            "model": {"name": "mlp", "hidden": 64},
            "objective": {"name": "beta_vae", "beta": {"start": 0.0, "stop": 4.0, "steps": 100}},
            "steps": 7,
            "seed": 3,
            "batch": 128,
            "optimizer": {"name": "adam", "lr": 1.0e-3},
            "rate": "linear",
            "start": "small",
        },
    ],
)
def test_the_command_trains_the_same_run(given: dict) -> None:
    config = RunConfig.from_dict(given)
    text = training_command(config.to_dict())
    assert RunConfig.from_dict(settings(text)).id == config.id


def test_the_command_leaves_out_what_is_usual() -> None:
    text = training_command(
        RunConfig.from_dict({"data": "toy", "model": "mlp", "objective": "vae", "steps": 5}).to_dict()
    )
    assert text == "unbraid train --data toy --model mlp \\\n    --objective vae --steps 5 --seed 0"


def test_several_phases_are_trained_from_their_file() -> None:
    phased = config()
    phased["phases"] = phased["phases"] * 2
    assert training_command(phased).startswith("unbraid train --config config.yaml")
