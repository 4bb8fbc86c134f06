"""A study: a grid of runs and the claims it should reproduce, read from one YAML file."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, get_args

from unbraid.core import Spec, context_of, require, require_choice, require_known
from unbraid.core.checked import checked
from unbraid.core.checks import require_folder_name
from unbraid.evaluation import Baseline
from unbraid.metrics import specs_of
from unbraid.studies._declarations import Conversion, Extension, Pilot, conversions_of, extension_of, pilots_of
from unbraid.studies._study_file import (
    FILES,
    KEYS,
    SCALES,
    blocks_of,
    explore_of,
    findings_of,
    printed_of,
    read_file,
    require_shapes,
    seeds_of,
    shipped_names,
)
from unbraid.studies.claims import Claim, Requires, requires_of

Scale = str  # one of SCALES, or one that the study's file brings
DEFAULT_SCALE = "pocket"
_CHANGEABLE = [key for key in KEYS if key not in ("name", "title", "paper", "printed", "scales")]
SMOKE = "a smoke test shows that a study runs, nothing more"


@dataclass(frozen=True)
class Study:
    """A study at one scale.

    Args:
        name: the file's name, and the folder of its runs.
        title: one line.
        paper: what it reproduces, with where it is printed.
        about: what this scale reduces, and why.
        scale: paper (as printed), pocket (two cores, an hour or so), smoke (two runs of some 50 steps), or another one
            of the file.
        base: settings that all runs share, as `RunConfig.from_dict` takes them.
        grid: blocks of axes; each block is a mapping from dotted setting to a list of values, all combinations of
            which are runs. A block may have `seeds` of its own.
        seeds: one run of each combination per seed.
        metrics: scores of each run.
        rows: encode at most this many rows.
        every: also score every this many steps, on at most 10,000 rows each time; 0 for never.
        baselines: codes to compare each run with that cost no training: untrained, pca, ica, rotated; see
            `unbraid.evaluation.baseline_codes`. They are rows of every table, and stand in a claim as
            `where: {baseline: pca}`.
        claims: what the runs should show.
        requires: bounds on the manipulation checks of every run that a claim counts, over the defaults.
        printed: tables of the paper, each a mapping with its `title`, `metrics`, `note` and `rows` of `says`, `where`
            (settings of the runs that stand for the row) and the `values` printed.
        findings: what people made of the finished runs, a paragraph each; written after them. A scale's stand in place
            of the file's.
        converts: parameter -> how its values here are scaled against the paper's; the pages print both.
        pilots: runs that were looked at before the claims were written; none of their seeds is counted.
        extension: further seeds of every combination, added after a look at the first ones; None for none.
        explore: why the runs of this scale decide nothing, as with fewer seeds than its claims need; every verdict is
            then undecided. Empty where they are meant to decide.
        invocation: what names it on the command line: its name or the whole path of its file, and its scale where the
            file has several.
    """

    name: str
    title: str
    paper: str
    about: str
    scale: Scale
    base: Mapping[str, Any]
    grid: tuple[Mapping[str, list[Any]], ...]
    seeds: tuple[int, ...]
    metrics: tuple[Spec, ...]
    rows: int
    every: int
    claims: tuple[Claim, ...] = field(default=())
    baselines: tuple[Baseline, ...] = ()
    printed: tuple[Mapping[str, Any], ...] = ()
    findings: tuple[str, ...] = ()
    converts: Mapping[str, Conversion] = field(default_factory=dict)
    pilots: tuple[Pilot, ...] = ()
    extension: Extension | None = None
    explore: str = ""
    requires: Requires = field(default_factory=dict)
    invocation: str = ""

    def __post_init__(self) -> None:
        require_folder_name(self.name, "a study's name")

    @property
    def command(self) -> str:
        """Its words on the command line, after `unbraid study run` and its like."""
        return self.invocation or f"{self.name} --scale {self.scale}"

    @property
    def said_scale(self) -> str:
        """Its scale, where the file has several; else empty."""
        return self.scale if self.command.endswith(f"--scale {self.scale}") else ""

    @property
    def run_metrics(self) -> tuple[Spec, ...]:
        """Metrics of one run."""
        return tuple(metric for metric in self.metrics if not _takes_several(metric))

    @property
    def metrics_across_seeds(self) -> tuple[Spec, ...]:
        """Metrics of all seeds of one combination, such as UDR."""
        return tuple(metric for metric in self.metrics if _takes_several(metric))


def _takes_several(metric: Spec) -> bool:
    return "reps" in context_of(metric.entry("metrics"))


@checked
def load_study(name: str | Path, scale: Scale = "pocket") -> Study:
    """Read a study file at one scale.

    Args:
        name: a path, or the name of a shipped study.
        scale: paper, pocket, smoke, or another one of the file; its entry there replaces the settings it names. A file
            without scales is run as it is.

    Raises:
        UsageError: no such file, unknown keys or scale, a claim about a metric that the study does not compute.
    """
    path: Path | Traversable = Path(name)
    if not Path(name).suffix:
        require_known(str(name), shipped_names(), "study (or the path of a YAML file)")
        path = FILES / f"{name}.yaml"
    written = read_file(path)
    scales = written.get("scales") or {}
    require_known(scale, dict.fromkeys([*SCALES, *scales]), "scale")
    as_it_is = not scales and scale == DEFAULT_SCALE
    do = "name one of them with --scale" if scales else "leave --scale out to run the file as it is"
    had = f"{', '.join(scales) or 'none'}"
    require(as_it_is or scale in scales, f"{path.name} must have an entry for scale '{scale}'", had, do)
    chosen = scales.get(scale) or {}
    require_shapes(path, chosen)
    for key in chosen:
        require_known(key, _CHANGEABLE, f"{path.name}: what a scale changes")
    base: dict[str, Any] = merge(written.get("base") or {}, chosen.get("base") or {})
    merged = {**written, **chosen, "base": base}
    named = shlex.quote(os.path.realpath(name)) if isinstance(path, Path) and Path(name).suffix else str(name)
    return _study(path, {**merged, "invocation": named if as_it_is else f"{named} --scale {scale}"}, scale)


def further_scales(name: str | Path) -> tuple[str, ...]:
    """The scales that a study file, or a shipped study, has beside the usual ones."""
    path: Path | Traversable = Path(name) if Path(name).suffix else FILES / f"{name}.yaml"
    return tuple(scale for scale in read_file(path).get("scales") or {} if scale not in SCALES)


StudyLike = Study | Path | str


def as_study(study: StudyLike, scale: Scale = "pocket") -> Study:
    """An opened study as it is; that of a file or name at a scale: see `load_study`."""
    return study if isinstance(study, Study) else load_study(study, scale)


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


def _study(path: Path | Traversable, merged: Mapping[str, Any], scale: Scale) -> Study:
    """Check a merged file and make the Study."""
    metrics = tuple(Spec.of(metric) for metric in merged.get("metrics") or ())
    require(metrics, f"{path.name}: a study needs metrics", do="name at least one")
    computed = set(specs_of(metrics))
    claims = tuple(Claim.of(claim) for claim in merged.get("claims") or ())
    for claim in claims:
        claim.require_metrics(computed)
    for key, least in (("rows", 1), ("every", 0)):
        value = merged.get(key, least)
        require(
            type(value) is int and value >= least,
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
        grid=blocks_of(path, merged.get("grid") or {}),
        seeds=seeds_of(path, merged.get("seeds", 3)),
        metrics=metrics,
        rows=merged.get("rows", 50_000),
        every=merged.get("every", 0),
        claims=claims,
        baselines=_baselines_of(path, merged.get("baselines") or ()),
        printed=tuple(printed_of(path, table) for table in merged.get("printed") or ()),
        findings=findings_of(path, merged.get("findings") or []),
        converts=conversions_of(path.name, merged.get("converts") or {}),
        pilots=pilots_of(path.name, merged.get("pilots") or []),
        extension=extension_of(path.name, merged.get("extension")),
        explore=explore_of(path, merged.get("explore", SMOKE if scale == "smoke" else "")),
        requires=requires_of(merged.get("requires") or {}, path.name),
        invocation=merged["invocation"],
    )


def _baselines_of(path: Path | Traversable, given: Any) -> tuple[Baseline, ...]:
    """Names of baselines, or `true` for all."""
    chosen = get_args(Baseline) if given is True else given
    require(isinstance(chosen, (list, tuple)), f"{path.name}: baselines must be a list of names, or true", repr(given))
    for name in chosen:
        require_choice(name, Baseline, f"{path.name}: baseline")
    return tuple(dict.fromkeys(chosen))
