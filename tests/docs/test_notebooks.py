"""Notebooks are committed without outputs, and run from top to bottom."""

import resource
from pathlib import Path

import pytest

from tests.docs import DOCS, making

NOTEBOOKS = sorted((DOCS / "notebooks").glob("*.ipynb"))
each_notebook = pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)


@each_notebook
def test_it_is_committed_without_outputs(file: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.read(file, as_version=4)
    nbformat.validate(notebook)
    assert notebook.cells[0].source.startswith("# ")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
            assert "unbraid._" not in cell.source
            assert "._" not in "".join(line for line in cell.source.splitlines() if "import" in line)


def seconds_of_children() -> float:
    """Processor time of the processes that ended: what a crowded machine does not change."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.slow
@each_notebook
def test_it_runs_within_a_minute_and_shows_something(file: Path) -> None:
    pytest.importorskip("nbclient")
    notebooks = making("notebooks")
    begun = seconds_of_children()
    notebook = notebooks.executed(file)
    assert 0 < seconds_of_children() - begun < 60
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr" and "Warning" in output.text]
    text, pictures = notebooks.as_page(notebook, file.stem)
    assert text.startswith("# ")
    assert pictures
    assert all(picture[:4] == b"\x89PNG" for picture in pictures.values())
