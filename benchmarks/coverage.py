"""Do intervals cover, and do comparisons cry wolf? `python -m benchmarks.coverage [brisk] [middle] [slow] [page]`.

Known codes are drawn afresh, rows and noise, again and again. coverage.csv: how often the 95 % interval of a score
holds its truth, which is the expected score at the same number of rows (truth.csv), and how wide it is. alarms.csv:
how often two codes of one law differ, of the same rows (paired) and of others (apart), at p <= .05 score by score,
and by Holm anywhere in the table of the scores that were measured together; and the difference that so many rows
show.

A block of replicates is written as soon as it is measured, into docs/coverage/; what stands there is not measured
again, so an interrupted run goes on. Without arguments all groups of scores, in the order of `PLAN`: a few replicates
of everything first. Always docs/coverage/summary.md, from what stands there.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

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
        *(
            "aam_posterior",
            "exclusive_r2",
            "explicitness",
            "factor_vae_score",
            "infoc",
            "infoe",
            "infom",
            "mig_posterior",
        ),
        *("mmig_posterior", "r2", "total_correlation"),
    ),
    "slow": ("beta_vae_score", "dci_fast", "dci_joint", "downstream_accuracy", "factorised_support", "sap"),
}
BLOCK = {"brisk": 20, "middle": 10, "slow": 4}  # replicates, two of each draw of rows
TRUTH = {"brisk": 200, "middle": 100, "slow": 50}  # replicates for the expected score
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


def main() -> None:
    """Measure what is missing, then write the page."""
    warnings.simplefilter("ignore")
    HERE.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[1:] or list(GROUPS)
    for step in PLAN:
        if step.group not in wanted:
            continue
        for first in range(0, step.replicates, BLOCK[step.group]):
            for code in CODES if step.rows < 10_000 else FEW:
                block(code, step.rows, step.group, first)
                write_page(HERE)
    write_page(HERE)


def block(code: str, rows: int, group: str, first: int) -> None:
    """Measure a block of replicates with all scores of the group, unless it stands there."""
    tables = Table(HERE / "coverage.csv", COVERAGE), Table(HERE / "alarms.csv", FALSE)
    key = {"code": code, "rows": rows, "first": first}
    names = GROUPS[group]
    if tables[1].has(**key, how="apart", score=f"all {group}"):  # the last line of a block
        return
    truth = truths(code, rows, group)
    specs = specs_of(names)
    pairs = []
    floor: FloorChoice = (
        "quick" if first == 0 else False
    )  # scores above chance in the first block alone: they cost most
    for draw in range(first // 2, (first + BLOCK[group]) // 2):
        pairs.append([measured(rep, specs, DRAWS, draw, None, floor=floor) for rep in codes_of(code, rows, draw)])
    for name in names:
        if not tables[0].has(**key, score=name):
            both = [interval_of(*one[name], specs[name], LEVEL, QUANTILE) for pair in pairs for one in pair]
            tables[0].add(**key, score=name, **covered(both, *truth[name]))
    apart = [(one, pairs[number - 1][1]) for number, (one, _) in enumerate(pairs)]
    for how, compared in (("paired", pairs), ("apart", apart)):
        answers = [table_of(one, two, how == "paired") for one, two in compared]
        for name in (*names, f"all {group}"):
            if not tables[1].has(**key, how=how, score=name):
                tables[1].add(**key, how=how, score=name, **alarms(answers, name))


def truths(code: str, rows: int, group: str) -> dict[str, tuple[float, float]]:
    """Mean and deviation of each score over draws of their own."""
    table = Table(HERE / "truth.csv", ["code", "rows", "score", "draws", "mean", "deviation"])
    names = [name for name in GROUPS[group] if not table.has(code=code, rows=rows, score=name)]
    if names:
        values: dict[str, list[float]] = {name: [] for name in names}
        for draw in range(100_000, 100_000 + TRUTH[group] // 2):
            for rep in codes_of(code, rows, draw):
                for name, given in score(rep, metrics=names, seed=draw, floor=False, progress=None).items():
                    values[name] += [] if given.value is None else [given.value]
        for name, got in values.items():
            mean, deviation = (np.mean(got), np.std(got, ddof=1)) if len(got) > 1 else (np.nan, np.nan)
            table.add(
                code=code, rows=rows, score=name, draws=len(got), mean=f"{mean:.6g}", deviation=f"{deviation:.4g}"
            )
    mine = [line for line in table.lines if (line["code"], line["rows"]) == (code, str(rows))]
    return {line["score"]: (float(line["mean"]), float(line["deviation"])) for line in mine}


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
