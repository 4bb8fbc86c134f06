"""`unbraid list`: what there is, and one entry with all its options."""

import pytest

from tests.cli.test_commands import refused, run
from unbraid.core import KINDS, names


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_an_entry_shows_its_options_context_and_notes() -> None:
    shown = run("list", "objectives", "beta_vae")
    assert shown.startswith("beta_vae: β-VAE: the VAE with its KL weighted by β.\n")
    rows = [line.split() for line in shown.splitlines()]
    assert ["beta", "4.0", "weight", "of", "the", "KL,", ">=", "0;", "may", "be", "a"] in rows
    assert "reduction  'sum'; one of 'sum', 'mean'  " in shown
    for title in ("Options", "Defaults", "Differs", "Source"):
        assert [title] in rows
    assert "Given by the caller\n  rep  codes [N, D]" in run("list", "metrics", "mig")
    assert "No options." in run("list", "likelihoods", "bernoulli")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_entry_is_shown(kind: str) -> None:
    for name in names(kind):
        assert run("list", kind, name).startswith(f"{name}: ")


def test_text_in_brackets_is_not_taken_for_markup() -> None:
    assert "rep  codes [N, D] with" in run("list", "metrics", "mig")
    assert "[K]" in run("list", "metrics", "mig")


def test_presets_show_their_settings_and_studies_their_commands() -> None:
    assert "model:\n  name: mlp\n" in run("list", "presets", "pocket")
    assert "unbraid study plan beta-on-toy " in run("list", "studies", "beta-on-toy")


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (("objectives", "beta_vea"), "got 'beta_vea'; Did you mean 'beta_vae'?"),
        (("presets", "pokcet"), "preset must be one of: "),
        (("studies", "beta"), "study must be one of: "),
        (("metric", "mig"), "Did you mean 'metrics'?"),
    ],
)
def test_what_is_unknown_is_refused(arguments: tuple[str, ...], answer: str) -> None:
    assert answer in refused("list", *arguments)
