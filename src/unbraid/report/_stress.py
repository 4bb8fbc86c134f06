"""The responses of scores to stressed codes, as a table and a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from unbraid.figures import Band, png
from unbraid.figures.stress import stress
from unbraid.store import whole_file
from unbraid.stress import Response, response_curves, responses, stressor


def stress_report(
    metrics: Any = None,
    stressors: Sequence[str] | str | None = None,
    *,
    seeds: int = 5,
    jobs: int | None = None,
    out: Path | str = "stress",
) -> Path:
    """Score codes whose truth is known, changed in one way at a time; write `stress.csv` and `stress.png`.

    Args:
        metrics: as in `unbraid.score`.
        stressors: names of stressors; all when None.
        seeds: codes per strength of a stressor.
        jobs: processes at once; as many as there are cores when None.
        out: folder of the two files.

    Returns:
        the folder.

    Raises:
        UsageError: an unknown metric, option or stressor.
    """
    from joblib import cpu_count

    answers = responses(metrics, stressors, seeds=seeds, jobs=cpu_count() if jobs is None else jobs)
    with whole_file(Path(out) / "stress.csv") as aside:
        pd.DataFrame(answers, columns=Response._fields).to_csv(aside, index=False, float_format="%.6g")
    with whole_file(Path(out) / "stress.png") as aside:
        aside.write_bytes(_picture(answers))
    return Path(out)


def _picture(answers: Sequence[Response]) -> bytes:
    """One small picture per score and stressor."""
    table = {
        metric: {name: Band(*curve) for name, curve in curves.items()}
        for metric, curves in response_curves(answers).items()
    }
    ideal = {name: stressor(name).truth for curves in table.values() for name in curves}
    return png(stress(table, ideal=ideal, cell=1.1), dpi=110)
