"""A study: a grid of runs and the claims it should reproduce, read from one YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from unbraid.core import Spec, UsageError, context_of, did_you_mean, load_entry, require, require_known
from unbraid.metrics import specs_of
from unbraid.store import read_mapping
from unbraid.studies._claims import Claim

FILES = resources.files("unbraid.studies") / "files"
SCALES = ("paper", "pocket", "smoke")
_KEYS = (
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
    "claims",
    "printed",
    "scales",
)
SEEDS = "seeds"  # a key of the file, and of a block of its grid
_CHANGEABLE = ("base", "grid", "seeds", "metrics", "rows", "every", "claims", "about", "findings")


@dataclass(frozen=True)
class Study:
    """A study at one scale.

    Args:
        name: the file's name, and the folder of its runs.
        title: one line.
        paper: what it reproduces, with where it is printed.
        about: what this scale reduces, and why.
        scale: paper (as printed), pocket (two cores, an hour or so) or smoke (two runs of some 50 steps).
        base: settings that all runs share, as `RunConfig.from_dict` takes them.
        grid: blocks of axes; each block is a mapping from dotted setting to a list of values, all combinations of
            which are runs. A block may have `seeds` of its own.
        seeds: one run of each combination per seed.
        metrics: scores of each run.
        rows: encode at most this many rows.
        every: also score every this many steps, on at most 10,000 rows each time; 0 for never.
        claims: what the runs should show.
        printed: tables of the paper, each a mapping with its `title`, `metrics`, `note` and `rows` of `says`, `where`
            (settings of the runs that stand for the row) and the `values` printed.
        findings: what people made of the finished runs of this scale, a paragraph each; written after them.
    """

    name: str
    title: str
    paper: str
    about: str
    scale: str
    base: Mapping[str, Any]
    grid: tuple[Mapping[str, list[Any]], ...]
    seeds: tuple[int, ...]
    metrics: tuple[Spec, ...]
    rows: int
    every: int
    claims: tuple[Claim, ...] = field(default=())
    printed: tuple[Mapping[str, Any], ...] = ()
    findings: tuple[str, ...] = ()

    @property
    def alone(self) -> tuple[Spec, ...]:
        """Metrics of one run."""
        return tuple(each for each in self.metrics if not _takes_several(each))

    @property
    def together(self) -> tuple[Spec, ...]:
        """Metrics of all seeds of one combination, such as UDR."""
        return tuple(each for each in self.metrics if _takes_several(each))


def _takes_several(metric: Spec) -> bool:
    return "reps" in context_of(load_entry("metrics", metric.name))


def shipped() -> dict[str, str]:
    """Name -> title of each study file that comes with unbraid."""
    files = sorted((file for file in FILES.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return {file.name.removesuffix(".yaml"): _read(file).get("title", "") for file in files}


def load_study(name: str | Path, scale: str = "pocket") -> Study:
    """Read a study file at one scale.

    Args:
        name: a path, or the name of a shipped study.
        scale: paper, pocket or smoke; a scale's entry in the file replaces the settings it names.

    Raises:
        UsageError: no such file, unknown keys or scale, a claim about a metric that the study does not compute.
    """
    path: Path | Traversable = Path(name)
    if not Path(name).suffix:
        require_known(str(name), shipped(), "study (or the path of a YAML file)")
        path = FILES / f"{name}.yaml"
    written = _read(path)
    require_known(scale, SCALES, "scale")
    scales = written.get("scales") or {}
    require(scale in scales, f"{path.name} must have an entry for scale '{scale}'", f"{', '.join(scales) or 'none'}")
    chosen = scales[scale] or {}
    for key in chosen:
        require_known(key, _CHANGEABLE, f"{path.name}: what a scale changes")
    base: dict[str, Any] = merge(written.get("base") or {}, chosen.get("base") or {})
    merged = {**written, **chosen, "base": base}
    return _study(path, merged, scale)


def merge(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """`one` with the values of `other` in place of its own; mappings are merged unless they name another entry."""
    merged = dict(one)
    for key, value in other.items():
        old = merged.get(key)
        if (
            isinstance(old, Mapping)
            and isinstance(value, Mapping)
            and value.get("name", old.get("name")) == old.get("name")
        ):
            value = merge(old, value)
        merged[key] = value
    return merged


def _study(path: Path | Traversable, merged: Mapping[str, Any], scale: str) -> Study:
    """Check a merged file and make the Study."""
    metrics = tuple(Spec.of(each) for each in merged.get("metrics") or ())
    require(metrics, f"{path.name}: a study needs metrics", do="name at least one")
    computed = set(specs_of(metrics))
    claims = tuple(Claim.of(each) for each in merged.get("claims") or ())
    for claim in claims:
        claim.require_metrics(computed)
    for key, least in (("rows", 1), ("every", 0)):
        value = merged.get(key, least)
        require(
            isinstance(value, int) and value >= least,
            f"{path.name}: {key} must be a whole number of at least {least}",
            repr(value),
        )
    return Study(
        name=merged.get("name", path.name.rpartition(".")[0]),
        title=merged.get("title", ""),
        paper=merged.get("paper", ""),
        about=merged.get("about", ""),
        scale=scale,
        base=merged["base"],
        grid=_blocks(path, merged.get("grid") or {}),
        seeds=_seeds(path, merged.get("seeds", 3)),
        metrics=metrics,
        rows=merged.get("rows", 50_000),
        every=merged.get("every", 0),
        claims=claims,
        printed=tuple(_printed(path, each) for each in merged.get("printed") or ()),
        findings=_findings(path, merged.get("findings") or []),
    )


def _findings(path: Path | Traversable, given: Any) -> tuple[str, ...]:
    """Paragraphs, each on one line."""
    right = isinstance(given, list) and all(isinstance(each, str) for each in given)
    require(right, f"{path.name}: findings must be a list of paragraphs", repr(given))
    return tuple(" ".join(each.split()) for each in given)


def _printed(path: Path | Traversable, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """A table of the paper, with a value (or null) for each metric in each row."""
    require(
        isinstance(given, Mapping) and {"title", "metrics", "rows"} <= set(given),
        f"{path.name}: a printed table needs title, metrics and rows",
        given,
    )
    for row in given["rows"]:
        count = len(row.get("values", ()))
        require(
            {"says", "where"} <= set(row) and count == len(given["metrics"]),
            f"{path.name}: a row of {given['title']} needs says, where and {len(given['metrics'])} values",
            row,
        )
    return given


def _blocks(path: Path | Traversable, grid: Any) -> tuple[Mapping[str, list[Any]], ...]:
    """Blocks of axes, perhaps with seeds; a single block may stand without a list."""
    blocks = list(grid) if isinstance(grid, list) else [grid]
    for number, block in enumerate(blocks):
        require(isinstance(block, Mapping), f"{path.name}: a block of the grid must be a mapping of axes", repr(block))
        if SEEDS in block:
            blocks[number] = block = {**block, SEEDS: list(_seeds(path, block[SEEDS]))}
        for axis, values in block.items():
            require(
                axis not in ("seed", "metrics"), f"{path.name}: '{axis}' is no axis", do=f"write {axis.rstrip('s')}s: …"
            )
            full = isinstance(values, list) and len(values) > 0
            require(full, f"{path.name}: axis '{axis}' must be a list of values", repr(values))
    return tuple(blocks)


def _seeds(path: Path | Traversable, seeds: Any) -> tuple[int, ...]:
    """Seeds from a count or a list."""
    chosen = list(range(seeds)) if isinstance(seeds, int) else seeds
    whole = isinstance(chosen, list) and chosen and all(isinstance(s, int) and s >= 0 for s in chosen)
    require(
        whole and len(set(chosen)) == len(chosen),
        f"{path.name}: seeds must be a count or a list of different whole numbers",
        repr(seeds),
    )
    return tuple(chosen)


def _read(path: Path | Traversable) -> dict[str, Any]:
    """A study file as a mapping with known keys."""
    written = read_mapping(path, "a study file", "see `unbraid list studies`")
    for key in written:
        if key not in _KEYS:
            raise UsageError(
                f"{path.name}: unknown key '{key}'; it takes {', '.join(_KEYS)}. {did_you_mean(key, _KEYS)}".rstrip()
            )
    return written
