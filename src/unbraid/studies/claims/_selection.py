"""Which runs, and which of their scores, a claim is about."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from unbraid.metrics import declared
from unbraid.studies.claims._effect import Group
from unbraid.studies.claims._keys import Reads


class TooFewRunsError(Exception):
    """The runs that a claim needs are not there, or have no such score."""


class NotTestableError(Exception):
    """The runs are there, and nothing that they show could decide the claim."""


@dataclass(frozen=True)
class Scores:
    """The scores that a claim looks at: a study's tidy table, and what the claim says of all of its runs.

    Args:
        frame: see `unbraid.studies.collect`.
        part: a part of the score instead of its value.
        layer: the latent layer, None for all of them.
        where: settings that all runs share.
        reads: above chance, wherever the metric has such a value, or the value as it is. Parts have none.
    """

    frame: pd.DataFrame
    part: str = ""
    layer: int | None = None
    where: Group = field(default_factory=dict)
    reads: Reads = "value"

    def values(self, metric: str, group: Group) -> np.ndarray:
        """A metric's values over the runs of a group, in the order of seeds.

        Raises:
            TooFewRunsError: fewer than two of them, or several layers.
        """
        return self.arm(metric, group)["value"].to_numpy(float)

    def arm(self, metric: str, group: Group) -> pd.DataFrame:
        """The same as rows of the table, one per run, with every setting.

        Raises:
            TooFewRunsError: fewer than two of them, or several layers.
        """
        rows = self.rows(metric, group)
        if rows["run"].nunique() < len(rows):
            raise TooFewRunsError(f"{metric} of {described(group)}: several layers, and the claim names none")
        if len(rows) < 2:
            raise TooFewRunsError(f"{metric} of {described(group)}: {len(rows)} runs have it, and two are the least")
        return rows.sort_values(["group", "seed"])

    def rows(self, metric: str, group: Group | None = None) -> pd.DataFrame:
        """Rows of the table: one metric (part, layer) of the runs of a group, without missing values.

        Raises:
            TooFewRunsError: no run has a setting that the group names, or none has the score above chance.
        """
        rows = self.of_group(metric, group or {})
        rows = rows[rows["part"] == self.part]
        if self.reads_above(metric):
            rows = rows.assign(value=rows.get("above", np.nan))
            if len(rows) and not rows["value"].notna().any():
                raise TooFewRunsError(f"{metric}: no run has it above chance; score the runs again, with floors")
        return rows[rows["value"].notna()]

    def parts(self, metric: str, group: Group | None = None) -> pd.DataFrame:
        """The same of a metric's parts, such as single factors, without the score itself."""
        rows = self.of_group(metric, group or {})
        return rows[(rows["part"] != "") & rows["value"].notna()]

    def of_group(self, metric: str, group: Group) -> pd.DataFrame:
        """All rows of a metric, of the runs of a group.

        Raises:
            TooFewRunsError: no run is there, or none has a setting that the group names.
        """
        if "run" not in self.frame:
            raise TooFewRunsError("no run is finished")
        rows = self.frame[self.frame["metric"] == metric]
        wanted_of_all = {**self.where, **group}
        if "baseline" in rows and "baseline" not in wanted_of_all:
            rows = rows[rows["baseline"] == ""]  # baselines are asked for by name
        if self.layer is not None:
            rows = rows[rows["layer"] == self.layer]
        for key, wanted in wanted_of_all.items():
            if key in rows:
                right = [same(value, wanted) for value in rows[key]]
                rows = rows[np.array(right, dtype=bool)]  # as a list, none of them would choose columns
            elif not same(None, wanted):
                raise TooFewRunsError(f"no run has a setting '{key}'")
        return rows

    def reads_above(self, metric: str) -> bool:
        """Whether a metric's value above chance is read: where the metric can have one."""
        return self.reads == "above" and not self.part and has_above(metric)

    def name(self, metric: str) -> str:
        """A metric as it is read, in words."""
        return f"{metric} above chance" if self.reads_above(metric) else f"{metric} {self.part}".rstrip()


def has_floor(metric: str) -> bool:
    """Whether chance, that is codes that know nothing of the factors, gives a metric (as tables name it) a score."""
    properties = declared(metric.partition("(")[0])
    return properties is not None and properties.permuted in ("factors", "codes")


def has_above(metric: str) -> bool:
    """Whether a metric with a floor also has an end to measure from it, as MMIG has not."""
    properties = declared(metric.partition("(")[0])
    if properties is None or not has_floor(metric):
        return False
    return math.isfinite(properties.range[1 if properties.higher_is_better else 0])


def matches(group: Group, settings: Mapping[str, Any]) -> bool:
    """Whether a run's settings (see `PlannedRun.settings`) are those of a group."""
    return all(same(settings.get(key), wanted) for key, wanted in group.items())


def described(group: Group) -> str:
    """A group in words."""
    return ", ".join(f"{key} {value}" for key, value in group.items()) or "all runs"


def same(value: Any, wanted: Any) -> bool:
    """Whether a setting has the wanted value (4 and 4.0 are one), or one of several; None is no such setting."""
    if isinstance(wanted, list):
        return any(same(value, one) for one in wanted)
    if wanted is None:
        return bool(pd.isna(value))
    return bool(value == wanted)
