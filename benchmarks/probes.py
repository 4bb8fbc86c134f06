"""Probe metrics against plain loops and exact boosting: `python benchmarks/probes.py [votes] [dci]`.

votes: FactorVAE and β-VAE scores on the codes of a whole dSprites-sized grid (737,280 x 10), ours against the loop of
their papers (one vote or point after the other, codes looked up in the same table) and, where disent is installed,
its port of the FactorVAE score on the same table. dci: `dci_fast` against `dci` over synthetic codes, one stressor at
a time: rank correlation, mean difference, seconds. CPU time of one thread, measured by turns.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import importlib.util
import sys
import time
import warnings
from collections.abc import Callable, Iterator

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.stats import spearmanr
from sklearn.linear_model import LogisticRegression

from unbraid.core import Factor, FactorSpace
from unbraid.metrics import Representation
from unbraid.metrics.beta_vae_score import beta_vae_score
from unbraid.metrics.dci import dci
from unbraid.metrics.dci_fast import dci_fast
from unbraid.metrics.factor_vae_score import factor_vae_score

DSPRITES, LATENTS, BATCH, TRAIN, TEST = (3, 6, 40, 32, 32), 10, 64, 10_000, 5_000
ROUNDS = 5


def seconds(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def grid_codes() -> Representation:
    """A grid of dSprites' size, its factors blended a little over ten latents."""
    space = FactorSpace(tuple(Factor(f"factor {k}", size) for k, size in enumerate(DSPRITES)))
    levels = space.levels(np.arange(space.combinations))
    rng = np.random.default_rng(0)
    clean = (levels - levels.mean(axis=0)) / levels.std(axis=0)
    code = clean @ (np.eye(5, LATENTS) + 0.2 * rng.standard_normal((5, LATENTS)))
    code += 0.1 * rng.standard_normal(code.shape)
    return Representation.from_arrays(code.astype(np.float32), levels, space=space)


def random_levels(rep: Representation, rng: np.random.Generator) -> np.ndarray:
    return np.stack([rng.integers(size, size=BATCH) for size in rep.space.sizes], axis=1)


def loop_factor_vae(rep: Representation, rng: np.random.Generator) -> float:
    """One vote after the other."""
    overall = rep.code[rep.space.index(np.concatenate([random_levels(rep, rng) for _ in range(157)]))].var(
        axis=0, ddof=1
    )
    tables = []
    for votes in (TRAIN, TEST):
        table = np.zeros((len(rep.space), rep.latents), dtype=int)
        for _ in range(votes):
            k = rng.integers(len(rep.space))
            levels = random_levels(rep, rng)
            levels[:, k] = levels[0, k]
            table[k, np.argmin(np.var(rep.code[rep.space.index(levels)], axis=0, ddof=1) / overall)] += 1
        tables.append(table)
    best = tables[0].argmax(axis=0)
    return tables[1][best, np.arange(rep.latents)].sum() / TEST


def loop_beta_vae(rep: Representation, rng: np.random.Generator) -> float:
    """One point after the other."""
    features, labels = np.empty((TRAIN + TEST, rep.latents)), np.empty(TRAIN + TEST, dtype=int)
    for i in range(TRAIN + TEST):
        k = rng.integers(len(rep.space))
        first, second = random_levels(rep, rng), random_levels(rep, rng)
        second[:, k] = first[:, k]
        z = [rep.code[rep.space.index(levels)] for levels in (first, second)]
        features[i], labels[i] = np.mean(np.abs(z[0] - z[1]), axis=0), k
    fitted = LogisticRegression().fit(features[:TRAIN], labels[:TRAIN])
    return fitted.score(features[TRAIN:], labels[TRAIN:])


def disent_factor_vae(rep: Representation) -> float:
    """disent's port, its dataset an in-memory table of our codes."""
    import torch
    from disent.dataset import DisentDataset
    from disent.dataset.data import GroundTruthData
    from disent.metrics import metric_factor_vae

    class Codes(GroundTruthData):
        factor_names, factor_sizes, img_shape = rep.space.names, rep.space.sizes, (1, 1, rep.latents)

        def _get_observation(self, idx: int) -> torch.Tensor:
            return torch.from_numpy(rep.code[idx])

    scores = metric_factor_vae(DisentDataset(Codes()), lambda x: x, BATCH, TRAIN, TEST, 10_000, show_progress=False)
    return scores["factor_vae.eval_accuracy"]


def votes(console: Console) -> None:
    rep, rng = grid_codes(), np.random.default_rng(0)
    pairs = {
        "factor_vae_score": (lambda: factor_vae_score(rep, rng).value, lambda: loop_factor_vae(rep, rng)),
        "beta_vae_score": (lambda: beta_vae_score(rep, rng).value, lambda: loop_beta_vae(rep, rng)),
    }
    table = Table(
        "score", "ours s", "loop s", "times faster", "ours", "loop", title="737,280 x 10, 10,000 + 5,000 draws"
    )
    for name, (ours, loop) in pairs.items():
        times = np.array([[seconds(ours), seconds(loop)] for _ in range(ROUNDS)])
        best = np.median(times, axis=0)
        numbers = f"{best[0]:.3f}", f"{best[1]:.2f}", f"{best[1] / best[0]:.0f}"
        table.add_row(name, *numbers, f"{ours():.3f}", f"{loop():.3f}")
    if importlib.util.find_spec("disent"):
        values: list[float] = []
        spent = seconds(lambda: values.append(disent_factor_vae(rep)))
        table.add_row("factor_vae_score (disent)", "", f"{spent:.2f}", "", "", f"{values[0]:.3f}")
    console.print(table)


def stressed(rows: int = 1_500, sizes: tuple[int, ...] = (2, 3, 4, 6)) -> Iterator[tuple[str, Representation]]:
    """Codes of known making, one stressor at a time."""
    rng = np.random.default_rng(0)
    factors = np.stack([rng.integers(size, size=rows) for size in sizes], axis=1)
    clean = (factors - factors.mean(axis=0)) / factors.std(axis=0)

    def noisy(code: np.ndarray, scale: float = 0.1) -> Representation:
        return Representation.from_arrays(code + scale * rng.standard_normal(code.shape), factors)

    for angle in (0.0, 0.1, 0.2, 0.35, 0.5, np.pi / 4):
        turn = np.kron(np.eye(2), [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        yield "rotation", noisy(clean @ turn)
    for scale in (0.05, 0.2, 0.4, 0.7, 1.0, 2.0, 4.0):
        yield "noise", noisy(clean, scale)
    for idle in (1, 4):
        yield "idle", noisy(np.hstack([clean, np.zeros((rows, idle))]))
    for copies in (1, 3):
        yield "redundancy", noisy(np.hstack([clean, clean[:, :copies]]), 0.3)
    for weight in (0.1, 0.3, 0.6, 1.0):
        yield "sharing", noisy(clean + weight * np.roll(clean, 1, axis=1))
    for weight in (0.3, 1.0, 3.0):
        yield "blend", noisy(clean @ (np.eye(4) + weight * rng.standard_normal((4, 4))))
    for bend in (2, 3, 5):
        yield "nonlinearity", noisy(np.sin(bend * clean))
    yield "noise only", noisy(np.zeros((rows, 5)), 1.0)


def agreement(console: Console) -> None:
    parts = ("disentanglement", "completeness", "informativeness_test")
    fast, exact, spent = [], [], np.zeros(2)
    for _, rep in stressed():
        for m, (metric, rows) in enumerate(((dci_fast, fast), (dci, exact))):
            start = time.process_time()
            options = {"parallel": False} if metric is dci else {}
            score = metric(rep, np.random.default_rng(0), **options)
            spent[m] += time.process_time() - start
            rows.append([score.parts[part] for part in parts])
    ours, theirs = np.array(fast), np.array(exact)
    title = f"dci_fast against dci over {len(ours)} codes: {spent[0]:.1f} s against {spent[1]:.1f} s"
    table = Table("part", "rank correlation", "mean difference", "largest", title=title)
    for i, part in enumerate(parts):
        apart = ours[:, i] - theirs[:, i]
        rank = spearmanr(ours[:, i], theirs[:, i]).statistic
        table.add_row(part, f"{rank:.3f}", f"{apart.mean():+.3f}", f"{np.abs(apart).max():.3f}")
    console.print(table)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    chosen = sys.argv[1:] or ["votes", "dci"]
    for name, run in (("votes", votes), ("dci", agreement)):
        if name in chosen:
            run(Console())
