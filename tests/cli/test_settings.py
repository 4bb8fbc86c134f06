"""Settings on the command line: numbers as people write them, options of the defaults, names checked first."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import unbraid
from tests.cli.test_commands import TRAIN, refused, run
from unbraid.cli import app
from unbraid.cli._settings import assign
from unbraid.core import UsageError
from unbraid.training import RunConfig, preset

BARE: dict[str, Any] = {"data": "toy", "model": "mlp", "objective": "vae", "steps": 5}


@pytest.mark.parametrize(("written", "number"), [("1e-4", 1e-4), ("1.E+2", 100.0), (".5e1", 5.0), ("-2e0", -2.0)])
def test_numbers_with_an_exponent_are_numbers(written: str, number: float) -> None:
    assert assign({}, [f"optimizer.lr={written}", f"a=[{written}]", f"b='{written}'"]) == {
        "optimizer": {"lr": number},
        "a": [number],
        "b": written,
    }


def test_options_alone_are_those_of_the_default() -> None:
    config = RunConfig.from_dict(assign(BARE, ["optimizer.lr=1e-4"]))
    assert config.optimizer.to_dict() == {"name": "adam", "lr": 1e-4, "betas": [0.9, 0.999], "eps": 1e-8} | {
        "weight_decay": 0.0
    }
    assert config == RunConfig.from_dict({**BARE, "optimizer": {"name": "adam", "lr": 1.0e-4}})
    blurred = {**BARE, "model": {"name": "michlo", "likelihood": {"name": "box_blur", "radius": 1}}}
    assert RunConfig.from_dict(assign(blurred, ["model.likelihood.radius=2"])).model.options["likelihood"] == {
        "name": "box_blur",
        "radius": 2,
    }
    sigma = RunConfig.from_dict(assign(BARE, ["model.likelihood.sigma=2"]))
    assert sigma.model.options["likelihood"] == {"name": "bernoulli", "sigma": 2}
    with pytest.raises(UsageError, match=r"constant: unknown option 'floor'; it takes no options"):
        RunConfig.from_dict(assign(BARE, ["rate.floor=0.1"]))


def test_an_option_without_any_name_asks_for_one() -> None:
    with pytest.raises(UsageError, match=r"a run needs 'model'; got its options alone, \{'latents': 3\}; name one; se"):
        RunConfig.from_dict({"data": "toy", "model": {"latents": 3}})


def test_settings_reach_the_one_phase_of_a_runs_own_file_and_must_name_one_of_several() -> None:
    stored = RunConfig.from_dict(BARE).to_dict()
    assert RunConfig.from_dict(assign(stored, ["objective=beta_vae", "objective.beta=2", "steps=7"])).phases == (
        RunConfig.from_dict({**BARE, "objective": {"name": "beta_vae", "beta": 2}, "steps": 7}).phases
    )
    several = preset("abdi2019")
    with pytest.raises(UsageError, match=r"with 2 phases, --set names the phase.*write phases\.1\.objective\."):
        assign(several, ["objective.beta=3"])
    assert assign(several, ["phases.1.objective.beta=3"])["phases"][1]["objective"]["beta"] == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"objective": "beta_vea"}, "Did you mean 'beta_vae'"),
        ({"rate": {"name": "lineal"}}, "Did you mean 'linear'"),
        ({"model": {"name": "mlp", "likelihood": {"name": "msee"}}}, "likelihood must be one of.*Did you mean 'mse'"),
        ({"metrics": ["migg"]}, "Did you mean 'mig'"),
        ({"phases": [{"objective": "beta_vea"}]}, "Did you mean 'beta_vae'"),
    ],
)
def test_a_typo_is_what_is_said_first(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):  # not that the model's options are wrong and the steps are missing
        RunConfig.from_dict({"data": "toy", "model": {"name": "mlp", "latents": -1}, **changes})


@pytest.mark.parametrize("command", [("evaluate", "no/run"), ("score", "no.npz")])
def test_metrics_are_checked_before_anything_is_read(command: tuple[str, str]) -> None:
    assert "Did you mean 'mig'" in refused(*command, "--metrics", "migg")
    assert "unknown option 'binns'" in refused_options(command[1])


def refused_options(run: str) -> str:
    with pytest.raises(UsageError) as caught:
        unbraid.evaluate(run, metrics=[{"name": "mig", "binns": 3}])
    return str(caught.value)


def test_metrics_are_checked_before_encoding(tmp_path: Path) -> None:
    run(*TRAIN, "--folder", str(tmp_path / "run"))
    with pytest.raises(UsageError, match="Did you mean 'mig'"):
        unbraid.open(tmp_path / "run").evaluate("migg")
    assert not (tmp_path / "run" / "representation.safetensors").exists()


@pytest.mark.parametrize("command", [(), ("train",), ("study", "plan"), ("data", "show")])
def test_h_is_help(command: tuple[str, ...]) -> None:
    assert run(*command, "-h") == run(*command, "--help")


def test_version() -> None:
    assert run("--version") == f"unbraid {unbraid.__version__}\n"


def completed(*words: str) -> list[str]:
    """What the shell would offer for the last word."""
    variables = {"_UNBRAID_COMPLETE": "complete_bash", "COMP_WORDS": " ".join(("unbraid", *words))}
    result = CliRunner().invoke(
        app, env={**variables, "COMP_CWORD": str(len(words))}, prog_name="unbraid", catch_exceptions=False
    )
    return result.output.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("train", "--objective", "beta_"), {"beta_tcvae", "beta_vae"}),
        (("train", "--data", "dspr"), {"dsprites"}),
        (("train", "--preset", "po"), {"pocket"}),
        (("list", "obj"), {"objectives"}),
        (("list", "models", "bu"), {"burgess"}),
        (("list", "presets", "fa"), {"fast", "fast_dense"}),
        (("study", "plan", "loc"), {"locatello-2019"}),
        (("study", "run", "locatello-2019", "--scale", "po"), {"pocket"}),
        (("evaluate", "RUN", "--metrics", "mig,sa"), {"mig,sap"}),
        (("train", "--set", "optimizer.l"), {"optimizer.lr"}),
        (("train", "--set", "optimizer=sgd", "--set", "optimizer.m"), {"optimizer.momentum"}),
        (("train", "--model", "mlp", "--set", "model.lik"), {"model.likelihood"}),
        (
            ("train", "--model", "michlo", "--set", "model.likelihood=box_blur", "--set", "model.likelihood."),
            {"model.likelihood.radius", "model.likelihood.weight"},
        ),
        (("train", "--preset", "pocket", "--set", "objective.b"), {"objective.beta"}),
        (("train", "--preset", "abdi2019", "--set", "phases.1.objective.be"), {"phases.1.objective.beta"}),
        (("train", "--data", "toy", "--set", "data.pla"), {"data.places"}),
        (("train", "--data", "toy", "--set", "data.reso"), {"data.resolution"}),
        (("train", "--preset", "pocke", "--data", "toy", "--set", "data.pla"), {"data.places"}),
        (("train", "--data", "mine:world", "--set", "data.m"), {"data.merge"}),
        (("evaluate", "--encoder", "e.onnx", "--data", "xysquares", "--set", "data.spa"), {"data.spacing"}),
        (("data", "show", "xysquares", "--set", "spa"), {"spacing"}),
        (("train", "--set", "objective.beta=4"), set()),
    ],
)
def test_the_shell_completes_names(words: tuple[str, ...], offered: set[str]) -> None:
    assert set(completed(*words)) == offered


def test_completed_keys_are_the_settings_of_a_run() -> None:
    keys = set(completed("train", "--model", "mlp", "--set", ""))
    with pytest.raises(UsageError) as caught:
        RunConfig.from_dict({"none": 1})
    takes = str(caught.value).partition("takes ")[2].partition(".")[0].split(", ")
    assert {key for key in keys if "." not in key} == set(takes)
    assert {"model.latents", "data.resolution", "optimizer.lr", "model.likelihood"} <= keys


def test_a_file_of_settings_says_what_is_completed(tmp_path: Path) -> None:
    (tmp_path / "run.yaml").write_text("{data: toy, model: mlp, phases: [{steps: 2, objective: capacity_vae}]}")
    offered = completed("train", "--config", str(tmp_path / "run.yaml"), "--set", "objective.")
    assert {"objective.gamma", "objective.capacity"} <= set(offered)


def test_completing_imports_no_torch() -> None:
    code = (
        "import sys; from unbraid.cli import _completion as c, _set_keys as s; from types import SimpleNamespace as N\n"
        "assert c.presets('po') and c.studies('loc') and c.scales('po') and c.entries('models')('m')\n"
        "assert s.of_run(N(params={'preset': 'pocket', 'set': ['rate=linear']}), 'rate.')\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=dict(os.environ))
