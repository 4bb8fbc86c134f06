"""Scoring an encoder that comes from elsewhere on a dataset of ours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from unbraid.cli._console import console, say
from unbraid.cli._printed import floor_hint, printed_scores
from unbraid.cli._score import require_ending, write_table
from unbraid.cli._settings import assign
from unbraid.core import is_outside, require
from unbraid.core.outside import load_outside
from unbraid.data import load_dataset
from unbraid.evaluation import OnnxEncoder, evaluate


def evaluate_encoder(
    run: Path | None,
    encoder: str | None,
    data: str | None,
    assignments: Sequence[str],
    output: str | None,
    metrics: Sequence[str] | None,
    out: Path | None,
    **options: Any,
) -> None:
    """Score the encoder on the dataset, print the table, and write it where asked; `options` of `evaluate`."""
    do = "unbraid evaluate RUN, or unbraid evaluate --encoder model.onnx --data dsprites"
    require(run is None and encoder is not None, "evaluate takes a run, or an encoder in its place", do=do)
    require(data is not None, "an encoder needs a dataset that it is scored on", "none", "give one: --data dsprites")
    require_ending(out)
    dataset = load_dataset(assign({"data": data}, assignments)["data"])
    function = load_outside(str(encoder)) if is_outside(str(encoder)) else OnnxEncoder(str(encoder), output)
    frame = evaluate(function, dataset, metrics=metrics, **options)
    say(f"{encoder} on {dataset.name}: rows {int(frame['rows'].max()):,}")
    console.print(printed_scores(frame))
    say(floor_hint(frame))
    write_table(frame, out)
