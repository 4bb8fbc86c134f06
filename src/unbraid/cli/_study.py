"""`unbraid study`: plan, run, status, table, report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from unbraid.cli._screen import console
from unbraid.core import need, need_known

app = typer.Typer(no_args_is_help=True, help="Grids of runs that survive anything and answer with intervals.")

File = Annotated[str, typer.Argument(metavar="STUDY", help="A shipped study's name or a YAML file.")]
Scale = Annotated[str, typer.Option(help="paper, pocket or smoke.")]
Root = Annotated[Path, typer.Option(help="Folder that holds the studies' folders.")]
Archive = Annotated[Path | None, typer.Option(help="Folder of kept results (no weights); its runs count as done.")]
Many = Annotated[bool, typer.Option("--many", help="Allow more than 10,000 runs.")]
Only = Annotated[str | None, typer.Option(help="Only runs whose label contains this text.")]
Shard = Annotated[str | None, typer.Option(help="i/n: only every n-th run from the i-th (0-based), for array jobs.")]


@app.command("plan")
def show_plan(
    study: File, scale: Scale = "pocket", root: Root = Path("runs"), archive: Archive = None, many: Many = False
) -> None:
    """Show the runs a study would make, and which of them are done."""
    from unbraid.studies import load_study, plan, standings

    loaded = load_study(study, scale)
    runs = plan(loaded, allow_many=many)
    console.print(f"{loaded.name} at scale {scale}: {len(runs):,} runs, {sum(r.config.steps for r in runs):,} steps")
    if loaded.about:
        console.print(loaded.about, highlight=False)
    for each in standings(loaded, runs[:200], root, archive):
        console.print(f"  {each.state:8} {each.run.config.folder_name:44} {each.run.label}", highlight=False)
    if len(runs) > 200:
        console.print(f"  … and {len(runs) - 200:,} more")


@app.command("run")
def run_study(
    study: File,
    scale: Scale = "pocket",
    root: Root = Path("runs"),
    archive: Archive = None,
    jobs: Annotated[int, typer.Option(help="Worker processes at once.")] = 1,
    only: Only = None,
    shard: Shard = None,
    retries: Annotated[int, typer.Option(help="How often a failed run is tried again.")] = 1,
    many: Many = False,
) -> None:
    """Train and evaluate what is left of a study; the same command goes on after any stop."""
    from unbraid.cli._board import Board
    from unbraid.studies import jobs_of, keep, load_study, plan, run_local, standings

    need(jobs >= 1, "--jobs must be at least 1", jobs)
    need(retries >= 0, "--retries must not be negative", retries)
    loaded = load_study(study, scale)
    runs = part_of(plan(loaded, allow_many=many), only, shard)
    standing = standings(loaded, runs, root, archive)
    work = jobs_of(loaded, standing, threads=max(1, cores() // jobs))
    with Board(loaded, runs, root, archive) as board:
        run_local(work, jobs, board.tell, retries)
    if archive is not None:
        keep(standings(loaded, runs, root, archive), archive)
    failed = [each for each in standings(loaded, runs, root, archive) if each.state == "failed"]
    for each in failed:
        console.print(f"failed: {each.folder}: {each.message}", highlight=False, soft_wrap=True)
    if failed:
        raise typer.Exit(1)


@app.command()
def status(study: File, scale: Scale = "pocket", root: Root = Path("runs"), archive: Archive = None) -> None:
    """Count done, running, failed and left runs."""
    from collections import Counter

    from unbraid.studies import load_study, plan, standings

    loaded = load_study(study, scale)
    standing = standings(loaded, plan(loaded, allow_many=True), root, archive)
    counts = Counter(each.state for each in standing)
    console.print(" · ".join(f"{counts[state]} {state}" for state in ("done", "running", "failed", "left")))
    for each in standing:
        if each.state == "failed":
            console.print(f"failed: {each.folder}: {each.message}", highlight=False, soft_wrap=True)


@app.command()
def table(
    study: File,
    scale: Scale = "pocket",
    root: Root = Path("runs"),
    archive: Archive = None,
    out: Annotated[Path | None, typer.Option(help="Write here: .csv, .parquet, .tex or .md.")] = None,
    tidy: Annotated[bool, typer.Option("--tidy", help="One row per run and metric instead of the summary.")] = False,
) -> None:
    """Summarise every score over seeds: mean, interval, median, interquartile mean."""
    from unbraid.studies import collect, load_study, plan, standings, summary

    loaded = load_study(study, scale)
    frame = collect(standings(loaded, plan(loaded, allow_many=True), root, archive))
    need(len(frame), "a table needs finished runs", "none", f"unbraid study run {study} --scale {scale}")
    shown = frame if tidy else summary(frame)
    if out is None:
        from unbraid.cli._screen import frame_table

        console.print(frame_table(shown[shown["part"] == ""]))
        return
    write_frame(shown, out)
    console.print(f"written: {out}", highlight=False, soft_wrap=True)


@app.command()
def report(study: File, scale: Scale = "pocket", root: Root = Path("runs"), archive: Archive = None) -> None:
    """Judge the claims and write the study's report.html."""
    from unbraid.report import write_study_report
    from unbraid.studies import load_study, plan, standings

    loaded = load_study(study, scale)
    standing = standings(loaded, plan(loaded, allow_many=True), root, archive)
    need(any(each.state == "done" for each in standing), "a report needs finished runs", "none")
    page = write_study_report(loaded, standing, root / loaded.name)
    console.print(f"report:  {page}", highlight=False, soft_wrap=True)


def part_of(runs: Sequence, only: str | None, shard: str | None) -> list:
    """The runs asked for by --only and --shard."""
    chosen = [run for run in runs if only is None or only in run.label or only in run.config.folder_name]
    need(chosen or not runs, "--only must match the label of some run", repr(only), "see the plan for labels")
    if shard is None:
        return chosen
    words = shard.split("/")
    whole = len(words) == 2 and all(word.isdigit() for word in words)
    need(whole and 0 <= int(words[0]) < int(words[1]), "--shard must be i/n with 0 <= i < n", shard)
    return chosen[int(words[0]) :: int(words[1])]


def write_frame(frame: object, out: Path) -> None:
    """Write a table in the format that the file's ending names."""
    import pandas as pd

    from unbraid.store import writable

    assert isinstance(frame, pd.DataFrame)
    need_known(out.suffix, (".csv", ".parquet", ".tex", ".md"), "the ending of --out")
    with writable(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.suffix == ".parquet":
            frame.astype({c: "string" for c in frame.columns if frame[c].dtype == object}).to_parquet(out, index=False)
        elif out.suffix == ".csv":
            frame.to_csv(out, index=False)
        elif out.suffix == ".tex":
            out.write_text(frame.to_latex(index=False, float_format="%.3f"), encoding="utf-8")
        else:
            out.write_text(markdown(frame), encoding="utf-8")


def markdown(frame: object) -> str:
    """A table in Markdown; missing cells are empty."""
    import pandas as pd

    assert isinstance(frame, pd.DataFrame)

    def cell(value: object) -> str:
        if value is None or value != value:
            return ""
        return f"{value:.3f}" if isinstance(value, float) else str(value).replace("|", "\\|")

    lines = ["| " + " | ".join(map(str, frame.columns)) + " |", "|" + " --- |" * len(frame.columns)]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in frame.itertuples(index=False)]
    return "\n".join(lines) + "\n"


def cores() -> int:
    """Processors this process may use."""
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
