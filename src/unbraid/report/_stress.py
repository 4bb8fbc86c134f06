"""The responses of scores to stressed codes, as a table and a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from unbraid.core import require, require_known
from unbraid.core.checked import checked
from unbraid.core.table_files import read_table
from unbraid.core.values import Count
from unbraid.figures import Band, png
from unbraid.figures.stress import stress
from unbraid.store import whole_file
from unbraid.stress import Response, ResponseCurve, response_curves, responses, stressor


@checked
def stress_report(
    metrics: Any = None,
    stressors: Sequence[str] | str | None = None,
    *,
    seeds: Count = 5,
    slow_seeds: Count | None = None,
    jobs: Count | None = None,
    out: Path | str = "stress",
) -> Path:
    """Score codes whose truth is known, changed in one way at a time; write `stress.csv` and `stress.png`.

    Quick scores stand beside their floor and the score above it.

    Args:
        metrics: as in `unbraid.score`.
        stressors: names of stressors; all when None.
        seeds: codes per strength of a stressor.
        slow_seeds: how many of these codes slow scores are measured on; all when None.
        jobs: processes at once; as many as there are cores when None.
        out: folder of the two files.

    Returns:
        the folder.

    Raises:
        UsageError: an unknown metric, option or stressor.
    """
    from joblib import cpu_count

    jobs = cpu_count() if jobs is None else jobs
    answers = responses(metrics, stressors, seeds=seeds, slow_seeds=slow_seeds, jobs=jobs)
    with whole_file(Path(out) / "stress.csv") as aside:
        pd.DataFrame(answers, columns=Response._fields).to_csv(aside, index=False, float_format="%.6g")
    with whole_file(Path(out) / "stress.png") as aside:
        aside.write_bytes(png(stress_figure(answers), dpi=90))
    return Path(out)


def stress_figure(answers: Sequence[Response]) -> Figure:
    """One small picture per score and stressor: the value, and quietly the score above chance."""
    table, above = (_bands(response_curves(answers, of)) for of in ("value", "above"))
    ideal = {name: stressor(name).truth for curves in table.values() for name in curves}
    return stress(table, above=above, ideal=ideal, cell=1.1)


def read_responses(
    path: Path, metrics: Sequence[str] | None = None, stressors: Sequence[str] | None = None
) -> list[Response]:
    """The responses that `stress_report` wrote, of these scores and stressors; of all when None.

    Raises:
        UsageError: there are none of such a name, or the file is no such table.
    """
    table = read_table(path)
    lacking = [name for name in Response._fields if name not in table]
    do = "write it by unbraid stress"
    require(not lacking, f"{path} must have columns {', '.join(Response._fields)}", f"no {', '.join(lacking)}", do)
    for column, chosen in {"metric": metrics, "stressor": stressors}.items():
        for name in chosen or ():
            require_known(name, sorted(set(table[column])), f"a {column} of {path}")
        table = table if chosen is None else table[table[column].isin(chosen)]
    cells = table.astype(object).where(table.notna(), None)
    return [Response(*row) for row in cells[list(Response._fields)].itertuples(index=False)]


def _bands(curves: Mapping[str, Mapping[str, ResponseCurve]]) -> dict[str, dict[str, Band]]:
    return {metric: {name: Band(*curve) for name, curve in of_one.items()} for metric, of_one in curves.items()}
