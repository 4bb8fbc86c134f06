"""`unbraid study`: plan, run, status, report, keep, ledger; table and best in `_study_tables`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unbraid.cli import _completion
from unbraid.cli._console import complain, say

if TYPE_CHECKING:
    from unbraid.studies import PlannedRun, Provenance, RunStatus, Study

app = typer.Typer(no_args_is_help=True, help="Grids of runs that survive anything and answer with intervals.")

SHOWN = 200  # runs listed by `plan`

File = Annotated[
    str,
    typer.Argument(metavar="STUDY", help="A shipped study's name or a YAML file.", autocompletion=_completion.studies),
]
Scale = Annotated[str, typer.Option(help="paper, pocket or smoke.", autocompletion=_completion.scales)]
Root = Annotated[Path, typer.Option(help="Folder that holds the studies' folders.")]
Archive = Annotated[
    Path | None, typer.Option(help="Folder of kept runs (no weights), one folder a study; they count as done.")
]
Many = Annotated[bool, typer.Option("--many", help="Allow more than 10,000 runs.")]
Undecidable = Annotated[
    bool, typer.Option("--undecidable", help="Allow fewer seeds than decide the claims: their verdicts are undecided.")
]
Only = Annotated[str | None, typer.Option(help="Only runs whose label contains this text.")]
Shard = Annotated[str | None, typer.Option(help="i/n: only every n-th run from the i-th (0-based), for array jobs.")]


@app.command("plan")
def show_plan(
    study: File,
    scale: Scale = "pocket",
    root: Root = Path("runs"),
    archive: Archive = None,
    only: Only = None,
    shard: Shard = None,
    many: Many = False,
    undecidable: Undecidable = False,
) -> None:
    """Show the runs a study would make, which of them are done, and how long the others will train, by those.

    Refuses seeds that cannot decide its claims.
    """
    from unbraid.evaluation import baseline_names
    from unbraid.studies import part_of, plan, read_provenance, require_declared, run_statuses, unmatched

    loaded = _loaded(study, scale)
    runs = plan(loaded, many=many, undecidable=undecidable)
    folders = [folder / loaded.name for folder in (root, archive) if folder is not None]
    record = read_provenance(loaded, folders)
    require_declared(loaded, runs, record)
    chosen = part_of(runs, only, shard)
    steps = sum(run.config.steps for run in chosen)
    part = f" (of {len(runs):,})" if len(chosen) < len(runs) else ""
    at = f" at scale {scale}" if "--scale" in loaded.command else ""
    say(f"{loaded.name}{at}: {len(chosen):,} runs{part}, {steps:,} steps")
    if loaded.about:
        say(loaded.about)
    statuses = run_statuses(loaded, chosen, root, archive)
    for status in statuses[:SHOWN]:
        say(f"  {status.state:8} {status.run.name:40} {status.run.title}")
    if len(chosen) > SHOWN:
        say(f"  … and {len(chosen) - SHOWN:,} more")
    _say_hours(statuses)
    settings = [run.settings for run in {run.label: run for run in reversed(runs)}.values()]  # one of each combination
    settings += [{**settings[0], "baseline": name} for name in baseline_names(loaded.baselines)]
    for claim in loaded.claims:
        for side in unmatched(claim, settings):
            say(f"no run has: {side} (claim: {claim.says})")
    _say_provenance(loaded, runs, record)


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
    undecidable: Undecidable = False,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Threads of each run; as OMP_NUM_THREADS says, else as measured, when not given."),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(help="cpu, cuda, cuda:1, mps; when not given, GPUs in turn, each run its own, else the CPU."),
    ] = None,
    gpus: Annotated[
        float | None,
        typer.Option(help="GPUs per run: 1 (where there are some), a fraction such as 0.25, or 0 for the CPU."),
    ] = None,
    on: Annotated[str, typer.Option(help="local: processes here; ray: a Ray cluster (extra: ray).")] = "local",
    ray_address: Annotated[str | None, typer.Option(help="Address of the cluster; one is started without.")] = None,
) -> None:
    """Train and evaluate what is left of a study; the same command goes on after any stop."""
    from unbraid.studies import allotted, run

    loaded = _loaded(study, scale)
    places: dict[str, Any] = {"root": root, "archive": archive, "only": only, "shard": shard}
    places |= {"many": many, "undecidable": undecidable}
    machine: dict[str, Any] = {"threads": threads, "device": device, "gpus": gpus}
    engine: dict[str, Any] = {"jobs": jobs, "retries": retries, "on": on, "ray_address": ray_address, **machine}
    if on == "local":
        say(f"{loaded.name}: {allotted(jobs, **machine).said}")
    try:
        statuses = run(loaded, **places, **engine)
    except KeyboardInterrupt as stop:
        complain("stopped; the same command goes on from here.")
        raise typer.Exit(130) from stop
    written = root / loaded.name / f"table-{loaded.scale}.parquet"
    if written.is_file():
        say(f"table:   {written}")
    say(f"done:    {sum(status.state == 'done' for status in statuses)} of {len(statuses)} runs")
    _say_failed(statuses)
    if any(status.state != "done" for status in statuses):
        raise typer.Exit(1)


@app.command("status")
def show_status(study: File, scale: Scale = "pocket", root: Root = Path("runs"), archive: Archive = None) -> None:
    """Count done, running, failed and left runs."""
    from unbraid.studies import status

    statuses = status(_loaded(study, scale), root=root, archive=archive)
    counts: Counter[str] = Counter(run.state for run in statuses)
    states = ["done", "running", "failed", "left", *(["foreign"] if counts["foreign"] else [])]
    say(" · ".join(f"{counts[state]} {state}" for state in states))
    _say_failed(statuses)


@app.command()
def report(
    study: File,
    scale: Scale = "pocket",
    root: Root = Path("runs"),
    archive: Archive = None,
    pages: Annotated[
        bool, typer.Option("--pages", help="Also write the page of each finished run that has none; seconds each.")
    ] = False,
) -> None:
    """Judge the claims and write the study's report, a page that opens from disk."""
    from unbraid.report import write_study_report

    say(f"report:  {write_study_report(_loaded(study, scale), root=root, archive=archive, pages=pages)}")


@app.command("keep")
def keep_runs(
    study: File,
    archive: Annotated[Path, typer.Option(help="Folder of kept runs, one folder a study.")],
    scale: Scale = "pocket",
    root: Root = Path("runs"),
    measure: Annotated[
        bool,
        typer.Option("--measure", help="First take scores, floors and checks that trained runs lack; no training."),
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, help="Runs measured at once.")] = 1,
) -> None:
    """Keep the finished runs in an archive, without weights; also those of an archive of version 0.1."""
    from unbraid.studies import keep, status

    loaded = _loaded(study, scale)
    new = keep(loaded, archive, root=root, measure=measure, jobs=jobs)
    statuses = status(loaded, root=root, archive=archive)
    done = sum(run.state == "done" for run in statuses)
    say(f"kept:    {archive / loaded.name}: {done} of {len(statuses)} runs, {new} new")


@app.command()
def ledger(
    studies: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[STUDY]...", help="All papers that have kept runs without.", autocompletion=_completion.studies
        ),
    ] = None,
    scale: Scale = "pocket",
    archive: Annotated[Path, typer.Option(help="Folder of kept runs, one folder a study.")] = Path("reproductions"),
    out: Annotated[Path, typer.Option(help="Folder of the pages.")] = Path("docs/reproduce"),
) -> None:
    """Write the pages that say, claim by claim, what the kept runs reproduce."""
    from unbraid.report import write_ledger

    chosen: Any = scale
    say(f"ledger:  {write_ledger(studies or (), scale=chosen, archive=archive, out=out)}")


def _loaded(name: str, scale: str) -> Study:
    """The study at a scale, which is checked where the study is read."""
    from unbraid.studies import load_study

    chosen: Any = scale
    return load_study(name, chosen)


def _say_provenance(study: Study, runs: Sequence[PlannedRun], record: Provenance | None) -> None:
    """What a reader of the results will be told: claims that cannot be decided, that are post hoc, and pilots."""
    from unbraid.studies import asked_by, too_few_seeds

    if study.explore:
        say(f"these runs decide nothing: {study.explore}")
    for claim, there, needed in () if study.explore else too_few_seeds(study, runs):
        say(f"undecided whatever comes: {claim.says} ({there} seeds, and {needed} decide it)")
    if record is not None:
        say(f"claims and grid were hashed on {record.first}, when the first run started: {record.hash}")
        for claim in study.claims:
            if date := record.changed(asked_by(study, claim)):
                say(f"post hoc since {date}: {claim.says}")
    for pilot in study.pilots:
        say(f"pilot, never counted: {dict(pilot.settings)}, seeds {list(pilot.seeds)}: {pilot.seen}")


def _say_hours(statuses: Sequence[RunStatus]) -> None:
    """How long the runs that are left will train, where finished ones tell."""
    from unbraid.studies import estimated

    estimate = estimated(statuses)
    if not estimate.left:
        return
    runs = f"{estimate.left:,} run{'s' if estimate.left > 1 else ''} to do"
    if estimate.seconds is None:
        say(f"{runs}; how long they train is estimated once one of them is done")
        return
    hours = estimate.seconds / 3600
    minutes = f"{estimate.seconds / 60:.0f} minutes" if estimate.seconds >= 90 else "a minute or less"
    time = f"{hours:.1f} hours" if hours >= 1 else minutes
    by = f"by {estimate.by:,} finished run{'s' if estimate.by > 1 else ''}"
    said = by if estimate.alike == estimate.left else f"{by}; {estimate.left - estimate.alike:,} of them unlike these"
    say(f"{runs}, about {time} of training one after the other ({said})")


def _say_failed(statuses: Sequence[RunStatus]) -> None:
    """Name the runs that failed, and why, and files that could not be read."""
    from unbraid.studies import damage_of

    failed = [status for status in statuses if status.state in ("failed", "foreign")]
    for status in failed:
        say(f"failed: {status.folder}: {status.message}")
    for line in damage_of(statuses):
        say(f"damaged: {line}")
