"""A linear probe of each factor, above what it reads from codes that know nothing."""

from __future__ import annotations

import warnings

import numpy as np

from unbraid.core import rng
from unbraid.metrics import Representation
from unbraid.metrics._factors import targets

PERMUTATIONS = 5  # of the rows of codes: their mean score is the floor
ORDERS = (1, 2, 4)  # turns per turn of a circular factor: an ellipse looks the same twice, a square four times
ROOM = 0.05  # least room between floor and 1, as for the floors of scores


def probe_above_floor(rep: Representation, seed: int = 0) -> dict[str, float]:
    r"""How well a linear probe reads each factor from all latents together, above its floor.

        above = (s - floor) / (1 - floor),   floor = mean of s over codes with permuted rows

    with s the R^2 of a ridge regression, or the accuracy of a logistic one for categorical factors, fitted on half of
    the rows and measured on the others. Of a circular factor it predicts sine and cosine of the angle, of twice and of
    four times the angle, and takes the best: images of a symmetric object say the angle up to its symmetry.

    Args:
        rep: codes and factors of some thousand rows.
        seed: of the split and the permutations.

    Returns:
        factor -> above: 0 in expectation for codes that know nothing, 1 at the top. Factors of one level in these rows,
        and those whose floor is within .05 of 1, are left out.
    """
    return {
        name: above
        for k, name in enumerate(rep.space.names)
        if (above := _above_floor(*_known(rep, k), rng(seed, k, "probe"))) is not None
    }


def _known(rep: Representation, k: int) -> tuple[np.ndarray, np.ndarray, bool]:
    """Codes and what is to be predicted of factor k in the rows that have a level, and whether that is a class."""
    kind = rep.space.factors[k].kind
    known = slice(None) if rep.missing is None else ~rep.missing[:, k]
    wanted = rep.factors[:, k] if kind == "categorical" else targets(rep, k)
    return rep.code[known].astype(np.float64), wanted[known], kind == "categorical"


def _above_floor(code: np.ndarray, wanted: np.ndarray, classes: bool, stream: np.random.Generator) -> float | None:
    """The score of one factor above its floor; None where there is nothing to predict."""
    order = stream.permutation(len(code))
    halves = order[: len(order) // 2], order[len(order) // 2 :]
    if min(map(len, halves)) < 2 or any((wanted[half] == wanted[half[:1]]).all() for half in halves):
        return None
    measure = _accuracy if classes else _explained
    value = measure(code, wanted, *halves)
    shuffled = [stream.permutation(len(code)) for _ in range(PERMUTATIONS)]
    floor = float(np.mean([measure(code[rows], wanted, *halves) for rows in shuffled]))
    return (value - floor) / (1 - floor) if 1 - floor >= ROOM else None


def _explained(code: np.ndarray, wanted: np.ndarray, train: np.ndarray, test: np.ndarray) -> float:
    """R^2 of a ridge regression on rows `test`; of columns sine and cosine, the best over orders of symmetry."""
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import scale

    code = scale(code)
    if wanted.shape[1] == 2:
        angle = np.arctan2(wanted[:, 0], wanted[:, 1])[:, None] * ORDERS
        wanted = np.stack([np.sin(angle), np.cos(angle)])  # [2, N, orders]
    else:
        wanted = wanted[None]
    flat = np.moveaxis(wanted, 0, 1).reshape(len(code), -1)
    predicted = Ridge().fit(code[train], flat[train]).predict(code[test]).reshape(len(test), -1)  # 1-D for one column
    left = np.square(flat[test] - predicted).sum(axis=0).reshape(len(wanted), -1).sum(axis=0)
    whole = np.square(flat[test] - flat[test].mean(axis=0)).sum(axis=0).reshape(len(wanted), -1).sum(axis=0)
    ratio = np.divide(left, whole, out=np.ones_like(left), where=whole > 0)
    return float(1 - ratio.min())


def _accuracy(code: np.ndarray, wanted: np.ndarray, train: np.ndarray, test: np.ndarray) -> float:
    """Share of rows `test` whose class a logistic regression tells."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import scale

    code = scale(code)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a probe that has not quite converged is a probe
        return float(LogisticRegression().fit(code[train], wanted[train]).score(code[test], wanted[test]))
