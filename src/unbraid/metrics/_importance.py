"""Disentanglement and completeness of an importance matrix [D, K]: how much each latent says about each factor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from unbraid.metrics._representation import Score

NONE_KEPT = "no latent is more important for the group of factors than for the others"
TINY = 1e-11  # Locatello et al. (2019) add it to every entry, so that a row of zeros has the entropy of a uniform one


def disentanglement(importance: np.ndarray) -> tuple[float | None, np.ndarray]:
    """Mean over latents, weighted by importance, of 1 - entropy of a latent's row in base K; and each latent's [D].

    A matrix of zeros scores 0: no latent is devoted to any factor. With a single factor the score does not exist (None,
    and NaN for each latent).
    """
    return _concentration(np.abs(importance))


def completeness(importance: np.ndarray) -> tuple[float | None, np.ndarray]:
    """Mean over factors, weighted by importance, of 1 - entropy of a factor's column in base D; and each factor's [K].

    The base counts every latent, idle ones too; with one latent the score does not exist.
    """
    return _concentration(np.abs(importance).T)


def _concentration(rows: np.ndarray) -> tuple[float | None, np.ndarray]:
    """1 - normalised entropy of each row, and its mean weighted by the rows' sums."""
    if rows.shape[1] < 2 or not len(rows):
        return None, np.full(len(rows), np.nan)
    shares = rows + TINY
    shares = shares / shares.sum(axis=1, keepdims=True)
    per_row = 1 + (shares * np.log(shares)).sum(axis=1) / np.log(rows.shape[1])
    total = rows.sum()
    weights = rows.sum(axis=1) / total if total > 0 else np.full(len(rows), 1 / len(rows))
    return float(np.clip(weights @ per_row, 0, 1)), per_row


def largest_share(table: np.ndarray, axis: int) -> np.ndarray:
    """Largest entry over the sum along `axis`, rescaled so that equal entries (zeros too) give 0, a single one 1."""
    even, total = 1.0 / table.shape[axis], table.sum(axis=axis)
    largest = np.divide(table.max(axis=axis), total, out=np.full_like(total, even), where=total > 0)
    shares: np.ndarray = (largest - even) / (1.0 - even)
    return shares


def devoted(importance: np.ndarray, columns: Sequence[int]) -> np.ndarray:
    """Mask [D] of the latents whose summed importance for `columns` exceeds that for the other factors."""
    inside = np.isin(np.arange(importance.shape[1]), columns)
    mask: np.ndarray = importance[:, inside].sum(axis=1) > importance[:, ~inside].sum(axis=1)
    return mask


def importance_score(
    importance: np.ndarray, variant: str, parts: Mapping[str, float] | None = None, columns: Sequence[int] = ()
) -> Score:
    """The Score of an importance matrix [D, K]: value is disentanglement; completeness and `parts` stand beside it.

    With a group of `columns` only those count, and only the latents devoted to them; none devoted, no value. The
    array "kept" [D] tells which latents counted.
    """
    kept = devoted(importance, columns) if columns else np.ones(len(importance), dtype=bool)
    arrays = {"importance": importance, "kept": kept}
    if not kept.any():
        return Score(None, arrays=arrays, variant=variant, reason=NONE_KEPT)
    part = importance[kept][:, list(columns)] if columns else importance
    value, per_latent = disentanglement(part)
    complete, per_factor = completeness(part)
    arrays |= {"disentanglement": per_latent, "completeness": per_factor}
    scores = {"disentanglement": value, "completeness": complete, **(parts or {})}
    reason = "" if value is not None else "disentanglement needs at least two factors"
    return Score(value, {key: v for key, v in scores.items() if v is not None}, arrays, variant, reason)
