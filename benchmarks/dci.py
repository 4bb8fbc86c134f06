"""Exact DCI against scikit-learn's boosting, and what is faster against exact DCI: `python -m benchmarks.dci`.

time: boosting of one factor after the other on 10,000 rows x 10 latents of dSprites' levels (those of at most
`--levels`), ours and scikit-learn's by turns: CPU seconds of one thread, their ratio, and the largest difference of an
importance. agree: `dci` of fewer stages and `dci_fast` against `dci`, over codes of known making, one stressor at a
time: largest differences of disentanglement and completeness, CPU seconds.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.ensemble import GradientBoostingClassifier

from benchmarks.metrics import case
from benchmarks.probes import stressed
from unbraid.metrics import Representation, Score
from unbraid.metrics._boosting import boost, cross_entropy
from unbraid.metrics.dci import dci
from unbraid.metrics.dci_fast import dci_fast

FASTER: dict[str, Callable[..., Score]] = {
    "dci(stages=50)": partial(dci, stages=50, parallel=False),
    "dci(stages=20)": partial(dci, stages=20, parallel=False),
    "dci_fast": dci_fast,
}


def timed(run: Callable[[], object]) -> tuple[object, float]:
    began = time.process_time()
    return run(), time.process_time() - began


def times(levels: int, rows: int) -> Table:
    """One line for each factor."""
    rep: Representation = case()
    table = Table("levels", "ours s", "scikit-learn s", "times faster", "importance off by", title=f"{rows:,} x 10")
    for factor in rep.factors.T:
        classes = np.unique(factor, return_inverse=True)[1]
        if classes.max() >= levels:
            continue
        code = rep.code[:rows]
        ours, mine = timed(lambda code=code, y=classes[:rows]: boost(code, cross_entropy(y), code[:5000], 0).importance)
        kind = GradientBoostingClassifier(random_state=0)
        fitted, theirs = timed(lambda code=code, y=classes[:rows], kind=kind: kind.fit(code, y))
        off = np.abs(ours - fitted.feature_importances_).max()
        table.add_row(str(classes.max() + 1), f"{mine:.1f}", f"{theirs:.1f}", f"{theirs / mine:.1f}", f"{off:.1e}")
    return table


def agreement(codes: int) -> Table:
    """One line for each of the faster ones."""
    reps = [rep for _, rep in stressed()]
    reps = [reps[k] for k in np.linspace(0, len(reps) - 1, min(codes, len(reps))).round().astype(int)]
    answers, seconds = {}, {}
    for name, score in {"dci": partial(dci, parallel=False), **FASTER}.items():
        scores, seconds[name] = timed(lambda score=score: [score(rep, np.random.default_rng(0)) for rep in reps])
        answers[name] = np.array([[one.parts[part] for part in ("disentanglement", "completeness")] for one in scores])
    table = Table("score", "disentanglement off by", "completeness off by", "s", title=f"{len(reps)} codes")
    for name, values in answers.items():
        off = np.abs(values - answers["dci"]).max(axis=0)
        table.add_row(name, *(f"{value:.3f}" for value in off), f"{seconds[name]:.1f}")
    return table


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--codes", type=int, default=20)
    parser.add_argument("--levels", type=int, default=40, help="leave out factors of more levels")
    parser.add_argument("--rows", type=int, default=10_000)
    given = parser.parse_args()
    Console().print(agreement(given.codes))
    Console().print(times(given.levels, given.rows))
