"""Bad words of every command: values of its options and arguments, and files in place of folders."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import typer

from tests.hostile.cases import Case
from tests.hostile.files import CONFIG
from tests.studies.samples import TINY, written
from unbraid.cli import app, main
from unbraid.core import UsageError
from unbraid.evaluation import evaluate
from unbraid.training import fit

WORDS = (
    "", " ", "nope", "-1", "0", "nan", "1e99", "9" * 400, "²/³", "../../x", "/proc/x", "/", "[/b]", "\x1b[31m",
    "x" * 300, "a=b", "=", ",", ":x", "os:system", "..:x", "$(true)", "β", "\ud800",
)  # fmt: skip
LONG = ("demo", "stress", "study run", "data get", "data prepare", "explore")  # work for minutes where all is right


def commands(folder: Path) -> Iterator[Case]:
    """Each option and argument of each command with every bad word."""
    fit(CONFIG, folder / "run", progress=False)
    evaluate(folder / "run", floor=False, progress=False)
    rng = np.random.default_rng(0)
    np.savez(folder / "codes.npz", code=rng.standard_normal((60, 2)), factors=rng.integers(0, 3, (60, 2)))
    written(folder, **{"scales": {"paper": {}, "pocket": {}, "smoke": {}}, "metrics": TINY["metrics"]})
    (folder / "file").write_text("mine")
    right = {"run": "run", "runs": "run", "file": "codes.npz", "study": "tiny.yaml", "name": "toy", "kind": "data"}
    keeps = [folder / name for name in ("file", "codes.npz", "tiny.yaml", "run/model.safetensors", "run/config.yaml")]
    for path, command in _commands(typer.main.get_command(app)):
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        base = [right.get(str(p.name), "x") for p in arguments if p.required]
        more = ["--data", "toy", "--steps", "1"] if path == ("train",) else []
        for parameter in command.params:
            if parameter.param_type_name == "option" and not parameter.is_flag:
                option, long = max(parameter.opts, key=len), " ".join(path) in LONG
                words = [w for w in (*WORDS, "file", "file/x", "run") if not long or _is_bad(parameter, w)]
                tries = [[*path, *base, *more, option, word] for word in words]
            elif parameter.param_type_name == "argument":
                place, quick = arguments.index(parameter), () if " ".join(path) in LONG else ("run",)
                tries = [[*path, *base[:place], word, *base[place + 1 :], *more] for word in (*WORDS, "file", *quick)]
            else:
                tries = []
            for line in tries:
                yield Case(f"command {path[0]}", " ".join(line)[:120], partial(_typed, folder, line), keeps=keeps)


def _commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with its path."""
    if hasattr(group, "commands"):
        for name, command in group.commands.items():
            yield from _commands(command, (*path, name))
    else:
        yield path, group


def _is_bad(parameter: Any, word: str) -> bool:
    """Whether a word cannot be right for an option that takes a number."""
    free = parameter.name == "gpus"  # of another engine: not looked at here
    number = type(parameter.default) in (int, float) or parameter.name == "port"
    return number and not free and word not in ("0", "1e99", "nan", "9" * 400)


def _typed(folder: Path, line: list[str]) -> None:
    """Type a command in a folder; its refusal is raised with what it printed, so that it is looked at like others."""
    out, err = io.StringIO(), io.StringIO()
    argv = mock.patch.object(sys, "argv", ["unbraid", *line])
    with argv, contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    said = f"{err.getvalue()}\n{out.getvalue()}"
    if code == 2 and err.getvalue().startswith("unbraid: "):
        raise UsageError(" ".join(err.getvalue().removeprefix("unbraid: ").split()))
    if code not in (0, 1, 2) or "Traceback" in said or "\x1b[31m" in said:
        raise AssertionError(f"exit code {code}: {said[:400]}")
