"""The run beside codes that cost no training: methods as rows, scores as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from unbraid.report._text import entry_title, number

NAMES = {  # baseline -> how the page calls it
    "untrained": "untrained: the same network, its first weights",
    "pca": "PCA of the images, as many components as latents",
    "ica": "ICA of the images, as many components as latents",
    "rotated_varimax": "rotated: these codes whitened, after varimax",
    "rotated_ica": "rotated: these codes whitened, after ICA",
}
MOST = 8  # scores shown


@dataclass(frozen=True)
class Comparison:
    """Scores of a run and of its baselines.

    Args:
        titles: of the scores.
        rows: what is compared, and the score of each as (value, above chance, whether it is above the run's own).
    """

    titles: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, str, bool], ...]], ...]


def comparison_of(metrics: pd.DataFrame, baselines: pd.DataFrame, order: Sequence[str]) -> Comparison | None:
    """The table of the first layer; None where no baseline was scored.

    Args:
        metrics: the run's own table.
        baselines: the table of its baselines.
        order: metrics that go first.
    """
    if not len(baselines):
        return None
    whole = pd.concat([metrics.assign(baseline=""), baselines], ignore_index=True)
    whole = whole[(whole["part"] == "") & (pd.to_numeric(whole["layer"]).fillna(0) == 0)]
    there = list(dict.fromkeys(baselines["metric"]))
    names = sorted(there, key=lambda name: order.index(name) if name in order else len(order))[:MOST]
    of_run = _cells(whole, "", names)
    rows = [("this run", of_run), ("chance: the floor", _floors(whole, names))]
    rows += [(NAMES.get(name, name), _cells(whole, name, names)) for name in dict.fromkeys(baselines["baseline"])]
    titles = tuple(entry_title("metrics", name.partition("(")[0]) for name in names)
    return Comparison(titles, tuple((says, _marked(cells, of_run)) for says, cells in rows))


Cells = list[tuple[float | None, float | None]]  # value and above chance


def _cells(whole: pd.DataFrame, baseline: str, names: Sequence[str]) -> Cells:
    rows = whole[whole["baseline"] == baseline].drop_duplicates("metric", keep="last").set_index("metric")
    return [
        (_float(rows.loc[name, "value"]), _float(rows.loc[name].get("above"))) if name in rows.index else (None, None)
        for name in names
    ]


def _floors(whole: pd.DataFrame, names: Sequence[str]) -> Cells:
    rows = whole[whole["baseline"] == ""].drop_duplicates("metric", keep="last").set_index("metric")
    return [(_float(rows.loc[name].get("floor")) if name in rows.index else None, None) for name in names]


def _marked(cells: Cells, of_run: Cells) -> tuple[tuple[str, str, bool], ...]:
    """As text, marked where a baseline reaches more than the run."""
    return tuple(
        (
            number(value),
            number(above) if above is not None else "",
            value is not None and mine is not None and value > mine,
        )
        for (value, above), (mine, _) in zip(cells, of_run, strict=True)
    )


def _float(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type,call-overload]
