"""Which scores of different runs are one quantity, so that their raw values may be compared."""

from __future__ import annotations

import pandas as pd

LOGS = ("log/", "heldout/")  # what is noted of training, and the same on held-out rows
LATENTS = ("model.latents", "axis/model.latents", "axis/model", "model")  # the first that says how many there are
OF_A_LOSS = ("data", "model.likelihood", "objective")
OF_IMAGES = ("data", "model.likelihood", "objective.reduction")
OF_CODES = ("data", "rows")


def quantities(rows: pd.DataFrame, metric: str) -> pd.Series:
    """What the value of each row is a measure of, as text; equal texts are one quantity.

    Args:
        rows: rows of a study's tidy frame, see `unbraid.studies.collect`.
        metric: whose values they are.
    """
    kind = metric.rpartition("/")[2] if metric.startswith(LOGS) else ""
    if kind == "kl" or metric.startswith("check/"):
        return pd.Series("", rows.index)  # nats, counts and shares, whatever the model
    if kind == "loss":
        return _joined(rows, OF_A_LOSS)
    if kind:
        return _joined(rows, OF_IMAGES)
    return _joined(rows, OF_CODES) + " " + latents_of(rows)


def why_apart(metric: str) -> str:
    """Why the values of a metric do not compare, where they are of several quantities."""
    kind = metric.rpartition("/")[2] if metric.startswith(LOGS) else ""
    if kind == "loss":
        return "the losses of two objectives, weights or worlds are not one quantity"
    if kind:
        return "reconstructions of other data, or by another likelihood, are not one quantity"
    return "raw values at other data, latents or rows do not compare, and not all runs have one above chance"


def _joined(rows: pd.DataFrame, prefixes: tuple[str, ...]) -> pd.Series:
    """The settings that begin with one of the prefixes, as one text a row."""
    columns = [
        name for name in rows if any(str(name) == prefix or str(name).startswith(f"{prefix}.") for prefix in prefixes)
    ]
    texts = [rows[name].map(lambda value: "" if pd.isna(value) else str(value)) for name in columns]
    return pd.concat(texts, axis=1).agg(" ".join, axis=1) if texts else pd.Series("", rows.index)


def latents_of(rows: pd.DataFrame) -> pd.Series:
    """How many latents a run has: a number, or for layers what else tells two models apart."""
    chosen = pd.Series(None, rows.index, dtype=object)
    for name in LATENTS:
        if name in rows:
            chosen = chosen.where(chosen.notna(), rows[name])
    return chosen.map(str)
