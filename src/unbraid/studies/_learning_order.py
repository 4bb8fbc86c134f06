"""In what order factors are learned, and whether their importance tells: Michlo et al., supplement A."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from unbraid.core import Spec, rng
from unbraid.data import factor_distances, load_dataset
from unbraid.store import RunDirectory, whole_file
from unbraid.studies._status import TOGETHER, Standing
from unbraid.studies._worker import PROGRESSION

PROBE = "r2"  # the score whose parts say how much of each factor the latents know
PAIRS = 20_000  # per factor; their mean is known to a percent
LEVEL = 0.1  # of the mean: factors whose importances differ by less have no order


def learning_orders(standing: Sequence[Standing]) -> dict[str, list[dict[str, Any]]]:
    """Rows of the tidy frame by run, for the runs that noted how much of each factor they know as they trained.

    `learning_order` is the Spearman correlation, over factors, of a factor's importance (mean distance of images that
    differ in it) with the mean over training of what is known of it: 1 where the most important is learned first.
    Its parts are those means.
    """
    rows = {}
    for each in standing:
        run = RunDirectory(each.folder)
        if each.state == "done" and run.has(PROGRESSION):
            known = known_over_training(run.read_table(PROGRESSION))
            if len(known) >= 3:
                rows[each.run.config.folder_name] = _rows(known, importances(each))
    return rows


def known_over_training(progression: pd.DataFrame) -> dict[str, float]:
    """Factor -> mean over training of what the first layer's latents know of it; 0 for less than nothing."""
    parts = progression[(progression["metric"] == PROBE) & (progression["part"] != "") & (progression["layer"] == 0)]
    return parts["value"].clip(lower=0).groupby(parts["part"], sort=False).mean().to_dict()


def importances(each: Standing) -> dict[str, float]:
    """Factor -> mean squared distance of images that differ in it alone; measured once and kept beside the runs."""
    data = each.run.config.data
    name = f"importance-{hashlib.sha256(json.dumps(data.to_dict(), sort_keys=True).encode()).hexdigest()[:16]}.json"
    path = each.folder.parent / TOGETHER / name
    if path.is_file():
        return json.loads(path.read_text(encoding="utf-8"))["importance"]
    found = _measured(json.dumps(data.to_dict()))
    with whole_file(path) as aside:
        aside.write_text(json.dumps({"data": data.to_dict(), "importance": found}, indent=1), encoding="utf-8")
    return found


@functools.cache
def _measured(data: str) -> dict[str, float]:
    distances = factor_distances(load_dataset(Spec.of(json.loads(data))), rng(0, 0, "factor importance"), pairs=PAIRS)
    return {name: mean for name, mean in distances.means().items() if name != "random"}


def _rows(known: dict[str, float], importance: dict[str, float]) -> list[dict[str, Any]]:
    """The score and its parts; missing where no factor is more important than another."""
    names = [name for name in known if name in importance]
    pair = np.array([[importance[name] for name in names], [known[name] for name in names]])
    line = {"layer": 0, "metric": "learning_order", "part": "", "variant": f"{PROBE} over training"}
    if len(names) < 3 or (np.ptp(pair, axis=1) <= LEVEL * pair.mean(axis=1)).any():
        return [line | {"value": None, "reason": "no order: the factors are equally important or equally known"}]
    parts = [line | {"part": name, "value": known[name]} for name in names]
    return [line | {"value": float(stats.spearmanr(*pair).statistic)}, *parts]
