"""Specifications: options checked against signatures."""

import sys
from pathlib import Path

import pytest

from unbraid.core import Spec, UsageError, bind, build, complete, label_of, load_entry, summary, with_value


def entry(rep: object, *, beta: float = 4.0, bins: int = 20, probe: str = "linear", exact: bool = False) -> dict:
    return {"rep": rep, "beta": beta, "bins": bins, "probe": probe, "exact": exact}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"betta": 1}, "entry: unknown option 'betta'; it takes beta, bins, probe, exact. Did you mean 'beta'"),
        ({"beta": "1e-3"}, r"entry.beta must be a number, and YAML reads '1e-3' as text; write 1\.0e-3"),
        ({"beta": "5E4"}, r"write 5\.0e\+4"),
        ({"beta": {"start": "1e-3"}}, "entry.beta.start must be a number"),
        ({"beta": "four"}, "entry.beta must be a number like 4.0; got 'four'"),
        ({"bins": 2.5}, "entry.bins must be a whole number like 20; got 2.5"),
        ({"bins": True}, "entry.bins must be a whole number"),
        ({"probe": 3}, "entry.probe must be text like 'linear'; got 3"),
        ({"exact": 1}, "entry.exact must be true or false"),
    ],
)
def test_options_are_refused_with_the_rule(options: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        bind(entry, options, "entry")


def test_whole_numbers_become_decimals_where_those_belong() -> None:
    assert repr(bind(entry, {"beta": 4}, "entry")["beta"]) == "4.0"


def test_required_options_are_named() -> None:
    def needy(*, path: str) -> None: ...

    with pytest.raises(UsageError, match="option 'path' must be given"):
        bind(needy, {}, "needy")


def test_spec_from_name_mapping_or_spec() -> None:
    assert Spec.of("mig") == Spec.of(Spec("mig")) == Spec.of({"name": "mig"})
    with pytest.raises(UsageError, match="a name, a mapping with 'name'"):
        Spec.of(3)  # type: ignore[arg-type]


def test_complete_writes_every_default() -> None:
    assert complete("models", Spec("mlp", {"latents": 3})).options["hidden"] == 256


def test_unknown_entries_name_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean 'beta_vae'"):
        load_entry("objectives", "beta_vea")


def test_outside_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "outside_entry.py").write_text("def mine(image_shape, *, latents=2):\n    return latents\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert build("models", Spec("outside_entry:mine", {"latents": 5}), image_shape=(1, 4, 4)) == 5
    with pytest.raises(UsageError, match="must define 'yours'"):
        load_entry("models", "outside_entry:yours")
    with pytest.raises(UsageError, match="must name an importable module"):
        load_entry("models", "no_such_module:thing")
    sys.modules.pop("outside_entry")


def test_build_names_missing_context() -> None:
    with pytest.raises(UsageError, match="needs image_shape, which is not available here; available: nothing"):
        build("models", Spec("mlp"))


def test_placed_reaches_into_names_and_lists() -> None:
    settings = {"phases": [{"objective": "vae"}]}
    assert with_value(settings, "phases.0.objective.beta", 2)["phases"][0]["objective"] == {"name": "vae", "beta": 2}
    assert settings == {"phases": [{"objective": "vae"}]}
    with pytest.raises(UsageError, match="a place in a list of 1"):
        with_value(settings, "phases.1.steps", 2)
    with pytest.raises(UsageError, match="cannot be set inside 3"):
        with_value({"steps": 3}, "steps.more", 2)


def test_a_summary_reads_the_source_without_importing() -> None:
    sys.modules.pop("unbraid.data.toy", None)
    assert summary("data", "toy").startswith("Toy world")
    assert "unbraid.data.toy" not in sys.modules


def test_an_option_that_is_not_keyword_only_is_named_as_such() -> None:
    def mine(image_shape: tuple[int, ...], beta: float = 4.0, *, gamma: float = 1.0) -> None: ...

    def yours(image_shape: tuple[int, ...], beta: float) -> None: ...

    message = (
        r"mine: unknown option 'beta'; it takes gamma\. Options are keyword-only: write \* before beta in its sign"
    )
    for use in (
        lambda: bind(mine, {"beta": 2.0}, "mine"),
        lambda: complete("objectives", Spec("mine", {"beta": 2.0}, mine)),
        lambda: label_of("objectives", Spec("mine", {"beta": 2.0}, mine)),
    ):
        with pytest.raises(UsageError, match=message):
            use()
    with pytest.raises(UsageError, match=r"yours: needs beta, which is not available here.*write \* before beta"):
        build("objectives", Spec("yours", {}, yours), image_shape=(1, 8, 8))
