"""A study file, read and checked key by key."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from unbraid.core import UsageError, did_you_mean, require
from unbraid.core.values import unmet
from unbraid.store import read_mapping

FILES = resources.files("unbraid.studies") / "files"
SCALES = ("paper", "pocket", "smoke")  # that files usually have
SEEDS = "seeds"  # a key of the file, and of a block of its grid
AXES = "write such as objective.beta: [1, 4]"
KEYS = (
    "name",
    "title",
    "paper",
    "about",
    "base",
    "grid",
    "seeds",
    "metrics",
    "rows",
    "every",
    "baselines",
    "claims",
    "requires",
    "converts",
    "pilots",
    "extension",
    "explore",
    "printed",
    "findings",
    "scales",
)


SHAPES: dict[str, Any] = {  # the other keys have words of their own where they are read
    **dict.fromkeys(("title", "paper", "about"), str),
    "base": Mapping[str, Any],
    "metrics": list[Any],
    "claims": list[Any],
    "printed": list[Any],
    "scales": Mapping[str, Mapping[str, Any] | None],
}


def require_shapes(path: Path | Traversable, written: Mapping[str, Any]) -> None:
    """Raise `UsageError` for a key whose value has another form, such as a number in place of a mapping."""
    for key, value in written.items():
        fault = "" if value is None else unmet(value, SHAPES.get(key, Any))
        require(not fault, f"{path.name}: {key} must be {fault}", f"{value!r:.100}", "see `unbraid list studies`")


def read_file(path: Path | Traversable) -> dict[str, Any]:
    """A study file as a mapping with known keys."""
    written = read_mapping(path, "a study file", "see `unbraid list studies`")
    require_shapes(path, written)
    for key in written:
        if key not in KEYS:
            raise UsageError(
                f"{path.name}: unknown key '{key}'; it takes {', '.join(KEYS)}. {did_you_mean(key, KEYS)}".rstrip()
            )
    return written


def shipped() -> dict[str, str]:
    """Name -> title of each study file that comes with unbraid."""
    return {name: read_file(FILES / f"{name}.yaml").get("title", "") for name in shipped_names()}


def shipped_names() -> list[str]:
    """Their names alone, for which no file is read."""
    return sorted(file.name.removesuffix(".yaml") for file in FILES.iterdir() if file.name.endswith(".yaml"))


def findings_of(path: Path | Traversable, given: Any) -> tuple[str, ...]:
    """Paragraphs, each on one line."""
    right = isinstance(given, list) and all(isinstance(paragraph, str) for paragraph in given)
    require(right, f"{path.name}: findings must be a list of paragraphs", repr(given))
    return tuple(" ".join(paragraph.split()) for paragraph in given)


def explore_of(path: Path | Traversable, given: Any) -> str:
    """Why runs decide nothing, on one line; a bare `true` would not say."""
    rule = f"{path.name}: explore must say why these runs decide nothing"
    require(isinstance(given, str), rule, repr(given), "write explore: three seeds, to see where the scores lie")
    return " ".join(given.split())


def printed_of(path: Path | Traversable, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """A table of the paper, with a value (or null) for each metric in each row."""
    require(
        isinstance(given, Mapping) and {"title", "metrics", "rows"} <= set(given),
        f"{path.name}: a printed table needs title, metrics and rows",
        given,
    )
    lists = isinstance(given["rows"], list) and isinstance(given["metrics"], list)
    require(lists, f"{path.name}: rows and metrics of a printed table must be lists", f"{given!r:.100}")
    for row in given["rows"]:
        values = row.get("values") if isinstance(row, Mapping) else None
        count = len(values) if isinstance(values, list) else -1
        require(
            count >= 0 and {"says", "where"} <= set(row) and count == len(given["metrics"]),
            f"{path.name}: a row of {given['title']} needs says, where and {len(given['metrics'])} values",
            row,
        )
    return given


def blocks_of(path: Path | Traversable, grid: Any) -> tuple[Mapping[str, list[Any]], ...]:
    """Blocks of axes, perhaps with seeds; a single block may stand without a list."""
    blocks = list(grid) if isinstance(grid, list) else [grid]
    for number, block in enumerate(blocks):
        require(isinstance(block, Mapping), f"{path.name}: a block of the grid must be a mapping of axes", repr(block))
        if SEEDS in block:
            blocks[number] = block = {**block, SEEDS: list(seeds_of(path, block[SEEDS]))}
        for axis, values in block.items():
            named = isinstance(axis, str)
            require(named, f"{path.name}: an axis of the grid must be the name of a setting", repr(axis), AXES)
            require(
                axis not in ("seed", "metrics"), f"{path.name}: '{axis}' is no axis", do=f"write {axis.rstrip('s')}s: …"
            )
            full = isinstance(values, list) and len(values) > 0
            require(full, f"{path.name}: axis '{axis}' must be a list of values", repr(values))
    return tuple(blocks)


def seeds_of(path: Path | Traversable, seeds: Any) -> tuple[int, ...]:
    """Seeds from a count or a list."""
    chosen = list(range(seeds)) if isinstance(seeds, int) else seeds
    whole = isinstance(chosen, list) and chosen and all(isinstance(s, int) and s >= 0 for s in chosen)
    require(
        whole and len(set(chosen)) == len(chosen),
        f"{path.name}: seeds must be a count or a list of different whole numbers",
        repr(seeds),
    )
    return tuple(chosen)
