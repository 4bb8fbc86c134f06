"""`unbraid stress`: what scores answer to codes whose truth is known."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from unbraid.cli._console import console
from unbraid.core import progress_bar
from unbraid.store import whole_file, writable
from unbraid.stress._codes import STRESSORS
from unbraid.stress._responses import Response, bands, responses


def run_stress(
    metrics: Sequence[str] | None, stressors: Sequence[str] | None, seeds: int, jobs: int | None, out: Path
) -> None:
    """Score every stressed code, and write the table and the page."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with progress_bar("stress") as progress:
        found = responses(metrics, stressors, seeds=seeds, jobs=jobs or cores, progress=progress)
    for file, write in ((out / "stress.csv", write_table), (out / "stress.png", write_page)):
        with writable(file), whole_file(file) as aside:
            write(found, aside)
        console.print(f"written: {file}", highlight=False, soft_wrap=True)


def write_table(found: Sequence[Response], file: Path) -> None:
    """One row per code and score."""
    import pandas as pd

    pd.DataFrame(found, columns=Response._fields).to_csv(file, index=False, float_format="%.6g")


def write_page(found: Sequence[Response], file: Path) -> None:
    """One small picture per score and stressor."""
    from unbraid.figures._bands import Band
    from unbraid.figures._output import png
    from unbraid.figures.stress import stress

    table = {metric: {name: Band(*band) for name, band in each.items()} for metric, each in bands(found).items()}
    shown = {name for each in table.values() for name in each}
    ideal = {name: truth(name) for name in STRESSORS if name in shown}
    file.write_bytes(png(stress(table, ideal=ideal, cell=1.1), dpi=110))


def truth(stressor: str) -> str:
    """What happens to the code, in a word: one-to-one latents fall apart, or stay."""
    each = STRESSORS[stressor]
    return "falls" if "falls" in (each.alone, each.compact, each.readable) else "stays"
