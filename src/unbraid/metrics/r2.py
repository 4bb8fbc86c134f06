"""Coefficient of determination of a probe on all latents."""

from __future__ import annotations

from typing import Literal

import numpy as np

from unbraid.core import require_choice
from unbraid.core.values import Natural
from unbraid.metrics._factors import Targets, targets, varying, with_factors
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_factors, require_rows
from unbraid.metrics._split import train_test

__all__ = ["r2"]

PROPERTIES = Properties(
    source="the informativeness part of Eastwood and Williams (2018) as R^2",
    range=(-np.inf, 1),
    higher_is_better=True,
    rows=100,
    dead="none",
    duplicate="none",
    tiny="none for the linear probe; trees see only the order of values",
    discrete="works",
    blind_to="how factors lie among the latents: a rotation that blends all of them scores as high",
    tolerance=0.02,
    top=0.95,
    bottom=0.1,
    permuted="factors",
    cost="quick",
    by_factor=True,
    reads="order",
)
Probe = Literal["linear", "trees"]


def r2(
    rep: Representation,
    rng: np.random.Generator,
    *,
    probe: Probe = "linear",
    target: Targets = "natural",
    test: Representation | None = None,
    train_rows: Natural = 10_000,
    test_rows: Natural = 5_000,
) -> Score:
    """R²: how much of each factor a probe on all latents together explains on rows it has not seen.

    Args:
        rep: at least 100 rows.
        rng: draws the split.
        probe: `linear` least squares, or `trees` (boosted histogram trees) for any relation.
        target: `natural` predicts sine and cosine of a circular factor and indicators of a categorical one together;
            `value` predicts the plain number.
        test: rows to test on; without, `rep` is split at random.
        train_rows: rows to fit on at most.
        test_rows: rows to test on at most.

    Returns:
        value: mean over factors, at most 1; negative where the probe is worse than the factor's mean; parts: one R^2
        per factor.

    Notes:
        It measures whether the factors can be predicted at all, not whether they are disentangled: with the linear
        probe, any invertible linear mixture of the latents has the same value. Factors with a single level are left
        out.

    Source: Eastwood and Williams (2018), informativeness.

    Example:
        >>> import numpy as np
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("noise", deviation) for deviation in (0.1, 1.0)]
        >>> [round(r2(rep, np.random.default_rng(0)).value, 1) for rep in codes]
        [1.0, 0.5]
    """
    require_choice(probe, Probe, "r2.probe")
    require_rows(rep, PROPERTIES.rows, "r2")
    train, held = train_test(rep, rng, test, train_rows, test_rows)
    mask = varying(train) & varying(held)
    require_factors(mask, 1, "r2")
    train, held = with_factors(train, mask), with_factors(held, mask)
    seed = int(rng.integers(2**31))
    parts = {}
    for k, name in enumerate(train.space.names):
        wanted = targets(held, k, target)
        left = wanted - _predicted(train.code, targets(train, k, target), held.code, probe, seed)
        parts[name] = float(1 - (left**2).sum() / ((wanted - wanted.mean(axis=0)) ** 2).sum())
    return Score(float(np.mean(list(parts.values()))), parts, variant=f"{probe} probe, {target} targets")


def _predicted(code: np.ndarray, wanted: np.ndarray, held: np.ndarray, probe: Probe, seed: int) -> np.ndarray:
    """What a probe fitted on `code` and `wanted` [N, M] predicts for the codes `held`."""
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.linear_model import LinearRegression

    if probe == "linear":
        mean, scale = code.mean(axis=0, dtype=np.float64), np.ptp(code, axis=0).astype(np.float64)
        scale[scale == 0] = 1
        predicted: np.ndarray = LinearRegression().fit((code - mean) / scale, wanted).predict((held - mean) / scale)
        return predicted
    fitted = [HistGradientBoostingRegressor(random_state=seed).fit(code, column) for column in wanted.T]
    return np.stack([probe.predict(held) for probe in fitted], axis=1)
