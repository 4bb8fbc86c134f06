"""What the commands do."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from unbraid.cli._console import complain, console, say
from unbraid.cli._printed import check_lines, floor_hint, printed_associations, printed_baselines, printed_scores
from unbraid.core import aside, outside_names
from unbraid.evaluation import Loggers, evaluate, is_evaluated, load_representation, unfinished
from unbraid.metrics import associations
from unbraid.objectives import Objective
from unbraid.report import DEMO_METRICS, run_report
from unbraid.store import MODEL, REPRESENTATION, RunDirectory
from unbraid.training import (
    Callback,
    InterruptedRunError,
    LogRow,
    Run,
    RunConfig,
    Training,
    fit,
    preset,
    together,
)


def run_training(
    settings: Mapping[str, Any],
    folder: Path | None,
    out: Path,
    log: Sequence[str] = (),
    device: str | None = None,
    threads: int | None = None,
) -> Run:
    """Train with a live bar, passing the run on to the services named in `log`, and say what to do next."""
    config = RunConfig.from_dict(settings)
    path = folder or out / config.folder_name
    _say_settings(config)
    try:
        with Loggers(log) as loggers:
            run = fit(config, path, callback=together(_conventions(), loggers), device=device, threads=threads)
    except InterruptedRunError as stop:
        complain(f"{stop}.")
        raise typer.Exit(130) from stop
    except KeyboardInterrupt as stop:
        complain(f"stopped at once, within a step; the same command goes on from the last checkpoint ({path}).")
        raise typer.Exit(130) from stop
    say(f"trained: {path}")
    trust = " --trust" if outside_names(config.to_dict()) else ""
    say(f"next:    unbraid report {shlex.quote(str(path))}{trust}")
    return run


def run_evaluation(path: Path, metrics: Any, *, trust: bool = False, device: str | None = None, **options: Any) -> None:
    """Evaluate with live bars; print the scores, those of baselines, and the checks. `options` of `evaluate`."""
    run = Run(path, device, trust=trust)
    if not run.finished:
        say(f"note:    {unfinished(run)}; the same train command goes on with it")
    frame = evaluate(run, metrics=metrics, **options)
    if options.get("labels"):
        _say_labels(run)
    of_run = frame[frame["baseline"] == ""] if "baseline" in frame else frame
    console.print(printed_scores(of_run))
    say(floor_hint(of_run))
    if len(of_run) < len(frame):
        console.print("", printed_baselines(frame))
    if run.folder.has(MODEL):
        say("\n" + check_lines(run.checks()))


def _say_labels(run: Run) -> None:
    """What the labels are, and which latents go with them."""
    rep, note = load_representation(run), run.folder.read_note(REPRESENTATION)["labels"]
    say(f"labels of {Path(note['file']).name}: {note['matched']}")
    for line in rep.labels.described():
        say(f"  {line}")
    if note["left_out"]:
        say(f"  left out, for they only name the rows: {', '.join(note['left_out'])}")
    console.print("", printed_associations(associations(rep)), "")


def write_report(path: Path, layer: int | None = None, trust: bool = False) -> Path:
    """Evaluate where needed, write the report and say where it is."""
    if not is_evaluated(RunDirectory(path)):
        run_evaluation(path, None, trust=trust)
    page = run_report(path, layer=layer, trust=trust)
    say(f"report:  {page}")
    return page


def run_demo(seed: int, out: Path) -> None:
    """The pocket preset from start to report."""
    settings = {**preset("pocket"), "seed": seed}
    say("unbraid demo: dSprites at 32x32 (half of its positions and orientations), a dense β-VAE.")
    run = run_training(settings, None, out)
    if not is_evaluated(run.folder):
        run_evaluation(run.path, DEMO_METRICS, baselines=True)
    page = run_report(run.path)
    say(f"\ndone. Open {page.resolve()}")


def _say_settings(config: RunConfig) -> None:
    """One line on what is trained."""
    last = config.phases[-1].objective
    say(
        f"{last.name} · {config.model.name} · {config.data.name} · {config.steps:,} steps of {config.batch} · "
        f"seed {config.seed}"
    )


def _conventions() -> Callback:
    """A callback that prints, for each phase as it begins, the objective's weights in both conventions."""
    entered: Objective | None = None

    def call(training: Training, row: LogRow | None) -> None:
        nonlocal entered
        if training.objective is not entered:
            entered = training.objective
            with aside():
                say(entered.conventions(training.model))

    return call
