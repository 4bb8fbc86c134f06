"""Accuracy of a classifier from few labels."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from unbraid.core import require, require_choice
from unbraid.core.values import Bins, Natural, Repeats
from unbraid.metrics._factors import levels_of_both, varying, with_factors
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_factors, require_rows
from unbraid.metrics._split import train_test

__all__ = ["downstream_accuracy"]

PROPERTIES = Properties(
    source="Locatello et al. (2019), Challenging Common Assumptions, Sec. 5.5; arXiv:1811.12359",
    range=(0, 1),
    higher_is_better=True,
    rows=100,
    dead="none",
    duplicate="next to none: two equal features share one weight",
    tiny="none: latents are standardised",
    discrete="works",
    blind_to="how factors lie among the latents: any blend that a classifier can undo scores as high",
    tolerance=0.05,
    top=0.5,
    bottom=0.5,
    permuted="factors",
    renamed=0.001,
)
Probe = Literal["logistic", "trees"]


def downstream_accuracy(
    rep: Representation,
    rng: np.random.Generator,
    *,
    labels: Sequence[int] = (10, 100, 1_000),
    probe: Probe = "logistic",
    repeats: Repeats = 5,
    bins: Bins = 10,
    test: Representation | None = None,
    train_rows: Natural = 10_000,
    test_rows: Natural = 5_000,
) -> Score:
    """Downstream accuracy: how well each factor is classified from the latents after 10, 100, 1,000 labels.

    Args:
        rep: at least 100 rows.
        rng: draws the split and the labelled rows.
        labels: numbers of labelled rows; those beyond the rows for fitting are left out. 10,000 is worth its time
            on large sets.
        probe: `logistic` regression on standardised latents, or `trees` (a random forest) for any relation.
        repeats: separate sets of labelled rows averaged for each number, as far as there are rows.
        bins: equal widths that a continuous factor is cut into.
        test: rows to test on; without, `rep` is split at random.
        train_rows: rows to draw labels from at most.
        test_rows: rows to test on at most.

    Returns:
        value in [0, 1]: mean accuracy over factors with the most labels; parts: "accuracy/10", … and the efficiency
        ratio "efficiency/10", …: that accuracy divided by the one with the most labels; arrays: "accuracy" [number
        of labels, K], "labels".

    Notes:
        Chance is not subtracted, so an uninformative code has an efficiency near 1: read it beside the accuracy.
        Factors with a single level are left out.

    Source: Locatello et al. (2019), Sec. 5.5.

    Example:
        >>> import numpy as np
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("noise", deviation) for deviation in (0.1, 1.0)]
        >>> [round(downstream_accuracy(rep, np.random.default_rng(0), labels=[100]).value, 1) for rep in codes]
        [0.6, 0.3]
    """
    require_choice(probe, Probe, "downstream_accuracy.probe")
    require(labels and min(labels) >= 2, "downstream_accuracy.labels must be numbers of at least 2", list(labels))
    require(repeats >= 1, "downstream_accuracy.repeats must be at least 1", repeats)
    require_rows(rep, PROPERTIES.rows, "downstream_accuracy")
    train, held = train_test(rep, rng, test, train_rows, test_rows)
    require_factors(varying(train), 1, "downstream_accuracy")
    mask = varying(train)
    train, held = with_factors(train, mask), with_factors(held, mask)
    counts = sorted(count for count in set(labels) if count <= len(train))
    require(counts, "downstream_accuracy.labels must not all exceed the rows for fitting", f"{len(train)} rows")
    levels, wanted = levels_of_both(train, held, bins)
    order, seed = rng.permutation(len(train)), int(rng.integers(2**31))
    accuracy = np.empty((len(counts), levels.shape[1]))
    for c, count in enumerate(counts):
        sets = [order[i * count : (i + 1) * count] for i in range(min(repeats, len(train) // count))]
        for k in range(levels.shape[1]):
            pairs = [(train.code[rows], levels[rows, k]) for rows in sets]
            accuracy[c, k] = np.mean([_accuracy(*pair, held.code, wanted[:, k], probe, seed) for pair in pairs])
    mean = accuracy.mean(axis=1)
    parts = {f"accuracy/{count}": float(m) for count, m in zip(counts, mean, strict=True)}
    parts |= {f"efficiency/{count}": float(m / mean[-1]) for count, m in zip(counts, mean, strict=True) if mean[-1] > 0}
    variant = f"{probe}, {counts[-1]} labels, {repeats} repeats"
    return Score(float(mean[-1]), parts, {"accuracy": accuracy, "labels": np.array(counts)}, variant)


def _accuracy(
    code: np.ndarray, level: np.ndarray, held: np.ndarray, wanted: np.ndarray, probe: Probe, seed: int
) -> float:
    """Test accuracy of a probe; with a single level among the labels it says that level."""
    from sklearn.exceptions import ConvergenceWarning

    if np.ptp(level) == 0:
        return float(np.mean(wanted == level[0]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # few labels are separable: more steps do not matter
        return float(np.mean(_model(probe, seed).fit(code, level).predict(held) == wanted))


def _model(probe: Probe, seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if probe == "trees":
        return RandomForestClassifier(random_state=seed)
    return make_pipeline(StandardScaler(), LogisticRegression())
