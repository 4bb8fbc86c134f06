"""The light install: what works without torch and h5py, and what says which extra is missing."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCKED = """
import contextlib, io, json, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "h5py"):
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)

sys.meta_path.insert(0, Blocked())
from unbraid.cli import main

answers = []
for arguments in json.loads(sys.argv[1]):
    sys.argv = ["unbraid", *arguments]
    said, code = io.StringIO(), 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
    answers.append((code, said.getvalue()))
print(json.dumps(answers))
"""
WORK = [  # commands, and a word of what they say
    (["--help"], "Usage: unbraid [OPTIONS] COMMAND"),
    (["list"], "beta-on-toy"),
    (["list", "objectives"], "beta_tcvae"),
    (["list", "presets"], "pocket"),
    (["list", "studies"], "beta-on-toy"),
    (["score", "codes.npz", "--metrics", "mig,sap"], "sap"),
    (["score", "codes.npz", "--metrics", "mig", "--out", "scores.parquet"], "written: scores.parquet"),
    (["card", "codes.npz", "--metrics", "mig"], "card:    codes-card.html"),
    (["stress", "--metrics", "mcc", "--stressors", "dead", "--seeds", "1", "--jobs", "1"], "stress.png"),
    (["data", "doctor"], "boxhead_files"),
    (["data", "show", "toy", "--pairs", "50", "--rows", "50"], "page:"),
    (["train", "--help"], "interrupted"),
]
LACK = [
    ["train", "--data", "toy", "--model", "mlp", "--objective", "vae", "--steps", "1"],
    ["evaluate", "."],
    ["report", "."],
    ["layers", "."],
    ["demo"],
    ["study", "plan", "beta-on-toy"],
    ["study", "run", "beta-on-toy"],
]
NEEDS_TORCH = "unbraid: this needs torch, which is not installed; pip install 'unbraid[train]'."
IMPORTS = (
    "import unbraid, unbraid.metrics, unbraid.stress, unbraid.data, unbraid.store, unbraid.figures, unbraid.studies"
)
REFUSED = """
import unbraid
from unbraid.core import load_entry
import unbraid.training
for package, name in ((unbraid, "fit"), (unbraid.training, "fit"), (None, "vae")):
    try:
        getattr(package, name) if package else load_entry("objectives", name)
    except unbraid.UsageError as error:
        print(error)
"""


@pytest.fixture
def codes(tmp_path: Path) -> Path:
    """A folder with a file of codes."""
    factors = np.random.default_rng(0).integers(0, 5, (1000, 2))
    np.savez(tmp_path / "codes.npz", code=factors + 0.0, factors=factors)
    return tmp_path


def test_without_torch_everything_but_training_works_and_training_names_the_extra(codes: Path) -> None:
    arguments = json.dumps([command for command, _ in WORK] + LACK)
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, arguments], cwd=codes, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout.splitlines()[-1])
    for (command, word), (code, said) in zip(WORK, answers, strict=False):
        assert code == 0, (command, said)
        assert word in said, (command, said)
    for command, (code, said) in zip(LACK, answers[len(WORK) :], strict=True):
        assert (code, said.strip()) == (2, NEEDS_TORCH), command
    assert (codes / "stress" / "stress.csv").stat().st_size > 0


@pytest.mark.slow
def test_the_wheel_installs_without_torch_and_works(codes: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("wheel")
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}

    def run(*command: str | Path) -> str:
        done = subprocess.run(command, cwd=codes, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT)
    (wheel,) = folder.glob("unbraid-*.whl")
    venv.create(folder / "env", with_pip=True)
    python, unbraid = folder / "env" / "bin" / "python", folder / "env" / "bin" / "unbraid"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel)
    run(python, "-c", f"{IMPORTS}\nimport importlib.util as util\nassert not util.find_spec('torch')")
    for command, word in WORK:
        assert word in run(unbraid, *command), command
    for command in LACK:
        done = subprocess.run(
            [unbraid, *command], cwd=codes, env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, " ".join(done.stderr.split())) == (2, NEEDS_TORCH), command
    said = run(python, "-c", REFUSED).splitlines()
    assert said == [NEEDS_TORCH.removeprefix("unbraid: ")] * 2 + [NEEDS_TORCH.replace("unbraid: this", "'vae'")]
