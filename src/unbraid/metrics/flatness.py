"""Flatness of the paths that codes take as one factor runs."""

from __future__ import annotations

import numpy as np

from unbraid.metrics._grid_lines import grid_lines, moving_factors
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score

__all__ = ["flatness"]

PROPERTIES = Properties(
    source="Michlo (2021), disent: a modular disentangled representation learning framework, flatness metric",
    range=(0.0, 1.0),
    higher_is_better=True,
    rows=2,
    invariant=("permutation", "sign", "idle"),
    top=0.9,
    bottom=0.5,
    needs=("factors", "grid"),
    dead="changes nothing",
    duplicate="lowers it: two latents that move together take a diagonal, longer in L1 than it is wide in L2",
    tiny="adds next to nothing: widths and lengths have the latents' unit",
    discrete="steps of equal codes have length 0",
    blind_to="why it is low: curved latents and latents of noise lower it as blends do",
    permuted="codes",
    cost="quick",
    reads="order",
)


def flatness(rep: Representation, rng: np.random.Generator, *, traversals: int = 1024) -> Score:
    r"""Flatness: whether codes move straight ahead along one axis as one factor runs through its levels.

    Along each line of the grid where only factor k runs, with steps between neighbouring levels (the last next to the
    first, and the longest of these left out, so that circular and other factors are treated alike),

        width  = largest distance between two codes of the line
        length = sum of the V_k - 1 shortest steps
        flatness = mean over k of (mean width in L2) / (mean length in L1)

    Args:
        rep: codes of a complete grid [N, D].
        rng: draws lines.
        traversals: lines per factor, drawn without repetition; all where there are fewer, and for 0.

    Returns:
        value in [0, 1], higher is better; parts: one per factor, "l1" and "l2" (width and length in one norm);
        arrays: "width_l1", "width_l2", "length_l1", "length_l2" [K].

    Raises:
        UsageError: rows that are not a complete grid, no factor with two levels.

    Notes:
        Factors of one level are left out. A factor that moves no code has length 0 and counts 0.

    Source: Michlo (2021), disent.

    Example:
        >>> import numpy as np
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(flatness(rep, np.random.default_rng(0)).value, 1) for rep in codes]
        [0.6, 0.5]
    """
    factors = moving_factors(rep, "flatness")
    measured = np.array([_measures(_lines(rep, k, rng, traversals)) for k in factors])  # [K, 4]
    names = ("width_l1", "width_l2", "length_l1", "length_l2")
    arrays = {name: measured[:, column] for column, name in enumerate(names)}
    values = _ratio(arrays["width_l2"], arrays["length_l1"])
    parts = {rep.space.names[k]: float(value) for k, value in zip(factors, values, strict=True)}
    parts |= {norm: float(_ratio(arrays[f"width_{norm}"], arrays[f"length_{norm}"]).mean()) for norm in ("l1", "l2")}
    return Score(
        float(values.mean()), parts, arrays, f"L2 width over L1 length, {traversals or 'all'} lines per factor"
    )


def _lines(rep: Representation, k: int, rng: np.random.Generator, count: int) -> np.ndarray:
    return grid_lines(rep, k, rng, count, "flatness")


def _measures(lines: np.ndarray) -> tuple[float, float, float, float]:
    """Mean width in L1 and L2 and mean length in L1 and L2 of lines [T, V, D]."""
    width = np.zeros((2, len(lines)))
    for shift in range(1, lines.shape[1]):
        apart = _norms(lines[:, shift:] - lines[:, :-shift])
        width = np.maximum(width, apart.max(axis=2))
    steps = np.sort(_norms(lines - np.roll(lines, 1, axis=1)), axis=2)
    length = steps[:, :, :-1].sum(axis=2)
    return (*width.mean(axis=1), *length.mean(axis=1))


def _norms(difference: np.ndarray) -> np.ndarray:
    """L1 and L2 norms over the last axis [2, T, V]."""
    return np.stack([np.abs(difference).sum(axis=2), np.sqrt((difference**2).sum(axis=2))])


def _ratio(width: np.ndarray, length: np.ndarray) -> np.ndarray:
    ratio: np.ndarray = np.divide(width, length, out=np.zeros_like(width), where=length > 0)
    return ratio
