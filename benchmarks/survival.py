"""Which score survives? `python -m benchmarks.survival [bars] [movement] [prediction]`; pages in docs/survival.

bars: codes of known truth, N = 2,000 and 10,000, 4 to 64 latents, 2 to 7 factors, with levels and continuous, ten
seeds: what `exclusive_r2` must read, derived in its docstring, beside what the scores of `RIVALS` read.
movement: what all scores do under all stressors, from docs/stress/stress.csv (`unbraid stress`), by a fixed rule.
prediction: over quickly trained runs, whether a score orders them as they serve: a linear probe from 20 labelled rows,
and one on combinations of factors that it has not seen.

A line is written as soon as it is measured; what stands there is not measured again. Without arguments: all.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks import _survival_page as page
from benchmarks._survival_prediction import prediction
from benchmarks._table import Table
from unbraid.core import Factor, FactorSpace, rng
from unbraid.metrics import Representation, score

HERE = Path(__file__).resolve().parents[1] / "docs" / "survival"
OURS = "exclusive_r2"
RIVALS = ("mig", "infom", "dci_per_latent", "modularity", "mcc", "r2")
SEEDS = 10
ROWS = (2000, 10_000)
LEVELS = (3, 6, 40, 32, 32, 10, 8)  # of the first K factors
ANGLES = (0, 5, 10, 15, 20, 25, 30, 35, 40, 45)
LINE = ["bar", "factors", "rows", "count", "latents", "score", "seeds", "wanted", "mean", "deviation", "furthest"]
LINE += ["allowed", "holds"]


class Bar(NamedTuple):
    """What must hold: a code shall read `wanted` (None: as without `change`), within `allowed` (None: it is shown)."""

    name: str
    change: Callable[[np.ndarray, np.ndarray, np.random.Generator], np.ndarray]
    wanted: float | None
    allowed: float | None
    only: str = ""  # "continuous" where the closed form is of Gaussian factors; the mean over seeds is held to it


def main() -> None:
    """Measure what is missing, then write the page."""
    warnings.simplefilter("ignore")
    HERE.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[1:] or ["bars", "movement", "prediction"]
    if "bars" in wanted:
        angles()
        bars()
    if "prediction" in wanted:
        prediction(HERE)
    page.write(HERE)


# --- codes of known truth


def factors_of(
    kind: str, rows: int, count: int, draws: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, FactorSpace]:
    """Labels [N, K], the same with deviation 1, and their space."""
    if kind == "continuous":
        values = draws.standard_normal((rows, count))
        return values, values, FactorSpace(tuple(Factor(f"factor {k}", 0, "continuous") for k in range(count)))
    sizes = LEVELS[:count]
    levels = np.stack([draws.integers(size, size=rows) for size in sizes], axis=1)
    values = (levels - (np.array(sizes) - 1) / 2) / np.sqrt((np.array(sizes) ** 2 - 1) / 12)
    return levels, values, FactorSpace(tuple(Factor(f"factor {k}", size) for k, size in enumerate(sizes)))


def blank(code: np.ndarray, values: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    return draws.standard_normal(code.shape)


def perfect(code: np.ndarray, values: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    return values


def wider(code: np.ndarray, values: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    return np.concatenate([code, draws.standard_normal((len(code), 64))], axis=1)


def copied(code: np.ndarray, values: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    """The first latent three times more, upside down too."""
    return np.concatenate([code, code[:, :1], -code[:, :1], code[:, :1]], axis=1)


def bent(code: np.ndarray, values: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    return np.sinh(2 * code / code.std(axis=0))


def pairs_turned(code: np.ndarray, values: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    """Every pair of factors by 45 degrees; an odd one stays."""
    return turned(values, 45)


def half_shared(code: np.ndarray, values: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    """The first latent also carries the second factor, which keeps one of its own; of two factors."""
    shared = values[:, :2].copy()
    shared[:, 0] = (values[:, 0] + values[:, 1]) / np.sqrt(2)
    return shared


def noisier(code: np.ndarray, values: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    return values + draws.standard_normal(values.shape)


def turned(values: np.ndarray, degrees: float) -> np.ndarray:
    """Pairs of latents turned into each other."""
    code, c, s = values.copy(), np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    for first in range(0, values.shape[1] - 1, 2):
        code[:, first] = c * values[:, first] + s * values[:, first + 1]
        code[:, first + 1] = c * values[:, first + 1] - s * values[:, first]
    return code


def start(values: np.ndarray, latents: int, draws: np.random.Generator) -> np.ndarray:
    """A fair code, neither perfect nor broken: pairs turned by 20 degrees, half a deviation of noise, idle latents."""
    code = turned(values, 20) + 0.5 * draws.standard_normal(values.shape)
    idle = draws.standard_normal((len(values), max(0, latents - values.shape[1])))
    return np.concatenate([code, idle], axis=1)


BARS = (
    Bar("noise reads 0", blank, 0.0, 0.02),
    Bar("one latent per factor reads 1", perfect, 1.0, 0.02),
    Bar("64 latents of noise beside a fair code", wider, None, 0.02),
    Bar("copies of a latent of a fair code", copied, None, 0.02),
    Bar("rising curves on a fair code", bent, None, 1e-6),
    Bar("pairs turned by 45 degrees", pairs_turned, 0.0, 0.03, only="continuous"),
    Bar("pairs of unlike factors turned by 45 degrees", pairs_turned, None, None, only="levels"),
    Bar("half-shared latents", half_shared, 0.25, 0.03, only="continuous"),
    Bar("a deviation of noise on every latent", noisier, 0.5, 0.03, only="continuous"),
)
CELLS = ((2, 4), (4, 4), (4, 16), (7, 16), (7, 64))  # factors, latents


def bars() -> None:
    """Every bar in every cell, all scores of the same codes."""
    table = Table(HERE / "bars.csv", LINE)
    for bar, kind, rows, (count, latents) in cells():
        key = {"bar": bar.name, "factors": kind, "rows": rows, "count": count, "latents": latents}
        missing = [name for name in (OURS, *RIVALS) if not table.has(**key, score=name)]
        for line in measured(missing, bar, kind, rows, count, latents) if missing else ():
            table.add(**key, **line)


def cells() -> Iterator[tuple[Bar, str, int, tuple[int, int]]]:
    for rows, bar, kind, cell in product(ROWS, BARS, ("levels", "continuous"), CELLS):
        if bar.only in ("", kind) and not (bar.change is half_shared and cell[0] != 2):
            yield bar, kind, rows, cell


def measured(
    names: Sequence[str], bar: Bar, kind: str, rows: int, count: int, latents: int
) -> Iterator[dict[str, object]]:
    """What each score reads over seeds, and how far from what it should."""
    read: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for seed in range(SEEDS):
        draws = rng(seed, 0, f"survival {bar.name} {kind} {rows} {count} {latents}")
        labels, values, space = factors_of(kind, rows, count, draws)
        code = start(values, latents, draws)
        before = None if bar.wanted is not None else values_of(names, code, labels, space)
        after = values_of(names, bar.change(code, values, draws), labels, space)
        for name in names:
            wanted = wanted_of(bar, count) if before is None else before[name]
            read[name].append((after[name], wanted))
    for name, pairs in read.items():
        got, wanted = np.array(pairs).T
        if bar.allowed is None:
            yield {"score": name, "seeds": SEEDS, "mean": f"{got.mean():.4f}", "deviation": f"{got.std(ddof=1):.4f}"}
            continue
        off = np.abs(got - wanted)
        furthest = off.max() if bar.wanted is None else abs((got - wanted).mean())
        yield {
            "score": name,
            "seeds": SEEDS,
            "wanted": f"{wanted.mean():.4f}",
            "mean": f"{got.mean():.4f}",
            "deviation": f"{got.std(ddof=1):.4f}",
            "furthest": f"{off.max():.2g}",
            "allowed": bar.allowed,
            "holds": bool(furthest <= bar.allowed) if np.isfinite(furthest) else "",
        }


def wanted_of(bar: Bar, count: int) -> float:
    """The derived value; an odd factor is left unturned."""
    assert bar.wanted is not None
    return (count % 2) / count if bar.change is pairs_turned else bar.wanted


def values_of(names: Sequence[str], code: np.ndarray, labels: np.ndarray, space: FactorSpace) -> dict[str, float]:
    rep = Representation.from_arrays(code, labels, space=space)
    given = score(rep, metrics=names, floor=False, progress=False)
    return {name: float("nan") if one.value is None else one.value for name, one in given.items()}


def angles() -> None:
    """Pairs turned step by step: the mean must fall at every step."""
    table = Table(HERE / "angles.csv", ["factors", "degrees", "score", "seeds", "mean", "deviation", "derived"])
    for kind, degrees in product(("levels", "continuous"), ANGLES):
        missing = [name for name in (OURS, *RIVALS) if not table.has(factors=kind, degrees=degrees, score=name)]
        read = []
        for seed in range(SEEDS) if missing else ():
            labels, values, space = factors_of(kind, 2000, 4, rng(seed, 0, f"angles {kind}"))
            read.append(values_of(missing, turned(values, degrees), labels, space))
        c, s = np.cos(np.radians(degrees)) ** 2, np.sin(np.radians(degrees)) ** 2
        for name in missing:
            got = np.array([one[name] for one in read])
            derived = f"{c - s:.4f}" if name == OURS and kind == "continuous" else ""
            key = {"factors": kind, "degrees": degrees, "score": name}
            if not table.has(**key):
                table.add(
                    **key, seeds=SEEDS, mean=f"{got.mean():.4f}", deviation=f"{got.std(ddof=1):.4f}", derived=derived
                )


if __name__ == "__main__":
    main()
