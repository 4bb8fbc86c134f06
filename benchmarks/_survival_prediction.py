"""Does a score say what codes are good for? Quickly trained runs, and linear probes on their codes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.linear_model import LogisticRegression

import unbraid
from benchmarks._table import Table
from unbraid.core import rng
from unbraid.metrics import Representation, score

WORLDS = ("dsprites", "shapes3d_like", "ellipses")
OBJECTIVES = (
    {"name": "beta_vae", "beta": 0.25},
    {"name": "beta_vae", "beta": 1.0},
    {"name": "beta_vae", "beta": 4.0},
    {"name": "beta_tcvae", "beta": 6.0},
    {"name": "dip_vae"},
)
RUNS = 7  # seeds of each
STEPS, BATCH, RESOLUTION, LATENTS, ROWS = 800, 64, 32, 10, 3000
SCORES = ("exclusive_r2", "mig", "dci_fast", "infom", "r2")
FEW, DRAWS = 20, 20  # labelled rows, and how often they are drawn
COLUMNS = ["world", "objective", "seed", "few_rows", "unseen", *SCORES, *(f"{name} above" for name in SCORES)]


def prediction(folder: Path) -> None:
    """Train what is missing, score it, and probe it."""
    table = Table(folder / "prediction.csv", COLUMNS)
    for seed in range(RUNS):
        for world in WORLDS:
            for objective in OBJECTIVES:
                key = {
                    "world": world,
                    "objective": unbraid.core.label_of("objectives", unbraid.core.Spec.of(objective)),
                    "seed": seed,
                }
                if not table.has(**key):
                    rep = codes(world, objective, seed)
                    given = score(rep, metrics=SCORES, floor=True, progress=False)
                    values = {name: number(given[name].value) for name in SCORES}
                    above = {f"{name} above": number(given[name].above) for name in SCORES}
                    table.add(
                        **key, few_rows=number(few_rows(rep, seed)), unseen=number(unseen(rep)), **values, **above
                    )


def codes(world: str, objective: dict[str, object], seed: int) -> Representation:
    """Posterior means of rows drawn at random, of a network of dense layers trained for a thousand steps."""
    config = unbraid.RunConfig(
        data={"name": world, "resolution": RESOLUTION},
        model={"name": "mlp", "latents": LATENTS},
        objective=objective,
        steps=STEPS,
        batch=BATCH,
        seed=seed,
    )
    with TemporaryDirectory() as folder:
        run = unbraid.fit(config, Path(folder) / "run", progress=False)
        index = rng(seed, 0, f"rows of {world}").choice(len(run.dataset), ROWS, replace=False)
        return unbraid.encode(run, run.dataset, index, progress=False)


def few_rows(rep: Representation, seed: int) -> float:
    """How well probes fitted on 20 rows read each factor of the others, above chance, over draws of the 20."""
    draws, read = rng(seed, 0, "labelled rows"), []
    for _ in range(DRAWS):
        order = draws.permutation(len(rep))
        read.append(readable(rep, order[:FEW], order[FEW:]))
    return float(np.mean(read))


def unseen(rep: Representation) -> float:
    """How well probes read pairs of factors whose upper halves they never saw together."""
    upper = rep.factors > np.median(rep.factors, axis=0)
    read = []
    for a, b in combinations(range(rep.factors.shape[1]), 2):
        together = upper[:, a] & upper[:, b]
        if together.sum() > 50:
            read.append(readable(rep, np.flatnonzero(~together), np.flatnonzero(together), (a, b)))
    return float(np.mean(read))


def readable(rep: Representation, fit: np.ndarray, test: np.ndarray, only: tuple[int, ...] = ()) -> float:
    """Accuracy of linear probes, mean over factors, from chance (0) to always right (1)."""
    mean, deviation = rep.code[fit].mean(axis=0), rep.code[fit].std(axis=0)
    code = (rep.code - mean) / np.where(deviation > 0, deviation, 1)
    read = []
    for k in only or range(len(rep.space)):
        labels = classes(rep, k)
        count = len(np.unique(labels))
        if len(np.unique(labels[fit])) < 2:
            read.append(0.0)
            continue
        right = (LogisticRegression().fit(code[fit], labels[fit]).predict(code[test]) == labels[test]).mean()
        read.append(float((right - 1 / count) / (1 - 1 / count)))
    return float(np.mean(read))


def classes(rep: Representation, k: int) -> np.ndarray:
    """Levels of a categorical factor, or of two levels; thirds of the rows in the order of any other."""
    levels = rep.factors[:, k]
    if rep.space.factors[k].kind == "categorical" or len(np.unique(levels)) <= 3:
        return levels.astype(int)
    return np.searchsorted(np.quantile(levels, [1 / 3, 2 / 3]), levels)


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.5f}"


def orders(lines: list[dict[str, str]], draws: int = 2000) -> Iterator[tuple[str, str, float, float, float]]:
    """Score, purpose, mean over worlds of the rank correlation of runs, and its interval over runs drawn again."""
    from scipy.stats import spearmanr

    generator = np.random.default_rng(0)
    for name in (*SCORES, *(f"{name} above" for name in SCORES)):
        for purpose in ("few_rows", "unseen"):
            groups = []
            for world in WORLDS:
                pairs = [(line[name], line[purpose]) for line in lines if line["world"] == world and line[name]]
                groups.append(np.array(pairs, dtype=float))
            groups = [pairs for pairs in groups if len(pairs) > 4]
            if not groups:
                continue

            def mean(samples: list[np.ndarray]) -> float:
                return float(np.mean([spearmanr(pairs[:, 0], pairs[:, 1]).statistic for pairs in samples]))

            again = [
                mean([pairs[generator.integers(len(pairs), size=len(pairs))] for pairs in groups]) for _ in range(draws)
            ]
            low, high = np.quantile(again, [0.025, 0.975])
            yield name, purpose, mean(groups), float(low), float(high)
