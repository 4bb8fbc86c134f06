"""Which runs, and which of their scores, a claim is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from unbraid.studies.claims._effect import Group


class TooFewRunsError(Exception):
    """The runs that a claim needs are not there, or have no such score."""


@dataclass(frozen=True)
class Scores:
    """The scores that a claim looks at: a study's tidy table, and what the claim says of all of its runs.

    Args:
        frame: see `unbraid.studies.collect`.
        part: a part of the score instead of its value.
        layer: the latent layer, None for all of them.
        where: settings that all runs share.
    """

    frame: pd.DataFrame
    part: str = ""
    layer: int | None = None
    where: Group = field(default_factory=dict)

    def values(self, metric: str, group: Group) -> np.ndarray:
        """A metric's values over the runs of a group, in the order of seeds.

        Raises:
            TooFewRunsError: fewer than two of them, or several layers.
        """
        rows = self.rows(metric, group)
        if len(rows) < 2:
            raise TooFewRunsError(f"{metric} of {described(group)}: {len(rows)} runs have it, and two are the least")
        if rows["run"].nunique() < len(rows):
            raise TooFewRunsError(f"{metric} of {described(group)}: several layers, and the claim names none")
        return rows.sort_values(["group", "seed"])["value"].to_numpy(float)

    def rows(self, metric: str, group: Group | None = None) -> pd.DataFrame:
        """Rows of the table: one metric (part, layer) of the runs of a group, without missing values.

        Raises:
            TooFewRunsError: no run has a setting that the group names.
        """
        scores = self._of_group(metric, group or {})
        return scores[scores["part"] == self.part]

    def parts(self, metric: str, group: Group | None = None) -> pd.DataFrame:
        """The same of a metric's parts, such as single factors, without the score itself."""
        scores = self._of_group(metric, group or {})
        return scores[scores["part"] != ""]

    def _of_group(self, metric: str, group: Group) -> pd.DataFrame:
        rows = self.frame[(self.frame["metric"] == metric) & self.frame["value"].notna()]
        wanted_of_all = {**self.where, **group}
        if "baseline" in rows and "baseline" not in wanted_of_all:
            rows = rows[rows["baseline"] == ""]  # baselines are asked for by name
        if self.layer is not None:
            rows = rows[rows["layer"] == self.layer]
        for key, wanted in wanted_of_all.items():
            if key in rows:
                right = [_same(value, wanted) for value in rows[key]]
                rows = rows[np.array(right, dtype=bool)]  # as a list, none of them would choose columns
            elif not _same(None, wanted):
                raise TooFewRunsError(f"no run has a setting '{key}'")
        return rows


def matches(group: Group, settings: Mapping[str, Any]) -> bool:
    """Whether a run's settings (see `PlannedRun.settings`) are those of a group."""
    return all(_same(settings.get(key), wanted) for key, wanted in group.items())


def described(group: Group) -> str:
    """A group in words."""
    return ", ".join(f"{key} {value}" for key, value in group.items()) or "all runs"


def _same(value: Any, wanted: Any) -> bool:
    """Whether a setting has the wanted value (4 and 4.0 are one), or one of several; None is no such setting."""
    if isinstance(wanted, list):
        return any(_same(value, one) for one in wanted)
    if wanted is None:
        return bool(pd.isna(value))
    return bool(value == wanted)
