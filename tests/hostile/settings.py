"""Bad settings: options of every entry, run configurations, study files, YAML that is none."""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from tests.hostile.cases import Case
from tests.studies.samples import TINY
from unbraid.core import KINDS, load_entry, names, options_of
from unbraid.core.options import bind
from unbraid.studies import load_study, plan
from unbraid.training import RunConfig, read_settings

NAN, INF = math.nan, math.inf
VALUES: list[Any] = [
    None, True, "text", "", "1e-3", "\0", "[/b]", NAN, INF, -INF, -1, 0, 2.5, 1e300, 10**12, 10**400, [], {}, [None],
    [[1]], {"name": 5}, {"": 1}, {1: 2}, ["x", "x"], b"bytes", 1j, (1.5, 1.5), {"values": [NAN]},
    "\udcff", "x" * 300,
]  # fmt: skip
NO_NUMBERS: list[Any] = ["text", "", NAN, [], {}, [None], b"bytes", 1j, "\0", "\udcff"]
NO_NUMBER = set(map(repr, NO_NUMBERS))
SETTINGS: dict[str, Any] = {
    "data": "toy",
    "model": {"name": "mlp", "latents": 2, "hidden": 8},
    "objective": "vae",
    "steps": 2,
    "batch": 8,
}
KEYS = (
    "data",
    "model",
    "objective",
    "phases",
    "steps",
    "seed",
    "batch",
    "optimizer",
    "rate",
    "start",
    "metrics",
    "nope",
)


def short(value: object) -> str:
    """A value in few characters."""
    text = repr(value) if not isinstance(value, int) or abs(value) < 10**15 else "a huge number"
    return text[:40]


def options() -> Iterator[Case]:
    """Every option of every entry with every bad value."""
    for kind in KINDS:
        for name in names(kind):
            entry = load_entry(kind, name)
            for key, parameter in options_of(entry).items():
                number = type(parameter.default) in (int, float)
                scheduled = "Mapping" in str(parameter.annotation)  # read when it is built
                for value in VALUES:
                    refuse = number and repr(value) in NO_NUMBER and not (scheduled and value == {})
                    run = partial(bind, entry, _required(entry) | {key: value}, name)
                    yield Case(f"options of {kind}", f"{name}.{key}={short(value)}", run, refuse)


def _required(entry: Any) -> dict[str, Any]:
    return {key: "x" for key, p in options_of(entry).items() if p.default is inspect.Parameter.empty}


def configurations() -> Iterator[Case]:
    """Every setting of a run with every bad value."""
    for key in KEYS:
        for value in VALUES:
            refuse = key == "nope" or (key in ("steps", "batch", "seed") and repr(value) in NO_NUMBER)
            settings = {**SETTINGS, key: value}
            if key == "phases":
                settings = {k: v for k, v in settings.items() if k not in ("objective", "steps")}
            yield Case("configurations", f"{key}: {short(value)}", partial(RunConfig.from_dict, settings), refuse)
    for value in (None, 5, "text", [], [1], {"data": "toy"}, {1: 2}):
        yield Case("configurations", short(value), partial(RunConfig.from_dict, value), refuse=True)


def study_files(folder: Path) -> Iterator[Case]:
    """Every key of a study file with every bad value, and keys that there are not."""
    keys = [*TINY, "title", "paper", "about", "rows", "every", "baselines", "claims", "requires", "converts", "pilots"]
    keys += ["extension", "explore", "printed", "findings", "nope"]
    for number, key in enumerate(keys):
        for place, value in enumerate(VALUES):
            if isinstance(value, (bytes, complex, tuple)):
                continue
            refuse = key == "nope" or (key in ("rows", "every") and repr(value) in NO_NUMBER)
            content = {**copy.deepcopy(TINY), key: value}
            run = partial(_planned, folder / f"study-{number}-{place}.yaml", content)
            yield Case("study files", f"{key}: {short(value)}", run, refuse)


def _planned(path: Path, content: Any) -> None:
    try:
        text = yaml.safe_dump(content, allow_unicode=True)
    except (yaml.YAMLError, ValueError):
        text = f"name: tiny\nbase: {content!r}"
    path.write_text(text, encoding="utf-8", errors="replace")
    plan(load_study(path, "smoke"), undecidable=True)


TEXTS: dict[str, bytes] = {
    "empty": b"",
    "binary": bytes(range(256)),
    "utf-16": "data: toy".encode("utf-16"),
    "a list": b"- 1\n- 2\n",
    "a number": b"5",
    "tabs": b"data:\n\tname: toy\n",
    "half": b"data: {name: toy",
    "twice": b"data: toy\ndata: toy\n",
    "deep": b"a: " + b"[" * 3000 + b"]" * 3000,
    "aliases": b"a: &a [x, x, x, x, x, x, x, x, x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b", ".join([b"*%c" % (97 + n)] * 9)) for n in range(9)),
    "itself": b"data: &a\n  name: *a\n",
    "code": b"data: !!python/object/apply:os.system ['true']\n",
    "date": b"data: 2020-13-45\n",
    "sexagesimal": b"steps: 1:30\n",
    "long": b"x" * 100_000,
    "merge": b"<<: 5\ndata: toy\n",
    "null key": b"? \n: 5\n",
    "list key": b"? [1, 2]\n: 5\n",
    "directive": b"%YAML 9.9\n---\ndata: toy\n",
    "two": b"data: toy\n---\ndata: toy\n",
    "anchor": b"data: *nowhere\n",
    "control": b"data: \"a\\0b\"\n",
    "half a character": b"data: \"\\uDCFF\"\n",
    "NUL in text": b"about: \"\\0\"\n",
}  # fmt: skip


def texts(folder: Path) -> Iterator[Case]:
    """Files that are no YAML, as a run's and a study's."""
    for number, (what, content) in enumerate(TEXTS.items()):
        path = folder / f"text-{number}.yaml"
        path.write_bytes(content)
        readers = {
            "settings": lambda path=path: RunConfig.from_dict(read_settings(path)),
            "study": partial(load_study, path),
        }
        for reader, run in readers.items():
            yield Case("YAML", f"{what} as {reader}", run, refuse=True, keeps=[path])


def settings(folder: Path) -> Iterator[Case]:
    """All of them."""
    yield from options()
    yield from configurations()
    yield from study_files(folder)
    yield from texts(folder)
