"""From a study to its runs: every combination of the axes' values, times the seeds."""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from unbraid.core import Spec, UsageError, options_of, require, with_value
from unbraid.studies._study import Study
from unbraid.studies._study_file import SEEDS
from unbraid.training import RunConfig

MOST = 10_000  # runs; a larger grid must be asked for


@dataclass(frozen=True)
class PlannedRun:
    """One run of a study.

    Args:
        config: the complete configuration.
        axes: the value of each axis, by its dotted setting, as the grid names it.
    """

    config: RunConfig
    axes: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.config.folder_name

    @property
    def label(self) -> str:
        """The axes in a few words, the seed left out."""
        values = [f"{axis.rpartition('.')[2]}={_short(value)}" for axis, value in self.axes.items()]
        return " ".join(values) or self.config.phases[-1].objective.name

    @property
    def title(self) -> str:
        """The axes and the seed."""
        return f"{self.label} seed={self.config.seed}"

    @cached_property
    def group(self) -> str:
        """What the seeds of one combination share: its configuration's hash without the seed."""
        return reseeded(self.config, 0).id[:8]

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """Every setting by dotted name, as claims name them; `axis/…` for the axes, an entry on one as text."""
        axes = {
            axis: value if isinstance(value, (int, float, str)) else str(value) for axis, value in self.axes.items()
        }
        return {**dotted(self.config), **{f"axis/{axis}": value for axis, value in axes.items()}}


def planned_runs(study: Study, *, many: bool = True) -> list[PlannedRun]:
    """All runs of a study, whether its claims can be decided or not: see `plan`.

    Seeds of a declared extension stand beside those of each block.
    """
    blocks = [{SEEDS: list(study.seeds), **dict(expanded(block))} for block in study.grid]
    count = sum(math.prod(len(values) for values in block.values()) for block in blocks)
    require(
        count <= MOST or many,
        f"{study.name} at scale {study.scale} has {count:,} runs, and more than {MOST:,} must be asked for",
        do="shorten an axis, or add --many",
    )
    runs: dict[str, PlannedRun] = {}
    for block in blocks:
        seeds = [*block.pop(SEEDS), *(study.extension.seeds if study.extension else ())]
        for values in itertools.product(*block.values()):
            axes = dict(zip(block, values, strict=True))
            config = _config(study, axes)
            for seed in seeds:
                run = PlannedRun(reseeded(config, seed), axes)
                runs.setdefault(run.config.id, run)
    return list(runs.values())


def expanded(block: Mapping[str, list[Any]]) -> Iterator[tuple[str, list[Any]]]:
    """Each axis with its values; inside an entry's options, a list where a scalar is expected multiplies the entry."""
    for axis, values in block.items():
        kind = {"data": "data", "model": "models", "objective": "objectives"}.get(axis)
        if kind is None:
            yield axis, values
            continue
        yield axis, [entry for value in values for entry in _entries(kind, value)]


def _entries(kind: str, value: Any) -> Iterator[Any]:
    """One entry per combination of the lists that stand where its signature has scalars."""
    if not isinstance(value, Mapping):
        yield value
        return
    options = options_of(Spec.of(value).entry(kind))
    lists = {
        key: inner
        for key, inner in value.items()
        if isinstance(inner, list) and key in options and not isinstance(options[key].default, (list, tuple))
    }
    for chosen in itertools.product(*lists.values()):
        yield {**value, **dict(zip(lists, chosen, strict=True))}


def _config(study: Study, axes: Mapping[str, Any]) -> RunConfig:
    """The configuration of one combination, an entry placed before its options."""
    settings = copy.deepcopy(dict(study.base))
    for axis in sorted(axes, key=lambda axis: axis.count(".")):
        settings = with_value(settings, axis, axes[axis])
    try:
        metrics = [metric.to_dict() for metric in study.run_metrics]
        return RunConfig.from_dict({**settings, "seed": 0, "metrics": metrics})
    except UsageError as error:
        raise UsageError(f"{study.name}, {dict(axes) or 'base'}: {error}") from error


def reseeded(config: RunConfig, seed: int) -> RunConfig:
    """The same configuration with another seed; a copy, since its entries are checked and complete already."""
    other = copy.copy(config)
    object.__setattr__(other, "seed", seed)
    return other


def dotted(config: RunConfig) -> dict[str, Any]:
    """Every setting by dotted name; `data`, `model` and `objective` (of the last phase) stand for entry names."""
    plain = config.to_dict()
    plain["objective"] = plain["phases"][-1]["objective"]
    settings: dict[str, Any] = {}

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, Mapping):
            if "name" in value and prefix:
                settings[prefix] = value["name"]
            for key, inner in value.items():
                walk(f"{prefix}.{key}" if prefix else key, inner)
        else:
            settings.setdefault(prefix, value)

    walk("", {key: value for key, value in plain.items() if key not in ("metrics", "phases")})
    settings["phases"] = len(plain["phases"])
    settings["steps"] = config.steps
    return {key: v for key, v in settings.items() if not key.endswith(".name") and not isinstance(v, list)}


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        options = [f"{key} {inner}" for key, inner in value.items() if key != "name"]
        return "/".join([str(value.get("name", "")), *options]).strip("/")
    return str(value)
