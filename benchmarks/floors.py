"""Is zero zero? Floors of all scores on codes that know nothing: `python -m benchmarks.floors [PART …]`.

null: codes independent of the factors, in the cells below: the mean of the score above chance over seeds lies within
.02 + 2 standard errors of 0. p: on such codes, p <= a at most a of the time (19 permutations). perfect: one latent per
factor; where a metric declares a top of at least .9 and factors have at most 15 levels, above chance reaches .98;
elsewhere MIG and DCIMIG stand beside their closed form. cost: the default table with the floors of quick scores, and
without.

Every line is written as soon as it is measured, into docs/floors/*.csv; what stands there is not measured again, so an
interrupted run goes on. Without arguments: all four; always docs/floors/summary.md from what stands there.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import binom

from benchmarks._table import Table, lines_of
from unbraid.core import Factor, FactorSpace, rng
from unbraid.metrics import DEFAULT, Representation, Score, properties, score

HERE = Path(__file__).resolve().parents[1] / "docs" / "floors"
SPACES = {
    "dsprites": (3, 6, 40, 32, 32),
    "shapes3d": (10, 10, 10, 8, 4, 15),
    "mpi3d": (6, 6, 2, 3, 3, 40, 40),
    "grid": (3, 4, 5, 6),  # the only one that stands complete: for scores that need that
}
TOLERANCE = 0.02
LEVELS = (0.05, 0.1)  # of p
FIXED = 19
FEWER = (
    "A score has fewer where it needs more latents, or a complete grid (flatness, linearity); InfoM, InfoC and the "
    "β-VAE score where rows x latents are above 20,000, by their time (but for 10,000 x 10)."
)
BRISK = ("aam", "assignment", "best_disentanglement", "dcimig", "jemmig", "mcc", "mig", "spearman")  # under 10 ms
NEIGHBOURS = ("infom", "infoc")  # 50 permutations each, and most of the time


class Cell(NamedTuple):
    """Codes that know nothing: their kind, whose factors, rows and latents.

    Slow scores are measured where `slow`; how often p is small, where `p`: it is right by its construction whatever N.
    """

    kind: str
    space: str
    rows: int
    latents: int
    slow: bool = False
    p: bool = False


CELLS = (
    Cell("gaussian", "grid", 360, 6, slow=True),
    Cell("gaussian", "dsprites", 500, 4, slow=True, p=True),
    Cell("discrete", "mpi3d", 500, 4, p=True),
    Cell("single", "mpi3d", 500, 10),
    Cell("gaussian", "shapes3d", 500, 10, slow=True),
    Cell("mixed", "shapes3d", 500, 32, slow=True),
    Cell("uniform", "mpi3d", 500, 64),
    Cell("uniform", "dsprites", 1000, 10),
    Cell("discrete", "dsprites", 1000, 10, slow=True),
    Cell("single", "dsprites", 1000, 10),
    Cell("mixed", "dsprites", 2000, 10),
    Cell("gaussian", "shapes3d", 2000, 32),
    Cell("gaussian", "mpi3d", 5000, 16),
    Cell("gaussian", "dsprites", 10_000, 10),
    Cell("mixed", "mpi3d", 1000, 256),
    Cell("gaussian", "dsprites", 5000, 128),
)


def main() -> None:
    """Measure what is missing, then write the page."""
    warnings.simplefilter("ignore")
    HERE.mkdir(parents=True, exist_ok=True)
    parts: dict[str, Callable[[], None]] = {"cost": cost, "perfect": perfect, "null": null, "p": p_values}
    for name in sys.argv[1:] or parts:
        parts[name]()
    page()


# --- codes that know nothing


def null() -> None:
    """Brisk scores in every cell, the other quick ones, those by neighbours, and slow ones in the cells marked so."""
    table = Table(HERE / "null.csv", NULL)
    for wanted in (is_brisk, is_quick, is_by_neighbours, is_slow):
        for cell in CELLS:
            for name in filter(wanted, scored_in(cell)):
                key = key_of(cell, name)
                if not table.has(**key):
                    table.add(**key, **null_line(cell, name))


NULL = ["kind", "space", "rows", "latents", "score", "seeds", "missing", "value", "floor", "permutations"]
NULL += ["above", "error", "within", "seconds"]


def key_of(cell: Cell, name: str) -> dict[str, Any]:
    """What a line is found by."""
    return {"kind": cell.kind, "space": cell.space, "rows": cell.rows, "latents": cell.latents, "score": name}


def is_slow(name: str) -> bool:
    return properties(name).cost == "slow"


def is_brisk(name: str) -> bool:
    return name in BRISK


def is_by_neighbours(name: str) -> bool:
    return name in NEIGHBOURS


def is_quick(name: str) -> bool:
    return not is_brisk(name) and not is_by_neighbours(name) and not is_slow(name)


def scored_in(cell: Cell) -> Iterator[str]:
    """Default scores with a range that this cell can bear."""
    for name in DEFAULT:
        said = properties(name)
        ranged = said.permuted in ("factors", "codes") and np.isfinite(said.range[1])
        complete = "grid" not in said.needs or cell.space == "grid"
        enough = said.latents <= cell.latents
        bearable = cell.slow or not is_slow(name)
        if name in NEIGHBOURS or name == "beta_vae_score":
            bearable = cell.rows * cell.latents <= 20_000 or cell.rows == 10_000
        if ranged and complete and enough and bearable:
            yield name


def null_line(cell: Cell, name: str) -> dict[str, Any]:
    """Above chance over seeds, and how often p is small."""
    brisk = name in BRISK and cell.rows * cell.latents <= 10_000
    seeds = 100 if brisk else 20
    start = time.process_time()
    answers = [only(score(null_codes(cell, seed), metrics=name, seed=seed, floor=True)) for seed in range(seeds)]
    seconds = (time.process_time() - start) / seeds
    given = [answer for answer in answers if answer.above is not None]
    above = np.array([answer.above for answer in given], dtype=float)
    line: dict[str, Any] = {"seeds": seeds, "missing": seeds - len(given), "seconds": f"{seconds:.3f}"}
    if len(given) > 2:
        error = above.std(ddof=1) / np.sqrt(len(above))
        line |= {
            "value": f"{np.mean([answer.value for answer in given]):.4f}",
            "floor": f"{np.mean([answer.floor for answer in given]):.4f}",
            "permutations": f"{np.mean([answer.permutations for answer in given]):.1f}",
            "above": f"{above.mean():.4f}",
            "error": f"{error:.4f}",
            "within": bool(abs(above.mean()) <= TOLERANCE + 2 * error),
        }
    return line


def null_codes(cell: Cell, seed: int) -> Representation:
    """Codes of the cell's kind, independent of its factors."""
    draws = rng(seed, 0, f"{cell.kind} {cell.space} {cell.rows} {cell.latents}")
    factors = factor_rows(cell.space, cell.rows, draws)
    code = KINDS[cell.kind](draws, (cell.rows, cell.latents))
    logvar = np.full(code.shape, -2.0)
    return Representation.from_arrays(code, factors, logvar=logvar, space=space_of(cell.space))


def gaussian(draws: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return draws.standard_normal(shape)


def uniform(draws: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return draws.uniform(-1, 1, shape)


def discrete(draws: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Latents of 2, 3, … 8 values."""
    sizes = 2 + np.arange(shape[1]) % 7
    return np.floor(draws.random(shape) * sizes)


def mixed(draws: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Gaussian, uniform, heavy-tailed and discrete latents of different scales, side by side."""
    kinds = (gaussian, uniform, lambda draws, shape: draws.standard_t(3, shape), discrete)
    columns = [kinds[j % 4](draws, (shape[0], 1)) * 3.0 ** (j % 3 - 1) for j in range(shape[1])]
    return np.concatenate(columns, axis=1)


def single(draws: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """One latent that varies, among constants."""
    code = np.zeros(shape)
    code[:, 0] = draws.standard_normal(shape[0])
    return code


KINDS = {"gaussian": gaussian, "uniform": uniform, "discrete": discrete, "mixed": mixed, "single": single}


def space_of(name: str) -> FactorSpace:
    return FactorSpace(tuple(Factor(f"factor {k}", size) for k, size in enumerate(SPACES[name])))


def factor_rows(name: str, rows: int, draws: np.random.Generator) -> np.ndarray:
    """The complete grid where `rows` are as many, else combinations drawn at random."""
    space = space_of(name)
    if space.combinations == rows:
        return space.levels(np.arange(rows))
    return space.levels(draws.integers(space.combinations, size=rows))


# --- the permutation p


P = ["kind", "space", "rows", "latents", "score", "seeds", "p_05", "p_10", "fair"]


def p_values() -> None:
    """How often p is small, in the cells marked so: brisk scores first."""
    table = Table(HERE / "p.csv", P)
    for wanted in (is_brisk, is_quick, is_by_neighbours):
        for cell in CELLS:
            for name in filter(wanted, scored_in(cell)) if cell.p else ():
                key = key_of(cell, name)
                if not table.has(**key):
                    table.add(**key, **p_line(cell, name))


def p_line(cell: Cell, name: str) -> dict[str, Any]:
    """How often a permutation p is at most .05 and .1; fair unless that is rarer than 1 in 100 where p is right."""
    seeds = range(1000, 1100)
    ps = [only(score(null_codes(cell, seed), metrics=name, seed=seed, floor=FIXED)).p for seed in seeds]
    there = np.array([p for p in ps if p is not None])
    if not len(there):
        return {"seeds": 0}
    small = [int((there <= level + 1e-9).sum()) for level in LEVELS]
    fair = all(count <= binom.ppf(0.99, len(there), level) for count, level in zip(small, LEVELS, strict=True))
    shares = [f"{count / len(there):.3f}" for count in small]
    return {"seeds": len(there), "p_05": shares[0], "p_10": shares[1], "fair": fair}


# --- perfect codes


PERFECT = ["space", "score", "value", "floor", "above", "top", "wanted", "reached", "seconds"]


def perfect() -> None:
    """One latent per factor, 10,000 rows: coarse factors, then dSprites' and MPI3D's."""
    table = Table(HERE / "perfect.csv", PERFECT)
    for slow in (False, True):
        for space in ("shapes3d", "dsprites", "mpi3d"):
            factors = factor_rows(space, 10_000, rng(0, 0, space))
            code = (factors - factors.mean(axis=0)) / factors.std(axis=0)
            rep = Representation.from_arrays(code, factors, logvar=np.full(code.shape, -6.0), space=space_of(space))
            for name in DEFAULT:
                said = properties(name)
                fits = "factors" in said.needs and "grid" not in said.needs and (said.cost == "slow") == slow
                if fits and not table.has(space=space, score=name):
                    table.add(space=space, score=name, **perfect_line(rep, name, space))


def perfect_line(rep: Representation, name: str, space: str) -> dict[str, Any]:
    start = time.process_time()
    given = only(score(rep, metrics=name, floor=True))
    line = {
        "value": number(given.value),
        "floor": number(given.floor),
        "above": number(given.above),
        "top": properties(name).top,
        "seconds": f"{time.process_time() - start:.2f}",
    }
    if name in ("mig", "dcimig") and max(SPACES[space]) > 15:
        wanted = closed_form(SPACES[space], name)
        return line | {"wanted": f"{wanted:.4f}", "reached": bool(abs(wanted - (given.value or 0)) <= 0.02)}
    if (properties(name).top or 0) >= 0.9 and max(SPACES[space]) <= 15:
        reading = given.value if given.above is None else given.above
        return line | {"wanted": 0.98, "reached": bool(reading is not None and reading >= 0.98)}
    return line


def closed_form(sizes: tuple[int, ...], name: str, bins: int = 20) -> float:
    """MIG and DCIMIG of one latent per uniform factor: entropy of its bins over its own, by mean or by sum."""
    kept, whole = [], []
    for size in sizes:
        share = np.bincount(np.minimum(np.arange(size) * bins // max(size - 1, 1), bins - 1)) / size
        share = share[share > 0]
        kept.append(-(share * np.log(share)).sum())
        whole.append(np.log(size))
    kept, whole = np.array(kept), np.array(whole)
    return float((kept / whole).mean() if name == "mig" else kept.sum() / whole.sum())


# --- cost


COST = ["score", "plain", "floored", "times", "permutations"]


def cost() -> None:
    """Seconds of one processor for each default score, 10,000 rows x 10 latents, without and with floors."""
    from benchmarks.metrics import case

    table = Table(HERE / "cost.csv", COST)
    rep = case()
    score(rep.rows(np.arange(200)), floor=False)  # everything is imported now
    for name in DEFAULT:
        if table.has(score=name):
            continue
        plain, _ = timed(rep, name, False)
        floored, given = timed(rep, name, "quick")
        times = f"{floored / plain:.1f}" if plain > 0 else ""
        table.add(
            score=name, plain=f"{plain:.3f}", floored=f"{floored:.3f}", times=times, permutations=given.permutations
        )


def timed(rep: Representation, name: str, floor: Any) -> tuple[float, Score]:
    start = time.process_time()
    given = only(score(rep, metrics=name, floor=floor))
    return time.process_time() - start, given


# --- the page


def page() -> None:
    """Write docs/floors/summary.md: what holds, and every line that does not."""
    lines = [
        "# Floors, measured",
        "",
        "`python -m benchmarks.floors`; the tables are null.csv, p.csv, perfect.csv, cost.csv.",
        "",
    ]
    parts = {
        "Codes that know nothing": null_summary(),
        "Perfect codes, 10,000 rows": perfect_summary(),
        "Cost, 10,000 rows x 10 latents, one processor": cost_summary(),
    }
    for heading, said in parts.items():
        lines += [f"## {heading}", "", *said, ""]
    (HERE / "summary.md").write_text("\n".join(lines), encoding="utf-8")


def null_summary() -> list[str]:
    lines = lines_of(HERE / "null.csv")
    within = [line for line in lines if line["within"]]
    fair = [line for line in lines_of(HERE / "p.csv") if line["fair"]]
    failed = [line for line in within if line["within"] == "False"]
    unfair = [line for line in fair if line["fair"] == "False"]
    said = [
        f"{len(within) - len(failed)} of {len(within)} means of the score above chance lie within "
        f"{TOLERANCE} + 2 standard errors of 0; {len(fair) - len(unfair)} of {len(fair)} permutation p are at "
        "most .05 and at most .1 no oftener than that, up to a surprise of 1 in 100 over 100 codes.",
        "",
        "| score | cells | value on noise | floor | above, least | above, most | missing seeds |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in DEFAULT:
        mine = [line for line in lines if line["score"] == name and line["above"]]
        if mine:
            value, floor, above = (np.array([float(line[key]) for line in mine]) for key in ("value", "floor", "above"))
            missing = sum(int(line["missing"]) for line in mine)
            said.append(
                f"| `{name}` | {len(mine)} | {value.min():.2f} … {value.max():.2f} | "
                f"{floor.min():.2f} … {floor.max():.2f} | {above.min():+.3f} | {above.max():+.3f} | {missing} |"
            )
    cells = [f"{cell.kind} {cell.space} {cell.rows} x {cell.latents}" for cell in CELLS]
    outside = [f"- outside: {' '.join(line.values())}" for line in failed + unfair]
    return [
        *said,
        "",
        f"Cells: {', '.join(cells)}; slow scores in {sum(cell.slow for cell in CELLS)} of them. {FEWER}",
        *outside,
    ]


def perfect_summary() -> list[str]:
    said = ["| space | score | value | floor | above | wanted | reached |", "|---|---|---|---|---|---|---|"]
    keys = ("space", "score", "value", "floor", "above", "wanted", "reached")
    return said + ["| " + " | ".join(line[key] for key in keys) + " |" for line in lines_of(HERE / "perfect.csv")]


def cost_summary() -> list[str]:
    lines = lines_of(HERE / "cost.csv")
    plain, floored = (sum(float(line[key]) for line in lines) for key in ("plain", "floored"))
    quick = [line for line in lines if line["permutations"]]
    mine, with_floors = (sum(float(line[key]) for line in quick) for key in ("plain", "floored"))
    said = [
        f"The default table: {plain:.1f} s without floors, {floored:.1f} s with those of quick scores: "
        f"{floored / max(plain, 1e-9):.2f} times. Quick scores alone: {mine:.1f} s and {with_floors:.1f} s.",
        "",
        "| score | plain, s | with floor, s | permutations |",
        "|---|---|---|---|",
    ]
    return said + [f"| `{x['score']}` | {x['plain']} | {x['floored']} | {x['permutations']} |" for x in quick]


def only(scores: dict[str, Score]) -> Score:
    (given,) = scores.values()
    return given


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


if __name__ == "__main__":
    main()
