"""Do intervals cover, and do comparisons cry wolf? `python -m benchmarks.coverage [brisk] [middle] [slow] [--jobs N]`.

Known codes are drawn afresh, rows and noise, again and again. coverage.csv: how often the 95 % interval of a score
holds its truth, which is the expected score at the same number of rows (truth.csv), and how wide it is. alarms.csv:
how often two codes of one law differ, of the same rows (paired) and of others (apart), at p <= .05 score by score,
and by Holm anywhere in the table of the scores that were measured together; and the difference that so many rows
show.

A block of replicates is written as soon as it is measured, into docs/coverage/; what stands there is not measured
again, so an interrupted run goes on. Without arguments all groups of scores, in the order of `PLAN`: a few replicates
of everything first; `--jobs` processes at once change no number. Always docs/coverage/summary.md, from what stands
there; with `page` nothing else.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed

from benchmarks._coverage_page import write_page
from benchmarks._known_codes import CODES, codes_of
from benchmarks._table import Table
from unbraid.metrics import Difference, FloorChoice, Interval, score, specs_of
from unbraid.metrics._compared import adjusted, difference
from unbraid.metrics._intervals import interval_of
from unbraid.metrics._resampling import DRAWS, Measured, measured, student_quantile

HERE = Path(__file__).resolve().parents[1] / "docs" / "coverage"
LEVEL = 0.95
QUANTILE = student_quantile(LEVEL, DRAWS)
FEW = ("noisy", "uneven")  # codes of 10,000 rows
GROUPS = {  # by the time of one score of 500 rows: under 0.02 s, under 0.1 s, more
    "brisk": (
        *("aam", "active_latents", "assignment", "best_disentanglement", "dci_per_latent", "dcimig"),
        *("dimension_wise_kl", "gaussian_total_correlation", "irs", "jemmig", "kl_variance", "mcc", "mig", "mmig"),
        *("modularity", "mutual_information_between_latents", "spearman", "wasserstein_correlation"),
    ),
    "middle": (
        "exclusive_r2",
        "explicitness",
        "factor_vae_score",
        "infoc",
        "infoe",
        "infom",
        "r2",
        "total_correlation",
    ),
    "slow": (
        *("aam_posterior", "beta_vae_score", "dci_fast", "dci_joint", "downstream_accuracy", "factorised_support"),
        *("mig_posterior", "mmig_posterior", "sap"),
    ),
}
BLOCK = {"brisk": 20, "middle": 10, "slow": 4}  # replicates, two of each draw of rows
TRUTH = {"brisk": 200, "middle": 100, "slow": 50}  # replicates for the expected score
BLOCK_OF = ("code", "rows", "how", "score", "first")  # a line for each; a block whose group has grown is measured anew
COVERAGE = ["code", "rows", "score", "first", "replicates", "missing", "covered", "noted", "value", "truth", "spread"]
COVERAGE += ["half_width"]
FALSE = ["code", "rows", "how", "score", "first", "comparisons", "alarms", "above", "holm", "shows"]


class Step(NamedTuple):
    """Part of the plan: a group of scores, a number of rows, and how many replicates there shall be."""

    group: str
    rows: int
    replicates: int


PLAN = (
    Step("brisk", 500, 40),
    Step("brisk", 2000, 20),
    Step("middle", 500, 10),
    Step("brisk", 500, 100),
    Step("slow", 500, 4),
    Step("brisk", 2000, 100),
    Step("middle", 500, 50),
    Step("brisk", 10_000, 40),
    Step("middle", 2000, 20),
    Step("slow", 500, 20),
    Step("brisk", 500, 500),
    Step("brisk", 2000, 500),
    Step("middle", 500, 500),
    Step("middle", 2000, 500),
    Step("slow", 500, 100),
    Step("slow", 2000, 100),
    Step("brisk", 10_000, 500),
    Step("middle", 10_000, 100),
    Step("slow", 10_000, 100),
)


class Block(NamedTuple):
    """Replicates that are measured together: of one code and number of rows, all scores of a group."""

    code: str
    rows: int
    group: str
    names: tuple[str, ...]
    first: int
    last: int


Lines = list[dict[str, Any]]


def main(given: list[str] | None = None) -> None:
    """Measure what is missing, then write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help="brisk, middle, slow, or page; all without")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="after which no more blocks are begun")
    parser.add_argument("--out", type=Path, default=HERE)
    asked = parser.parse_args(given)
    asked.out.mkdir(parents=True, exist_ok=True)
    truth = Table(asked.out / "truth.csv", ["code", "rows", "score", "draws", "mean", "deviation"])
    tables = Table(asked.out / "coverage.csv", COVERAGE), Table(asked.out / "alarms.csv", FALSE)
    ends = time.monotonic() + 60 * asked.minutes
    with Parallel(n_jobs=asked.jobs, return_as="generator_unordered", pre_dispatch="n_jobs") as parallel:
        for step in PLAN:
            if step.group in (asked.groups or GROUPS) and time.monotonic() < ends:
                measure(step, parallel, truth, tables, ends)
                write_page(asked.out)
    write_page(asked.out)


def measure(step: Step, parallel: Parallel, truth: Table, tables: tuple[Table, Table], ends: float) -> None:
    """Measure the blocks of a step that are missing, and the expected scores before them."""
    codes = CODES if step.rows < 10_000 else FEW
    lacking = {code: [name for name in GROUPS[step.group] if not has_truth(truth, code, step, name)] for code in codes}
    draws = range(100_000, 100_000 + TRUTH[step.group] // 2)
    drawn: dict[str, list[dict[str, float | None]]] = {code: [] for code, names in lacking.items() if names}
    tasks = (delayed(drawn_values)(code, step.rows, lacking[code], draw) for code in drawn for draw in draws)
    for code, values in parallel(tasks):
        drawn[code] += values
    for code, values in drawn.items():
        for name in lacking[code]:
            truth.add(code=code, rows=step.rows, score=name, **expected([one[name] for one in values]))
    for coverage, false in parallel(delayed(lines_of_block)(*one) for one in missing(step, truth, tables, ends)):
        for table, lines in zip(tables, (coverage, false), strict=True):
            for line in lines:
                table.drop(**{name: line[name] for name in BLOCK_OF if name in line})
                table.add(**line)


def has_truth(table: Table, code: str, step: Step, name: str) -> bool:
    return table.has(code=code, rows=step.rows, score=name)


def missing(
    step: Step, truth: Table, tables: tuple[Table, Table], ends: float
) -> Iterator[tuple[Block, dict[str, tuple[float, float]]]]:
    """The blocks of a step that do not stand in the tables, with the expected scores, until the time is over."""
    for first in range(0, step.replicates, BLOCK[step.group]):
        for code in CODES if step.rows < 10_000 else FEW:
            key = {"code": code, "rows": step.rows, "first": first}
            if tables[1].has(**key, how="apart", score=f"all {step.group}"):  # the last line of a block
                continue
            if time.monotonic() < ends:
                mine = [line for line in truth.lines if (line["code"], line["rows"]) == (code, str(step.rows))]
                known = {line["score"]: (float(line["mean"]), float(line["deviation"])) for line in mine}
                names, last = GROUPS[step.group], first + BLOCK[step.group]
                yield Block(code, step.rows, step.group, names, first, last), known


def lines_of_block(block: Block, truth: dict[str, tuple[float, float]]) -> tuple[Lines, Lines]:
    """A line of coverage for each score of the group, and one of alarms for each way to compare."""
    warnings.simplefilter("ignore")
    names, specs = block.names, specs_of(block.names)
    key = {"code": block.code, "rows": block.rows, "first": block.first}
    floor: FloorChoice = "quick" if block.first == 0 else False  # above chance in the first block alone: it costs most
    pairs = []
    for draw in range(block.first // 2, block.last // 2):
        reps = codes_of(block.code, block.rows, draw)
        pairs.append([measured(rep, specs, DRAWS, draw, None, floor=floor) for rep in reps])
    coverage = []
    for name in names:
        both = [interval_of(*one[name], specs[name], LEVEL, QUANTILE) for pair in pairs for one in pair]
        coverage.append({**key, "score": name, **covered(both, *truth[name])})
    false = []
    apart = [(one, pairs[number - 1][1]) for number, (one, _) in enumerate(pairs)]
    for how, compared in (("paired", pairs), ("apart", apart)):
        answers = [table_of(one, two, how == "paired") for one, two in compared]
        false += [
            {**key, "how": how, "score": name, **alarms(answers, name)} for name in (*names, f"all {block.group}")
        ]
    return coverage, false


def drawn_values(code: str, rows: int, names: list[str], draw: int) -> tuple[str, list[dict[str, float | None]]]:
    """The scores of both codes of a draw."""
    warnings.simplefilter("ignore")
    reps = codes_of(code, rows, draw)
    given = [score(rep, metrics=names, seed=draw, floor=False, progress=None) for rep in reps]
    return code, [{name: one[name].value for name in names} for one in given]


def expected(values: list[float | None]) -> dict[str, Any]:
    """Mean and deviation of a score over draws of their own."""
    got = sorted(value for value in values if value is not None)  # in one order, whichever came first
    mean, deviation = (np.mean(got), np.std(got, ddof=1)) if len(got) > 1 else (np.nan, np.nan)
    return {"draws": len(got), "mean": f"{mean:.6g}", "deviation": f"{deviation:.4g}"}


def covered(estimates: list[Interval], truth: float, spread: float) -> dict[str, Any]:
    """How many of the intervals hold the truth, how wide they are, and how many carry a note on bias."""
    there = [estimate for estimate in estimates if estimate.low is not None and estimate.high is not None]
    line: dict[str, Any] = {"replicates": len(there), "missing": len(estimates) - len(there)}
    if not there:
        return line
    ends = np.array([(estimate.low, estimate.high) for estimate in there], dtype=np.float64)
    rounding = 1e-9 * max(1.0, abs(truth))
    holds = (ends[:, 0] - rounding <= truth) & (truth <= ends[:, 1] + rounding)
    return line | {
        "covered": int(holds.sum()),
        "noted": sum(bool(estimate.note) for estimate in there),
        "value": f"{np.mean([estimate.score.value for estimate in there]):.4g}",
        "truth": f"{truth:.4g}",
        "spread": f"{spread:.3g}",
        "half_width": f"{np.mean(ends[:, 1] - ends[:, 0]) / 2:.3g}",
    }


def table_of(one: dict[str, Measured], two: dict[str, Measured], paired: bool) -> dict[str, Difference]:
    """All scores of two codes compared, as `differences` does it."""
    specs = specs_of(list(one))
    compared = {name: difference(one[name], two[name], spec, paired, LEVEL) for name, spec in specs.items()}
    return adjusted(compared, DRAWS, LEVEL)


def alarms(answers: list[dict[str, Difference]], name: str) -> dict[str, Any]:
    """How often a score differs, its value and above chance, each by itself; by Holm; for a table, anything."""
    if name.startswith("all "):
        tables = [[given for given in answer.values() if given.p is not None] for answer in answers]
        anything = [any(given.holm <= 1 - LEVEL or bool(given.clear) for given in table) for table in tables]
        single = [any(given.p <= 1 - LEVEL for given in table) for table in tables]
        return {"comparisons": len(tables), "alarms": sum(single), "holm": sum(anything)}
    there = [answer[name] for answer in answers if answer[name].p is not None]
    above = [given.above for given in there if given.above is not None]
    line: dict[str, Any] = {"comparisons": len(there), "alarms": sum(given.p <= 1 - LEVEL for given in there)}
    if above:
        line["above"] = f"{sum(given.p <= 1 - LEVEL for given in above)} of {len(above)}"
    if there:
        line |= {"holm": sum(bool(given.clear) for given in there), "shows": f"{np.mean([g.shows for g in there]):.3g}"}
    return line


if __name__ == "__main__":
    main()
