"""Tables of the metrics page from the stress suite's own measurements (docs/stress/stress.csv, docs/dci/stress.csv)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from unbraid.core import UsageError, names
from unbraid.metrics import properties
from unbraid.stress import Response, ResponseCurve, agreement, response_curves, stressor, unstressed

HERE = Path(__file__).resolve().parent.parent
FELT = 0.1  # of the unstressed score: what counts as moving
HARMED = 0.95  # a score of `dci` below which a code counts as harmed; the others differ by chance alone
ABDI = ("dci_fast", "factor_vae_score", "sap", "mig", "irs")  # the five metrics of Abdi et al.


@dataclass(frozen=True)
class Question:
    """A question that scores answer: the true answer gets worse under the stressors `falls`, and stays under others."""

    sentence: str
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


def with_tables(text: str) -> str:
    """A page with each `<!-- table: NAME -->` filled in."""
    for name, table in tables().items():
        text = text.replace(f"<!-- table: {name} -->", table)
    return text


def tables() -> dict[str, str]:
    """Text for each `<!-- table: NAME -->` of docs/which-score.md."""
    answers = read(HERE / "stress" / "stress.csv")
    curves = response_curves(answers)
    return {
        "questions": "\n\n".join(answered(question, curves) for question in QUESTIONS),
        "descriptions": "\n".join(f"- {sentence} {code_names(scores)}" for sentence, scores in DESCRIBE),
        "abdi": matrix(answers),
        "abdi_entangled": matrix([answer for answer in answers if answer.stressor in ("rotation", "shared")]),
        "pairs": extremes(answers, curves),
        "dci": fast_against_exact(read(HERE / "dci" / "stress.csv")),
        "stressors": "\n".join(f"- **{name}**: {stressor(name).grows}: {strengths(name)}" for name in names("stress")),
    }


def read(file: Path) -> list[Response]:
    """What `unbraid stress` wrote; tables of before floors were measured have none."""
    with file.open(newline="", encoding="utf-8") as lines:
        return [
            Response(
                line["stressor"],
                float(line["strength"]),
                int(line["seed"]),
                line["metric"],
                *(float(line[field]) if line.get(field) else None for field in ("value", "floor", "above")),
                reason=line["reason"],
            )
            for line in csv.DictReader(lines)
        ]


def answered(question: Question, curves: Mapping[str, Mapping[str, ResponseCurve]]) -> str:
    """One question: which scores answer it, and where each misleads."""
    lines = [
        f"**{question.sentence}** A true answer gets worse under {and_(question.falls)}, and stays under all else.",
        "",
        "| score | unstressed | moves though the answer stays | stays though the answer gets worse |",
        "|---|---|---|---|",
    ]
    for name in (name for name in question.scores if name in curves):
        moved = {stress: change(stress, curve) for stress, curve in curves[name].items()}
        false = [f"{s} {change:+.0%}" for s, change in moved.items() if s not in question.falls and abs(change) > FELT]
        blind = [f"{s} {change:+.0%}" for s, change in moved.items() if s in question.falls and change > -FELT]
        start = curves[name]["rotation"].middle[0]
        lines.append(f"| `{name}` | {start:.2f} | {', '.join(false) or '—'} | {', '.join(blind) or '—'} |")
    return "\n".join(lines)


def change(name: str, curve: ResponseCurve) -> float:
    """Largest move from the unstressed code, as a share of its score."""
    start = curve.middle[stressor(name).strengths.index(unstressed(name))]
    moved = (curve.middle[np.isfinite(curve.middle)] - start) / start
    return float(moved[np.argmax(np.abs(moved))])


def matrix(answers: list[Response]) -> str:
    """Rank correlations of the five metrics of Abdi et al. over the codes."""
    table = agreement(answers, ABDI)
    head = ["| | " + " | ".join(f"`{name}`" for name in ABDI) + " |", "|---" * (len(ABDI) + 1) + "|"]
    rows = [
        f"| `{name}` | " + " | ".join("—" if np.isnan(value) else f"{value:.2f}" for value in row) + " |"
        for name, row in zip(ABDI, table, strict=True)
    ]
    return "\n".join(head + rows)


def extremes(answers: list[Response], curves: Mapping[str, Mapping[str, ResponseCurve]]) -> str:
    """Mean agreement within and between questions."""
    lines = ["| | mean rank correlation | lowest pair |", "|---|---|---|"]
    for question in QUESTIONS:
        scores = [name for name in question.scores if name in curves]
        among = agreement(answers, scores)
        upper = [(among[a, b], scores[a], scores[b]) for a in range(len(scores)) for b in range(a)]
        upper = [pair for pair in upper if np.isfinite(pair[0])]
        value, first, second = min(upper)
        mean = np.mean([pair[0] for pair in upper])
        lines.append(f"| {question.sentence} | {mean:.2f} | `{first}`, `{second}`: {value:.2f} |")
    return "\n".join(lines)


def fast_against_exact(answers: list[Response]) -> str:
    """How `dci_fast` agrees with `dci` code by code."""
    lines = [
        "| part | rank correlation, codes below 0.95 | rank correlation, all | mean difference | largest difference |",
        "|---|---|---|---|---|",
    ]
    for part in ("", "/completeness", "/informativeness_test"):
        exact, fast = (dict(by_code(answers, f"{name}{part}")) for name in ("dci", "dci_fast"))
        codes = sorted(exact.keys() & fast.keys())
        pairs = np.array([(exact[code], fast[code]) for code in codes])
        harmed = pairs[pairs[:, 0] < HARMED]
        some, whole = (spearmanr(scores[:, 0], scores[:, 1]).statistic for scores in (harmed, pairs))
        apart = pairs[:, 1] - pairs[:, 0]
        worst = int(np.argmax(np.abs(apart)))
        at = f"{codes[worst][0]} {codes[worst][1]:g}"
        lines.append(
            f"| {part.strip('/') or 'disentanglement'} | {some:.3f} ({len(harmed)} codes) | {whole:.3f} "
            f"({len(pairs)} codes) | {apart.mean():+.3f} | {apart[worst]:+.3f} ({at}) |"
        )
    return "\n".join(lines)


def by_code(answers: list[Response], metric: str) -> Iterator[tuple[tuple[str, float, int], float]]:
    """(code, value) of one score."""
    for answer in answers:
        if answer.metric == metric and answer.value is not None:
            yield (answer.stressor, answer.strength, answer.seed), answer.value


def declared(name: str) -> str:
    """What a metric's PROPERTIES say, as a paragraph."""
    try:
        said = properties(name)
    except UsageError:
        return ""
    better = {True: "higher is better", False: "lower is better", None: "neither end is better"}[said.higher_is_better]
    low, high = (f"{end:g}".replace("inf", "∞") for end in said.range)
    unchanged = ", ".join(said.invariant) or "nothing"
    fewest = (counted(said.rows, "row"), counted(said.latents, "latent"), counted(said.factors, "varying factor"))
    least = f"at least {', '.join(fewest)}"
    needs = f"; needs {and_(said.needs)}" if said.needs else ""
    return (
        f"**Declared and tested.** From {low} to {high}, {better}; {least}{needs}. "
        f"Unchanged, within {said.tolerance:g}, by: {unchanged}. A dead latent: {said.dead}. "
        f"A duplicate: {said.duplicate}. A latent of tiny scale: {said.tiny}. "
        f"Discrete latents: {said.discrete}. Its floor: {FLOORS[said.permuted]}"
        + ("." if said.permuted == "nothing" else f"; {said.cost}.")
    )


FLOORS = {
    "factors": "rows of the factors permuted",
    "codes": "rows of the codes permuted",
    "latents": "each latent permuted by itself",
    "nothing": "none",
}


def counted(number: int, noun: str) -> str:
    """The number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def strengths(name: str) -> str:
    """The strengths of a stressor, in a row."""
    return ", ".join(f"{value:g}" for value in stressor(name).strengths)


def code_names(scores: tuple[str, ...]) -> str:
    """Names as code, with commas."""
    return ", ".join(f"`{name}`" for name in scores)


def and_(names: tuple[str, ...]) -> str:
    """A list in words."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
