"""The page of `benchmarks.survival`: bars, unjustified movement, and what scores predict."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks._survival_prediction import RUNS, SCORES, orders
from benchmarks._table import lines_of
from unbraid.core import UsageError, names
from unbraid.metrics import properties
from unbraid.stress import ResponseCurve, stressor, unstressed

DOCS = Path(__file__).resolve().parents[1] / "docs"
sys.path.insert(0, str(DOCS / "_make"))  # where the questions that scores answer are written down

from questions import QUESTIONS, Measured, read  # noqa: E402

OURS = "exclusive_r2"
DERIVED = ("pairs turned by 45 degrees", "half-shared latents", "a deviation of noise on every latent")
FELT = 0.1  # a worse code that lowers a score by less has not been seen
MOST = 1.0  # of one stressor, so that none outweighs all others

HEAD = """# A score that survives

`python -m benchmarks.survival`; the numbers are bars.csv, angles.csv, prediction.csv and movement.csv. The score is
[`exclusive_r2`](../entries/metrics.md#exclusive_r2): of each factor what its best latent tells, less what any
latent tells of it beside another factor. Its values on the codes below were derived in its docstring before
it was run on them. It was changed three times after a look at what it read: dependent factors and copies of
mixed latents moved it, and a trace of a second factor in a noiseless latent halved it. The derivation was then made
again, before the next run.
"""

BARS = """## What must hold

N = 2,000 and 10,000; 2 to 7 factors of 3 to 40 levels and Gaussian ones; 4 to 64 latents; ten seeds. Where a value is
derived, the mean over seeds lies within what is allowed of it; where a change must move nothing, the value of *every*
seed lies so near that of the same code without the change. "Furthest" is of any seed. A fair code has its pairs of
latents turned by 20 degrees and half a deviation of noise. What follows the
rising curves is derived for `exclusive_r2` alone, and for two factors of one law: elsewhere the column shows what a
score reads.
"""

MOVES = f"""## Unjustified movement

The rule was written before the table was made. Every score is asked its own question (see [which
score](../which-score.md)), and every stressor says whether the true answer stays (s) or gets worse (w). Unjustified
is, as a share of the score's reading of the code without stress, at most {MOST:g} under one stressor:

- where the answer stays: the largest move to either side;
- where it gets worse: the largest rise, and by how much the largest fall is less than {FELT:g}.

Scores without an end (JEMMIG) and descriptions have no such reading. On `null` the kinds of codes are its strengths.
"""

PREDICTS = """## Does it say what codes are good for?

{runs} runs: dSprites, the 3D-Shapes stand-in and ellipses at 32 pixels, dense layers, 800 steps, five objectives,
{seeds} seeds each. *Few rows*: logistic probes fitted on 20 labelled rows, their accuracy on the other 2,980 from
chance (0) to 1, mean over factors (levels of categorical ones, thirds of the rows of others) and 20 draws. *Unseen*:
the same of pairs of factors whose upper halves the probes never saw together. Below, Spearman's correlation over runs
within a world, mean over worlds, and its 95 % interval over runs drawn again. Both probes are linear, and so is `r2`,
which reads all latents: that it leads says little.
"""


def write(folder: Path) -> None:
    """Write summary.md from what stands in the folder and in docs/stress."""
    measured = Measured.of(read(DOCS / "stress" / "stress.csv"))
    parts = [HEAD, BARS, *bars(lines_of(folder / "bars.csv")), "", *angles(lines_of(folder / "angles.csv")), "", MOVES]
    parts += [*movement(measured, folder / "movement.csv"), ""]
    lines = lines_of(folder / "prediction.csv")
    if lines:
        parts += [PREDICTS.format(runs=len(lines), seeds=RUNS), *predicted(lines), ""]
    (folder / "summary.md").write_text("\n".join(parts), encoding="utf-8")


def bars(lines: list[dict[str, str]]) -> Iterator[str]:
    """A row for each bar and score: cells that hold, and the furthest any lies."""
    scores = list(dict.fromkeys(line["score"] for line in lines))
    yield "| bar | allowed | " + " | ".join(f"`{name}`" for name in scores) + " |"
    yield "|---" * (len(scores) + 2) + "|"
    for bar in dict.fromkeys(line["bar"] for line in lines):
        mine = [line for line in lines if line["bar"] == bar]
        cells = [_cell([line for line in mine if line["score"] == name], bar in DERIVED) for name in scores]
        yield f"| {bar} | {mine[0]['allowed']} | " + " | ".join(cells) + " |"


def _cell(lines: list[dict[str, str]], derived: bool) -> str:
    there = [line for line in lines if line["mean"] not in ("", "nan")]
    if not there:
        return "—"
    if not there[0]["holds"] or (derived and there[0]["score"] != OURS):
        means = [float(line["mean"]) for line in there]
        return f"reads {min(means):.2f} … {max(means):.2f}"
    held = sum(line["holds"] == "True" for line in there)
    furthest = max(float(line["furthest"]) for line in there)
    return f"{held} of {len(there)}, furthest {furthest:.2g}"


def angles(lines: list[dict[str, str]]) -> Iterator[str]:
    """Means over seeds while pairs are turned."""
    scores = list(dict.fromkeys(line["score"] for line in lines))
    yield "Pairs turned, mean over ten seeds (N = 2,000, four factors); derived for Gaussian factors: cos 2a."
    yield ""
    yield "| factors | degrees | derived | " + " | ".join(f"`{name}`" for name in scores) + " |"
    yield "|---" * (len(scores) + 3) + "|"
    for kind, degrees in dict.fromkeys((line["factors"], line["degrees"]) for line in lines):
        mine = {line["score"]: line for line in lines if (line["factors"], line["degrees"]) == (kind, degrees)}
        derived = next((line["derived"] for line in mine.values() if line["derived"]), "")
        yield f"| {kind} | {degrees} | {derived} | " + " | ".join(mine[name]["mean"] for name in scores) + " |"


def movement(measured: Measured, file: Path) -> Iterator[str]:
    """Scores by the sum of their unjustified movement, of values and above chance."""
    stressors = names("stress")
    rows = []
    for question in QUESTIONS:
        for name in question.scores:
            if ranged(name):
                for kind, curves in (("value", measured.values), ("above", measured.above)):
                    if name in curves:
                        cells = {one: moved(one, curves[name].get(one), one in question.falls) for one in stressors}
                        rows.append((question.sentence, name, kind, cells))
    rows.sort(key=lambda row: total(row[3]))
    table = [["question", "score", "reading", "sum", *stressors]]
    table += [[q, name, kind, f"{total(cells):.3f}", *map(_said, cells.values())] for q, name, kind, cells in rows]
    file.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in table) + "\n", encoding="utf-8")
    yield "| score | reading | sum | " + " | ".join(stressors) + " |"
    yield "|---" * (len(stressors) + 3) + "|"
    falls = {name: question.falls for question in QUESTIONS for name in question.scores}
    for _, name, kind, cells in rows:
        marked = [f"{_said(cell)}{'w' if one in falls[name] else 's'}" for one, cell in cells.items()]
        yield f"| `{name}` | {kind} | **{total(cells):.2f}** | " + " | ".join(marked) + " |"


def ranged(name: str) -> bool:
    """Whether the score's range has two ends, higher being better; parts of DCI have."""
    try:
        said = properties(name.split("/")[0])
    except UsageError:
        return False
    return bool(said.higher_is_better) and np.isfinite(said.range[1])


def moved(name: str, curve: ResponseCurve | None, falls: bool) -> float:
    """Unjustified movement under one stressor; NaN where it was not measured."""
    if curve is None:
        return float("nan")
    start = curve.middle[stressor(name).strengths.index(unstressed(name))]
    moves = (curve.middle[np.isfinite(curve.middle)] - start) / start
    if not falls:
        return float(min(MOST, np.abs(moves).max()))
    return float(min(MOST, max(0.0, moves.max()) + max(0.0, FELT + moves.min())))


def total(cells: dict[str, float]) -> float:
    return float(np.nansum(list(cells.values())))


def _said(cell: float) -> str:
    return "—" if np.isnan(cell) else f"{cell:.2f}"


def predicted(lines: list[dict[str, str]]) -> Iterator[str]:
    """A row for each score."""
    found = {(name, purpose): (mean, low, high) for name, purpose, mean, low, high in orders(lines)}
    yield "| score | few rows, value | few rows, above chance | unseen, value | unseen, above chance |"
    yield "|---|---|---|---|---|"
    for name in SCORES:
        cells = [found.get((given, purpose)) for purpose in ("few_rows", "unseen") for given in (name, f"{name} above")]
        said = ["—" if cell is None else f"{cell[0]:.2f} ({cell[1]:.2f} … {cell[2]:.2f})" for cell in cells]
        yield f"| `{name}` | " + " | ".join(said) + " |"
    idle = [name for name in SCORES if all(low <= 0.0 <= high for *_, low, high in _cells(found, name))]
    if found and idle:
        yield ""
        named = ", ".join(f"`{name}`" for name in idle)
        yield f"Of {named} every interval holds 0: these runs do not show that they say what codes are good for."
    for name in SCORES:
        if found and any(high < 0.0 for *_, high in _cells(found, name)):
            yield f"Of `{name}` an interval lies below 0: codes that it ranked higher were worth less to such a probe."


def _cells(found: dict[tuple[str, str], tuple[float, float, float]], name: str) -> list[tuple[float, float, float]]:
    """What is known of a score and of what of it is above chance."""
    return [cell for (given, _), cell in found.items() if given in (name, f"{name} above")]
