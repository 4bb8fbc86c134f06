"""The report of one run: a single page that opens from disk."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from unbraid.core import UsageError, require
from unbraid.core.checked import checked
from unbraid.metrics import remarks
from unbraid.objectives import beta_conventions
from unbraid.report._carriers import learned_sentence, separation_clause
from unbraid.report._page import page_text, write_text
from unbraid.report._scores import ScoreRow, at_floor, score_rows
from unbraid.report._text import duration, entry_title, number, training_command
from unbraid.report.run._baselines import comparison_of
from unbraid.report.run._checks import check_lines
from unbraid.report.run._data import RunData, read_run_data
from unbraid.report.run._decoder import PAGE_BYTES, decoders_of
from unbraid.report.run._figures import curves_svg, reconstructions_svg
from unbraid.report.run._layer import LayerPart, layer_part, without_largest_decoder
from unbraid.store import RunDirectory

__all__ = ["run_report"]

TILES = ("mig", "factor_vae_score", "dci", "sap", "modularity", "explicitness", "irs")


@checked
def run_report(run_folder: Path | str, *, layer: int | None = None, trust: bool = False) -> Path:
    """Write `report.html` into a run directory, from the files that are there, and return its path.

    Args:
        run_folder: a run that was trained; what was not evaluated is said to be missing.
        layer: show this latent layer only; all of them when None.
        trust: import code from elsewhere that the run's configuration names, as `package.module:Thing`.

    Raises:
        UsageError: the folder is not a run or names code from elsewhere without `trust`, or the layer does not exist.
    """
    run = read_run_data(run_folder, trust=trust)
    count = len(run.layers)
    if layer is not None:
        require(0 <= layer < count, f"layer must lie in 0 .. {count - 1}", layer, "leave it out to show all of them")
    shown = list(range(count)) if layer is None else [layer]
    decoders = decoders_of(run, shown, trust=trust)
    parts = [layer_part(run, number, decoder) for number, decoder in zip(shown, decoders, strict=True)]
    text = _page(run, shown, parts)
    while len(text.encode()) > PAGE_BYTES and any(part.knobs and part.knobs.weights for part in parts):
        parts = without_largest_decoder(run, parts)
        text = _page(run, shown, parts)
    return write_text(run.folder / "report.html", text)


def _page(run: RunData, shown: list[int], parts: list[LayerPart]) -> str:
    """The text of the page."""
    count = len(run.layers)
    rows = score_rows(run.metrics, shown or [0])
    return page_text(
        "run.html",
        heading=_heading(run.config),
        facts=_facts(run),
        source=_source(run.note),
        warning=_warning(run.status),
        lead=_lead(parts),
        tiles=_tiles(rows, run),
        parts=parts,
        rows=[row for row in rows if row.there],
        missing=[row for row in rows if not row.there],
        floors=any(cell.chance for row in rows for cell in row.cells),
        at_floor=at_floor(rows),
        remarks=_remarks(run),
        layered=count > 1,
        layers=shown if count > 1 else [],
        checks=check_lines(RunDirectory(run.folder)),
        comparison=comparison_of(run.metrics, run.baselines, TILES),
        several=len(parts) > 1,
        reconstructions=reconstructions_svg(run),
        curves=curves_svg(run),
        betas=_betas(run),
        command=training_command(run.config),
        config=yaml.safe_dump(dict(run.config), sort_keys=False, allow_unicode=True),
        versions=dict(run.status.get("versions", {})),
        device=_machine(run.status),
    )


def _machine(status: Mapping[str, Any]) -> str:
    """Where it was trained, and with how many threads."""
    threads = status.get("threads")
    return str(status.get("device", "")) + (f", {threads} thread{'s' * (threads > 1)}" if threads else "")


def _remarks(run: RunData) -> tuple[str, ...]:
    """Copies among factors and latents, and latents that bins cannot resolve."""
    return () if run.rep is None else remarks(run.rep)


def _source(note: Mapping[str, Any]) -> str:
    """Where images come from, and labels that came later."""
    labels = note.get("labels") or {}
    later = f"labels of {Path(labels['file']).name}, {labels['matched']}" if labels else ""
    return "; ".join(filter(None, (str(note.get("source", "")), later)))


def _heading(config: Mapping[str, Any]) -> str:
    """What was trained on what."""
    objective = config["phases"][-1]["objective"]
    beta = objective.get("beta")
    weight = f" (β = {beta:g})" if isinstance(beta, (int, float)) else ""
    data = entry_title("data", config["data"]["name"])
    data = data[:1].lower() + data[1:] if data.startswith(("Your ", "A ", "An ", "The ")) else data
    return f"{entry_title('objectives', objective['name'])}{weight} on {data}"


def _facts(run: RunData) -> list[tuple[str, str]]:
    """The run in a few numbers."""
    config, status = run.config, run.status
    step = int(status.get("step", 0))
    facts = [("model", f"{config['model']['name']}, {' + '.join(map(str, run.layers)) or '?'} latents")]
    if "figures/originals" in run.arrays:
        channels, height, width = run.arrays["figures/originals"].shape[1:]
        facts.append(("images", f"{height} × {width}, {channels} channel{'s' if channels > 1 else ''}"))
    facts.append(("trained", f"{step:,} steps, {step * config['batch']:,} images"))
    if status.get("seconds"):
        facts.append(("time", duration(status["seconds"])))
    speed = run.log.get("images_per_second")
    if speed is not None and np.isfinite(speed).any():
        facts.append(("speed", f"{np.nanmedian(speed):,.0f} images/s"))
    return [*facts, ("seed", str(config["seed"]))]


def _warning(status: Mapping[str, Any]) -> str:
    """Why the numbers are not those of a finished run, empty when they are."""
    state = status.get("state", "unknown")
    if state == "done":
        return ""
    message = f": {status['message']}" if status.get("message") else ""
    return f"This run is {state} at step {status.get('step', 0):,} of {status.get('steps', 0):,}{message}."


def _lead(parts: list[LayerPart]) -> list[str]:
    """What was learned: a sentence or two for one layer, a line each for several."""
    if len(parts) > 1:
        clauses = {part.number: (separation_clause(part.carriers), part.activity) for part in parts}
        return [f"Layer {number}: {'; '.join(filter(None, both))}." for number, both in clauses.items()]
    sentences = [(learned_sentence(part.carriers), part.activity and f"{part.activity}.") for part in parts]
    return [sentence for both in sentences for sentence in both if sentence]


def _tiles(rows: list[ScoreRow], run: RunData) -> list[tuple[str, str]]:
    """Up to four large numbers of the first layer shown."""
    by_name = {row.name: row for row in rows}
    scores = [(by_name[name].title, by_name[name].cells[0].value) for name in TILES if name in by_name]
    tiles = [(title, value) for title, value in scores if value != "—"][:3]
    nats = sum(float(kl.sum()) for name, kl in run.arrays.items() if name.startswith("kl/"))
    return [*tiles, ("KL in nats, all latents", number(nats, 1))] if nats else tiles


def _betas(run: RunData) -> list[dict[str, str]]:
    """β of each phase in both conventions: summed and averaged terms."""
    shape = run.arrays.get("figures/originals", np.empty((0,))).shape[1:]
    betas = []
    for position, phase in enumerate(run.config["phases"]):
        objective = phase["objective"]
        beta, reduction = objective.get("beta"), objective.get("reduction", "sum")
        if not isinstance(beta, (int, float)) or not shape or not run.latents:
            continue
        try:
            both = beta_conventions(beta, reduction, run.latents, math.prod(shape))
        except UsageError:
            continue
        betas.append({"phase": str(position + 1), "sum": number(both.sum, 4), "mean": f"{both.mean:.3g}"})
    return betas
