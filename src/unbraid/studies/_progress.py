"""The scores of a run as it trains, noted in a table of its own."""

from __future__ import annotations

import pandas as pd

from unbraid.core import Spec, is_outside, label_of, require
from unbraid.store import RunDirectory

PROGRESS = "progression.parquet"
ROWS = 10_000  # encoded at each point: a bounded cost


def read_progress(run: RunDirectory) -> pd.DataFrame | None:
    """The table of scores over training, of any version; None where there is none.

    Version 0.1 gave the bare name to the first metric of a name, whatever its options, and wrote no ids.
    """
    if not run.has(PROGRESS):
        return None
    table = run.read_table(PROGRESS)
    with run.reading(PROGRESS):
        require("metric" in table, "it must have a column metric", ", ".join(map(str, table)))
    if "score_id" in table:
        return table
    names = _names_of_0_1([Spec.of(metric) for metric in run.read_config().get("metrics", ())])
    return table.assign(metric=[names.get(name, name) for name in table["metric"]])


def add_progress(run: RunDirectory, scores: pd.DataFrame, step: int) -> None:
    """Add the scores at a step, with their ids, to the table."""
    scores = pd.concat([pd.Series(step, scores.index, name="step"), scores], axis=1)
    earlier = read_progress(run)
    run.write_table(PROGRESS, scores if earlier is None else pd.concat([earlier, scores], ignore_index=True))


def has_progress(run: RunDirectory, step: int) -> bool:
    """Whether the scores at a step are noted."""
    if not run.has(PROGRESS):
        return False
    table = run.read_table(PROGRESS)
    with run.reading(PROGRESS):
        return bool((table["step"] == step).any())


def _names_of_0_1(metrics: list[Spec]) -> dict[str, str]:
    """What version 0.1 called each metric of a run -> its one name."""
    names: dict[str, str] = {}
    for spec in (spec for spec in metrics if not is_outside(spec.name)):  # which would have to be imported
        options = ", ".join(f"{key}={value}" for key, value in spec.options.items())
        names[f"{spec.name}({options})" if spec.name in names else spec.name] = label_of("metrics", spec)
    return names
