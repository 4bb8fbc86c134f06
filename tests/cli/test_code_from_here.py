"""Code of one's own is found in the folder that a command is given in, as a console script and as a module."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

WORLD = '''
import numpy as np

from unbraid.core import Factor, FactorSpace
from unbraid.data import ArrayDataset


def stripes(*, bright: int = 255) -> ArrayDataset:
    """Stripes."""
    images = np.zeros((8, 1, 16, 16), np.uint8)
    for row in range(8):
        images[row, 0, 2 * row] = bright
    return ArrayDataset("stripes", images, FactorSpace((Factor("row", 8),)))
'''
SCORES = """
def share(rep):
    return 0.25


def nothing(rep):
    return None
"""
STUDY = """
title: stripes
base: {data: 'mypkg.world:stripes', model: {name: mlp, hidden: 8, latents: 2}, objective: vae, steps: 3, batch: 8}
metrics: [active_latents, 'mypkg.scores:share']
seeds: 2
scales: {smoke: {}}
"""
WAYS = {"script": [str(Path(sys.executable).with_name("unbraid"))], "module": [sys.executable, "-m", "unbraid"]}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder that holds `mypkg`, and a study that names it."""
    (tmp_path / "mypkg").mkdir()
    (tmp_path / "mypkg" / "world.py").write_text(WORLD)
    (tmp_path / "mypkg" / "scores.py").write_text(SCORES)
    (tmp_path / "mine.yaml").write_text(STUDY)
    return tmp_path


def unbraid(here: Path, *arguments: str, way: str = "module") -> tuple[int, str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*WAYS[way], *arguments], cwd=here, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("way", WAYS)
def test_a_command_finds_what_lies_beside_it(here: Path, way: str) -> None:
    if way == "script" and not Path(WAYS[way][0]).exists():
        pytest.skip("the command is not installed here")
    code, said = unbraid(here, "data", "show", "mypkg.world:stripes", "--pairs", "20", "--rows", "8", way=way)
    assert code == 0, said
    assert "mypkg.world:stripes: 8 images (1, 16, 16)" in said


def test_the_module_behaves_as_the_script(here: Path) -> None:
    code, said = unbraid(here, "--help")
    assert code == 0
    assert "Usage: unbraid [OPTIONS]" in said
    code, said = unbraid(here, "data", "show", "mypkg.wrld:stripes")
    assert (code, said.startswith("unbraid: 'mypkg.wrld:stripes' must name an importable module; ")) == (2, True)
    assert "Traceback" not in said


def test_what_is_installed_is_not_shadowed_by_a_file_beside_the_command(here: Path) -> None:
    (here / "yaml.py").write_text("raise RuntimeError('shadowed')")
    script = "import sys; sys.path = [path for path in sys.path if path]; from unbraid.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, "list", "presets"], cwd=here, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "pocket" in done.stdout


def test_a_folder_is_not_looked_into_before_code_in_it_is_named(here: Path) -> None:
    (here / "optional_library.py").write_text("print('a library that tries an import has found this')")
    script = (
        "import sys; sys.path = [path for path in sys.path if path]\n"
        "from unbraid.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "try:\n    import optional_library\nexcept ImportError:\n    print('it has found nothing')\n"
    )

    def said(*arguments: str) -> str:
        command = [sys.executable, "-c", script, *arguments]
        return subprocess.run(command, cwd=here, capture_output=True, text=True, check=True).stdout

    assert "it has found nothing" in said("list", "presets")
    named = said("stress", "--metrics", "mypkg.scores:share", "--stressors", "dead", "--seeds", "1", "--jobs", "1")
    assert "has found this" in named


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_the_processes_of_a_study_find_it_too(here: Path, way: str) -> None:
    if way == "script" and not Path(WAYS[way][0]).exists():
        pytest.skip("the command is not installed here")
    code, said = unbraid(here, "study", "run", "mine.yaml", "--scale", "smoke", "--jobs", "2", way=way)
    assert code == 0, said
    code, said = unbraid(here, "study", "status", "mine.yaml", "--scale", "smoke", way=way)
    assert said.strip() == "2 done · 0 running · 0 failed · 0 left"


@pytest.mark.slow
def test_the_processes_of_stress_find_it_too(here: Path) -> None:
    metrics = "mypkg.scores:share,mypkg.scores:nothing"
    code, said = unbraid(here, "stress", "--metrics", metrics, "--stressors", "dead", "--seeds", "1", "--jobs", "2")
    assert code == 0, said
    table = (here / "stress" / "stress.csv").read_text()
    assert "mypkg.scores:share,0.25," in table
    assert "'mypkg.scores:nothing' returned None" in table
