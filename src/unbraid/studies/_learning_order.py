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
from unbraid.studies._status import RunStatus

PROBE = "r2"  # the score whose parts say how much of each factor the latents know
PAIRS = 20_000  # per factor; their mean is known to a percent
LEVEL = 0.1  # of the mean: factors whose importances differ by less have no order


def learning_orders(statuses: Sequence[RunStatus]) -> dict[str, list[dict[str, Any]]]:
    """Rows of the tidy frame by run, for the runs that noted how much of each factor they know as they trained.

    `learning_order` is the Spearman correlation, over factors, of a factor's importance (mean distance of images that
    differ in it) with the mean over training of what is known of it: 1 where the most important is learned first.
    Its parts are those means, and the parts of `importance` are the importances.
    """
    rows = {}
    for status in statuses:
        progress = status.record.progress() if status.state == "done" else None
        known = {} if progress is None else known_over_training(progress)
        if len(known) >= 3:
            rows[status.run.name] = _rows(known, importances(status))
    return rows


def known_over_training(progress: pd.DataFrame) -> dict[str, float]:
    """Factor -> mean over training of what the first layer's latents know of it; 0 for less than nothing."""
    parts = progress[(progress["metric"] == PROBE) & (progress["part"] != "") & (progress["layer"] == 0)]
    means = parts["value"].clip(lower=0).groupby(parts["part"], sort=False).mean()
    return {str(factor): float(mean) for factor, mean in means.items()}


def importances(status: RunStatus) -> dict[str, float]:
    """Factor -> mean squared distance of images that differ in it alone; measured once and kept beside the runs."""
    name, data = _name(status), status.run.config.data.to_dict()
    noted = status.record.shared(name)
    if noted is None:
        noted = {"data": data, "importance": _measured(json.dumps(data))}
        status.record.share(name, noted)
    return dict(noted["importance"])


def importance_names(statuses: Sequence[RunStatus]) -> list[str]:
    """Under which names the importances of factors are kept, for the finished runs with scores over training."""
    done = [status for status in statuses if status.state == "done" and status.record.progress() is not None]
    return list(dict.fromkeys(_name(status) for status in done))


def _name(status: RunStatus) -> str:
    data = json.dumps(status.run.config.data.to_dict(), sort_keys=True)
    return f"importance-{hashlib.sha256(data.encode()).hexdigest()[:16]}"


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
    parts += [line | {"metric": "importance", "part": name, "value": importance[name]} for name in names]
    return [line | {"value": float(stats.spearmanr(*pair).statistic)}, *parts]
