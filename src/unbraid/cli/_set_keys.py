"""What the shell may complete after --set: settings of a run, and options of the entries that they name; no torch."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

import typer

from unbraid.cli._completion import Completions, beginning
from unbraid.cli._settings import settings_of
from unbraid.core import UsageError, names
from unbraid.core.sources import entry_options, function_options

PLAIN = {
    "steps": "optimiser steps",
    "phases": "a list of {steps, objective}",
    "seed": "of weights, rows and noise",
    "batch": "images per step",
    "start": "paper, mean or small",
    "precision": "float32 or bfloat16",
    "metrics": "a list of names",
}
ENTRIES = {"data": "data", "model": "models", "objective": "objectives", "optimizer": "optimizers", "rate": "rates"}
INNER = {"likelihood": "likelihoods"}  # options that name an entry, and its kind
DEFAULTS = {"optimizer": "adam", "rate": "constant"}
VIEW = ("data/_views/view.py", "view")  # options of every dataset


def of_run(context: typer.Context, incomplete: str) -> Completions:
    """Completes the key of a setting of a run."""
    settings = _said(context)
    lines = {**PLAIN, **{key: f"a name; see: unbraid list {kind}" for key, kind in ENTRIES.items()}}
    for key, kind in ENTRIES.items():
        lines |= _keys(key, kind, settings.get(key))
    for prefix, phase in _phases(settings).items():
        lines |= _keys(f"{prefix}objective", "objectives", phase.get("objective"))
    return beginning(incomplete, lines)


def of_data(context: typer.Context, incomplete: str) -> Completions:
    """Completes an option of the dataset of --data: data.resolution."""
    return beginning(incomplete, _keys("data", "data", context.params.get("data")))


def of_dataset(context: typer.Context, incomplete: str) -> Completions:
    """Completes an option of the dataset that is named: resolution."""
    name = context.params.get("name") or next(iter(context.args), None)  # arguments stay unread before a bare --set
    lines = _keys("data", "data", name)
    return beginning(incomplete, {key.removeprefix("data."): line for key, line in lines.items()})


def _said(context: typer.Context) -> dict[str, Any]:
    """The settings that the rest of the command makes; none where it makes no sense yet."""
    given = context.params
    options = {key: given.get(key) for key in ("data", "model", "objective")}
    try:
        return settings_of(given.get("preset"), given.get("config"), options, given.get("set") or [])
    except UsageError:
        return {key: value for key, value in options.items() if value}


def _phases(settings: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """How keys of a phase begin -> the phase, of settings that list theirs."""
    listed = settings.get("phases")
    phases = [phase for phase in listed if isinstance(phase, Mapping)] if isinstance(listed, list) else []
    return {f"phases.{k}." if len(phases) > 1 else "": phase for k, phase in enumerate(phases)}


def _keys(key: str, kind: str, given: Any) -> dict[str, str]:
    """Keys of the options of an entry, as it is given, and of entries that these name -> their defaults in words."""
    options = given if isinstance(given, Mapping) else {}
    name = options.get("name", DEFAULTS.get(key)) if options or given is None else given
    known = dict(entry_options(kind, name)) if name in names(kind) else {}
    if kind == "data":
        known |= function_options(*VIEW)
    lines = {}
    for option, default in known.items():
        lines[f"{key}.{option}"] = f"default {default}" if default else ""
        if option in INNER:
            said = options.get(option, ast.literal_eval(default))
            lines |= _keys(f"{key}.{option}", INNER[option], _named(said, ast.literal_eval(default)))
    return lines


def _named(given: Any, default: str) -> Any:
    """An entry as it is given, of the default's name where it is given by options alone."""
    return {"name": default, **given} if isinstance(given, Mapping) else given
