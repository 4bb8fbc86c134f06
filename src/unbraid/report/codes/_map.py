"""The codes in the plane: the two directions along which they vary most, a dot for each row."""

from __future__ import annotations

from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.colors import to_hex

from unbraid.core import Factor, rng
from unbraid.core.seeds import small
from unbraid.figures._style import PALETTE, QUIET
from unbraid.metrics import Representation

POINTS = 2_000
WIDTH, HEIGHT, MARGIN = 1000, 620, 14
CUT = 0.5  # per cent at each end: rows beyond are drawn at the edge
STEPS = 12  # colours of a label with an order
LEVELS = len(PALETTE) - 1  # of a label without: the largest have a colour each, the others one together


@dataclass(frozen=True)
class Colouring:
    """Colours of the dots by one label: the colour of each dot, and what colours mean."""

    label: str
    numbers: tuple[int, ...]
    colours: tuple[str, ...]
    legend: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CodeMap:
    """Dots in a frame of 1000 by 620.

    Args:
        rows: of all rows, those that are drawn.
        places: of the dots [n, 2].
        said: what the axes are.
        colourings: by label; empty without labels.
    """

    rows: np.ndarray
    places: np.ndarray
    said: str
    colourings: tuple[Colouring, ...]


def map_of(rep: Representation, seed: int) -> CodeMap | None:
    """The first two principal components of at most 2,000 rows; None where fewer than two latents vary."""
    if (np.ptp(rep.code, axis=0) > 0).sum() < 2 or len(rep) < 3:
        return None
    from sklearn.decomposition import PCA

    count = min(POINTS, len(rep))
    rows = np.sort(rng(seed, 0, "map of a card").choice(len(rep), count, replace=False))
    code = rep.code[rows].astype(np.float64)
    code -= code.mean(axis=0)
    code /= max(float(np.abs(code).max()), 1e-300)
    pca = PCA(2, random_state=small(seed)).fit(code)
    placed = pca.transform(code)
    low, high = np.percentile(placed, [CUT, 100 - CUT], axis=0)
    share = (placed - low) / np.where(high > low, high - low, 1)
    beyond = int(((share < -0.02) | (share > 1.02)).any(axis=1).sum())
    share = np.clip(share, -0.02, 1.02) * 0.96 + 0.02
    size = np.array([WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN])
    places = MARGIN + np.stack([share[:, 0], 1 - share[:, 1]], axis=1) * size
    first, second = pca.explained_variance_ratio_
    said = (
        f"{count:,} of {len(rep):,} rows. Across and up: the first and second principal component of the codes as they "
        f"are, not rescaled, which hold {first:.0%} and {second:.0%} of their variance; the other "
        f"{max(0.0, 1 - first - second):.0%} cannot be seen here."
    )
    said += f" {beyond} far-off rows are drawn at the edge." if beyond else ""
    shown = rep.rows(rows)
    return CodeMap(rows, places, said, tuple(_colouring(shown, k) for k in range(len(rep.space))))


def _colouring(rep: Representation, k: int) -> Colouring:
    factor, column = rep.space.factors[k], rep.factors[:, k]
    known = np.ones(len(rep), dtype=bool) if rep.missing is None else ~rep.missing[:, k]
    if factor.kind == "categorical":
        numbers, colours, legend = _by_level(factor, column, known)
    else:
        numbers, colours, legend = _by_value(factor, column, known)
    if not known.all():
        legend = (*legend, ("unknown", QUIET))
    numbers = np.where(known, numbers, len(colours))
    return Colouring(factor.name, tuple(int(n) for n in numbers), (*colours, QUIET), legend)


Coloured = tuple[np.ndarray, tuple[str, ...], tuple[tuple[str, str], ...]]


def _by_level(factor: Factor, column: np.ndarray, known: np.ndarray) -> Coloured:
    """The most frequent levels in colours of their own."""
    levels, counts = np.unique(column[known], return_counts=True)
    chosen = [int(level) for level in levels[np.argsort(-counts, kind="stable")][:LEVELS]]
    place = {level: number for number, level in enumerate(sorted(chosen))}
    numbers = np.array([place.get(int(level), len(chosen)) for level in column])
    colours = (*PALETTE[: len(chosen)], QUIET)
    legend = tuple((level_name(factor, level), PALETTE[number]) for level, number in place.items())
    return numbers, colours, (*legend, ("other levels", QUIET)) if len(levels) > len(chosen) else legend


def _by_value(factor: Factor, column: np.ndarray, known: np.ndarray) -> Coloured:
    """Steps of a scale of colours from the lowest value to the highest, or around the circle."""
    values = column.astype(np.float64)
    low, high = (float(values[known].min()), float(values[known].max())) if known.any() else (0.0, 0.0)
    circular = factor.kind == "circular"
    if circular:
        low, high = 0.0, float(factor.size or factor.period or high - low or 1)
        values = values % high
    numbers = np.clip(((values - low) / ((high - low) or 1) * STEPS).astype(np.int64), 0, STEPS - 1)
    scale = matplotlib.colormaps["hsv" if circular else "viridis"]
    colours = tuple(to_hex(scale(place)) for place in np.linspace(0 if circular else 0.05, 0.95, STEPS))
    if circular:
        colours = tuple(to_hex(tuple((0.72 * np.array(scale(n / STEPS)[:3]) + 0.08).tolist())) for n in range(STEPS))
    steps = np.linspace(low, high, 5)[: 4 if circular else 5]
    at = [min(STEPS - 1, int((value - low) / ((high - low) or 1) * STEPS)) for value in steps]
    legend = tuple((level_name(factor, value), colours[n]) for value, n in zip(steps, at, strict=True))
    return numbers, colours, tuple(dict(legend).items())


def level_name(factor: Factor, level: float) -> str:
    """A level in words: its label, its value, or its number."""
    if factor.size == 0:
        return f"{level:.3g}"
    number = min(round(level), factor.size - 1)
    if factor.labels:
        return factor.labels[number]
    return f"{factor.values[number]:.4g}" if factor.values else str(number)
