"""Entries from elsewhere that are of no kind of ours: one line says what the kind must be."""

from typing import Any

import pytest

from unbraid.core import UsageError
from unbraid.data import load_dataset
from unbraid.training import RunConfig, fit

SETTINGS: dict[str, Any] = {
    "data": "toy",
    "model": {"name": "mlp", "latents": 2, "hidden": 8},
    "objective": "vae",
    "steps": 1,
    "batch": 8,
}
STRANGERS = {
    "os:system": "needs command, which is not available here",
    "os.path:join": "needs a, which is not available here",
    "builtins:len": "needs obj, which is not available here",
    "builtins:dict": "must have a signature|must be|makes none|no options|needs",
    ":x": "an entry from elsewhere is written package.module:Thing; got ':x'; give a module by its dotted name",
    "..:x": "an entry from elsewhere is written package.module:Thing; got '..:x'; give a module by its dotted name",
    "collections.abc:Mapping": "'collections.abc:Mapping' must be a finished class; got an abstract one; name a class",
    "unbraid.models:Model": "must be a finished class; got an abstract one",
    "unbraid.objectives:Objective": "must be a finished class; got an abstract one",
    "abc:ABC": "must be .*; got ABC|makes none",
    "builtins:object": "must be .*; got object|makes none|signature",
    "pathlib:Path": "must be .*; got PosixPath|makes none",
    "math:pi": "must be a class or a function; got something of type float",
}


@pytest.mark.parametrize("name", STRANGERS)
@pytest.mark.parametrize("place", ["data", "model", "objective", "optimizer", "rate"])
def test_what_is_no_entry_is_refused_in_a_line(place: str, name: str, tmp_path: Any) -> None:
    with pytest.raises(UsageError) as caught:
        fit(RunConfig.from_dict({**SETTINGS, place: name}), tmp_path / "run", progress=False)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(("name", "message"), [(n, m) for n, m in STRANGERS.items() if "|" not in m])
def test_it_says_what_a_dataset_must_be(name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_dataset(name)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("objective", "an objective must be unbraid's Objective; pathlib:Path makes none; got PosixPath; name another"),
        ("optimizer", "an optimizer must be torch's Optimizer; pathlib:Path makes none; got PosixPath; name another"),
        ("rate", "a rate must be torch's LRScheduler; pathlib:Path makes none; got PosixPath; name another"),
        ("model", r"a model must be a subclass of unbraid.models.Model; got PosixPath"),
    ],
)
def test_it_says_what_each_kind_must_be(place: str, message: str, tmp_path: Any) -> None:
    with pytest.raises(UsageError, match=message):
        fit(RunConfig.from_dict({**SETTINGS, place: "pathlib:Path"}), tmp_path / "run", progress=False)
