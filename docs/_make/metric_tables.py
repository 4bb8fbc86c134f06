"""Tables of the metrics page from the stress suite's own measurements (docs/stress/stress.csv, docs/dci/stress.csv)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from chosen_scores import chosen, readings
from questions import DESCRIBE, HERE, QUESTIONS, Curves, Measured, Question, read
from scipy.stats import spearmanr

from unbraid.core import UsageError, names
from unbraid.metrics import properties
from unbraid.stress import Response, agreement, stressor

HARMED = 0.95  # a score of `dci` below which a code counts as harmed; the others differ by chance alone
ABDI = ("dci_fast", "factor_vae_score", "sap", "mig", "irs")  # the five metrics of Abdi et al.


def with_tables(text: str) -> str:
    """A page with each `<!-- table: NAME -->` filled in."""
    for name, table in tables().items():
        text = text.replace(f"<!-- table: {name} -->", table)
    return text


def tables() -> dict[str, str]:
    """Text for each `<!-- table: NAME -->` of docs/which-score.md and docs/entries/metrics.md."""
    answers = read(HERE / "stress" / "stress.csv")
    measured = Measured.of(answers)
    return {
        "chosen": chosen(measured),
        "questions": "\n\n".join(answered(question, measured) for question in QUESTIONS),
        "descriptions": "\n".join(f"- {sentence} {code_names(scores)}" for sentence, scores in DESCRIBE),
        "abdi": matrix(answers),
        "abdi_entangled": matrix([answer for answer in answers if answer.stressor in ("rotation", "shared")]),
        "pairs": extremes(answers, measured.values),
        "dci": fast_against_exact(read(HERE / "dci" / "stress.csv")),
        "stressors": "\n".join(f"- **{name}**: {stressor(name).grows}: {strengths(name)}" for name in names("stress")),
    }


def answered(question: Question, measured: Measured) -> str:
    """One question: which scores answer it, what noise reads, and where each misleads."""
    lines = [
        f"**{question.sentence}** A true answer gets worse under {and_(question.falls)}, and stays under all else.",
        "",
        "| score | clean codes | codes that know nothing | moves though the answer stays "
        "| stays though the answer gets worse |",
        "|---|---|---|---|---|",
    ]
    for name in (name for name in question.scores if name in measured.values):
        misled = [by_how_much(measured.false(name, question)), by_how_much(measured.blind(name, question))]
        lines.append("| " + " | ".join([f"`{name}`", *readings(name, measured), *misled]) + " |")
    return "\n".join(lines)


def by_how_much(moves: dict[str, float]) -> str:
    """Stressors with the largest change under each, or a dash."""
    return ", ".join(f"{stressor} {change:+.0%}" for stressor, change in moves.items()) or "—"


def matrix(answers: list[Response]) -> str:
    """Rank correlations of the five metrics of Abdi et al. over the codes."""
    table = agreement(answers, ABDI)
    head = ["| | " + " | ".join(f"`{name}`" for name in ABDI) + " |", "|---" * (len(ABDI) + 1) + "|"]
    rows = [
        f"| `{name}` | " + " | ".join("—" if np.isnan(value) else f"{value:.2f}" for value in row) + " |"
        for name, row in zip(ABDI, table, strict=True)
    ]
    return "\n".join(head + rows)


def extremes(answers: list[Response], curves: Curves) -> str:
    """Mean agreement within and between questions."""
    lines = ["| | mean rank correlation | lowest pair |", "|---|---|---|"]
    for question in QUESTIONS:
        scores = [name for name in question.scores if name in curves]
        if len(scores) < 2:
            continue
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
    interval = "" if "grid" in said.needs else f" Its interval: {RESAMPLED[said.resampled]}."
    return (
        f"**Declared and tested.** From {low} to {high}, {better}; {least}{needs}. "
        f"Unchanged, within {said.tolerance:g}, by: {unchanged}. A dead latent: {said.dead}. "
        f"A duplicate: {said.duplicate}. A latent of tiny scale: {said.tiny}. "
        f"Discrete latents: {said.discrete}. It does not see {said.blind_to}. Its floor: {FLOORS[said.permuted]}"
        + ("." if said.permuted == "nothing" else f"; {said.cost}.")
        + interval
    )


FLOORS = {
    "factors": "rows of the factors permuted",
    "codes": "rows of the codes permuted",
    "latents": "each latent permuted by itself",
    "nothing": "none",
}

RESAMPLED = {"parts": "20 parts of the rows left out in turn", "halves": "20 halves of the rows", "nothing": "none"}


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
