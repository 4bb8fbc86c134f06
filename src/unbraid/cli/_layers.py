"""What `unbraid layers` does."""

from __future__ import annotations

from pathlib import Path

from unbraid.cli._commands import run_evaluation
from unbraid.cli._console import say
from unbraid.report import layers_report
from unbraid.store import ARRAYS, RunDirectory

SCORES = ("dci_joint", "dci_per_latent", "best_disentanglement", "spearman")  # of the Tartu thesis


def run_layers(paths: list[Path], out: Path, group: list[str] | None, layer: int, rows: int, trust: bool) -> Path:
    """Score what is not scored yet, write the comparison of layers and say where it is."""
    for path in paths:
        run = RunDirectory(path)
        arrays = run.read_tensors(ARRAYS) if run.has(ARRAYS) else {}
        missing = [name for name in SCORES if not any(key.startswith(f"{name}/") for key in arrays)]
        if missing:
            say(str(path))
            run_evaluation(path, missing, rows=rows, seed=0, trust=trust)
    page = layers_report(paths, out, group=group, layer=layer, trust=trust)
    say(f"report:  {page}")
    return page
