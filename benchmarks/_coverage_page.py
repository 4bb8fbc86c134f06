"""The page of `benchmarks.coverage`: what holds, and every line that does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._table import lines_of
from unbraid.metrics import DEFAULT

WANTED, ALARMS = 0.93, 0.05


HEAD = """
`python -m benchmarks.coverage`; the tables are coverage.csv, alarms.csv and truth.csv, where each line is a block of
replicates. Four known codes are drawn afresh, rows and noise: `noisy` (a latent per factor, two idle ones), `rotated`
(pairs turned by 25 degrees), `uneven` (dSprites' levels, noise from little to much, blends, nearly dead latents) and
`null` (eight latents that know nothing). Each draw of rows has two codes, whose noise is apart: both are replicates
of the interval, together they are a comparison in pairs, and the one with the other of the draw before a comparison
apart. The truth is the expected score at the same number of rows, the mean over other draws (their number stands in
truth.csv). What the score would be with more rows is another question: where the estimated bias is larger than the
interval a note says so, and the last column in how many replicates it does.
"""


def write_page(folder: Path) -> None:
    """Write summary.md from the tables in the folder."""
    covering, false = lines_of(folder / "coverage.csv"), lines_of(folder / "alarms.csv")
    lines = ["# Intervals and comparisons, measured", HEAD]
    lines += ["## Coverage of the 95 % interval", "", *coverage_said(covering), ""]
    lines += ["## False alarms of `--against`", "", *alarms_said(false), ""]
    lines += ["## What a comparison can show", "", *shows_said(false), ""]
    (folder / "summary.md").write_text("\n".join(lines), encoding="utf-8")


def pooled(lines: list[dict[str, str]], *keys: str) -> Iterator[tuple[tuple[str, ...], list[dict[str, str]]]]:
    """Lines that agree in `keys`, in the order in which these come first."""
    groups: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for line in lines:
        groups.setdefault(tuple(line[key] for key in keys), []).append(line)
    yield from groups.items()


def total(lines: list[dict[str, str]], key: str) -> int:
    return sum(int(line[key] or 0) for line in lines)


def mean_of(lines: list[dict[str, str]], key: str) -> float:
    return float(np.mean([float(line[key]) for line in lines if line[key]]))


def coverage_said(lines: list[dict[str, str]]) -> list[str]:
    """A row for each score and number of rows: coverage on the code where it is least, and where most."""
    said = [
        "| score | rows | codes | replicates a code | coverage, least | most | half-width / deviation | bias noted |"
    ]
    said += ["|---|---|---|---|---|---|---|---|"]
    short = []
    for (name, rows), mine in pooled(ordered(lines), "score", "rows"):
        cells = {code: part for (code,), part in pooled(mine, "code") if total(part, "replicates")}
        shares = {code: total(part, "covered") / total(part, "replicates") for code, part in cells.items()}
        for code, share in shares.items():
            count = total(cells[code], "replicates")
            if share < WANTED - 2 * np.sqrt(WANTED * (1 - WANTED) / count):
                short.append(f"`{name}` on {code} at {rows} rows: {share:.1%} of {count}")
        counts = [total(part, "replicates") for part in cells.values()]
        widths = [wide_of(part) for part in cells.values()]
        noted = sum(total(part, "noted") for part in cells.values()) / max(sum(counts), 1)
        if shares:
            said.append(
                f"| `{name}` | {rows} | {len(cells)} | {span(counts)} | {min(shares.values()):.0%} | "
                f"{max(shares.values()):.0%} | {span([w for w in widths if w is not None], '.2f')} | {noted:.0%} |"
            )
    cells = sum(total(part, "replicates") > 0 for _, part in pooled(lines, "score", "rows", "code"))
    head = (
        f"{cells - len(short)} of {cells} cells (score, rows, code) reach {WANTED:.0%} less two Monte Carlo errors. "
        "Half-width over deviation is 2.1 where an interval is as wide as it should be; more is cautious. A score with "
        "fewer rows or codes, or none, was not measured there yet: the command goes on there. `flatness` "
        "and `linearity` need a complete grid: their interval is of their own draws alone. `assignment` and "
        "`active_latents`, counts over a threshold, have neither interval nor test."
    )
    return [head, "", *said, "", *(f"- short: {text}" for text in short)]


def wide_of(lines: list[dict[str, str]]) -> float | None:
    """Half-width of the interval over the deviation of the score; None where the score does not vary."""
    spread = mean_of(lines, "spread")
    return mean_of(lines, "half_width") / spread if spread > 1e-9 else None


def alarms_said(lines: list[dict[str, str]]) -> list[str]:
    """Shares of false alarms, pooled over codes; whole tables by Holm."""
    said = ["| together | rows | how | tables | any score at p <= .05 | any by Holm |", "|---|---|---|---|---|---|"]
    for (name, rows, how), mine in pooled(lines, "score", "rows", "how"):
        if name.startswith("all "):
            count = total(mine, "comparisons")
            shares = (f"{total(mine, key) / count:.1%}" for key in ("alarms", "holm"))
            said.append(f"| {name} | {rows} | {how} | {count} | {' | '.join(shares)} |")
    said = said if len(said) > 2 else ["Whole tables were not measured yet; the command does it block by block."]
    said += ["", "Score by score, at p <= .05, values and (in brackets) scores above chance, over all codes:", ""]
    said += ["| score | rows | comparisons | paired | apart |", "|---|---|---|---|---|"]
    loud = []
    scored = [line for line in lines if not line["score"].startswith("all ")]
    for (name, rows), mine in pooled(ordered(scored), "score", "rows"):
        cells = {how: part for (how,), part in pooled(mine, "how")}
        counts = {how: total(part, "comparisons") for how, part in cells.items()}
        shares = {how: total(part, "alarms") / counts[how] for how, part in cells.items() if counts[how]}
        if not shares:
            continue
        said.append(
            f"| `{name}` | {rows} | {max(counts.values())} | "
            + " | ".join(
                f"{shares[how]:.1%}{above_of(cells[how])}" if how in shares else "—" for how in ("paired", "apart")
            )
            + " |"
        )
        for how, share in shares.items():
            if share > ALARMS + 2 * np.sqrt(ALARMS * (1 - ALARMS) / counts[how]):
                loud.append(f"- loud: `{name}` at {rows} rows, {how}: {share:.1%} of {counts[how]}")
    return [*said, "", *loud]


def above_of(lines: list[dict[str, str]]) -> str:
    pairs = [line["above"].split(" of ") for line in lines if line["above"]]
    count = sum(int(pair[1]) for pair in pairs)
    return f" ({sum(int(pair[0]) for pair in pairs) / count:.1%})" if count else ""


def shows_said(lines: list[dict[str, str]]) -> list[str]:
    """The difference of values that is seen in four of five tables, by rows."""
    scored = [line for line in lines if line["shows"]]
    rows = sorted({int(line["rows"]) for line in scored})
    heads = [f"{count}, {how}" for count in rows for how in ("paired", "apart")]
    said = [
        "The difference of two values that is called one in four of five tables of the scores measured together (at "
        "Holm's first step), mean over the codes:",
        "",
        f"| score | {' | '.join(heads)} |",
        "|---" * (len(heads) + 1) + "|",
    ]
    for (name,), mine in pooled(ordered(scored), "score"):
        cells = {key: mean_of(part, "shows") for key, part in pooled(mine, "rows", "how")}
        row = [
            f"{cells[key]:.3f}" if key in cells else ""
            for key in ((str(n), h) for n in rows for h in ("paired", "apart"))
        ]
        said.append(f"| `{name}` | {' | '.join(row)} |")
    return said


def ordered(lines: list[dict[str, str]]) -> list[dict[str, str]]:
    """By score as `DEFAULT` has them, then by rows."""
    return sorted(lines, key=lambda line: (DEFAULT.index(line["score"]), int(line["rows"])))


def span(values: list[Any], form: str = "") -> str:
    """The least and the most of some numbers."""
    if not values:
        return "—"
    low, high = (format(end(values), form) for end in (min, max))
    return low if low == high else f"{low} … {high}"
