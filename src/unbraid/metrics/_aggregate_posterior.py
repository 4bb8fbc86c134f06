"""What latents tell about factors, from the aggregate posterior q(z) and its part q(z | v) for each factor value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from unbraid.core import require, require_choice
from unbraid.metrics._bins import CONTINUOUS_BINS, varying_levels
from unbraid.metrics._information import entropies, information_table
from unbraid.metrics._latent_noise import LatentNoise
from unbraid.metrics._mixtures import mixture_log_density
from unbraid.metrics._prepared import once
from unbraid.metrics._representation import Representation
from unbraid.metrics._requirements import require_latents, require_logvar, require_rows
from unbraid.metrics._sampled import PosteriorPoint

ROWS = 50


@dataclass(frozen=True)
class PosteriorInformation:
    """Entropies of the latents under Gaussian-mixture posteriors, in nats.

    Attributes:
        marginal: -E log q(z_j) [D].
        conditional: -E log q(z_j | v_k), averaged over the values of each factor [D, K].
        entropy: of the factors [K]; all above 0.
        levels: of those factors [N, K].
        factors: their names [K].
        variant: what was evaluated.
    """

    marginal: np.ndarray
    conditional: np.ndarray
    entropy: np.ndarray
    levels: np.ndarray
    factors: tuple[str, ...]
    variant: str
    notes: tuple[str, ...] = ()

    @property
    def table(self) -> np.ndarray:
        """Mutual information [D, K]; an estimate, so that small ones may come out slightly negative."""
        information: np.ndarray = self.marginal[:, None] - self.conditional
        return information

    @property
    def between_factors(self) -> np.ndarray:
        """Mutual information of each pair of factors [K, K]."""
        return information_table(self.levels, self.levels)

    def arrays(self) -> dict[str, np.ndarray]:
        """What a score stores."""
        return {
            "information": self.table,
            "entropy": self.entropy,
            "marginal_entropy": self.marginal,
            "conditional_entropy": self.conditional,
        }

    def parts(self, values: np.ndarray) -> dict[str, float]:
        """One number per factor [K], by factor name."""
        return dict(zip(self.factors, values.tolist(), strict=True))


def posterior_information(
    rep: Representation,
    rng: np.random.Generator,
    metric: str,
    at: PosteriorPoint,
    samples: int,
    exact: bool,
    draws: np.ndarray | None,
    latents: int = 1,
) -> PosteriorInformation:
    """Entropies of each latent, at `samples` rows of the whole and of each group of rows with equal factor value.

    Every mixture has all rows of its group as components; only the points where it is evaluated are drawn.
    """
    require_choice(at, PosteriorPoint, f"{metric}: at")
    require(samples >= 1, f"{metric}: samples must be at least 1", samples)
    logvar = require_logvar(rep, metric)
    require_rows(rep, ROWS, metric)
    require_latents(rep, latents, metric)
    levels, factors = varying_levels(rep, metric, CONTINUOUS_BINS)
    if draws is not None:
        require(
            draws.shape == rep.code.shape, f"{metric}: draws must have the shape of code {rep.code.shape}", draws.shape
        )
    elif at == "samples":
        draws = _draws(rep, logvar, rng)
    points = rep.code if draws is None else draws
    marginal, conditional = _entropies(rep.code, logvar, points, list(_groups(levels, rng, samples)), exact)
    method = "direct sum" if exact else "binned"
    variant = f"q(z|x) mixtures, {method}, at {at}, {samples} per group"
    return PosteriorInformation(marginal, conditional, entropies(levels), levels, factors, variant)


def _draws(rep: Representation, logvar: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One draw from the posterior of each row [N, D]."""
    noise = once(rep, "noise of latents", lambda: LatentNoise(rep.code, logvar)).draw(rng)
    noise *= np.exp(0.5 * logvar)
    draws: np.ndarray = np.add(noise, rep.code, dtype=np.float64)
    return draws


@dataclass(frozen=True)
class _Group:
    """Rows that share a value of factor `factor` (all rows for -1), their share, and where they are evaluated."""

    factor: int
    rows: np.ndarray
    chosen: np.ndarray
    share: float


def _groups(levels: np.ndarray, rng: np.random.Generator, samples: int) -> Iterator[_Group]:
    """All rows, then the rows of each value of each factor."""
    rows = len(levels)
    everything = np.arange(rows)
    yield _Group(-1, everything, _some(everything, rng, samples), 1.0)
    for k in range(levels.shape[1]):
        ordered = np.argsort(levels[:, k], kind="stable")
        starts = np.flatnonzero(np.diff(levels[ordered, k])) + 1
        for group in np.split(ordered, starts):
            yield _Group(k, group, _some(group, rng, samples), len(group) / rows)


def _some(rows: np.ndarray, rng: np.random.Generator, samples: int) -> np.ndarray:
    return rows if len(rows) <= samples else rng.choice(rows, samples, replace=False)


def _entropies(
    code: np.ndarray, logvar: np.ndarray, points: np.ndarray, groups: list[_Group], exact: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Marginal [D] and conditional [D, K] entropies."""
    latents, factors = code.shape[1], groups[-1].factor + 1
    table = np.zeros((latents, factors + 1))  # the last column, factor -1, is the marginal
    for j in range(latents):
        mean, width = code[:, j].astype(np.float64), np.exp(0.5 * logvar[:, j].astype(np.float64))
        place = points[:, j].astype(np.float64)
        for group in groups:
            density = mixture_log_density(place[group.chosen], mean[group.rows], width[group.rows], exact)
            table[j, group.factor] -= group.share * density.mean()
    return table[:, -1], table[:, :-1]
