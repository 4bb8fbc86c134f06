"""Tables of scores on the terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pandas as pd

from unbraid.cli._text_table import TextTable
from unbraid.metrics import declared


def printed_scores(frame: pd.DataFrame) -> TextTable:
    """Scores, one row a metric (parts are left to the report); a missing one with its reason."""
    layer = ["layer"] if "layer" in frame and frame["layer"].nunique() > 1 else []
    columns = [name for name in FLOORS if name in frame and frame[name].notna().any()]
    rows = [
        [*(str(row[name]) for name in layer), row["metric"], _number(row["value"])]
        + [FLOORS[name](row) for name in columns]
        + [_note(row)]
        for row in frame[frame["part"] == ""].to_dict("records")
    ]
    return TextTable([*layer, "metric", "score", *columns, ""], rows, right=("score", *columns), keys=1 + len(layer))


STRONGEST = 3  # associations of each label


def printed_associations(frame: pd.DataFrame) -> TextTable:
    """The strongest associations of each label, one a row."""
    order = frame["value"].abs().sort_values(ascending=False, kind="stable").index
    best = frame.loc[order].groupby("factor", sort=False).head(STRONGEST)
    place = {name: number for number, name in enumerate(dict.fromkeys(frame["factor"]))}
    best = best.sort_values("factor", key=lambda names: names.map(place), kind="stable")
    rows = [
        [str(row[name]) for name in ("factor", "latent", "measure")]
        + [f"{row['value']:.2f}", f"{row['low']:.2f} … {row['high']:.2f}", f"{row['holm']:.3f}"]
        for row in best.to_dict("records")
    ]
    heads = ["label", "latent", "measure", "value", "95 %", "p (Holm)"]
    return TextTable(heads, rows, right=("value", "p (Holm)"), keys=2)


def printed_baselines(frame: pd.DataFrame) -> TextTable:
    """Scores of a run and its baselines, one row a metric; above chance where there is a floor, in brackets."""
    layer = ["layer"] if frame["layer"].nunique() > 1 else []
    whole = frame[frame["part"] == ""]
    names = list(dict.fromkeys(whole["baseline"]))
    rows = []
    for key, scores in whole.groupby([*layer, "metric"], sort=False):
        by_name = scores.drop_duplicates("baseline").set_index("baseline")
        cells = [_beside(by_name.loc[name]) if name in by_name.index else "—" for name in names]
        rows.append([*map(str, key), *cells])
    shown = [name or "this run" for name in names]
    return TextTable([*layer, "metric", *shown], rows, right=shown, keys=1 + len(layer))


SAID = {
    "check/active_latents": "{} latents in use",
    "check/reconstruction_share": "reconstruction error {} of the mean image's",
    "check/probe_above": "linear probe {} above chance",
    "check/plateau": "loss moved {} over the last fifth",
    "check/critic_share": "critic sees {} of the total correlation",
    "heldout/loss": "loss {}",
    "heldout/reconstruction": "reconstruction {}",
    "heldout/kl": "KL {} nats",
    "heldout/head": "of each head {}",
}  # the checks of a run, in the order of its table


def check_lines(table: pd.DataFrame) -> str:
    """The checks of a run in a line, and its losses in evaluation mode in another; layers are set apart by slashes."""
    whole = table[table["part"] == ""]
    values = whole["value"].map(lambda value: "—" if missing(value) else f"{value:.3g}")
    cells = {name: "/".join(values[whole["check"] == name]) for name in SAID}
    said = {name: SAID[name].format(text) for name, text in cells.items() if text}
    rows = next(iter(whole["note"][whole["check"] == "heldout/reconstruction"]), "")
    lines = [
        " · ".join(text for name, text in said.items() if name.startswith(kind)) for kind in ("check/", "heldout/")
    ]
    return f"checks:  {lines[0]}\nlosses:  {lines[1]} (evaluation mode, {rows})"


def _beside(row: Any) -> str:
    """A score, and what is above chance of it."""
    return _number(row["value"]) + ("" if missing(row["above"]) else f" ({row['above']:.3f})")


def floor_hint(frame: pd.DataFrame) -> str:
    """How to read floors, and which scores would have one only when asked; empty where nothing is to say."""
    whole = frame[(frame["part"] == "") & frame["value"].notna()]
    floors = whole["floor"].notna() if "floor" in whole else pd.Series(False, whole.index)
    lines = []
    if floors.any():
        lines.append(
            "floor: the score of codes that know nothing, at this N and D; above: 0 at the floor, 1 at the end."
        )
    if slow := [str(name) for name in whole["metric"][~floors] if _slow(str(name))]:
        lines.append(f"No floor measured for the slow scores {', '.join(slow)}: add --floor.")
    return "\n".join(lines)


def _slow(name: str) -> bool:
    """Whether the score has a floor, but only when asked."""
    said = declared(name.partition("(")[0])
    return said is not None and said.cost == "slow" and said.permuted != "nothing"


def _floor(row: dict[Any, Any]) -> str:
    """The floor, with its standard error where three decimals show it."""
    error = f" ± {row['floor_error']:.3f}" if not missing(row["floor"]) and row["floor_error"] >= 0.0005 else ""
    return cell(row["floor"]) + error


FLOORS: dict[str, Callable[[dict[Any, Any]], str]] = {
    "floor": _floor,
    "above": lambda row: cell(row["above"]),
    "p": lambda row: cell(row["p"]),
}  # columns shown where any score has them


def printed_differences(frame: pd.DataFrame, first: str, second: str) -> TextTable:
    """Two codes, one row a metric: both scores, how far they differ, whether that is noise, and what would show.

    Where both have a score above chance, that is what is compared; it stands in brackets.
    """
    rows = [
        [row["metric"], *(_both(row, side) for side in ("first", "second")), *_difference(row)]
        for row in frame.to_dict("records")
    ]
    right = (first, second, "difference", "p", "shows")
    return TextTable(["metric", first, second, "difference", "p", "shows", ""], rows, right=right)


def difference_hint(frame: pd.DataFrame) -> str:
    """How to read a comparison: what p is adjusted for, and what the rows could show."""
    tests = int(frame["p"].notna().sum() + frame["above_p"].notna().sum())
    if not tests:
        return ""
    lines = [
        "difference: 95 % interval, above chance where both scores have that (in brackets), else of the values.",
        f"p: adjusted by Holm for the {tests} tests of this table, so that of two equal codes anything differs in at "
        "most one table of twenty; measured: docs/coverage/summary.md.",
        "shows: a difference as large is called so in four of five such tables; a smaller one may be there unseen.",
    ]
    return "\n".join([*dict.fromkeys(note for note in frame["note"] if note), *lines])


def cell(value: Any, name: str = "") -> str:
    """Nothing for a missing value, three decimals for floats, all of them for a setting."""
    if missing(value):
        return ""
    return f"{value:.3f}" if isinstance(value, float) and not is_setting(name) else str(value)


def is_setting(name: str) -> bool:
    """Whether a column holds a setting of runs, by its dotted name.

    >>> [is_setting(name) for name in ("optimizer.lr", "axis/steps", "value", "mig(bins=0.5)")]
    [True, True, False, False]
    """
    return bool(re.fullmatch(r"axis/.*|[a-z_0-9]+(\.[a-z_0-9]+)+", name))


def missing(value: Any) -> bool:
    """Whether a cell is empty; one that holds a list is not."""
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _number(value: Any) -> str:
    return "—" if missing(value) else f"{value:.3f}"


def _note(row: dict[Any, Any]) -> str:
    """The interval of a score and what there is to note, or why the score is missing."""
    if missing(row["value"]):
        return str(row["reason"])
    interval = [] if missing(row.get("low")) else [f"{row['low']:.3f} … {row['high']:.3f}"]
    if not interval and not missing(row.get("interval")):
        interval = [f"no interval: {row['interval']}"]
    return "; ".join([*interval, *([] if missing(row.get("note")) or not row["note"] else [str(row["note"])])])


def _both(row: dict[Any, Any], side: str) -> str:
    """A score, and in brackets what is above chance of it, where that is compared."""
    above = "" if missing(row["above_p"]) else f" ({row['above_' + side]:.3f})"
    return _number(row[side]) + above


def _difference(row: dict[Any, Any]) -> tuple[str, str, str, str]:
    """The interval of a difference, its p, what would show, and what it means; a dash, and why it is not known."""
    if row["verdict"] == "unknown":
        return "—", "", "", str(row["reason"])
    prefix = "" if missing(row["above_p"]) else "above_"
    low, high, p, shows = (row[prefix + column] for column in ("low", "high", "holm", "shows"))
    verdict = str(row["verdict"])
    if verdict == "differ":
        verdict = "higher" if low + high > 0 else "lower"
    return f"{low:+.3f} … {high:+.3f}", "<.001" if p < 0.001 else f"{p:.3f}", f"{shows:.3f}", verdict
