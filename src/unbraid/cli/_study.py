"""`unbraid study`: plan, run, status, table, report, keep, ledger."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Literal, get_args

import typer

from unbraid.cli._console import console, errors, say
from unbraid.cli._study_runs import (
    View,
    close_study,
    cores,
    loaded_study,
    part_of,
    say_failed,
    scale_of,
    statuses_of,
    view_of,
)
from unbraid.core import require, require_choice

app = typer.Typer(no_args_is_help=True, help="Grids of runs that survive anything and answer with intervals.")

SHOWN = 200  # runs listed by `plan`

File = Annotated[str, typer.Argument(metavar="STUDY", help="A shipped study's name or a YAML file.")]
Scale = Annotated[str, typer.Option(help="paper, pocket or smoke.")]
Root = Annotated[Path, typer.Option(help="Folder that holds the studies' folders.")]
Archive = Annotated[
    Path | None, typer.Option(help="Folder of kept runs (no weights), one folder a study; they count as done.")
]
Many = Annotated[bool, typer.Option("--many", help="Allow more than 10,000 runs.")]
Only = Annotated[str | None, typer.Option(help="Only runs whose label contains this text.")]
Shard = Annotated[str | None, typer.Option(help="i/n: only every n-th run from the i-th (0-based), for array jobs.")]

Engine = Literal["local", "ray"]


@app.command("plan")
def show_plan(
    study: File, scale: Scale = "pocket", root: Root = Path("runs"), archive: Archive = None, many: Many = False
) -> None:
    """Show the runs a study would make, and which of them are done."""
    from unbraid.studies import plan, run_statuses, unmatched

    loaded = loaded_study(study, scale)
    runs = plan(loaded, allow_many=many)
    steps = sum(run.config.steps for run in runs)
    say(f"{loaded.name} at scale {scale}: {len(runs):,} runs, {steps:,} steps")
    if loaded.about:
        say(loaded.about)
    for status in run_statuses(loaded, runs[:SHOWN], root, archive):
        say(f"  {status.state:8} {status.run.name:40} {status.run.title}")
    if len(runs) > SHOWN:
        say(f"  … and {len(runs) - SHOWN:,} more")
    settings = [run.settings for run in {run.label: run for run in reversed(runs)}.values()]  # one of each combination
    for claim in loaded.claims:
        for side in unmatched(claim, settings):
            say(f"no run has: {side} (claim: {claim.says})")


@app.command("run")
def run_study(
    study: File,
    scale: Scale = "pocket",
    root: Root = Path("runs"),
    archive: Archive = None,
    jobs: Annotated[int, typer.Option(help="Runs at once.")] = 1,
    only: Only = None,
    shard: Shard = None,
    retries: Annotated[int, typer.Option(help="How often a failed run is tried again.")] = 1,
    many: Many = False,
    on: Annotated[str, typer.Option(help="local: processes here; ray: a Ray cluster (extra: ray).")] = "local",
    ray_address: Annotated[str | None, typer.Option(help="Address of the cluster; one is started without.")] = None,
    gpus: Annotated[float, typer.Option(help="Ray: GPUs per run, also a fraction such as 0.25.")] = 0.0,
) -> None:
    """Train and evaluate what is left of a study; the same command goes on after any stop."""
    from unbraid.cli._study_progress import StudyProgress
    from unbraid.studies import archive_runs, jobs_of, plan, run_local, run_ray, run_statuses

    require(jobs >= 1, "--jobs must be at least 1", jobs)
    require(retries >= 0, "--retries must not be negative", retries)
    require_choice(on, Engine, "--on")
    loaded = loaded_study(study, scale)
    runs = part_of(plan(loaded, allow_many=many), only, shard)
    left = jobs_of(loaded, run_statuses(loaded, runs, root.resolve(), archive), threads=max(1, cores() // jobs))
    try:
        with StudyProgress(loaded, runs, root, archive) as progress:
            if on == "ray":
                run_ray(left, progress.on_outcome, address=ray_address, gpus=gpus, retries=retries)
            else:
                run_local(left, jobs, progress.on_outcome, retries)
    except KeyboardInterrupt as stop:
        if archive is not None:
            archive_runs(loaded, run_statuses(loaded, runs, root, archive), archive)
        errors.print("unbraid: stopped; the same command goes on from here.", highlight=False)
        raise typer.Exit(130) from stop
    close_study(loaded, runs, root, archive)


@app.command()
def status(study: File, scale: Scale = "pocket", root: Root = Path("runs"), archive: Archive = None) -> None:
    """Count done, running, failed and left runs."""
    statuses = statuses_of(loaded_study(study, scale), root, archive)
    counts: Counter[str] = Counter(run.state for run in statuses)
    states = ["done", "running", "failed", "left", *(["foreign"] if counts["foreign"] else [])]
    say(" · ".join(f"{counts[state]} {state}" for state in states))
    say_failed(statuses)


@app.command()
def table(
    study: File,
    scale: Scale = "pocket",
    root: Root = Path("runs"),
    archive: Archive = None,
    view: Annotated[str, typer.Option(help=f"{', '.join(get_args(View))}.")] = "summary",
    parts: Annotated[bool, typer.Option("--parts", help="Also the parts of each score.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write here: .csv, .parquet, .tex or .md.")] = None,
) -> None:
    """Tables over the finished runs, with intervals over seeds.

    summary: mean, median and interquartile mean of each combination. tidy: one row per run and score. agreement:
    Spearman correlation between scores over runs. variance: shares explained by objective, hyperparameter and seed.
    improvement: probability that a run of one method scores higher than one of another. selection: how well UDR
    predicts the other scores.
    """
    from unbraid.cli._printed import printed_frame
    from unbraid.cli._tables import write_frame
    from unbraid.studies import collect

    require_choice(view, View, "--view")
    loaded = loaded_study(study, scale)
    frame = collect(loaded, statuses_of(loaded, root, archive))
    require(len(frame), "a table needs finished runs", "none", f"unbraid study run {study} --scale {scale}")
    shown = view_of(view)(frame if parts or view == "tidy" else frame[frame["part"] == ""])
    if out is None:
        console.print(printed_frame(shown))
        return
    write_frame(shown, out)
    say(f"written: {out}")


@app.command()
def report(study: File, scale: Scale = "pocket", root: Root = Path("runs"), archive: Archive = None) -> None:
    """Judge the claims and write the study's report, a page that opens from disk."""
    from unbraid.report import write_study_report

    loaded = loaded_study(study, scale)
    statuses = statuses_of(loaded, root, archive)
    require(any(run.state == "done" for run in statuses), "a report needs finished runs", "none")
    page = write_study_report(loaded, statuses, root / loaded.name)
    say(f"report:  {page}")


@app.command()
def keep(
    study: File,
    archive: Annotated[Path, typer.Option(help="Folder of kept runs, one folder a study.")],
    scale: Scale = "pocket",
    root: Root = Path("runs"),
) -> None:
    """Keep the finished runs in an archive, without weights; also those of an archive of version 0.1."""
    from unbraid.studies import archive_runs, collect

    loaded = loaded_study(study, scale)
    statuses = statuses_of(loaded, root, archive)
    collect(loaded, statuses)  # what is measured for several runs at once needs their codes, which are not kept
    new = archive_runs(loaded, statuses, archive)
    done = sum(run.state == "done" for run in statuses)
    say(f"kept:    {archive / loaded.name}: {done} of {len(statuses)} runs, {new} new")


@app.command()
def ledger(
    studies: Annotated[
        list[str] | None, typer.Argument(metavar="[STUDY]...", help="All papers that have kept runs without.")
    ] = None,
    scale: Scale = "pocket",
    archive: Annotated[Path, typer.Option(help="Folder of kept runs, one folder a study.")] = Path("reproductions"),
    out: Annotated[Path, typer.Option(help="Folder of the pages.")] = Path("docs/reproduce"),
) -> None:
    """Write the pages that say, claim by claim, what the kept runs reproduce."""
    from unbraid.report import write_ledger

    page = write_ledger(out, archive, studies or (), scale_of(scale))
    say(f"ledger:  {page}")
