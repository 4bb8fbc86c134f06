"""What is not installed is named with the extra that brings it; packages import what is asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

from unbraid.core import LazyPackage, MissingLibraryError, UsageError, naming_extras
from unbraid.core.extras import EXTRAS
from unbraid.data import load_dataset

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("library", "extra"), EXTRAS.items())
def test_a_missing_library_is_named_with_its_extra(library: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UsageError) as caught, naming_extras("--log it"):
        __import__(f"{library}.part")
    assert str(caught.value) == (f"--log it needs {library}, which is not installed; pip install 'unbraid[{extra}]'.")
    assert isinstance(caught.value, ImportError)  # what tries an import and goes on without keeps working


def test_other_failures_are_passed_on_as_they_are() -> None:
    with pytest.raises(ModuleNotFoundError, match="No module named 'no_such_library'") as caught, naming_extras():
        __import__("no_such_library")
    assert not isinstance(caught.value, MissingLibraryError)


def test_the_extras_are_those_of_the_package() -> None:
    import tomllib

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for library, extra in EXTRAS.items():
        assert any(line.startswith(library) for line in extras[extra])


def test_a_dataset_of_hdf5_files_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dataset_0_.hdf5").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(MissingLibraryError, match=r"boxhead_files needs h5py.*pip install 'unbraid\[train\]'"):
        load_dataset("boxhead_files", path=str(tmp_path), variant="boxheadsimple")


@pytest.mark.parametrize("name", ["training", "studies", "report"])
def test_lazy_packages_give_all_that_they_promise(name: str) -> None:
    package = __import__(f"unbraid.{name}", fromlist=["_"])
    assert isinstance(package, LazyPackage)
    assert set(package.__all__) <= set(dir(package))
    for public in package.__all__:
        assert getattr(package, public) is not None
    with pytest.raises(AttributeError, match=f"module 'unbraid.{name}' has no attribute 'nothing_of_the_kind'"):
        _ = package.nothing_of_the_kind


def test_a_lazy_package_imports_no_more_than_is_asked_for() -> None:
    code = "import sys\nfrom unbraid.training import presets\nfrom unbraid.studies import shipped\n"
    code += "from unbraid.report import data_page\nsys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
