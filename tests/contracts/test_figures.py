"""Every figure: a pure function of arrays, without pyplot."""

import copy
import csv
import importlib
import inspect
import io
import sys
from collections.abc import Collection, Mapping
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure

from unbraid.core import load_entry, names
from unbraid.figures import figure_file, numbers_csv
from unbraid.figures._output import svg
from unbraid.figures._style import INK

FIGURES = names("figures")
MATHTEXT = " $\\frac$"


def sample(name: str) -> tuple[tuple, dict]:
    """Arguments of the figure's own test file."""
    return importlib.import_module(f"tests.figures.test_{name}").sample()


def same(one: object, other: object) -> bool:
    """Equal, looking into containers and arrays."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)  # type: ignore[attr-defined,index]
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))  # type: ignore[arg-type,call-overload]
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")  # type: ignore[arg-type]
    return one == other


def renamed(value: Any, kept: Collection[object]) -> Any:
    """The same with every name in it turned into one that mathtext cannot parse."""
    if isinstance(value, str):
        return value if value in kept else f"{value}{MATHTEXT}"
    if isinstance(value, Mapping):
        return {renamed(key, kept): renamed(part, kept) for key, part in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(renamed(part, kept) for part in value))
    if isinstance(value, (list, tuple)):
        return type(value)(renamed(part, kept) for part in value)
    return value


@pytest.mark.parametrize("name", FIGURES)
def test_it_draws_from_arrays_it_leaves_untouched(name: str) -> None:
    draw = load_entry("figures", name)
    given, choices = sample(name)
    kept = {p.default for p in inspect.signature(draw).parameters.values() if p.default != ""}
    args, options = renamed(given, kept), {key: renamed(value, kept) for key, value in choices.items()}
    before = copy.deepcopy((args, options))
    figure = draw(*args, **options)
    assert isinstance(figure, Figure)
    picture, size = figure._repr_png_()  # what a notebook shows
    assert picture[:4] == b"\x89PNG"
    assert size == {"width": round(96 * figure.get_figwidth()), "height": round(96 * figure.get_figheight())}
    assert same((args, options), before)
    table = list(csv.reader(io.StringIO(numbers_csv(figure))))
    assert len(table) > 1, "the numbers behind it"
    assert all(len(row) == len(table[0]) for row in table)
    pdf = figure_file(figure, ".pdf")
    assert b"/Type3" not in pdf
    assert (b"/FontFile2" in pdf) == (name != "contact_sheet"), "TrueType; that figure has no letters"
    text = svg(figure, name=name)
    ElementTree.fromstring(text)
    assert INK not in text
    assert (MATHTEXT.strip() in text) == (not same((args, options), (given, choices)))  # names are drawn as written


@pytest.mark.parametrize("name", FIGURES)
def test_its_options_have_defaults(name: str) -> None:
    for parameter in inspect.signature(load_entry("figures", name)).parameters.values():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            assert parameter.default is not inspect.Parameter.empty, parameter.name


def test_no_figure_needs_pyplot() -> None:
    for name in FIGURES:
        source = inspect.getsource(sys.modules[load_entry("figures", name).__module__])
        assert "pyplot" not in source, name
