"""Exact DCI against scikit-learn's boosting, and what is faster against exact DCI: `python -m benchmarks.dci [PART …]`.

time: boosting of one factor after the other on 10,000 rows x 10 latents of dSprites' levels (those of at most
`--levels`), ours and scikit-learn's by turns: CPU seconds of one thread, their ratio, and the largest difference of an
importance. agree: `dci` of fewer stages and `dci_fast` against `dci`, over codes of known making, one stressor at a
time: largest differences of disentanglement and completeness, CPU seconds. codes: `dci_fast`, and the forest that it
was before, less `dci` of the same rows, code by code, beside `dci` of other rows of the same codes: codes of known
making and kept codes of trained models, 1,000 to 10,000 rows; every line is written to docs/dci/codes.csv as soon as
it is measured, and what stands there is not measured again. Without arguments: agree and time.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

from benchmarks import _table
from benchmarks._known_codes import codes_of
from benchmarks.metrics import case
from benchmarks.probes import stressed
from unbraid.metrics import Representation, Score
from unbraid.metrics._boosting import boost, cross_entropy
from unbraid.metrics._importance import completeness, disentanglement
from unbraid.metrics._split import train_test
from unbraid.metrics.dci import dci
from unbraid.metrics.dci_fast import dci_fast
from unbraid.studies._kept_codes import read_codes

ROOT = Path(__file__).resolve().parents[1]
STUDIES = ("abdi-2019", "dubois-2019", "michlo", "osnabrueck-2021")
PARTS = ("disentanglement", "completeness")

FASTER: dict[str, Callable[..., Score]] = {
    "dci(stages=50)": partial(dci, stages=50, parallel=False),
    "dci(stages=20)": partial(dci, stages=20, parallel=False),
    "dci_fast": dci_fast,
}


def timed(run: Callable[[], Any]) -> tuple[Any, float]:
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
        answers[name] = np.array([[one.parts[part] for part in PARTS] for one in scores])
    table = Table("score", "disentanglement off by", "completeness off by", "s", title=f"{len(reps)} codes")
    for name, values in answers.items():
        off = np.abs(values - answers["dci"]).max(axis=0)
        table.add_row(name, *(f"{value:.3f}" for value in off), f"{seconds[name]:.1f}")
    return table


def kinds_of_codes() -> Iterator[tuple[str, Representation]]:
    """Codes of known making, then kept codes of trained models."""
    for k, (stressor, rep) in enumerate(stressed()):
        if k % 3 == 0:
            yield f"{stressor} {k}", rep
    for study in STUDIES:
        kept = read_codes(ROOT / "reproductions" / study)
        reps = [(name, rep) for name in sorted(kept) if (rep := kept[name].representation()) and rep.latents > 1]
        for at in np.linspace(0, len(reps) - 1, 3).round().astype(int):
            yield f"{study} {reps[at][0]}", reps[at][1]
    for rows in (1_000, 2_000, 10_000):
        yield "blended", case().rows(np.arange(rows))
        yield "uneven", codes_of("uneven", rows, 0)[0]


def forest(rep: Representation, rng: np.random.Generator) -> Score:
    """The importances that `dci_fast` took until 0.2: of five bagged trees by entropy, ten rows in a leaf."""
    train, _ = train_test(rep, rng)
    seeds = rng.integers(2**31, size=len(train.space))
    kind = partial(RandomForestClassifier, 5, criterion="entropy", max_features=None, min_samples_leaf=10)
    fits = [kind(random_state=seed).fit(train.code, y) for seed, y in zip(seeds, train.factors.T, strict=True)]
    importance = np.stack([fit.feature_importances_ for fit in fits], axis=1)
    parts = dict(zip(PARTS, (disentanglement(importance)[0], completeness(importance)[0]), strict=True))
    return Score(parts[PARTS[0]], parts)


def by_code() -> None:
    """One line for each code: `dci`, then what others give less it, and their CPU seconds."""
    exact = partial(dci, parallel=False)
    others = {"fast": (dci_fast, 0), "forest": (forest, 0), "other rows": (exact, 1)}
    columns = [f"{name} {part}" for name in others for part in PARTS]
    head = ["code", "rows", "latents", "levels", *PARTS, *columns, "dci s", "fast s", "forest s"]
    table = _table.Table(ROOT / "docs" / "dci" / "codes.csv", head)
    for name, rep in kinds_of_codes():
        key = {"code": name, "rows": len(rep)}
        if table.has(**key):
            continue
        levels = sum(len(np.unique(column)) for column in rep.factors.T)
        (value, *answers), seconds = zip(
            *(
                timed(lambda score=score, seed=seed, rep=rep: parts_of(score(rep, np.random.default_rng(seed))))
                for score, seed in [(exact, 0), *others.values()][: 3 if len(rep) > 2_000 else 4]
            ),
            strict=True,
        )
        line = dict(zip([*PARTS, *columns], np.concatenate([value, *(one - value for one in answers)]), strict=False))
        line = {part: f"{number:.4f}" for part, number in line.items()}
        spent = {f"{one} s": f"{second:.2f}" for one, second in zip(("dci", *others), seconds, strict=False)}
        spent.pop("other rows s", None)
        table.add(**key, latents=rep.latents, levels=levels, **line, **spent)


def parts_of(score: Score) -> np.ndarray:
    return np.array([score.parts[part] for part in PARTS])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="*", choices=["agree", "time", "codes"], default=["agree", "time"])
    parser.add_argument("--codes", type=int, default=20)
    parser.add_argument("--levels", type=int, default=40, help="leave out factors of more levels")
    parser.add_argument("--rows", type=int, default=10_000)
    given = parser.parse_args()
    if "codes" in given.part:
        by_code()
    if "agree" in given.part:
        Console().print(agreement(given.codes))
    if "time" in given.part:
        Console().print(times(given.levels, given.rows))
