"""Densities of large one-dimensional Gaussian mixtures, by the direct sum or by binning and Fourier transform.

Binned, the components of similar width (one octave) are spread over a grid of means and a ladder of variances by
interpolation weights, each rung is smoothed with its Gaussian in Fourier space, and the grid is read off at the points.
Both interpolations keep a component's mean and variance, so errors are of fourth order in the grid's step. The mean log
density over draws from the mixture, or over its means, is off by less than 2e-5 nats; a single point that is four
widths away from every component may be off by 1e-3.
"""

from __future__ import annotations

import numpy as np
from scipy import fft

CELLS = 8  # grid cells per smallest width of an octave: 0.023 * 8^-4 * 3 = 2e-5 relative error at the centre
RUNGS = 96  # variances per octave of widths: (ln 4 / 96)^2 / 32 * 3 = 2e-5 relative error at the centre
REACH = 8.5  # widths; a Gaussian beyond holds 2e-17 of its mass
MOST_CELLS = 2_000_000  # 16 MB per table; beyond, widths are so small that few components are near a point
BLOCK = 4_000_000  # pairs at a time in direct sums
FAINT = 1e-9  # of the peak: below, rounding in Fourier space counts and the direct sum is taken

LOG_ROOT_TAU = 0.5 * np.log(2.0 * np.pi)


def mixture_log_density(points: np.ndarray, mean: np.ndarray, width: np.ndarray, exact: bool = False) -> np.ndarray:
    """Log of the mean of Gaussian densities with `mean` [N] and standard deviation `width` [N] at `points` [M] -> [M].

    With `exact`, every pair is summed; else whichever of binning and the sum over near pairs is cheaper, per octave.
    """
    if exact:
        return direct_log_density(points, mean, width)
    density = np.zeros(len(points))
    narrowest = width.min()
    octave = np.log2(width / narrowest).astype(np.int64)
    for number in np.flatnonzero(np.bincount(octave)):
        chosen = slice(None) if octave.max() == 0 else octave == number
        density += _octave_density(points, mean[chosen], width[chosen], narrowest * 2.0**number)
    density /= len(mean)
    faint = density <= FAINT * density.max()
    result = np.log(np.where(faint, 1.0, density))
    if faint.any():
        result[faint] = direct_log_density(points[faint], mean, width)
    return result


def direct_log_density(points: np.ndarray, mean: np.ndarray, width: np.ndarray) -> np.ndarray:
    """The direct sum over all components, in blocks of bounded memory."""
    result = np.empty(len(points))
    step = max(1, BLOCK // len(mean))
    offset = np.log(width) + LOG_ROOT_TAU + np.log(len(mean))
    for start in range(0, len(points), step):
        rows = slice(start, start + step)
        exponent = -0.5 * ((points[rows, None] - mean) / width) ** 2 - offset
        top = exponent.max(axis=1)
        result[rows] = top + np.log(np.exp(exponent - top[:, None]).sum(axis=1))
    return result


def _octave_density(points: np.ndarray, mean: np.ndarray, width: np.ndarray, narrowest: float) -> np.ndarray:
    """Sum of the densities of components whose widths lie within `narrowest` .. 2 `narrowest`."""
    cells = (np.ptp(mean) / narrowest + 4 * REACH) * CELLS * RUNGS
    if cells <= MOST_CELLS and cells <= len(mean) * len(points):
        return binned_density(points, mean, width, narrowest)
    ordered = np.argsort(mean)
    reach = 2 * REACH * narrowest
    low, high = (np.searchsorted(mean[ordered], points + side) for side in (-reach, reach))
    return _near_density(points, mean[ordered], width[ordered], low, high)


def _near_density(
    points: np.ndarray, mean: np.ndarray, width: np.ndarray, low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """Sum over the components `low` .. `high` of each point only."""
    density = np.zeros(len(points))
    ends = np.cumsum(high - low)
    start = 0
    while start < len(points):
        done = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + BLOCK, side="right")))
        count = (high - low)[start:stop]
        first = np.repeat(low[start:stop] - (ends[start:stop] - count - done), count)
        component = first + np.arange(len(first))
        point = np.repeat(np.arange(start, stop), count)
        w = width[component]
        densities = np.exp(-0.5 * ((points[point] - mean[component]) / w) ** 2 - LOG_ROOT_TAU) / w
        density[start:stop] = np.bincount(point - start, weights=densities, minlength=stop - start)
        start = stop
    return density


def binned_density(points: np.ndarray, mean: np.ndarray, width: np.ndarray, narrowest: float) -> np.ndarray:
    """Sum of the densities of components of one octave of widths, on a grid, read off at `points`."""
    step = narrowest / CELLS
    origin = mean.min() - 2 * REACH * narrowest
    length = fft.next_fast_len(int((np.ptp(mean) + 4 * REACH * narrowest) / step) + 8, real=True)
    table, variances = _table((mean - origin) / step, width / narrowest, length)
    frequency = 2.0 * np.pi * fft.rfftfreq(length) * CELLS  # per narrowest width
    smoothed = fft.rfft(table, axis=1) * np.exp(-0.5 * variances[:, None] * frequency**2)
    grid = fft.irfft(smoothed.sum(axis=0), length)
    return _read(grid, (points - origin) / step) / step


def _table(place: np.ndarray, width: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Components spread over rungs of variance and grid cells -> mass [R, length], variance of each rung [R].

    Four cubic weights along the grid, two linear ones in variance: mean and variance are kept.
    """
    cell = place.astype(np.int64)
    rung = (np.log2(width) * RUNGS).astype(np.int64)
    first = rung.min()
    rung -= first
    rungs = int(rung.max()) + 2
    variances = 4.0 ** ((first + np.arange(rungs)) / RUNGS)
    upper = (width**2 - variances[rung]) / (variances[rung + 1] - variances[rung])
    index = rung * length + cell
    size = rungs * length
    table = np.zeros(size + length + 4)  # from cell -1 of the first rung to cell 2 beyond the last
    for offset, weight in zip((-1, 0, 1, 2), _cubic(place - cell), strict=True):
        above = weight * upper
        for shift, share in ((offset, weight - above), (offset + length, above)):
            table[shift + 1 : shift + 1 + size] += np.bincount(index, weights=share, minlength=size)
    return table[1 : size + 1].reshape(rungs, length), variances


def _read(grid: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Cubic interpolation of `grid` at `place` in cells; 0 outside."""
    cell = np.floor(place).astype(np.int64)
    inside = (cell >= 1) & (cell < len(grid) - 2)
    cell = np.where(inside, cell, 1)
    values = sum(w * grid[cell + a] for a, w in zip((-1, 0, 1, 2), _cubic(place - cell), strict=True))
    return np.where(inside, values, 0.0)


def _cubic(u: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Lagrange weights of the cells -1, 0, 1, 2 for a place `u` in 0 .. 1."""
    return (
        -u * (u - 1) * (u - 2) / 6,
        (u * u - 1) * (u - 2) / 2,
        -u * (u + 1) * (u - 2) / 2,
        u * (u * u - 1) / 6,
    )
