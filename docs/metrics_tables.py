"""Tables of the metrics page from the stress suite's own measurements (docs/stress/stress.csv, docs/dci/stress.csv)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from unbraid.core import UsageError
from unbraid.metrics import properties
from unbraid.stress._codes import STRESSORS
from unbraid.stress._responses import Band, Response, agreement, bands

HERE = Path(__file__).resolve().parent
UNSTRESSED = {"rows": -1, "cardinality": 2}  # place of the code to compare with: most rows, 8 levels; else the first
FELT = 0.1  # of the unstressed score: what counts as moving
HARMED = 0.95  # a score of `dci` below which a code counts as harmed; the others differ by chance alone
ABDI = ("dci_fast", "factor_vae_score", "sap", "mig", "irs")  # the five metrics of Abdi et al.


@dataclass(frozen=True)
class Question:
    """A question that scores answer: the true answer gets worse under the stressors `falls`, and stays under others."""

    words: str
    falls: tuple[str, ...]
    scores: tuple[str, ...]


QUESTIONS = (
    Question(
        "Does each latent serve one factor only?",
        ("rotation", "shared"),
        (
            "modularity",
            "dci_fast",
            "dci_joint",
            "dci_per_latent",
            "infom",
            "dcimig",
            "factor_vae_score",
            "beta_vae_score",
            "irs",
        ),
    ),
    Question(
        "Does each factor have one latent only?",
        ("rotation", "shared", "redundancy"),
        (
            "mig",
            "mmig",
            "aam",
            "mig_posterior",
            "mmig_posterior",
            "aam_posterior",
            "jemmig",
            "sap",
            "infoc",
            "dci_fast/completeness",
            "best_disentanglement",
        ),
    ),
    Question(
        "Can each factor be read from a single latent?",
        ("rotation", "shared", "noise"),
        ("mcc", "spearman", "assignment"),
    ),
    Question(
        "Do codes run straight along one axis as one factor runs?",
        ("rotation", "shared", "redundancy", "noise"),
        ("flatness", "linearity"),
    ),
    Question(
        "How much of the factors can be read from all latents together?",
        ("noise",),
        ("explicitness", "infoe", "r2", "downstream_accuracy", "dci_fast/informativeness_test"),
    ),
)
DESCRIBE = (
    (
        "Are the latents independent of each other? (No factors needed; low is better, and says nothing of factors.)",
        (
            "total_correlation",
            "gaussian_total_correlation",
            "wasserstein_correlation",
            "mutual_information_between_latents",
        ),
    ),
    ("Does every combination of latent values occur? (low is better)", ("factorised_support",)),
    ("Which latents does the model use, and how much?", ("active_latents", "dimension_wise_kl", "kl_variance")),
    ("Do several trainings find the same latents? (No factors needed.)", ("udr",)),
)


def tables() -> dict[str, str]:
    """Text for each placeholder of docs/_metrics.md."""
    found = read(HERE / "stress" / "stress.csv")
    table = bands(found)
    return {
        "questions": "\n\n".join(answers(question, table) for question in QUESTIONS),
        "descriptions": "\n".join(f"- {words} {code_names(scores)}" for words, scores in DESCRIBE),
        "abdi": matrix(found),
        "abdi_entangled": matrix([each for each in found if each.stressor in ("rotation", "shared")]),
        "pairs": extremes(found, table),
        "dci": fast_against_exact(read(HERE / "dci" / "stress.csv")),
        "stressors": "\n".join(f"- **{name}**: {each.what}: {strengths(name)}" for name, each in STRESSORS.items()),
    }


def read(file: Path) -> list[Response]:
    """What `unbraid stress` wrote."""
    frame = pd.read_csv(file, keep_default_na=False, dtype={"value": str})
    return [
        Response(row.stressor, row.strength, row.seed, row.metric, float(row.value) if row.value else None, row.reason)
        for row in frame.itertuples()
    ]


def answers(question: Question, table: Mapping[str, Mapping[str, Band]]) -> str:
    """One question: which scores answer it, and where each misleads."""
    lines = [
        f"**{question.words}** A true answer gets worse under {and_(question.falls)}, and stays under all else.",
        "",
        "| score | unstressed | moves though the answer stays | stays though the answer gets worse |",
        "|---|---|---|---|",
    ]
    for name in (name for name in question.scores if name in table):
        moved = {stressor: change(stressor, band) for stressor, band in table[name].items()}
        false = [f"{s} {change:+.0%}" for s, change in moved.items() if s not in question.falls and abs(change) > FELT]
        blind = [f"{s} {change:+.0%}" for s, change in moved.items() if s in question.falls and change > -FELT]
        start = table[name]["rotation"].middle[0]
        lines.append(f"| `{name}` | {start:.2f} | {', '.join(false) or '—'} | {', '.join(blind) or '—'} |")
    return "\n".join(lines)


def change(stressor: str, band: Band) -> float:
    """Largest move from the unstressed code, as a share of its score."""
    start = band.middle[UNSTRESSED.get(stressor, 0)]
    moved = (band.middle[np.isfinite(band.middle)] - start) / start
    return float(moved[np.argmax(np.abs(moved))])


def matrix(found: list[Response]) -> str:
    """Rank correlations of the five metrics of Abdi et al. over the codes."""
    table = agreement(found, ABDI)
    head = ["| | " + " | ".join(f"`{name}`" for name in ABDI) + " |", "|---" * (len(ABDI) + 1) + "|"]
    rows = [
        f"| `{name}` | " + " | ".join("—" if np.isnan(value) else f"{value:.2f}" for value in row) + " |"
        for name, row in zip(ABDI, table, strict=True)
    ]
    return "\n".join(head + rows)


def extremes(found: list[Response], table: Mapping[str, Mapping[str, Band]]) -> str:
    """Mean agreement within and between questions."""
    lines = ["| | mean rank correlation | lowest pair |", "|---|---|---|"]
    for question in QUESTIONS:
        names = [name for name in question.scores if name in table]
        among = agreement(found, names)
        upper = [(among[a, b], names[a], names[b]) for a in range(len(names)) for b in range(a)]
        upper = [pair for pair in upper if np.isfinite(pair[0])]
        value, first, second = min(upper)
        mean = np.mean([pair[0] for pair in upper])
        lines.append(f"| {question.words} | {mean:.2f} | `{first}`, `{second}`: {value:.2f} |")
    return "\n".join(lines)


def fast_against_exact(found: list[Response]) -> str:
    """How `dci_fast` agrees with `dci` code by code."""
    lines = [
        "| part | rank correlation, codes below 0.95 | rank correlation, all | mean difference | largest difference |",
        "|---|---|---|---|---|",
    ]
    for part in ("", "/completeness", "/informativeness_test"):
        exact, fast = (dict(by_code(found, f"{name}{part}")) for name in ("dci", "dci_fast"))
        codes = sorted(exact.keys() & fast.keys())
        pairs = np.array([(exact[code], fast[code]) for code in codes])
        harmed = pairs[pairs[:, 0] < HARMED]
        some, whole = (spearmanr(each[:, 0], each[:, 1]).statistic for each in (harmed, pairs))
        apart = pairs[:, 1] - pairs[:, 0]
        worst = int(np.argmax(np.abs(apart)))
        at = f"{codes[worst][0]} {codes[worst][1]:g}"
        lines.append(
            f"| {part.strip('/') or 'disentanglement'} | {some:.3f} ({len(harmed)} codes) | {whole:.3f} "
            f"({len(pairs)} codes) | {apart.mean():+.3f} | {apart[worst]:+.3f} ({at}) |"
        )
    return "\n".join(lines)


def by_code(found: list[Response], metric: str) -> Iterator[tuple[tuple[str, float, int], float]]:
    """(code, value) of one score."""
    for each in found:
        if each.metric == metric and each.value is not None:
            yield (each.stressor, each.strength, each.seed), each.value


def declared(name: str) -> str:
    """What a metric's PROPERTIES say, as a paragraph."""
    try:
        each = properties(name)
    except UsageError:
        return ""
    better = {True: "higher is better", False: "lower is better", None: "neither end is better"}[each.higher_is_better]
    low, high = (f"{end:g}".replace("inf", "∞") for end in each.range)
    held = ", ".join(each.invariant) or "nothing"
    least = f"at least {each.rows} rows, {each.latents} latents, {each.factors} varying factors"
    needs = f"; needs {and_(each.needs)}" if each.needs else ""
    return (
        f"**Declared and tested.** From {low} to {high}, {better}; {least}{needs}. "
        f"Unchanged, within {each.tolerance:g}, by: {held}. A dead latent: {each.dead}. "
        f"A duplicate: {each.duplicate}. A latent of tiny scale: {each.tiny}. "
        f"Discrete latents: {each.discrete}."
    )


def strengths(name: str) -> str:
    """The strengths of a stressor, in a row."""
    return ", ".join(f"{value:g}" for value in STRESSORS[name].strengths)


def code_names(names: tuple[str, ...]) -> str:
    """Names as code, with commas."""
    return ", ".join(f"`{name}`" for name in names)


def and_(words: tuple[str, ...]) -> str:
    """A list in words."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
