"""A choice among the runs of a study, on the terminal."""

from __future__ import annotations

from rich.console import Console

from unbraid.cli._console import say
from unbraid.cli._printed import cell, missing
from unbraid.cli._text_table import TextTable
from unbraid.studies import Choice


def print_choice(console: Console, choice: Choice, top: int) -> None:
    """The ranks, what is not separated from the best, where the best lies, and its score on fresh rows."""
    table = choice.table
    score = f"{choice.by} above chance" if choice.on == "above" else choice.by
    say(f"{len(table)} runs by {score}" if table["layer"].nunique() < 2 else f"{len(table)} layers of runs by {score}")
    layer = ["layer"] if table["layer"].nunique() > 1 else []
    columns = [*layer, "score", "behind", *(["p"] if table["p"].notna().any() else [])]
    rows = [
        [str(row["rank"]), str(row["method"]), str(row["seed"]), *(cell(row[name]) for name in columns), _said(row)]
        for row in table.head(top).to_dict("records")
    ]
    console.print(TextTable(["", "run of", "seed", *columns, ""], rows, right=("", "seed", *columns), keys=2))
    if len(table) > top:
        say(f"… and {len(table) - top} more")
    tested = table["separated"].notna()
    if tested.any():
        count = int((~table["separated"][tested]).sum())
        say(f"not separated from the best by their rows: {count} of {len(table) - 1}")
    if choice.fresh is not None:
        _say_fresh(choice)
    for note in choice.notes:
        console.print(note, markup=False, highlight=False)
    run = str(table["run"].iloc[0])
    say(f"best:    {choice.folder}" + (f", {run}" if choice.folder.name != run else ""))


def _said(row: dict[object, object]) -> str:
    """What a row says of a run beside the best."""
    if row["rank"] == 1:
        return "best"
    return "" if missing(row["separated"]) or row["separated"] else "not separated"


def _say_fresh(choice: Choice) -> None:
    """The winner's curse."""
    assert choice.fresh is not None
    fresh = choice.fresh
    rows = f"the other {fresh.rows:,} rows" if fresh.halves else f"{fresh.rows:,} fresh rows"
    chosen = f"{fresh.run} by one half" if fresh.halves else "the best by the rows it was chosen by"
    say(f"winner's curse: {chosen} {fresh.chosen:.4f}, on {rows} {fresh.fresh:.4f}: {fresh.curse:+.4f}")
