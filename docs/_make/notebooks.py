"""Notebooks as pages: executed when the site is built, their outputs kept nowhere else."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import MarkdownExporter
from nbformat import NotebookNode

SECONDS = 300  # for one cell, on a busy machine
QUIET = "--IPKernelApp.log_level=40"  # errors alone


def executed(file: Path) -> NotebookNode:
    """The notebook with the outputs of this code, run from top to bottom in an empty folder.

    Where SITE_NOTEBOOKS is "unexecuted", the notebook as it is: for a test of the site that has run them by themselves.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell fails.
    """
    notebook = nbformat.read(file, as_version=4)
    if os.environ.get("SITE_NOTEBOOKS") == "unexecuted":
        return notebook
    with tempfile.TemporaryDirectory() as folder:
        where = {"metadata": {"path": folder}}
        NotebookClient(notebook, timeout=SECONDS, resources=where, extra_arguments=[QUIET]).execute()
    return notebook


def as_page(notebook: NotebookNode, name: str) -> tuple[str, dict[str, bytes]]:
    """The notebook as Markdown, and its pictures by file name, which begin with `name`; without progress bars."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    text, resources = MarkdownExporter().from_notebook_node(notebook, {"unique_key": name})
    return text, resources["outputs"]
