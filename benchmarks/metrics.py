"""Information-based metrics against plain formulations: `python benchmarks/metrics.py [case] [grid] [all]`.

case: 10,000 rows, 10 latents, dSprites' factor sizes; CPU seconds of one thread, ours and the plain formulation by
turns, median of the rounds. grid: MIG, MMIG and AAM from the aggregate posterior on all 737,280 rows, and the direct
sum extrapolated from a part of it; the difference from the direct sum; the largest memory of the process. all: every
default metric once on the case.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import resource
import sys
import time
import warnings
from collections.abc import Callable
from itertools import permutations

import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.feature_selection import mutual_info_classif
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, mutual_info_score, roc_auc_score

from unbraid.core import Factor, FactorSpace, load_entry
from unbraid.metrics import DEFAULT, Representation, score
from unbraid.metrics._mixtures import direct_log_density, mixture_log_density

SIZES, LATENTS, ROWS, ROUNDS = (3, 6, 40, 32, 32), 10, 10_000, 3
BINS = 20


def blended(levels: np.ndarray, space: FactorSpace) -> Representation:
    """Factors blended a little over ten latents, with noise, as posteriors of varied width."""
    rng = np.random.default_rng(0)
    clean = (levels - levels.mean(axis=0)) / levels.std(axis=0)
    code = clean @ (np.eye(5, LATENTS) + 0.1 * rng.standard_normal((5, LATENTS)))
    code += 0.1 * rng.standard_normal(code.shape)
    logvar = -4 + 0.5 * rng.standard_normal(code.shape)
    return Representation.from_arrays(code.astype(np.float32), levels, logvar=logvar.astype(np.float32), space=space)


def space() -> FactorSpace:
    return FactorSpace(tuple(Factor(f"factor {k}", size) for k, size in enumerate(SIZES)))


def case() -> Representation:
    """The dSprites-sized case: rows drawn at random."""
    rng = np.random.default_rng(1)
    return blended(np.stack([rng.integers(size, size=ROWS) for size in SIZES], axis=1), space())


def binned(rep: Representation) -> np.ndarray:
    """Each latent in equal-width bins, one column at a time."""
    result = np.zeros(rep.code.shape, dtype=int)
    for j in range(rep.latents):
        result[:, j] = np.digitize(rep.code[:, j], np.histogram(rep.code[:, j], BINS)[1][:-1])
    return result


def plain_table(rep: Representation) -> np.ndarray:
    """Mutual information [D, K], one scikit-learn contingency table per pair."""
    bins = binned(rep)
    return np.array([[mutual_info_score(rep.factors[:, k], bins[:, j]) for k in range(5)] for j in range(LATENTS)])


def plain_gap(rep: Representation) -> None:
    ordered = np.sort(plain_table(rep), axis=0)
    entropy = [mutual_info_score(column, column) for column in rep.factors.T]
    np.mean((ordered[-1] - ordered[-2]) / entropy)


def plain_between(rep: Representation) -> None:
    bins = binned(rep)
    np.mean([mutual_info_score(bins[:, i], bins[:, j]) for i, j in permutations(range(LATENTS), 2)])


def plain_neighbours(rep: Representation) -> None:
    for k in range(5):
        for j in range(LATENTS):
            mutual_info_classif(rep.code[:, [j]], rep.factors[:, k], n_neighbors=10)


def plain_reading(rep: Representation) -> None:
    code = (rep.code - rep.code.mean(axis=0)) / rep.code.std(axis=0)
    for k in range(5):
        for inputs in (code, np.zeros_like(code)):
            model = LogisticRegression(C=np.inf, class_weight="balanced").fit(inputs, rep.factors[:, k])
            log_loss(rep.factors[:, k], model.predict_proba(inputs))


def plain_areas(rep: Representation) -> None:
    code = (rep.code - rep.code.mean(axis=0)) / rep.code.std(axis=0)
    for labels in rep.factors.T:
        share = LogisticRegression().fit(code[:6666], labels[:6666]).predict_proba(code)
        for part in (slice(0, 6666), slice(6666, None)):
            classes = np.unique(labels)
            np.mean([roc_auc_score(labels[part] == c, share[part, i]) for i, c in enumerate(classes)])


def plain_support(rep: Representation) -> None:
    """One batch of eight, every point of the product against every pair of values."""
    code = rep.code[:128].astype(float)
    for i in range(LATENTS):
        for j in range(i):
            corners = np.stack(np.meshgrid(code[:, i], code[:, j]), axis=-1).reshape(-1, 1, 2)
            np.min(((corners - code[:, [i, j]]) ** 2).sum(axis=-1), axis=1).max()


PLAIN: dict[tuple[str, ...], tuple[Callable[[Representation], None], float]] = {
    ("mig",): (plain_gap, 1),
    ("modularity",): (lambda rep: (plain_table(rep), None)[1], 1),
    ("aam",): (lambda rep: (plain_table(rep), None)[1], 1),
    ("mutual_information_between_latents",): (plain_between, 1),
    ("infom", "infoc"): (plain_neighbours, 1),
    ("infoe",): (plain_reading, 1),
    ("infom", "infoc", "infoe"): (lambda rep: (plain_neighbours(rep), plain_reading(rep))[0], 1),
    ("explicitness",): (plain_areas, 1),
    ("factorised_support",): (plain_support, 8),
}


def seconds(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def compare_case() -> Table:
    """Ours and the plain formulation by turns."""
    rep = case()
    table = Table("score", "ours, CPU s", "plain, CPU s", "times faster", title="10,000 rows x 10 latents")
    for names, (plain, times) in PLAIN.items():
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(seconds(lambda names=names: score(rep, metrics=names)))
            theirs.append(times * seconds(lambda plain=plain: plain(rep)))
        mine, other = np.median(ours), np.median(theirs)
        table.add_row(" + ".join(names), f"{mine:.4f}", f"{other:.3f}", f"{other / mine:.1f}")
    return table


def compare_grid() -> Table:
    """The whole grid, timed; the direct sum, from 40 of its 10,000 points per mixture of all rows."""
    rep = blended(space().levels(np.arange(space().combinations)), space())
    table = Table("aggregate posterior, 737,280 x 10", "wall s", "CPU s", "value")
    for name in ("mig_posterior", "mmig_posterior", "aam_posterior"):
        wall, cpu = time.perf_counter(), time.process_time()
        scored = score(rep, metrics=name)[name]
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        table.add_row(name, f"{wall:.1f}", f"{cpu:.1f}", f"{scored.value:.4f}")
    mean, width = rep.code[:, 0].astype(float), np.exp(0.5 * rep.logvar[:, 0].astype(float))
    direct = seconds(lambda: direct_log_density(mean[:40], mean, width))
    # one marginal and five factors whose groups add up to all rows, ten latents
    table.add_row("direct sum (extrapolated)", "", f"{direct * 10_000 / 40 * 6 * LATENTS:.0f}", "")
    part = slice(0, 20_000)
    pair = [mixture_log_density(mean[part][:2000], mean[part], width[part], exact) for exact in (True, False)]
    table.add_row("entropy, binned - direct, nats", "", "", f"{abs(pair[0].mean() - pair[1].mean()):.1e}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    table.add_row("largest memory of the process, GB", "", "", f"{memory:.2f}")
    return table


def every_default() -> Table:
    """All default metrics, once."""
    rep = case()
    table = Table("score", "wall s", "CPU s", "value", title="every default, 10,000 rows x 10 latents")
    total = np.zeros(2)
    for name in DEFAULT:
        load_entry("metrics", name)
        before = np.array([time.perf_counter(), time.process_time()])
        scored = score(rep, metrics=name)[name]
        spent = np.array([time.perf_counter(), time.process_time()]) - before
        total += spent
        value = "missing" if scored.value is None else f"{scored.value:.4f}"
        table.add_row(name, *(f"{value:.2f}" for value in spent), value)
    table.add_row("all", *(f"{value:.2f}" for value in total), "")
    return table


def main() -> None:
    """Print the tables asked for, all without arguments."""
    warnings.simplefilter("ignore")
    makers = {"case": compare_case, "grid": compare_grid, "all": every_default}
    for name in sys.argv[1:] or makers:
        Console().print(makers[name]())


if __name__ == "__main__":
    main()
