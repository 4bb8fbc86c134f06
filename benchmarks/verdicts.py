"""How often is a verdict wrong? Claims of known truth, judged by the engine's tests: `python -m benchmarks.verdicts`.

margin: for each kind of claim, shape of scores, seeds and groups, samples whose true effect is exactly the smallest
that counts. There "reproduced" and "not reproduced" are both false, and each may be said of at most 2.5 % of samples.
Beside it power: how often the right one of them is said two standard deviations of a run (one, of a single arm) beyond.
holm: papers of several claims, all at their margin: how often any is decided. seeds: at the margin, how often 40 seeds
of the drawn relabellings do not all give one verdict. peaks: Student's t of a single arm, with and without leaving
samples with two peaks undecided.

Scores of a run have mean 0 and standard deviation 1: `normal`; `two peaks`, six standard deviations of a peak apart;
`heavy`, Student's t with 3 degrees of freedom; `uneven`, a fifth of the runs in the upper of two peaks.

Every line is written as soon as it is measured, into docs/verdicts/*.csv; what stands there is not measured again, so
an interrupted run goes on. Without arguments: all four; always docs/verdicts/summary.md from what stands there.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from benchmarks._table import Table, lines_of
from unbraid.core import rng
from unbraid.metrics._holm import holm
from unbraid.studies._peaks import limit, share_between
from unbraid.studies.claims._combined_tests import Both, Exchanged, Least, Mirrored, OnFisherScale
from unbraid.studies.claims._comparisons import TWO_PEAKS
from unbraid.studies.claims._correlations import fisher
from unbraid.studies.claims._permutations import flip_thresholds, flips, relabellings, shift_thresholds
from unbraid.studies.claims._rules import sides_of
from unbraid.studies.claims._seeds import FEWEST
from unbraid.studies.claims._tests import LEVEL, Relabelled, Student, Test
from unbraid.studies.claims.by_factor import permuted
from unbraid.studies.claims.by_layer import on_layers

HERE = Path(__file__).resolve().parents[1] / "docs" / "verdicts"
SHAPES = ("normal", "two peaks", "heavy")
SMALLEST = 1.0  # effect that counts, in standard deviations of a run
MOST = 1999  # relabellings of a sample here: with 2000, p = .025 can be reached; the engine takes all, or 400,000
LEVELS = 4  # of a trend's setting
SLOPES = {4: 0.55, 5: 0.4, 8: 0.2}  # layers -> standard deviations a layer: correlations within runs of about .5


class Cell(NamedTuple):
    """What is claimed about what: groups are arms, rivals, combinations; metrics where scores agree; factors."""

    kind: str
    shape: str
    seeds: int
    groups: int


def cells() -> Iterator[Cell]:
    """All cells, the cheap ones first."""
    for shape in SHAPES:
        for seeds in (3, 4, 6, 8, 10, 15, 20):
            yield from (Cell(kind, shape, seeds, 2) for kind in ("larger", "no_better"))
            yield Cell("above", shape, seeds, 1)
            yield Cell("trend", shape, seeds, LEVELS)
            yield from (Cell("by_layer", shape, seeds, layers) for layers in SLOPES)
            yield from (Cell(kind, shape, 3 * seeds, 2) for kind in ("agree", "disagree"))
    yield from (Cell("disagree", shape, seeds, 5) for shape in SHAPES for seeds in (9, 18, 30, 60))
    yield from (Cell("by_factor", shape, 1, factors) for shape in SHAPES for factors in (5, 6, 8))
    for groups, seeds in itertools.product((5, 10, 40), (3, 6, 10, 20)):
        for shape in SHAPES:
            yield from (Cell(kind, shape, seeds, groups) for kind in ("nowhere_above", "best", "order"))


# --- scores


def scores(shape: str, size: Sequence[int], draws: np.random.Generator) -> np.ndarray:
    """Scores of runs with mean 0 and standard deviation 1."""
    if shape == "normal":
        return draws.standard_normal(size)
    if shape == "heavy":
        return draws.standard_t(3, size) / np.sqrt(3)
    share = {"two peaks": 0.5, "uneven": 0.2}[shape]
    apart = 6.0
    upper = (draws.random(size) < share) * apart + draws.standard_normal(size)
    return (upper - apart * share) / np.sqrt(1 + apart**2 * share * (1 - share))


def two_arms(values: np.ndarray, seeds: int) -> Relabelled:
    """The test of a difference, of samples [R, 2 seeds]."""
    masks, total = few_relabellings(seeds)
    return Relabelled(shift_thresholds(values, masks, ((seeds, seeds),)), total)


@lru_cache(maxsize=16)
def few_relabellings(seeds: int) -> tuple[np.ndarray, int]:
    """All relabellings, or as many as are kept here, and their number with the one observed."""
    if seeds > 10:
        draws = np.random.default_rng(seeds)
        masks = np.argsort(np.argsort(draws.random((MOST, 2 * seeds)), axis=1), axis=1) < seeds
        return masks.astype(np.int8), MOST + 1
    masks = relabellings(((seeds, seeds),))
    if len(masks) > MOST:
        masks = masks[np.random.default_rng(seeds).choice(len(masks), MOST, replace=False)]
    return masks, len(masks) + 1


def one_arm(values: np.ndarray, *, leave_open: bool = True) -> Test:
    """Student's test of samples [R, seeds], those with two peaks left open below the number of seeds that is named."""
    count = values.shape[1]
    student = Student(values.mean(axis=1), values.std(axis=1, ddof=1) / np.sqrt(count), count - 1)
    if not leave_open or count >= TWO_PEAKS or count < 4:
        return student
    return Kept(student, share_between(values) <= limit(count))


class Kept(NamedTuple):
    """A test of the samples that are kept; of the others p = 1."""

    test: Test
    kept: np.ndarray

    def above(self, margin: float) -> Any:
        return np.where(self.kept, self.test.above(margin), 1.0)

    def below(self, margin: float) -> Any:
        return np.where(self.kept, self.test.below(margin), 1.0)


def spearman(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Rank correlations along the last axis."""
    first, second = (stats.rankdata(values, axis=-1) for values in np.broadcast_arrays(one, other))
    first, second = (ranks - ranks.mean(-1, keepdims=True) for ranks in (first, second))
    return (first * second).sum(-1) / np.sqrt((first**2).sum(-1) * (second**2).sum(-1))


# --- kinds: (test of samples whose effect is `shift` past the margin, or past nothing; smallest effect)


def tests_of(cell: Cell, samples: int, shift: float, draws: np.random.Generator) -> tuple[Any, float]:
    """The engine's test of samples whose true effect is the margin plus `shift`, and the smallest effect."""
    kind, shape, seeds, groups = cell
    if kind in ("larger", "no_better"):
        values = scores(shape, (samples, 2 * seeds), draws)
        sign = 1 if kind == "larger" else -1
        values[:, :seeds] += SMALLEST + sign * shift
        test = two_arms(values, seeds)
        return (test, SMALLEST) if kind == "larger" else (Mirrored(test, SMALLEST), 0.0)
    if kind == "above":
        return one_arm(scores(shape, (samples, seeds), draws) + shift), 0.0
    if kind == "nowhere_above":
        return Least([one_arm(scores(shape, (samples, seeds), draws) + shift) for _ in range(groups)]), 0.0
    if kind in ("best", "order"):
        arms = [scores(shape, (samples, seeds), draws) for _ in range(groups)]
        first = arms[0] + SMALLEST + shift
        pairs = [(first, arm) for arm in arms[1:]]
        if kind == "order":
            pairs = [(one + SMALLEST + shift, other) for one, other in itertools.pairwise(arms)]
        return Least([two_arms(np.concatenate(pair, axis=1), seeds) for pair in pairs]), SMALLEST
    return CORRELATED[kind](cell, samples, shift, draws)


def trend(cell: Cell, samples: int, shift: float, draws: np.random.Generator) -> tuple[Any, float]:
    levels = np.repeat(np.arange(LEVELS), cell.seeds)
    slope = 0.5 + 0.75 * shift
    r = spearman(levels, slope * levels + scores(cell.shape, (samples, len(levels)), draws))[:, None]
    return fisher(r, np.full(1, len(levels)))[1], population("trend", cell.shape)


def by_layer(cell: Cell, samples: int, shift: float, draws: np.random.Generator) -> tuple[Any, float]:
    count = cell.groups
    layers = np.arange(count)
    r = spearman(
        layers, (SLOPES[count] + 0.75 * shift) * layers + scores(cell.shape, (samples, cell.seeds, count), draws)
    )
    subsets = flips(cell.seeds)
    if len(subsets) > MOST:
        subsets = subsets[np.random.default_rng(0).choice(len(subsets), MOST, replace=False)]
    z = on_layers(r, count)
    student = one_arm(z + 1e-9 * draws.standard_normal(z.shape), leave_open=False)
    flipped = Relabelled(flip_thresholds(z, subsets), len(subsets) + 1)
    return OnFisherScale(Both((flipped, student))), population("by_layer", cell.shape, count)


def agreement(cell: Cell, samples: int, shift: float, draws: np.random.Generator) -> tuple[Any, float]:
    metrics = cell.groups
    weight = np.clip(0.5 + 0.2 * shift * (1 if cell.kind == "agree" else -1), 0.0, 0.95)
    values = correlated(cell.shape, (samples, metrics, cell.seeds), weight, draws)
    pairs = itertools.combinations(range(metrics), 2)
    threshold, count = population("agree", cell.shape), np.full(1, cell.seeds)
    test = Least([fisher(spearman(values[:, i], values[:, j])[:, None], count, less=threshold)[1] for i, j in pairs])
    return (test, 0.0) if cell.kind == "agree" else (Mirrored(test), 0.0)


def by_factor(cell: Cell, samples: int, shift: float, draws: np.random.Generator) -> tuple[Any, float]:
    """Importances of factors against how early they are known; the margin is no correlation at all."""
    importance = np.arange(cell.groups, dtype=float)
    values = shift * importance + scores(cell.shape, (samples, cell.groups), draws)
    single = [permuted(importance, row) for row in values]
    rises, falls = (np.array([getattr(test, side) for test in single]) for side in ("rise", "fall"))
    return Exchanged(rises, falls), 0.0


CORRELATED = {"trend": trend, "by_layer": by_layer, "agree": agreement, "disagree": agreement, "by_factor": by_factor}


def correlated(shape: str, size: Sequence[int], weight: float, draws: np.random.Generator) -> np.ndarray:
    """Metrics of runs that share a part of their variance."""
    common = scores(shape, (size[0], 1, size[2]), draws)
    return np.sqrt(weight) * common + np.sqrt(1 - weight) * scores(shape, size, draws)


@lru_cache(maxsize=32)
def population(kind: str, shape: str, layers: int = 0) -> float:
    """The correlation of 200,000 runs at the margin; of so many layers, that within runs on average."""
    draws = rng(0, 0, f"population {kind} {shape}")
    count = 200_000
    if kind == "by_layer":
        values = SLOPES[layers] * np.arange(layers) + scores(shape, (count, layers), draws)
        return float(np.tanh(on_layers(spearman(np.arange(layers), values), layers).mean()))
    if kind == "trend":
        levels = np.repeat(np.arange(LEVELS), count // LEVELS)
        return float(spearman(levels, 0.5 * levels + scores(shape, (count,), draws)))
    values = correlated(shape, (1, 2, count), 0.5, draws)[0]
    return float(spearman(values[0], values[1]))


# --- measured


MARGIN = ["kind", "shape", "seeds", "groups", "samples", "false_reproduced", "false_not_reproduced", "within"]
MARGIN += ["power_reproduced", "power_not_reproduced"]


def margin(samples: int = 10_000, chosen: Sequence[Cell] | None = None) -> None:
    """False verdicts at the margin, and power beyond it."""
    table = Table(HERE / "margin.csv", MARGIN)
    for cell in chosen or list(cells()):
        if not table.has(**cell._asdict()):
            table.add(**cell._asdict(), **margin_line(cell, samples))


def margin_line(cell: Cell, samples: int) -> dict[str, Any]:
    """How often each verdict is said at the margin, and beyond it."""
    count = max(1000, samples // max(1, cell.groups // 4)) if cell.groups > 8 else samples
    count = min(count, 2000) if cell.kind == "by_factor" else count
    beyond = 1.0 if cell.kind in ("above", "nowhere_above") else 2.0
    at, up, down = (shares(cell, count, shift) for shift in (0.0, beyond, -beyond - SMALLEST))
    most = LEVEL + 3 * np.sqrt(LEVEL * (1 - LEVEL) / count)
    return {
        "samples": count,
        "false_reproduced": f"{at[0]:.4f}",
        "false_not_reproduced": f"{at[1]:.4f}",
        "within": bool(max(at) <= most),
        "power_reproduced": f"{up[0]:.3f}",
        "power_not_reproduced": f"{down[1]:.3f}",
    }


def shares(cell: Cell, samples: int, shift: float) -> tuple[float, float]:
    """Shares of samples that are reproduced, and not reproduced."""
    said = [said_of(cell, part, shift, start) for start, part in parts_of(samples)]
    whole = np.concatenate(said, axis=1)
    return float(whole[0].mean()), float(whole[1].mean())


def said_of(cell: Cell, samples: int, shift: float, start: int = 0) -> np.ndarray:
    """Which samples are reproduced, and which are not [2, R], by the engine's rule."""
    draws = rng(start, 0, f"{cell.kind} {cell.shape} {cell.seeds} {cell.groups} {shift}")
    test, smallest = tests_of(cell, samples, shift, draws)
    rise, against, _ = sides_of(test, smallest)
    enough = cell.kind == "by_factor" or cell.seeds >= FEWEST
    reproduced = (rise <= LEVEL) & enough
    return np.stack([reproduced, (against <= LEVEL) & ~reproduced & enough])


def parts_of(samples: int, most: int = 1000) -> Iterator[tuple[int, int]]:
    """Parts of so many samples, each with the number of its first."""
    for start in range(0, samples, most):
        yield start, min(most, samples - start)


HOLM = ["claims", "shape", "seeds", "papers", "any_decided", "within"]


def family(papers: int = 2000) -> None:
    """Papers of claims at their margin: how often any of them is decided."""
    table = Table(HERE / "holm.csv", HOLM)
    for claims, shape, seeds in itertools.product((3, 8, 14), SHAPES, (6, 10)):
        key = {"claims": claims, "shape": shape, "seeds": seeds}
        if not table.has(**key):
            share = decided_papers(claims, shape, seeds, papers)
            most = 0.05 + 3 * np.sqrt(0.05 * 0.95 / papers)
            table.add(**key, papers=papers, any_decided=f"{share:.4f}", within=bool(share <= most))


def decided_papers(claims: int, shape: str, seeds: int, papers: int) -> float:
    """Share of papers in which Holm's correction keeps a verdict, half of the claims of two arms and half of one."""
    sides = []
    for number in range(claims):
        cell = Cell("larger" if number % 2 == 0 or shape != "normal" else "above", shape, seeds, 2)
        draws = rng(number, 0, f"paper {claims} {shape} {seeds}")
        test, smallest = tests_of(cell, papers, 0.0, draws)
        rise, against, _ = sides_of(test, smallest)
        sides.append(np.minimum(rise, against))
    p = np.stack(sides, axis=1)
    return float(np.mean([min(holm(list(row))) <= LEVEL for row in p]))


SEEDS = ["arms", "relabellings", "samples", "disagree"]


def resampling(samples: int = 100, seeds: int = 40) -> None:
    """At the margin: how often the seeds of the draws do not all give one verdict."""
    table = Table(HERE / "seeds.csv", SEEDS)
    for arm in (10, 12, 20):
        key = {"arms": f"{arm} against {arm}"}
        if not table.has(**key):
            values = scores("normal", (samples, 2 * arm), rng(0, 0, f"seeds {arm}"))
            values[:, :arm] += SMALLEST
            sizes = ((arm, arm),)
            said, total = [], 0
            for seed in range(seeds):
                masks = relabellings(sizes, seed)
                total = len(masks) + 1
                said.append(_words(values, masks, sizes))
                relabellings.cache_clear()
            table.add(**key, relabellings=total, samples=samples, disagree=f"{(np.ptp(said, axis=0) > 0).mean():.4f}")


def _words(values: np.ndarray, masks: np.ndarray, sizes: Any) -> np.ndarray:
    """1 where reproduced, -1 where not, 0 otherwise, a sample at a time."""
    words = []
    for sample in values:
        rise, against, _ = sides_of(Relabelled(shift_thresholds(sample[None], masks, sizes), len(masks) + 1), SMALLEST)
        words.append(int(rise[0] <= LEVEL) - int(against[0] <= LEVEL))
    return np.array(words)


PEAKS = ["shape", "seeds", "samples", "above_by_t", "below_by_t", "above", "below", "left_open"]


def peaks(samples: int = 20_000) -> None:
    """Student's t of one arm at its margin, with and without leaving samples with two peaks open at any number."""
    table = Table(HERE / "peaks.csv", PEAKS)
    for shape, seeds in itertools.product((*SHAPES, "uneven"), (6, 8, 10, 12, 15, 20, 30, 40)):
        if table.has(shape=shape, seeds=seeds):
            continue
        values = scores(shape, (samples, seeds), rng(0, 0, f"peaks {shape} {seeds}"))
        test = one_arm(values, leave_open=False)
        ends = [test.above(0.0) <= LEVEL, test.below(0.0) <= LEVEL]
        single = share_between(values) <= limit(seeds)
        shown = [*(end.mean() for end in ends), *((end & single).mean() for end in ends), 1 - single.mean()]
        names = ("above_by_t", "below_by_t", "above", "below", "left_open")
        line = {name: f"{share:.4f}" for name, share in zip(names, shown, strict=True)}
        table.add(shape=shape, seeds=seeds, samples=samples, **line)


# --- tables


def page() -> None:
    """Write docs/verdicts/summary.md."""
    lines = [
        "# Verdicts, measured",
        "",
        "`python -m benchmarks.verdicts`; the tables are margin.csv, holm.csv, seeds.csv, peaks.csv. Samples whose "
        "true effect is exactly the smallest that counts are judged by the engine's own tests, alone, without a "
        "control: there *reproduced* and *not reproduced* are both false.",
        "",
        *margin_summary(),
        *plain_summary("holm", "Papers", HOLM_SAID),
        *plain_summary("seeds", "Draws", SEEDS_SAID),
        *plain_summary("peaks", "One arm", PEAKS_SAID),
    ]
    (HERE / "summary.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


HOLM_SAID = "Share of papers, all claims at their margin, in which any is decided: at most 5 %."
SEEDS_SAID = "Share of samples at the margin whose verdict is not the same for 40 seeds of the draws."
PEAKS_SAID = (
    "Student's t of a single arm at its threshold, by itself, and where samples that show two peaks are left open. "
    f"With two even peaks t is right from about {TWO_PEAKS} seeds, below which such samples end *undecided*. With "
    "uneven peaks it is not at 40: where no run has shown the rarer peak, no test of these runs can know of it."
)


def margin_summary() -> list[str]:
    """Worst and mean rates of each kind and shape."""
    lines = lines_of(HERE / "margin.csv")
    within = sum(line["within"] == "True" for line in lines)
    said = [
        "## At the margin",
        "",
        f"In {within} of {len(lines)} cells both shares are at most 2.5 % + 3 standard errors. Power is that of the "
        "right verdict at 6, 10 and 20 seeds an arm (or all numbers measured).",
        "",
        "| kind | shape | cells | most false reproduced | most false not reproduced | power, reproduced | power, not |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind, shape in itertools.product(dict.fromkeys(line["kind"] for line in lines), SHAPES):
        mine = [line for line in lines if (line["kind"], line["shape"]) == (kind, shape)]
        if mine:
            worst = [max(float(line[name]) for line in mine) for name in ("false_reproduced", "false_not_reproduced")]
            power = [powers(mine, name) for name in ("power_reproduced", "power_not_reproduced")]
            said.append(
                f"| `{kind}` | {shape} | {len(mine)} | {worst[0]:.3f} | {worst[1]:.3f} | {power[0]} | {power[1]} |"
            )
    outside = [f"- outside: {' '.join(line.values())}" for line in lines if line["within"] == "False"]
    return [*said, "", *outside, *([""] if outside else [])]


def powers(lines: Sequence[dict[str, str]], name: str) -> str:
    """The power at 6, 10 and 20 seeds, of the fewest groups."""
    groups = min(int(line["groups"]) for line in lines)
    at = {int(line["seeds"]): line[name] for line in lines if int(line["groups"]) == groups}
    return ", ".join(at[seeds] for seeds in (6, 10, 20) if seeds in at) or ", ".join(at.values())


def plain_summary(name: str, heading: str, said: str) -> list[str]:
    """A table as it is."""
    lines = lines_of(HERE / f"{name}.csv")
    if not lines:
        return []
    head = [f"| {' | '.join(lines[0]).replace('_', ' ')} |", f"|{'---|' * len(lines[0])}"]
    return [f"## {heading}", "", said, "", *head, *(f"| {' | '.join(line.values())} |" for line in lines), ""]


def main() -> None:
    """Measure what is missing, then write the page."""
    HERE.mkdir(parents=True, exist_ok=True)
    parts: dict[str, Callable[[], None]] = {"peaks": peaks, "holm": family, "margin": margin, "seeds": resampling}
    for name in sys.argv[1:] or parts:
        parts[name]()
    page()


if __name__ == "__main__":
    main()
