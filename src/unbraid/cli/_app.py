"""The commands: list, train, evaluate, explore, export, figure, report, layers, score, card, stress, demo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unbraid.cli import _completion, _set_keys
from unbraid.cli._completion import LISTED
from unbraid.cli._data import app as data_app
from unbraid.cli._study_tables import app as study_app
from unbraid.core import kinds_of, require

if TYPE_CHECKING:
    from unbraid.metrics import FloorChoice

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Disentangled representation learning with variational autoencoders, measured.",
    epilog="Start with: unbraid demo",
)

Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Any setting, e.g. objective.beta=4 or data.path=PHOTOS.",
        autocompletion=_set_keys.of_run,
    ),
]
Metrics = Annotated[
    str | None,
    typer.Option(
        help="Comma-separated names; all the default ones when not given. See: unbraid list metrics.",
        autocompletion=_completion.listed_entries("metrics"),
    ),
]
WithInterval = Annotated[
    bool, typer.Option("--interval", help="95 % intervals over rows and seeds; takes some twenty times as long.")
]
Trust = Annotated[
    bool, typer.Option("--trust", help="Import code of others that the run names, as package.module:Thing.")
]
Device = Annotated[
    str | None, typer.Option(help="Where torch computes: cpu, cuda, cuda:1, mps; as found when not given.")
]
Threads = Annotated[
    int | None,
    typer.Option(min=1, help="Threads on the CPU; as OMP_NUM_THREADS says, else as measured, when not given."),
]
Run = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, as printed by train.")]
LabelKinds = Annotated[
    list[str] | None,
    typer.Option(help="Kind of a factor, not to be decided: angle=circular:360; ordinal, categorical, continuous."),
]
WithFloor = Annotated[
    bool, typer.Option("--floor", help="Floors of all scores, of codes that know nothing; else of the quick ones.")
]
Permutations = Annotated[
    int | None,
    typer.Option(help="Permutations behind every floor, instead of as few as settle it; from 19 on with p values."),
]

app.add_typer(data_app, name="data")
app.add_typer(study_app, name="study")


@app.callback()
def of_all(
    version: Annotated[
        bool,
        typer.Option("--version", callback=lambda asked: _say_version(asked), is_eager=True, help="Say it and exit."),
    ] = False,
) -> None:
    """What stands before every command."""


@app.command("list")
def list_entries(
    kind: Annotated[str | None, typer.Argument(help=", ".join(LISTED), autocompletion=_completion.kinds)] = None,
    name: Annotated[
        str | None,
        typer.Argument(help="One of them: show its options, defaults and choices.", autocompletion=_completion.of_kind),
    ] = None,
) -> None:
    """List what there is, with a line on each, or one entry with all its options."""
    from unbraid.cli._list import show

    show(kind, name)


@app.command()
def train(
    data: Annotated[
        str | None, typer.Option(help="Dataset, see: unbraid list data.", autocompletion=_completion.entries("data"))
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Model, see: unbraid list models.", autocompletion=_completion.entries("models"))
    ] = None,
    objective: Annotated[
        str | None,
        typer.Option(help="Objective, see: unbraid list objectives.", autocompletion=_completion.entries("objectives")),
    ] = None,
    steps: Annotated[int | None, typer.Option(help="Optimiser steps.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of weights, rows and noise.")] = None,
    batch: Annotated[int | None, typer.Option(help="Images per step.")] = None,
    preset: Annotated[
        str | None,
        typer.Option(help="Start from named settings, see: unbraid list presets.", autocompletion=_completion.presets),
    ] = None,
    config: Annotated[Path | None, typer.Option(help="Start from a YAML file, such as a run's config.yaml.")] = None,
    set: Set = None,
    out: Annotated[Path, typer.Option(help="Folder that holds the run's folder.")] = Path("runs/hand"),
    folder: Annotated[
        Path | None, typer.Option(help="The run's own folder, instead of a name made from its settings.")
    ] = None,
    log: Annotated[
        str | None, typer.Option(help="Comma-separated: tensorboard, wandb (offline); log.csv is always written.")
    ] = None,
    device: Device = None,
    threads: Threads = None,
) -> None:
    """Train a run. The same command goes on with an interrupted run and leaves a finished one alone."""
    from unbraid.cli._commands import run_training
    from unbraid.cli._settings import settings_of

    options = {"data": data, "model": model, "objective": objective, "steps": steps, "seed": seed, "batch": batch}
    settings = settings_of(preset, config, options, set or [])
    run_training(settings, folder, out, _names(log) or (), device=device, threads=threads)


@app.command()
def evaluate(
    run: Annotated[Path | None, typer.Argument(metavar="[RUN]", help="A run folder, as printed by train.")] = None,
    metrics: Metrics = None,
    rows: Annotated[
        int, typer.Option(help="Encode at most this many rows; smaller datasets are encoded whole.")
    ] = 200_000,
    seed: Annotated[int, typer.Option(help="Seed of the rows and of random metrics.")] = 0,
    interval: WithInterval = False,
    floor: WithFloor = False,
    permutations: Permutations = None,
    baselines: Annotated[
        bool, typer.Option("--baselines", help="Also the untrained network, PCA, ICA and rotations of the codes.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let scores on fewer rows take the place of those that are there.")
    ] = False,
    labels: Annotated[
        Path | None,
        typer.Option(help="Labels that came later: a table or arrays, rows in the dataset's order or by file name."),
    ] = None,
    kinds: LabelKinds = None,
    trust: Trust = False,
    encoder: Annotated[
        str | None, typer.Option(help="Instead of a run: an encoder as model.onnx, or package.module:function.")
    ] = None,
    data: Annotated[str | None, typer.Option(help="With --encoder: the dataset, see: unbraid list data.")] = None,
    set: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="With --encoder: options of the data, data.resolution=64.",
            autocompletion=_set_keys.of_data,
        ),
    ] = None,
    output: Annotated[str | None, typer.Option(help="With --encoder: the output of an ONNX file to score.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="With --encoder: also write the table here (.csv, .json or .parquet).")
    ] = None,
    device: Device = None,
    threads: Threads = None,
) -> None:
    """Encode a dataset once and score it: a run's own, which keeps what is computed, or any by --encoder and --data."""
    chosen, choice = _metric_names(metrics), _floor_choice(floor, permutations)
    options: dict[str, Any] = {"rows": rows, "seed": seed, "interval": interval, "floor": choice}
    options |= {"device": device, "threads": threads}
    if encoder is not None or run is None:
        from unbraid.cli._encoder import evaluate_encoder

        do = "give them by --set data.factors=FILE"
        require(labels is None, "--labels are related to a run", "an encoder", do)
        evaluate_encoder(run, encoder, data, set or [], output, chosen, out, **options)
        return
    from unbraid.cli._commands import run_evaluation

    options |= {"baselines": baselines, "replace": replace, "labels": labels, "kinds": kinds_of(kinds or ()) or None}
    run_evaluation(run, chosen, **options, trust=trust)


@app.command()
def explore(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN [RUN]", help="One run, or two to see side by side.")],
    port: Annotated[int | None, typer.Option(help="Of 127.0.0.1; 8470, or the next free one, when not given.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
    trust: Trust = False,
) -> None:
    """Turn the latents of a run by hand, in a page of the browser that only this machine can reach."""
    from unbraid.cli._console import say
    from unbraid.explore import serve

    serve(*runs, port=port, browser=browser, trust=trust, say=say)


@app.command()
def export(
    run: Run,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of its own; made if it is not there.")],
    licence: Annotated[str, typer.Option(help="Of the weights, as hubs write it: apache-2.0, cc-by-4.0, mit.")] = "",
    onnx: Annotated[
        bool, typer.Option("--onnx", help="Also encoder.onnx and decoder.onnx, for other programs.")
    ] = False,
    trust: Trust = False,
) -> None:
    """Write a run for others: safetensors, config.json, a card with its scores; opened by unbraid.open(FOLDER)."""
    from unbraid.cli._console import say
    from unbraid.evaluation import export

    say(f"written: {export(run, folder, licence=licence, onnx=onnx, trust=trust)}")


@app.command()
def encode(
    run: Run,
    out: Annotated[Path, typer.Option(help="The table to write: .csv or .parquet.")],
    images: Annotated[
        list[Path] | None, typer.Option(help="New pictures: a folder, or files; the run's own dataset when not given.")
    ] = None,
    device: Device = None,
    threads: Threads = None,
    trust: Trust = False,
) -> None:
    """Write the codes of images: name of the file, posterior mean and log-variance of each latent."""
    from unbraid.cli._codes import write_codes

    write_codes(run, out, images, device=device, threads=threads, trust=trust)


@app.command()
def decode(
    run: Run,
    codes: Annotated[Path, typer.Argument(help="Codes: a table with z0, z1, …, or an array, as score takes them.")],
    out: Annotated[Path, typer.Option(help="A new folder for one PNG each, or an .npz of them all.")],
    device: Device = None,
    threads: Threads = None,
    trust: Trust = False,
) -> None:
    """Write the pictures that a run makes of codes."""
    from unbraid.cli._codes import write_pictures

    write_pictures(run, codes, out, device=device, threads=threads, trust=trust)


@app.command()
def figure(
    name: Annotated[
        str,
        typer.Argument(help="See: unbraid list figures.", autocompletion=_completion.entries("figures")),
    ],
    given: Annotated[
        list[str] | None,
        typer.Argument(metavar="RUN...", help="Run folders; or a study, or a dataset: unbraid list figures NAME."),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The file: .pdf, .svg or .png; its numbers go beside it as .csv.")
    ] = Path("figure.pdf"),
    width: Annotated[
        str | None,
        typer.Option(
            help="single (3.5 inches), text (5.5), double (7.2), slide (5.9), or inches; its own if not given."
        ),
    ] = None,
    set: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Any option of the figure, e.g. layer=1 or metrics=[mig,dci]."),
    ] = None,
    text: Annotated[
        str, typer.Option(help="Letters of an SVG: text, or paths that look the same everywhere.")
    ] = "text",
    dpi: Annotated[int, typer.Option(min=1, help="Pixels of an inch of a PNG.")] = 300,
    scale: Annotated[
        str, typer.Option(help="Of a study: paper, pocket or smoke.", autocompletion=_completion.scales)
    ] = "pocket",
    root: Annotated[Path, typer.Option(help="Folder that holds the studies' folders.")] = Path("runs"),
    archive: Annotated[Path | None, typer.Option(help="Folder of a study's kept runs.")] = None,
    trust: Trust = False,
) -> None:
    """Draw a figure for a paper from runs, a study or a dataset: PDF, SVG or PNG, and its numbers as CSV."""
    from unbraid.cli._figure import write_figure

    places = {"scale": scale, "root": root, "archive": archive, "trust": trust}
    write_figure(name, given or [], out, width, set or [], text, dpi, **places)


@app.command()
def report(
    run: Run,
    layer: Annotated[
        int | None, typer.Option(help="Layered models: show this latent layer alone, counted from 0.")
    ] = None,
    trust: Trust = False,
) -> None:
    """Write a run's report.html: one file that opens from disk. Evaluates first where that is missing."""
    from unbraid.cli._commands import write_report

    write_report(run, layer, trust)


@app.command()
def layers(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Run folders: layered, one-layer, or both.")],
    out: Annotated[Path, typer.Option(help="Folder for layers.html and its figures as PNG.")] = Path("layers"),
    group: Annotated[
        str | None,
        typer.Option(help="Comma-separated factors to score by themselves; Boxhead's small ones if not given."),
    ] = None,
    layer: Annotated[int, typer.Option(help="Whose traversals are shown, from 0, beside the first layer's.")] = 1,
    rows: Annotated[
        int, typer.Option(help="Score on at most this many rows, where a run is not scored yet.")
    ] = 200_000,
    trust: Trust = False,
) -> None:
    """Compare the layers of runs, and one-layer baselines, in one page. Scores first what is not scored yet."""
    from unbraid.cli._console import say
    from unbraid.report import layers_report

    page = layers_report(runs, out, group=_names(group), layer=layer, rows=rows, trust=trust)
    say(f"report:  {page}")


@app.command()
def score(
    file: Annotated[
        Path, typer.Argument(help="Codes and labels: .npz, .npy, .safetensors, .csv, .tsv, .parquet or .h5ad.")
    ],
    metrics: Metrics = None,
    code: Annotated[
        str | None, typer.Option(help="Name of the array of codes, of an embedding (obsm), or of latent columns.")
    ] = None,
    factors: Annotated[
        str | None, typer.Option(help="Names of the factors' columns, or of arrays that hold them, comma-separated.")
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(help="A file with the labels: rows in the order of the codes, or by their names.")
    ] = None,
    kinds: LabelKinds = None,
    seed: Annotated[int, typer.Option(help="Seed of random metrics.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Also write the table here (.csv, .json or .parquet).")] = None,
    interval: WithInterval = False,
    against: Annotated[
        Path | None, typer.Option(help="A second file of codes: say which scores differ by more than noise.")
    ] = None,
    floor: WithFloor = False,
    permutations: Permutations = None,
) -> None:
    """Score codes that come from anywhere; needs no model."""
    from unbraid.cli._score import Given, score_file

    chosen, choice = _metric_names(metrics), _floor_choice(floor, permutations)
    given = Given(_names(code), _names(factors), kinds, labels)
    score_file(file, chosen, given, seed, out, interval, against, choice)


@app.command()
def card(
    codes: Annotated[Path, typer.Argument(help="A file of codes, as score takes it, or a run folder.")],
    images: Annotated[
        Path | None, typer.Option(help="A folder of the rows' images: called as the rows are, or in their order.")
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(help="A file with the labels: rows in the order of the codes, or by their names.")
    ] = None,
    factors: Annotated[
        str | None, typer.Option(help="Names of the labels' columns, or of arrays that hold them, comma-separated.")
    ] = None,
    code: Annotated[
        str | None, typer.Option(help="Name of the array of codes, of an embedding (obsm), or of latent columns.")
    ] = None,
    kinds: LabelKinds = None,
    metrics: Annotated[
        str | None,
        typer.Option(
            help="Comma-separated names; one score for each question when not given.",
            autocompletion=_completion.listed_entries("metrics"),
        ),
    ] = None,
    rows: Annotated[int, typer.Option(help="Score at most this many rows; extremes are of all.")] = 5_000,
    layer: Annotated[int | None, typer.Option(help="Of a layered run: this layer alone, counted from 0.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="The page; beside the codes, or card.html in the run's folder, if not given.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the rows and of permutations.")] = 0,
    trust: Trust = False,
) -> None:
    """Write a card of any codes, or of a run: one page on what each latent tells, and what nobody can know from it."""
    from unbraid.cli._console import say
    from unbraid.report.codes import card as write_card

    require(labels is None or factors is None, "labels are columns of the codes or a file", "both", "give one of them")
    page = write_card(
        codes,
        labels if labels is not None else _names(factors),
        images=images,
        kinds=kinds_of(kinds or ()) or None,
        code=_names(code),
        metrics=_metric_names(metrics),
        rows=rows,
        layer=layer,
        out=out,
        seed=seed,
        trust=trust,
    )
    say(f"card:    {page}")


@app.command()
def stress(
    metrics: Metrics = None,
    stressors: Annotated[
        str | None,
        typer.Option(
            help="Comma-separated, e.g. rotation,noise; all when not given.",
            autocompletion=_completion.listed_entries("stress"),
        ),
    ] = None,
    seeds: Annotated[int, typer.Option(help="Codes per strength of a stressor.")] = 5,
    slow_seeds: Annotated[
        int | None, typer.Option(help="How many of these codes slow scores are measured on; all when not given.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(help="Processes at once; as many as there are cores.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for stress.csv and stress.png.")] = Path("stress"),
) -> None:
    """Score codes whose truth is known, changed in one way at a time; takes package.module:metric too."""
    from unbraid.cli._console import say
    from unbraid.report import stress_report

    folder = stress_report(_names(metrics), _names(stressors), seeds=seeds, slow_seeds=slow_seeds, jobs=jobs, out=out)
    say(f"written: {folder / 'stress.csv'}\nwritten: {folder / 'stress.png'}")


@app.command()
def demo(
    seed: Annotated[int, typer.Option(help="Seed of the run.")] = 0,
    out: Annotated[Path, typer.Option(help="Folder that holds the run's folder.")] = Path("runs/demo"),
) -> None:
    """The whole path: render dSprites, train a β-VAE, evaluate it and write report.html. A few minutes."""
    from unbraid.cli._commands import run_demo

    run_demo(seed, out)


def _floor_choice(floor: bool, permutations: int | None) -> FloorChoice:
    """Which scores get a floor: the quick ones, all, or all by a fixed number of permutations."""
    if permutations is not None:
        return permutations
    return True if floor else "quick"


def _metric_names(text: str | None) -> list[str] | None:
    """Names of metrics, refused here where there are no such: before files are read and images encoded."""
    from unbraid.metrics import specs_of

    names = _names(text)
    if names is not None:
        specs_of(names)
    return names


def _say_version(asked: bool) -> None:
    """Say the version, and end."""
    if asked:
        import unbraid
        from unbraid.cli._console import say

        say(f"unbraid {unbraid.__version__}")
        raise typer.Exit


def _names(text: str | None) -> list[str] | None:
    """Comma-separated names as a list."""
    if not text:
        return None
    names = [name.strip() for name in text.split(",") if name.strip()]
    require(names, "a list of names must hold one", repr(text), "leave the option out for all of them")
    return names
