"""Linearity of the paths that codes take as one factor runs."""

from __future__ import annotations

import numpy as np

from unbraid.core import UsageError
from unbraid.metrics._grid_lines import grid_lines, moving_factors
from unbraid.metrics._importance import largest_share
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_latents

__all__ = ["linearity"]

PROPERTIES = Properties(
    source="Michlo (2021), disent: a modular disentangled representation learning framework, linearity and axis ratios",
    range=(0.0, 1.0),
    higher_is_better=True,
    rows=2,
    latents=2,
    invariant=("permutation", "sign"),
    top=0.9,
    needs=("factors", "grid"),
    dead="raises it: the ratio that a shapeless cloud would have is 1 over the number of latents",
    duplicate="a line stays a line, no longer along an axis",
    tiny="adds next to nothing: variances have the latents' squared unit",
    discrete="no difference",
    blind_to="rotations, blends of two factors and copies: any straight line counts, in whatever direction",
    permuted="codes",
    cost="quick",
)


def linearity(rep: Representation, rng: np.random.Generator, *, traversals: int = 1024) -> Score:
    r"""Linearity: whether codes stay on a straight line, in any direction, as one factor runs through its levels.

    Along each line of the grid where only factor k runs, with variances s_d of the codes along their principal axes,

        linear ratio = (max s / sum s - 1/D) / (1 - 1/D)

    averaged over lines, then geometrically over factors. The axis ratio is the same with the variances of the latents
    themselves, the axis alignment the second over the first.

    Args:
        rep: codes of a complete grid [N, D], D >= 2.
        rng: draws lines.
        traversals: lines per factor, drawn without repetition; all where there are fewer, and for 0.

    Returns:
        value: the linear ratio in [0, 1], higher is better; parts: one per factor, "axis_ratio", "axis_alignment",
        "axis_ratio_of_means"; arrays: the same names with "linear_ratio", per factor [K].

    Raises:
        UsageError: rows that are not a complete grid, fewer than two latents, a factor that moves no code at all.

    Notes:
        Lines without movement have no direction and are left out. Any two points lie on a line: factors of two levels
        have linear ratio 1. A rotated code keeps its linear ratio and loses its axis ratio.

    Source: Michlo (2021), disent.

    Example:
        >>> import numpy as np
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(linearity(rep, np.random.default_rng(0)).value, 1) for rep in codes]
        [1.0, 1.0]
    """
    require_latents(rep, 2, "linearity")
    factors = moving_factors(rep, "linearity")
    measured = np.array([_measures(_lines(rep, k, rng, traversals)) for k in factors])  # [K, 4]
    names = ("linear_ratio", "axis_ratio", "axis_alignment", "axis_ratio_of_means")
    arrays = {name: measured[:, column] for column, name in enumerate(names)}
    over_factors = {name: _geometric_mean(ratios) for name, ratios in arrays.items()}
    parts = {rep.space.names[k]: float(value) for k, value in zip(factors, arrays["linear_ratio"], strict=True)}
    parts |= {name: over_factors[name] for name in names[1:]}
    return Score(over_factors["linear_ratio"], parts, arrays, f"variance, {traversals or 'all'} lines per factor")


def _lines(rep: Representation, k: int, rng: np.random.Generator, count: int) -> np.ndarray:
    lines = grid_lines(rep, k, rng, count, "linearity")
    moving = np.ptp(lines, axis=1).max(axis=1) > 0
    if not moving.any():
        raise UsageError(f"linearity needs codes that move with every factor; '{rep.space.names[k]}' moves none.")
    moved: np.ndarray = lines[moving]
    return moved


def _measures(lines: np.ndarray) -> tuple[float, float, float, float]:
    """Linear ratio, axis ratio, their quotient, and axis ratio of the mean variances of lines [T, V, D]."""
    centred = lines - lines.mean(axis=1, keepdims=True)
    covariance = np.einsum("tvi,tvj->tij", centred, centred) / (lines.shape[1] - 1)
    along_axes = np.diagonal(covariance, axis1=1, axis2=2)
    linear = largest_share(np.maximum(np.linalg.eigvalsh(covariance), 0.0), axis=-1)
    axis = largest_share(along_axes, axis=-1)
    quotient = np.divide(axis, linear, out=np.zeros_like(axis), where=linear > 0)
    of_means = largest_share(along_axes.mean(axis=0), axis=-1)
    return float(linear.mean()), float(axis.mean()), float(quotient.mean()), float(of_means)


def _geometric_mean(values: np.ndarray) -> float:
    return float(np.exp(np.log(values).mean())) if (values > 0).all() else 0.0
