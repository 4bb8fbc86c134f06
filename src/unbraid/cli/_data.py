"""`unbraid data`: show, get, prepare, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unbraid.cli import _completion, _set_keys

app = typer.Typer(no_args_is_help=True, help="Show datasets, fetch or prepare them, and check their files.")

Options = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="An option of the dataset, e.g. path=PHOTOS or resolution=32.",
        autocompletion=_set_keys.of_dataset,
    ),
]


@app.command()
def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="Dataset, see: unbraid list data.", autocompletion=_completion.entries("data")
        ),
    ],
    set: Options = None,
    pairs: Annotated[int, typer.Option(help="Pairs of images per factor.")] = 50_000,
    rows: Annotated[int, typer.Option(help="Images measured for the channels, at most.")] = 20_000,
    distance: Annotated[str, typer.Option(help="mse, box_blur_mse, or your package.module:function.")] = "mse",
    seed: Annotated[int, typer.Option(help="Seed of the pairs and the rows.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Folder for the page; runs/data/NAME when not given.")] = None,
) -> None:
    """Show a dataset: contact sheet, factors, images along each, channel statistics, distances along each factor.

    The papers' 50,000 pairs take ten seconds for dSprites, minutes where rendering is slow; try --pairs 2000 first.
    """
    from unbraid.cli._console import console, say
    from unbraid.cli._settings import assign
    from unbraid.cli._text_table import TextTable
    from unbraid.data import load_dataset
    from unbraid.report import data_page, data_summary

    assignments = [option if option.startswith("data.") else f"data.{option}" for option in set or []]
    dataset = load_dataset(assign({"data": name}, assignments)["data"])
    summary = data_summary(dataset, pairs=pairs, rows=rows, distance=distance, seed=seed)
    say(f"{name}: {len(dataset):,} images {dataset.image_shape}; {dataset.source}")
    tables = {
        "": summary.factors(),
        f"{distance} over {pairs:,} pairs": summary.table(),
        "channels": summary.channels(),
    }
    for title, records in tables.items():
        if records:
            cells = [[f"{c:.6f}" if isinstance(c, float) else c for c in record.values()] for record in records]
            console.print(TextTable(list(records[0]), cells, title=title or None), "")
    if summary.distances.absent:
        say(f"no pairs that differ in one of these alone: {', '.join(summary.distances.absent)}")
    page = data_page(dataset, out or Path("runs/data") / name.replace(":", "."), summary)
    say(f"page:  {page}")


@app.command()
def get(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Dataset, see: unbraid data doctor.")],
    variant: Annotated[str | None, typer.Option(help="The part wanted, where there are several.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Where to put it; the data folder when not given.")] = None,
) -> None:
    """Fetch a dataset's files: resumed where they stopped, from mirrors in turn, checked before anything reads them."""
    from unbraid.cli._console import say
    from unbraid.data import fetch

    for file in fetch(name, variant=variant, folder=folder):
        say(f"{file}  {file.stat().st_size / 1e6:,.1f} MB")


@app.command()
def prepare(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A dataset that is drawn here: arm, dsprites.")],
) -> None:
    """Draw a dataset into the data folder once, on all cores; run again, it goes on where it was stopped."""
    from unbraid.cli._console import say
    from unbraid.data import cache_folder
    from unbraid.data import prepare as draw

    dataset = draw(name)
    say(f"{name}: {len(dataset):,} images ready in {cache_folder()}")


@app.command()
def doctor(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One dataset, with each of its files.")] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Compare checksums too: reads each downloaded file.")
    ] = False,
) -> None:
    """Say of every dataset whether it is rendered, here, whole or to be fetched, how large, and what to do offline."""
    from unbraid.cli._console import console, say
    from unbraid.cli._text_table import TextTable
    from unbraid.data import cache_folder
    from unbraid.data import doctor as examine

    if name is not None:
        _files(name, verify)
        return
    rows = []
    for health in examine(verify=verify):
        size = "" if health.size is None else f"{health.size / 1e6:,.0f}"
        rows.append([f"{health.dataset} {health.variant}".rstrip(), health.state, size, health.origin, health.what])
    say(f"data folder: {cache_folder()} (set UNBRAID_DATA to move it)")
    console.print(TextTable(["dataset", "state", "MB", "from", "what to do"], rows, right=("MB",)))


def _files(name: str, verify: bool) -> None:
    """Each file of a dataset: its state, where it comes from, where it belongs, how to tell it is the right one."""
    from unbraid.cli._console import say
    from unbraid.data import file_states

    states = file_states(name, verify=verify)
    if not states:
        say(f"{name} needs no download: it is rendered here, or opens your own files.")
    for file in states:
        size = "size unknown" if file.size is None else f"{file.size:,} bytes"
        lines = [f"{file.source.name}: {file.state}" + (f" ({file.fault})" if file.fault else "")]
        lines += [f"belongs at {file.place}", f"{size}; {file.source.checksum or 'no checksum published'}"]
        lines += [f"from {url}" for url in file.source.urls]
        lines += [file.source.note] if file.source.note else []
        say("\n  ".join(lines))
