"""Bad arguments of every public function, one argument at a time."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import unbraid
from tests.hostile.cases import Case
from tests.hostile.files import CONFIG
from tests.hostile.settings import NO_NUMBER, VALUES, short
from tests.studies.samples import written
from unbraid import data, evaluation, explore, metrics, report, stress, studies, training
from unbraid.store import RunDirectory
from unbraid.training import fit

RNG = np.random.default_rng(0)
CODE, FACTORS = RNG.standard_normal((60, 2)), RNG.integers(0, 3, (60, 2))
LONG = {  # right where nothing is given, and work for minutes
    ("run", "only"),
    ("stress_report", "metrics"),
    ("stress_report", "stressors"),
    ("responses", "metrics"),
    ("responses", "stressors"),
}
UNSAID = ("progress", "callback", "on_outcome", "cache", "options", "device", "trust")  # of these, bad ones do no harm


def functions(folder: Path) -> Iterator[Case]:
    """Each argument of each function with every bad value, the others as they should be."""
    run = fit(CONFIG, folder / "run", progress=False)
    evaluation.evaluate(run, floor=False, progress=False)
    study = written(folder)
    images = np.zeros((2, 1, 16, 16), np.uint8)
    quiet, rep = {"progress": False}, metrics.Representation.from_arrays(CODE, FACTORS)
    known: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (metrics.score, {"code": CODE, "factors": FACTORS, "metrics": ["mig"], "floor": False, **quiet}),
        (
            metrics.intervals,
            {"rep": rep, "metrics": ["active_latents"], **quiet},
        ),
        (metrics.Representation.from_arrays, {"code": CODE, "factors": FACTORS}),
        (evaluation.evaluate, {"run": run.path, "metrics": ["active_latents"], "floor": False, **quiet}),
        (evaluation.encode, {"encoder": run, "dataset": run.dataset, **quiet}),
        (evaluation.represent, {"run": run}),
        (evaluation.checks, {"run": run.path}),
        (unbraid.fit, {"config": CONFIG, "folder": run.path, **quiet}),
        (unbraid.open, {"path": run.path}),
        (unbraid.export, {"run": run, "folder": folder / "export"}),
        (data.load_dataset, {"spec": "toy"}),
        (report.report, {"run": run.path}),
        (run.encode, {"images": images}),
        (run.decode, {"z": np.zeros((2, 2))}),
        (run.sample, {"count": 2}),
        (run.traverse, {"image": images[0]}),
        (studies.plan, {"study": str(study), "undecidable": True}),
        (studies.status, {"study": str(study), "root": folder / "root"}),
        (studies.table, {"study": str(study), "root": folder / "root"}),
        (studies.best, {"study": str(study), "root": folder / "root"}),
        (studies.keep, {"study": str(study), "archive": folder / "archive", "root": folder / "root", **quiet}),
        *_younger(folder, run, rep, study),
    ]
    keeps = [run.path / "model.safetensors", run.path / "config.yaml", study]
    for function, arguments in known:
        parameters = _parameters(function)
        for name in [name for name in parameters if name not in UNSAID and name != "dataset"]:
            for value in VALUES:
                if value in (None, "") and (function.__qualname__, name) in LONG:
                    continue
                parameter = parameters[name]
                number = type(parameter.default) in (int, float)
                refuse = number and repr(value) in NO_NUMBER
                call = partial(_called, function, {**arguments, name: value}, folder)
                yield Case("functions", f"{function.__qualname__}({name}={short(value)})", call, refuse, keeps)
        yield Case(
            "functions",
            f"{function.__qualname__}(nope=1)",
            partial(_called, function, {**arguments, "nope": 1}, folder),
        )


def _younger(
    folder: Path, run: training.Run, rep: metrics.Representation, study: Path
) -> list[tuple[Callable[..., Any], dict[str, Any]]]:
    """Functions that came with cards, figures, tables of codes, worlds of one's own and studies' pages."""
    codes, drawn = folder / "codes.npz", report.figure("kl_per_latent", run)
    np.savez(codes, code=CODE, factors=FACTORS)
    np.savez(folder / "images.npz", images=np.zeros((20, 8, 8), np.uint8), factors=np.arange(20)[:, None] % 4)
    few = {"metrics": ["active_latents"], "rows": 100}
    none = {"root": folder / "root", "scale": "smoke"}
    return [
        (unbraid.card, {"codes": CODE, "labels": FACTORS, **few, "out": folder / "card.html"}),
        (unbraid.card, {"codes": str(codes), **few, "out": folder / "card.html"}),
        (unbraid.differences, {"first": rep, "second": rep, "metrics": ["active_latents"], "progress": False}),
        (unbraid.preset, {"name": "pocket"}),
        (unbraid.describe, {"kind": "data", "name": "toy"}),
        (metrics.read_representation, {"path": codes}),
        (evaluation.code_table, {"run": run.path, "progress": False}),
        (evaluation.decode_to, {"run": run.path, "codes": codes, "out": folder / "decoded.npz"}),
        (evaluation.read_scores, {"run": run.path}),
        (evaluation.load_representation, {"run": run.path}),
        (report.figure, {"name": "kl_per_latent"}),
        (report.save_figure, {"figure": drawn, "path": folder / "drawn.png"}),
        (report.layers_report, {"runs": [run.path], "out": folder / "layers"}),
        (report.run_report, {"run_folder": run.path}),
        (report.stress_report, {"metrics": ["mig"], "stressors": ["noise"], "seeds": 1, "out": folder / "stress"}),
        (report.data_page, {"dataset": "toy", "folder": folder / "page"}),
        (report.data_summary, {"dataset": data.load_dataset("toy"), "pairs": 50, "rows": 50}),
        (report.write_study_report, {"study": str(study), **none}),
        (report.write_ledger, {"studies": (), "archive": folder / "archive", "out": folder / "ledger"}),
        (studies.load_study, {"name": str(study)}),
        (studies.run, {"study": str(study), **none, "only": "nothing of that name", "progress": False}),
        (data.view, {"dataset": data.load_dataset("toy")}),
        (data.fetch, {"dataset": "toy"}),
        (data.file_states, {"dataset": "toy"}),
        (data.prepare, {"dataset": "toy"}),
        (stress.responses, {"metrics": ["active_latents"], "stressors": ["noise"], "seeds": 1}),
        (explore.serve, {"port": -1, "browser": False}),
        (training.read_settings, {"path": run.path / "config.yaml"}),
        (training.stored_config, {"folder": RunDirectory(run.path)}),
    ]


def _parameters(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return {name: p for name, p in inspect.signature(function).parameters.items() if p.kind not in several}


def _called(function: Callable[..., Any], arguments: dict[str, Any], folder: Path) -> None:
    """Call a function; that an argument has no such name is Python's to say."""
    try:
        with contextlib.chdir(folder):
            function(**arguments)
    except TypeError as error:
        if "unexpected keyword argument 'nope'" not in str(error):
            raise
