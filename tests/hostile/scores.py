"""Checks of every score on arrays that numbers can hardly hold: in its range or missing with a reason, and the same
again, also with latents permuted and turned round."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from unbraid.core import names
from unbraid.metrics import DEFAULT, Representation, Score, declared, score

SLOW = ("dci", "dci_fast", "dci_joint", "dci_per_latent", "downstream_accuracy", "explicitness", "best_disentanglement")
BREAK_TIES = ("infoc", "infom")  # by noise: tied codes have no fixed value, as they declare
SLACK = 1e-3
MOST_CODE = 1e30  # beyond, codes are refused
ROWS = 120
SIZES = ((3, 4), (2, 2), (12, 3), (5,))
KINDS = (
    "normal",
    "uniform",
    "heavy",
    "discrete",
    "binary",
    "constant",
    "twins",
    "outlier",
    "perfect",
    "noisy",
    "sorted",
)
SCALES = (1.0, 1e-29, 1e29, 1e-300, 1e12)
CHECKS = ("in its range or missing with a reason", "the same again", "the same permuted", "the same turned round")


@dataclass
class Checks:
    """Counts of checks, and those that failed, in words."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def note(self, check: str, right: bool, what: str) -> None:
        """Count a check."""
        self.counts[check] += 1
        if not right:
            self.faults.append(f"not {check}: {what}")


def arrays(seed: int) -> Iterator[tuple[str, Representation]]:
    """Codes, factors and log-variances of many kinds."""
    for number, kind in enumerate(KINDS):
        for place, scale in enumerate(SCALES):
            draw = np.random.default_rng([seed, number, place])
            sizes = SIZES[(number + place) % len(SIZES)]
            levels = np.stack([draw.integers(0, size, ROWS) for size in sizes], axis=1)
            latents = int(draw.integers(2, 6))
            code = _codes(kind, draw, levels, latents) * scale + (1e12 if scale == 1e12 else 0.0)
            code = np.clip(code, -MOST_CODE, MOST_CODE)
            logvar = [None, np.full(code.shape, -2.0), draw.uniform(-70, 70, code.shape)][place % 3]
            dtype = [np.float64, np.float32][place == 3 and scale > 1e-30]
            yield f"{kind} * {scale:g}, {sizes}", Representation.from_arrays(code.astype(dtype), levels, logvar=logvar)


def _codes(kind: str, draw: np.random.Generator, levels: np.ndarray, latents: int) -> np.ndarray:
    normal = draw.standard_normal((ROWS, latents))
    known = np.resize(levels.T, (latents, ROWS)).T.astype(float)
    return {
        "normal": normal,
        "uniform": draw.uniform(-1, 1, normal.shape),
        "heavy": draw.standard_cauchy(normal.shape),
        "discrete": np.round(normal),
        "binary": (normal > 0).astype(float),
        "constant": np.where(np.arange(latents) > 0, 3.0, normal),
        "twins": np.repeat(normal[:, :1], latents, axis=1),
        "outlier": np.where(np.arange(ROWS)[:, None] == 7, 1e6, normal),
        "perfect": known,
        "noisy": known + 0.3 * normal,
        "sorted": np.sort(normal, axis=0),
    }[kind]


def checked_scores(rounds: int, every: int = 1) -> Checks:
    """Check all scores on every n-th of the arrays of some rounds; slow ones on a twentieth of these."""
    checks, number = Checks(), 0
    quick = [name for name in names("metrics") if (name not in SLOW and name in DEFAULT) or name.endswith("posterior")]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for seed in range(rounds):
            for what, rep in arrays(seed):
                number += 1
                if number % every == 0:
                    _check(checks, what, rep, [*quick, *(SLOW if number % (20 * every) == 0 else ())])
    return checks


def _check(checks: Checks, what: str, rep: Representation, asked: list[str]) -> None:
    draw, tied = np.random.default_rng(0), any(len(np.unique(column)) < ROWS for column in rep.code.T)
    order, signs = draw.permutation(rep.latents), draw.choice([-1.0, 1.0], rep.latents)
    first, again = (score(rep, metrics=asked, floor=False, progress=False) for _ in range(2))
    moved = score(_with(rep, order, np.ones(rep.latents)), metrics=asked, floor=False, progress=False)
    turned = score(_with(rep, np.arange(rep.latents), signs), metrics=asked, floor=False, progress=False)
    for name in asked:
        said, given = declared(name), first[name]
        checks.note(CHECKS[0], _is_right(given, name), f"{name} on {what}: {given.value} {given.reason}")
        checks.note(CHECKS[1], given.value == again[name].value, f"{name} on {what}")
        invariant = () if said is None else said.invariant
        tolerance = 0.0 if said is None else said.tolerance
        for check, word, other in ((CHECKS[2], "permutation", moved), (CHECKS[3], "sign", turned)):
            if word in invariant and not (name in BREAK_TIES and tied):
                right = _alike(given, other[name], tolerance)
                checks.note(check, right, f"{name} on {what}: {given.value} and {other[name].value}")


def _with(rep: Representation, order: np.ndarray, signs: np.ndarray) -> Representation:
    logvar = None if rep.logvar is None else rep.logvar[:, order]
    return replace(rep, code=(rep.code * signs.astype(rep.code.dtype))[:, order], logvar=logvar)


def _is_right(given: Score, name: str) -> bool:
    """Whether a score is a number in its range, or missing for a reason."""
    if given.value is None:
        return bool(given.reason)
    said = declared(name)
    low, high = (-np.inf, np.inf) if said is None else said.range
    bounded = np.isfinite(low) and np.isfinite(high)
    return bool(np.isfinite(given.value) and (not bounded or low - SLACK <= given.value <= high + SLACK))


def _alike(first: Score, second: Score, tolerance: float) -> bool:
    if first.value is None or second.value is None:
        return first.value is None and second.value is None
    return abs(first.value - second.value) <= max(tolerance, 1e-6) * max(1.0, abs(first.value))
