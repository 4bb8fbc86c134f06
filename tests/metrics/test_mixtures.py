"""Binned mixtures against the direct sum, within the bound that is promised: 1e-4 nats per entropy."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from unbraid.metrics import _mixtures
from unbraid.metrics._mixtures import binned_density, direct_log_density, mixture_log_density

ROWS = 4000
GRIDS = sorted((Path(__file__).parents[1] / "golden" / "data" / "metrics").glob("*_grid_*.npz"))
rng = np.random.default_rng(0)
MIXTURES = {
    "spread out": (rng.standard_normal(ROWS), np.exp(-1.5 + 0.25 * rng.standard_normal(ROWS))),
    "dead": (np.zeros(ROWS), np.full(ROWS, 0.987)),
    "nearly dead": (1e-3 * rng.standard_normal(ROWS), np.exp(1e-3 * rng.standard_normal(ROWS))),
    "clusters": (0.7 * rng.integers(0, 6, ROWS), np.full(ROWS, 0.02)),
    "narrow": (rng.standard_normal(ROWS), np.full(ROWS, 1e-4)),
    "widths of all sizes": (rng.standard_normal(ROWS), np.exp(rng.uniform(-6, 0, ROWS))),
    "far from 0": (1e4 + rng.standard_normal(ROWS), np.full(ROWS, 0.3)),
}


def binned_log_density(points: np.ndarray, mean: np.ndarray, width: np.ndarray) -> np.ndarray:
    """All of it by binning, octave by octave, however few components there are."""
    octave = np.log2(width / width.min()).astype(int)
    total = sum(
        binned_density(points, mean[octave == o], width[octave == o], width.min() * 2.0**o) for o in np.unique(octave)
    )
    return np.log(total / len(mean))


def places(mean: np.ndarray, width: np.ndarray) -> list[np.ndarray]:
    """Where entropies are evaluated: at means, and at draws."""
    chosen = np.random.default_rng(1).permutation(len(mean))[:1000]
    return [mean[chosen], mean[chosen] + width[chosen] * np.random.default_rng(2).standard_normal(len(chosen))]


@pytest.mark.parametrize("name", list(MIXTURES))
def test_binning_keeps_the_bound(name: str) -> None:
    mean, width = MIXTURES[name]
    for points in places(mean, width):
        direct = direct_log_density(points, mean, width)
        for ours in (mixture_log_density(points, mean, width), binned_log_density(points, mean, width)):
            assert abs(ours.mean() - direct.mean()) < 1e-4
            assert np.abs(ours - direct).max() < 5e-3


@pytest.mark.parametrize("file", GRIDS, ids=lambda file: file.stem)
def test_binning_keeps_the_bound_on_golden_grids(file: Path) -> None:
    with np.load(file) as arrays:
        means, widths = arrays["grid_means"].astype(float), np.exp(0.5 * arrays["grid_logvar"].astype(float))
        draws = arrays["grid_samples"].astype(float)
    for j in range(means.shape[1]):
        for points in (means[:, j], draws[:, j]):
            direct = direct_log_density(points, means[:, j], widths[:, j])
            assert abs((binned_log_density(points, means[:, j], widths[:, j]) - direct).mean()) < 1e-4


def test_one_component_is_a_gaussian() -> None:
    points = np.array([-1.0, 0.5, 30.0])
    expected = norm.logpdf(points, 0.5, 0.3)
    one, width = np.array([0.5]), np.array([0.3])
    assert mixture_log_density(points, one, width, exact=True) == pytest.approx(expected)
    assert mixture_log_density(points, one, width) == pytest.approx(expected)


def test_blocks_do_not_change_the_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    mean, width = MIXTURES["narrow"]
    whole = mixture_log_density(mean, mean, width), direct_log_density(mean[:99], mean, width)
    monkeypatch.setattr(_mixtures, "BLOCK", 10_000)
    assert mixture_log_density(mean, mean, width) == pytest.approx(whole[0])
    assert direct_log_density(mean[:99], mean, width) == pytest.approx(whole[1])
