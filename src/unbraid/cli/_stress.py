"""`unbraid stress`: what scores answer to codes whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from unbraid.cli._console import say
from unbraid.core import progress_bar
from unbraid.store import whole_file, writable
from unbraid.stress import Response, response_curves, responses, stressor


def run_stress(
    metrics: Sequence[str] | None, stressors: Sequence[str] | None, seeds: int, jobs: int | None, out: Path
) -> None:
    """Score every stressed code, and write the table and the figure."""
    from joblib import cpu_count

    jobs = cpu_count() if jobs is None else jobs
    with progress_bar("stress") as progress:
        answers = responses(metrics, stressors, seeds=seeds, jobs=jobs, progress=progress)
    for file, write in ((out / "stress.csv", write_table), (out / "stress.png", write_figure)):
        with writable(file), whole_file(file) as aside:
            write(answers, aside)
        say(f"written: {file}")


def write_table(answers: Sequence[Response], file: Path) -> None:
    """One row per code and score."""
    import pandas as pd

    pd.DataFrame(answers, columns=Response._fields).to_csv(file, index=False, float_format="%.6g")


def write_figure(answers: Sequence[Response], file: Path) -> None:
    """One small picture per score and stressor."""
    from unbraid.figures import Band, png
    from unbraid.figures.stress import stress

    table = {
        metric: {name: Band(*curve) for name, curve in curves.items()}
        for metric, curves in response_curves(answers).items()
    }
    ideal = {name: stressor(name).truth for curves in table.values() for name in curves}
    file.write_bytes(png(stress(table, ideal=ideal, cell=1.1), dpi=110))
