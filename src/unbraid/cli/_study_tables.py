"""`unbraid study`: table and best, over the finished runs of a study."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from unbraid.cli import _completion
from unbraid.cli._console import console, say
from unbraid.cli._study import Archive, File, Only, Root, Scale, _loaded, app
from unbraid.core import require, require_choice
from unbraid.studies import View


@app.command("table")
def show_table(
    study: File,
    scale: Scale = "pocket",
    root: Root = Path("runs"),
    archive: Archive = None,
    view: Annotated[
        str, typer.Option(help=f"{', '.join(get_args(View))}.", autocompletion=_completion.views)
    ] = "methods",
    scores: Annotated[str | None, typer.Option(help="Comma-separated: these scores only, such as mig,log/kl.")] = None,
    parts: Annotated[bool, typer.Option("--parts", help="Also the parts of each score.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write here: .csv, .parquet, .tex or .md.")] = None,
) -> None:
    """Tables over the finished runs, with intervals over seeds.

    methods: combinations, baselines and floors as rows, scores as columns. summary: mean, median and interquartile mean
    of each combination. tidy: one row per run and score. agreement: Spearman correlation between scores over runs.
    variance: shares explained by objective, hyperparameter and seed. improvement: probability that a run of one method
    scores higher than one of another. selection: how well UDR predicts the other scores.
    """
    from unbraid.cli._frames import print_frame
    from unbraid.cli._methods import print_methods, write_methods
    from unbraid.cli._tables import write_frame
    from unbraid.studies import table

    require_choice(view, View, "--view")
    chosen: Any = view
    names = None if scores is None else [name.strip() for name in scores.split(",") if name.strip()]
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", UserWarning)
        shown = table(_loaded(study, scale), root=root, archive=archive, view=chosen, scores=names, parts=parts)
    for line in dict.fromkeys(str(warning.message) for warning in told if warning.category is UserWarning):
        say(f"note:    {line}")
    if out is None:
        print_methods(console, shown) if view == "methods" else print_frame(console, shown)
        return
    write_methods(shown, out) if view == "methods" else write_frame(shown, out)
    say(f"written: {out}")


@app.command("best")
def show_best(
    study: File,
    by: Annotated[str | None, typer.Option(help="The score to rank by; the first with labels, else UDR.")] = None,
    only: Only = None,
    scale: Scale = "pocket",
    root: Root = Path("runs"),
    archive: Archive = None,
    top: Annotated[int, typer.Option(help="Runs to print.")] = 10,
    out: Annotated[Path | None, typer.Option(help="Also write all of them: .csv, .parquet, .tex or .md.")] = None,
) -> None:
    """Rank the finished runs by a score above chance, or without labels by UDR, and score the best on fresh rows.

    Says which runs the rows do not separate from the best, and the winner's curse: how far the score that the best was
    chosen by exceeds its score on rows that had no part in choosing it.
    """
    from unbraid.cli._choice import print_choice
    from unbraid.cli._tables import write_frame
    from unbraid.studies import best

    require(top >= 1, "--top must be at least 1", top)
    choice = best(_loaded(study, scale), by=by, only=only, root=root, archive=archive)
    print_choice(console, choice, top)
    if out is not None:
        write_frame(choice.table, out)
        say(f"written: {out}")
