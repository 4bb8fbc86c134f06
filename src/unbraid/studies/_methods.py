"""Methods × scores: each combination, baseline and floor a row, each score a column, the best of each marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from unbraid.core import require, require_known
from unbraid.evaluation import OF_THE_DATA
from unbraid.metrics import declared
from unbraid.studies._collect import NO_SCORES, is_score
from unbraid.studies._locations import location
from unbraid.studies._quantities import latents_of, quantities
from unbraid.studies._separation import not_separated

CHANCE = "chance"
LOWER_IS_BETTER = ("loss", "reconstruction", "head")  # of what is logged, or measured on held-out rows
AXIS = "axis/"
OF_A_SCORE = ("mean", "low", "high", "least", "most", "runs", "interval", "two_peaked", "best")


def methods_table(
    frame: pd.DataFrame, scores: Sequence[str] | None = None, names: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """One row per combination and latent layer, then baselines, then the floors; nothing is rounded.

    Columns: `method`, `kind` (run, baseline, chance), `runs`, the settings of the grid's axes, and for each score its
    mean under the score's name and, after a space, `low`, `high` (Student's 95 % interval), `least`, `most`, `runs`,
    `interval`, `two_peaked` (see `summary_table`) and `best`: whether it is the best or not shown to be worse than that
    (see `not_separated`). The best is told by values that are one quantity, else by scores above chance where all have
    one; where neither is so, none is marked.

    Args:
        frame: see `unbraid.studies.collect`.
        scores: names of the columns; every score of codes when None.
        names: run -> what to call its combination; its label else.
    """
    frame = frame[frame["part"] == ""]
    there = list(dict.fromkeys(frame["metric"]))
    chosen = list(scores) if scores is not None else [name for name in there if is_score(name)]
    for name in chosen:
        require_known(name, there, "score of the study")
    require(chosen, "a table of methods needs a score of codes", "none", "name others, such as log/kl, with --scores")
    frame = frame[frame["metric"].isin(chosen)]
    frame = frame.assign(method=_called(frame, names or {}), baseline=_baseline(frame))
    rows = [_row(key, part, chosen) for key, part in frame.groupby(["group", "method", "layer"], sort=False)]
    best = {name: _best(frame[frame["metric"] == name], name) for name in chosen}
    for row in rows:
        place = row.pop("place")
        row |= {f"{name} best": place in best[name] for name in chosen}
    ordered = sorted(rows, key=lambda row: bool(row["kind"] == "baseline"))
    return pd.DataFrame([*ordered, *_floors(frame, chosen)])[_columns(frame, chosen)]


def _columns(frame: pd.DataFrame, scores: Sequence[str]) -> list[str]:
    """Names of the columns in their order."""
    of_scores = [column for name in scores for column in (name, *(f"{name} {what}" for what in OF_A_SCORE[1:]))]
    return ["method", "kind", "runs", *_axes(frame), *of_scores]


def _axes(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in frame.columns if str(name).startswith(AXIS)]


def _baseline(frame: pd.DataFrame) -> pd.Series:
    """The baseline that a row is of, empty for runs."""
    return frame["baseline"].fillna("") if "baseline" in frame else pd.Series("", frame.index)


def _called(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.Series:
    """What each row's method is called: short where that tells the combinations apart, layers by their number."""
    short = {
        run: _short(str(label), str(run).rpartition(" ")[2], str(run) != str(run).rpartition(" ")[2], names)
        for run, label in zip(frame["run"], frame["label"], strict=True)
    }
    called = frame["run"].map(short)
    groups = frame.groupby(called)["group"].nunique()
    if (groups > 1).any():
        called = frame["label"]
    layered = frame["layer"].nunique() > 1
    return called + (", layer " + frame["layer"].astype(int).astype(str) if layered else "")


def _short(label: str, run: str, of_baseline: bool, names: Mapping[str, str]) -> str:
    """The short name of a combination, also behind that of a baseline of its own."""
    if run not in names:
        return label
    if not of_baseline:
        return names[run]
    baseline, of, _ = label.partition(" of ")
    return f"{baseline}{of}{names[run]}" if of else label


def _row(key: Any, part: pd.DataFrame, scores: Sequence[str]) -> dict[str, Any]:
    """A method with the location of each of its scores."""
    group, method, layer = key
    row = {"place": (group, layer), "method": method, "kind": "baseline" if part["baseline"].iloc[0] else "run"}
    row |= {"runs": part["run"].nunique()} | {name: part[name].iloc[0] for name in _axes(part)}
    for name in scores:
        values = part.loc[part["metric"] == name, "value"].dropna().to_numpy(float)
        there = len(values) > 0
        said = location(values) | {"runs": len(values)}
        said |= {"least": values.min() if there else None, "most": values.max() if there else None}
        row |= {name: said["mean"]} | {f"{name} {what}": said[what] for what in OF_A_SCORE[1:-1]}
    return row


def _best(rows: pd.DataFrame, metric: str) -> set[Any]:
    """(group, layer) of the methods that are best, or not shown to be worse."""
    rows = rows[rows["value"].notna()]
    lower = lower_is_better(metric)
    if lower is None or not len(rows):
        return set()
    on = "value"
    if quantities(rows, metric).nunique() > 1:
        on = "above"
        if on not in rows or rows[on].isna().any():
            return set()
    groups, exact = {}, []
    for key, part in rows.groupby(["group", "layer"], sort=False):
        groups[key] = part[on].to_numpy(float)
        if part["baseline"].iloc[0] in OF_THE_DATA and len(part) == 1:
            exact.append(key)
    return set(not_separated(groups, lower_is_better=lower and on == "value", exact=exact))


def lower_is_better(metric: str) -> bool | None:
    """Whether less is better; None where neither end is."""
    if metric.startswith(NO_SCORES):
        return True if metric.rpartition("/")[2] in LOWER_IS_BETTER else None
    said = declared(metric.partition("(")[0])
    return None if said is None or said.higher_is_better is None else not said.higher_is_better


def _floors(frame: pd.DataFrame, scores: Sequence[str]) -> list[dict[str, Any]]:
    """What codes that know nothing score, a row for each number of latents and rows; none where it was not measured."""
    if "floor" not in frame:
        return []
    rows = frame[frame["floor"].notna() & (frame["baseline"] == "")]
    rows = rows.assign(latents=latents_of(rows)) if len(rows) else rows
    telling = [name for name in ("data", "latents", "rows") if name in rows and rows[name].nunique() > 1]
    groups = rows.groupby(telling, sort=False) if telling else [((), rows)] if len(rows) else []
    lines = []
    for key, part in groups:
        at = ", ".join(f"{name} {value}" for name, value in zip(telling, key, strict=True))
        means = part.groupby("metric")["floor"].mean()
        line: dict[str, Any] = {"method": f"{CHANCE} at {at}" if at else CHANCE, "kind": CHANCE}
        line |= {name: float(means[name]) for name in scores if name in means}
        lines.append(line | {f"{name} best": False for name in scores})
    return lines
