"""What scores are asked, and what the stress suite measured of their answers (docs/stress/stress.csv)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unbraid.stress import Response, ResponseCurve, response_curves, stressor, unstressed

HERE = Path(__file__).resolve().parent.parent
FELT = 0.1  # of the unstressed score: what counts as moving
Curves = Mapping[str, Mapping[str, ResponseCurve]]


@dataclass(frozen=True)
class Question:
    """A question that scores answer: the true answer gets worse under the stressors `falls`, and stays under others."""

    sentence: str
    falls: tuple[str, ...]
    scores: tuple[str, ...]


QUESTIONS = (
    Question(
        "Does each factor stand in a latent that tells it, and in none that tells another besides?",
        ("rotation", "shared", "mixing", "overcomplete", "noise", "lost", "null"),
        ("exclusive_r2",),
    ),
    Question(
        "Does each latent serve one factor only?",
        ("rotation", "shared", "mixing", "overcomplete", "null"),
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
        ("rotation", "shared", "mixing", "redundancy", "multicode", "overcomplete", "lost", "null"),
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
        ("rotation", "shared", "mixing", "noise", "lost", "null"),
        ("mcc", "spearman", "assignment"),
    ),
    Question(
        "Do codes run straight along one axis as one factor runs?",
        ("rotation", "shared", "mixing", "redundancy", "multicode", "overcomplete", "noise", "lost", "null"),
        ("flatness", "linearity"),
    ),
    Question(
        "How much of the factors can be read from all latents together?",
        ("noise", "lost", "null"),
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


@dataclass(frozen=True)
class Measured:
    """Curves of values, and of scores above chance where floors were measured."""

    values: Curves
    above: Curves

    @classmethod
    def of(cls, answers: list[Response]) -> Measured:
        """Both, of the same responses."""
        return cls(response_curves(answers), response_curves(answers, "above"))

    def reading(self, score: str) -> Mapping[str, ResponseCurve]:
        """Stressor -> curve of the score above chance, or of its value where there is none."""
        return self.above.get(score, self.values[score])

    def moves(self, score: str) -> dict[str, float]:
        """Stressor -> largest change, as a share of the unstressed reading."""
        return {name: change(name, curve) for name, curve in self.reading(score).items()}

    def false(self, score: str, question: Question) -> dict[str, float]:
        """Where the score moves though the answer stays."""
        moved = self.moves(score).items()
        return {name: moves for name, moves in moved if name not in question.falls and abs(moves) > FELT}

    def blind(self, score: str, question: Question) -> dict[str, float]:
        """Where the score stays, or rises, though the answer gets worse."""
        return {name: moves for name, moves in self.moves(score).items() if name in question.falls and moves > -FELT}

    def clean(self, score: str) -> tuple[float, float]:
        """Value and score above chance on unstressed codes; NaN where there is none."""
        value, above = (of[score]["rotation"].middle[0] if score in of else np.nan for of in (self.values, self.above))
        return float(value), float(above)

    def noise(self, score: str) -> tuple[float, float]:
        """On null codes: the value on the kind that fools the score most, and the mean above chance over all kinds.

        Above is NaN where no floors were measured, and where the floor of that kind leaves no room above it.
        """
        curve = self.values[score].get("null")
        null = slice(None) if curve is None else curve.strengths != unstressed("null")
        if curve is None or not np.isfinite(curve.middle[null]).any():
            return np.nan, np.nan
        worst = np.nanargmax(np.abs(curve.middle[null]))
        above = self.above.get(score, {}).get("null", curve._replace(middle=np.full(len(curve.middle), np.nan)))
        chance = above.middle[null]
        return float(curve.middle[null][worst]), float(np.nanmean(chance)) if np.isfinite(chance[worst]) else np.nan


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


def change(name: str, curve: ResponseCurve) -> float:
    """Largest move from the unstressed code, as a share of its score."""
    start = curve.middle[stressor(name).strengths.index(unstressed(name))]
    moved = (curve.middle[np.isfinite(curve.middle)] - start) / start
    return float(moved[np.argmax(np.abs(moved))])
