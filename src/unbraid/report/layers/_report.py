"""One page that compares layered runs with each other and with one-layer baselines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

import unbraid
from unbraid.core import require, require_known
from unbraid.core.checked import checked
from unbraid.core.values import Count, Natural
from unbraid.evaluation import evaluate, has_codes, is_evaluated, read_arrays
from unbraid.figures import png
from unbraid.report._carriers import ACTIVE_NATS
from unbraid.report._page import figure_svg, write_page
from unbraid.report.layers._figures import Captioned, best_figures, image_figures, score_figures, traversal_figures
from unbraid.report.layers._runs import LayeredRun, factors_of, read_runs, scores_of
from unbraid.store import CHECKPOINT, MODEL, REPRESENTATION, RunDirectory, whole_file
from unbraid.training import Run, folder_of

__all__ = ["layers_report"]

MICRO = ("eye_bottom_left", "eye_top_left", "eye_bottom_right", "eye_top_right", "hidden")  # of Boxhead


SCORES = ("dci_joint", "dci_per_latent", "best_disentanglement", "spearman")  # of the Tartu thesis


@checked
def layers_report(
    runs: Sequence[Run | Path | str],
    out: Path | str = "layers",
    *,
    group: Sequence[str] | None = None,
    layer: Natural = 1,
    rows: Count = 200_000,
    trust: bool = False,
) -> Path:
    """Write `layers.html` and its figures as PNG into `out`, scoring first what is not scored yet.

    Figures of the Tartu thesis: error, disentanglement and completeness over layers and β (21, 23 to 35, 38 to 43),
    reconstructions by layer and β (16, 22), best scores (27, 28, 37, 39, 44 to 46), annotated traversals (25, 26, 36,
    47 to 56). Scores are drawn where the runs have `dci_joint`, `dci_per_latent`, `best_disentanglement`.

    Args:
        runs: opened, or their directories; layered or not, on worlds with the same factors.
        out: where the page goes.
        group: factors that are also scored by themselves, by the latents more important for them than for the rest;
            the micro-level factors of Boxhead when None, where the runs have them.
        layer: whose traversals are shown, from 0; those of the first are shown beside them.
        rows: score on at most this many, where a run is not scored yet.
        trust: take runs whose configuration names code from elsewhere, as `package.module:Thing`.

    Returns:
        the path of the page.

    Raises:
        UsageError: no run, one that can neither be read nor scored or names code from elsewhere without `trust`, an
            unknown factor, a layer that no run has.
    """
    folders, trust = [folder_of(run) for run in runs], trust or all(isinstance(run, Run) for run in runs)
    for folder in folders:
        _score_missing(folder, rows, trust)
    layered = read_runs([folder.path for folder in folders], trust=trust)
    known = factors_of(layered)
    group = [name for name in MICRO if name in known] if group is None else list(group)
    for name in group:
        require_known(name, known, "factor of the group")
    deepest = max(run.layers for run in layered) - 1
    require(0 <= layer <= max(deepest, 1), f"layer must lie in 0 .. {deepest}", layer)
    out = Path(out)
    sections = [
        (title, hint, _written(figures, out)) for title, hint, figures in _sections(layered, group, layer) if figures
    ]
    return write_page(
        out / "layers.html",
        "layers.html",
        runs=[_row(run) for run in layered],
        group=group,
        sections=sections,
        version=unbraid.__version__,
    )


def _score_missing(folder: RunDirectory, rows: int, trust: bool) -> None:
    """Compute the scores that the page draws, where a run that was evaluated lacks all of one kind."""
    arrays = read_arrays(folder) if is_evaluated(folder) else {}
    missing = [name for name in SCORES if not any(key.startswith(f"{name}/") for key in arrays)]
    if missing and (folder.has(MODEL) or folder.has(CHECKPOINT)):
        there = folder.read_note(REPRESENTATION).get("rows", rows) if arrays and has_codes(folder) else rows
        evaluate(folder.path, metrics=missing, rows=max(rows, there), trust=trust)


def _sections(runs: Sequence[LayeredRun], group: list[str], layer: int) -> list[tuple[str, str, Captioned]]:
    """Title, hint and figures of each section."""
    scores = score_figures(scores_of(runs, group), ", ".join(group))
    return [
        (
            "Best score of each factor",
            "How far ahead of any other factor a latent predicts it.",
            best_figures(runs, group),
        ),
        ("Scores over the layers", "Dashed: one-layer runs with the same β. Bands span the seeds.", scores),
        ("Reconstructions", "", image_figures(runs)),
        ("Traversals", "Bars: how strongly the latent goes with each factor, 0 to 1.", traversal_figures(runs, layer)),
    ]


def _written(figures: Captioned, out: Path) -> list[tuple[str, Markup]]:
    """Write each figure as PNG beside the page; its caption and its inline SVG."""
    drawn = []
    for name, (caption, figure) in figures.items():
        with whole_file(out / f"{name}.png") as aside:
            aside.write_bytes(png(figure, dpi=110))
        drawn.append((caption, figure_svg(figure, name, caption)))
    return drawn


def _row(run: LayeredRun) -> dict[str, Any]:
    """A run in the table on top."""
    kl = [table for layer in range(run.layers) if (table := run.files.layer_array("kl", layer)) is not None]
    return {
        "name": run.name,
        "folder": run.files.folder.name,
        "seed": run.seed,
        "active": " · ".join(str(int((nats > ACTIVE_NATS).sum())) for nats in kl) or "not evaluated",
        "nats": " · ".join(f"{nats.sum():.1f}" for nats in kl),
        "steps": f"{run.files.status.get('step', 0):,}",
    }
