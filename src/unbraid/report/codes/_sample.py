"""What of the codes is scored: rows and latents drawn by a stated rule where there are too many."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from unbraid.core import rng
from unbraid.metrics import Representation

ROWS = 5_000  # scored, unless said otherwise
LATENTS, LABELS = 256, 24  # told of
DEAD = 1e-3  # of the median deviation of the latents: one that varies less is said to be dead
DEAD_NATS = 0.01  # of its posterior from the prior, where that is known: likewise


@dataclass(frozen=True)
class Sample:
    """Rows and latents that are scored.

    Args:
        rep: the rows and latents that are scored; latents keep their names.
        rows: of all rows, those that are scored [n].
        latents: of all latents, those that are told of [d].
        dead: names of latents that do not vary, among all of them.
        said: in words, what was left out.
    """

    rep: Representation
    rows: np.ndarray
    latents: np.ndarray
    dead: tuple[str, ...]
    said: tuple[str, ...]


def sample_of(rep: Representation, rows: int, seed: int) -> Sample:
    """At most so many rows, the 256 latents that vary most, and the first 24 labels."""
    draws = rng(seed, 0, "rows of a card")
    chosen = np.arange(len(rep))
    said = []
    if len(rep) > rows:
        chosen = np.sort(draws.choice(len(rep), rows, replace=False))
        said.append(f"Everything is measured on {rows:,} of the {len(rep):,} rows, drawn at random (seed {seed}).")
    deviation = np.asarray(rep.code.std(axis=0, dtype=np.float64))
    latents = np.arange(rep.latents)
    if rep.latents > LATENTS:
        latents = np.sort(np.argsort(-deviation, kind="stable")[:LATENTS])
        said.append(
            f"Of {rep.latents:,} latents the {LATENTS} of the largest variance are told of and scored; the others only "
            "move the map. Name others as the latents to see them."
        )
    if len(rep.space) > LABELS:
        said.append(f"Of {len(rep.space)} labels the first {LABELS} are told of; name others to see them.")
    names = rep.latent_names
    dead = tuple(names[j] for j in np.flatnonzero(_dead(rep, deviation)))
    part = _of_latents(_of_labels(rep.rows(chosen)), latents)
    return Sample(part, chosen, latents, dead, tuple(said))


def _dead(rep: Representation, deviation: np.ndarray) -> np.ndarray:
    """Whether a latent says next to nothing [D]."""
    varying = deviation[deviation > 0]
    dead: np.ndarray = deviation < DEAD * float(np.median(varying)) if len(varying) else deviation == 0
    if rep.logvar is not None:
        from unbraid.metrics._divergence import divergence

        dead = dead | (divergence(rep.code, rep.logvar).mean(axis=0) < DEAD_NATS)
    return dead | (deviation == 0)


def _of_labels(rep: Representation) -> Representation:
    if len(rep.space) <= LABELS:
        return rep
    space = replace(rep.space, factors=rep.space.factors[:LABELS])
    missing = None if rep.missing is None else rep.missing[:, :LABELS]
    return replace(rep, factors=rep.factors[:, :LABELS], space=space, missing=missing)


def _of_latents(rep: Representation, latents: np.ndarray) -> Representation:
    if len(latents) == rep.latents:
        return rep
    logvar = None if rep.logvar is None else rep.logvar[:, latents]
    names = tuple(rep.latent_names[j] for j in latents)
    return replace(rep, code=rep.code[:, latents], logvar=logvar, layers=(len(latents),), latent_names=names)
