"""`unbraid.report(run)`, and the whole path from a preset to a report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from unbraid.core.checked import checked
from unbraid.core.values import Natural, Seed
from unbraid.evaluation import evaluate, is_evaluated
from unbraid.report.run import run_report
from unbraid.store import CHECKPOINT, MODEL, RunDirectory
from unbraid.training import Run, RunConfig, fit, folder_of, preset

DEMO_METRICS = (
    "mig",
    {"name": "dci_fast", "train_rows": 4000, "test_rows": 2000},
    "sap",
    "modularity",
    "explicitness",
    "irs",
    "factor_vae_score",
    "beta_vae_score",
)


@checked
def report(
    run: Run | RunDirectory | Path | str, *, layer: Natural | None = None, trust: bool = False, **options: Any
) -> Path:
    """Write a run's `report.html`, a page that opens from disk; the run is evaluated first where it is not yet.

    Args:
        run: an opened run, or its directory.
        layer: of a layered model, show this latent layer alone, counted from 0.
        trust: import code from elsewhere that the run's configuration names; an opened run is trusted already.
        options: of `unbraid.evaluate`, where the run is not evaluated yet.

    Returns:
        the path of the page.

    Raises:
        UsageError: no run, or a layer that does not exist.
    """
    folder, trust = folder_of(run), trust or isinstance(run, Run)
    if not is_evaluated(folder) and (folder.has(MODEL) or folder.has(CHECKPOINT)):
        evaluate(run if isinstance(run, Run) else folder.path, trust=trust, **options)
    return run_report(folder.path, layer=layer, trust=trust)


@checked
def demo(*, seed: Seed = 0, out: Path | str = "runs/demo") -> Path:
    """The whole path: render dSprites, train a β-VAE, evaluate it, write its report; a few minutes.

    Args:
        seed: of the run.
        out: the folder that holds the run's folder.

    Returns:
        the path of the page.
    """
    config = RunConfig.from_dict({**preset("pocket"), "seed": seed})
    run = fit(config, Path(out) / config.folder_name)
    if not is_evaluated(run.folder):
        evaluate(run, metrics=DEMO_METRICS, baselines=True)
    return run_report(run.path)
