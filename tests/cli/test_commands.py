"""The command line, as a person uses it: real processes for the whole path, in-process calls for mistakes."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from typer.testing import CliRunner

from unbraid.cli import app, main
from unbraid.cli._settings import assign
from unbraid.core import UsageError
from unbraid.store import METRICS, RunDirectory
from unbraid.training import read_settings

TRAIN = [
    *("train", "--data", "toy", "--model", "mlp", "--objective", "beta_vae", "--set", "objective.beta=2"),
    *("--set", "model.latents=3", "--set", "data.places=12", "--steps", "20", "--seed", "1"),
]


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: str) -> str:
    with pytest.raises(UsageError) as caught:
        CliRunner().invoke(app, list(arguments), catch_exceptions=False, standalone_mode=False)
    return str(caught.value)


def test_train_evaluate_report(tmp_path: Path) -> None:
    folder = str(tmp_path / "run [a]")
    assert f"trained: {folder}" in run(*TRAIN, "--folder", folder)
    evaluated = run("evaluate", folder, "--metrics", "mig,irs")
    assert "mig" in evaluated
    lines = re.sub(r"[\d.]+(e-\d+)?", "#", evaluated)
    assert "checks:  # latents in use · reconstruction error # of the mean image's · linear probe" in lines
    assert "losses:  loss # · reconstruction # · KL # nats (evaluation mode, # rows seen in training" in lines
    assert "report.html" in run("report", folder)
    assert (tmp_path / "run [a]" / "report.html").stat().st_size > 10_000
    assert set(RunDirectory(folder).read_table(METRICS)["metric"]) == {"mig", "irs"}


def test_a_runs_own_config_trains_the_same_run_again(tmp_path: Path) -> None:
    run(*TRAIN, "--folder", str(tmp_path / "one"))
    run("train", "--config", str(tmp_path / "one" / "config.yaml"), "--folder", str(tmp_path / "two"))
    one, two = (RunDirectory(tmp_path / name).read_tensors("model.safetensors") for name in ("one", "two"))
    assert all(np.array_equal(one[key], two[key]) for key in one)


def test_each_phase_says_its_weights_in_both_conventions_as_it_begins(tmp_path: Path) -> None:
    phases = "[{steps: 2, objective: vae}, {steps: 2, objective: {name: beta_vae, beta: 3}}]"
    (tmp_path / "run.yaml").write_text(f"{{data: toy, model: {{name: mlp, hidden: 8}}, phases: {phases}}}")
    words = ("train", "--config", str(tmp_path / "run.yaml"), "--folder", str(tmp_path / "run"))
    lines = [line for line in run(*words).splitlines() if "(sum) = " in line]
    assert [line.partition(" (sum)")[0] for line in lines] == ["beta 1", "beta 3"]


@pytest.mark.parametrize("kind", ["data", "models", "objectives", "metrics", "studies", "presets"])
def test_listings(kind: str) -> None:
    expected = {
        "data": "dsprites",
        "models": "burgess",
        "objectives": "beta_vae",
        "metrics": "mig",
        "presets": "pocket",
    }
    assert expected.get(kind, "") in run("list", kind)


@pytest.mark.parametrize(
    "command", [(), ("train",), ("evaluate",), ("report",), ("score",), ("demo",), ("data", "show")]
)
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    assert "Usage" in run(*command, "--help")


def codes(tmp_path: Path) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    factors = rng.integers(0, 5, (400, 2))
    return {"code": factors + 0.01 * rng.normal(size=(400, 2)), "factors": factors}


def test_score_reads_npz_and_csv_alike(tmp_path: Path) -> None:
    arrays = codes(tmp_path)
    np.savez(tmp_path / "codes.npz", **arrays)
    columns = {"z0": arrays["code"][:, 0], "z1": arrays["code"][:, 1], "a": arrays["factors"][:, 0]}
    columns["b"] = arrays["factors"][:, 1]
    pd.DataFrame(columns).to_csv(tmp_path / "codes.csv", index=False)
    for name in ("codes.npz", "codes.csv"):
        run("score", str(tmp_path / name), "--metrics", "mig", "--out", str(tmp_path / f"{name}.json"))
    npz, csv = (pd.read_json(tmp_path / f"{name}.json") for name in ("codes.npz", "codes.csv"))
    assert npz["value"][0] == pytest.approx(csv["value"][0])
    assert npz["value"][0] > 0.9


def test_scoring_does_not_import_torch(tmp_path: Path) -> None:
    np.savez(tmp_path / "codes.npz", **codes(tmp_path))
    code = (
        "import sys; sys.argv = ['unbraid', 'score', sys.argv[1], '--metrics', 'mig,sap']\n"
        "from unbraid.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "codes.npz")], check=True, capture_output=True)


def bad(tmp_path: Path, name: str) -> list[str]:
    """A command that must be refused."""
    arrays = codes(tmp_path)
    code, factors = arrays["code"], arrays["factors"]
    path = str(tmp_path / "codes.npz")
    if name == "nan":
        code[3, 1] = np.nan
    if name == "rows":
        factors = factors[:-1]
    np.savez(path, code=code, factors=factors)
    (tmp_path / "empty").mkdir(exist_ok=True)
    (tmp_path / "mixed").mkdir(exist_ok=True)
    (tmp_path / "broken").mkdir(exist_ok=True)
    for size, file in ((8, "a"), (16, "b")):
        Image.fromarray(np.zeros((size, size), np.uint8)).save(tmp_path / "mixed" / f"{file}.png")
    (tmp_path / "broken" / "c.png").write_bytes(b"no picture")
    photos = ["train", "--data", "image_folder", "--model", "mlp", "--objective", "vae", "--steps", "3"]
    return {
        "nan": ["score", path],
        "rows": ["score", path],
        "no file": ["score", str(tmp_path / "none.npz")],
        "ending": ["score", path, "--out", "x.xls", "--metrics", "mig"],
        "metric": ["score", path, "--metrics", "migg"],
        "model": ["train", "--data", "toy", "--model", "mpl", "--objective", "vae", "--steps", "3"],
        "option": [*TRAIN, "--set", "objective.betta=3"],
        "text": [*TRAIN, "--set", "objective.beta='1e-3'"],
        "steps": ["train", "--data", "toy", "--model", "mlp", "--objective", "vae", "--steps", "-3"],
        "set": [*TRAIN, "--set", "objective.beta"],
        "preset": ["train", "--preset", "pocke"],
        "both": ["train", "--preset", "pocket", "--config", "x.yaml"],
        "config": ["train", "--config", str(tmp_path / "none.yaml")],
        "not a run": ["evaluate", str(tmp_path / "empty")],
        "kind": ["list", "metric"],
        "empty": [*photos, "--set", f"data.path={tmp_path / 'empty'}"],
        "mixed": [*photos, "--set", f"data.path={tmp_path / 'mixed'}"],
        "broken": [*photos, "--set", f"data.path={tmp_path / 'broken'}"],
        "no path": photos,
    }[name]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nan", r"code must be finite; got 1 NaN or infinite values, the first at \[3, 1\]"),
        ("rows", "same number of rows; got 400 and 399"),
        ("no file", "a file of codes must exist"),
        ("ending", r"one of: \.csv, \.json, \.parquet"),
        ("metric", "Did you mean 'mig'"),
        ("model", "Did you mean 'mlp'"),
        ("option", "unknown option 'betta'.*Did you mean 'beta'"),
        ("text", r"write 1\.0e-3"),
        ("steps", "steps must be a whole number of at least 1; got -3"),
        ("set", "--set takes KEY=VALUE"),
        ("preset", "Did you mean 'pocket'"),
        ("both", "either --preset or --config"),
        ("config", "a settings file must exist"),
        ("not a run", "must hold config.yaml"),
        ("kind", "Did you mean 'metrics'"),
        ("empty", "empty"),
        ("mixed", "resolution"),
        ("broken", r"c\.png"),
        ("no path", "path"),
    ],
)
def test_mistakes_get_the_rule_and_what_to_do(name: str, message: str, tmp_path: Path) -> None:
    told = refused(*bad(tmp_path, name))
    assert re.search(message, told, re.S), told


def test_a_mistake_is_one_sentence_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(sys, "argv", ["unbraid", "train", "--preset", "pocke"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("unbraid: preset must be one of")
    assert "Traceback" not in told


def test_settings_files_that_are_no_settings(tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text("- 1")
    (tmp_path / "torn.yaml").write_text("a: [1")
    with pytest.raises(UsageError, match="must be a mapping"):
        read_settings(tmp_path / "list.yaml")
    with pytest.raises(UsageError, match="must be YAML"):
        read_settings(tmp_path / "torn.yaml")
    with pytest.raises(UsageError, match="the value must be YAML"):
        assign({}, ["a=[1"])
