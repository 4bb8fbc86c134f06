"""Scores for other people's loops: a scorer for scikit-learn, an accumulator for training loops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from unbraid.core import FactorSpace, Spec, UsageError, bind, load_entry, require
from unbraid.metrics._arrays import as_array
from unbraid.metrics._properties import properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._score import MetricLike, score, specs_of

__all__ = ["Accumulator", "scorer"]


def scorer(name: str, *, seed: int = 0, names: Sequence[str] | None = None, **options: Any) -> Callable[..., float]:
    """A scikit-learn scorer of one metric: `scoring=scorer("mig")` in `cross_val_score`, `GridSearchCV` and the like.

    Args:
        name: a metric, `package.module:thing` included.
        seed: of random metrics.
        names: names of the factors [K].
        options: of the metric, such as bins=10.

    Returns:
        scorer(estimator, X, y) -> float: the codes [N, D] are `estimator.transform(X)`, or `estimator.predict(X)` where
        it cannot transform, and `y` [N] or [N, K] holds the factors. Greater is better: a metric where lower is better
        is negated.

    Raises:
        UsageError: an unknown metric or option, or one where neither end is better; and when called, a score that does
            not exist for these codes, with the reason.

    Example:
        >>> import numpy as np
        >>> from sklearn.decomposition import PCA
        >>> factors = np.random.default_rng(0).integers(4, size=(400, 2))
        >>> round(scorer("mcc")(PCA(2).fit(factors * [1, 9]), factors * [1, 9], factors), 2)
        1.0
    """
    spec = Spec(name, options)
    bind(load_entry("metrics", name), options, name)
    sign = _sign(name)

    def scored(estimator: Any, X: Any, y: Any) -> float:
        code = estimator.transform(X) if hasattr(estimator, "transform") else estimator.predict(X)
        rep = Representation.from_arrays(as_array(code), as_array(y), names=names)
        (answer,) = score(rep, metrics=[spec], seed=seed, progress=False, floor=False).values()
        if answer.value is None:
            raise UsageError(f"{name} has no value for these codes: {answer.reason}")
        return sign * answer.value

    return scored


class Accumulator:
    """Gather codes and factors batch by batch in a training loop, then score them all: update, compute, reset.

    Args:
        metrics: as in `score`; all default ones when None.
        seed: of random metrics.
        space: the factors; levels are numbered as they occur when None.
        names: names of the factors, where no space is given.

    Example:
        >>> import numpy as np
        >>> accumulator = Accumulator("mcc")
        >>> for batch in np.arange(400).reshape(4, 100):
        ...     accumulator.update(batch[:, None] * 2.0, batch[:, None] % 5)
        >>> accumulator.compute()["mcc"].value < 0.2
        True
    """

    def __init__(
        self,
        metrics: MetricLike | Iterable[MetricLike] | None = None,
        *,
        seed: int = 0,
        space: FactorSpace | None = None,
        names: Sequence[str] | None = None,
    ) -> None:
        self.metrics = None if metrics is None else list(specs_of(metrics).values())
        self.seed, self.space, self.names = seed, space, names
        self.reset()

    def update(self, code: Any, factors: Any, logvar: Any = None) -> None:
        """Add a batch: codes [B, D], factors [B, K] and, if known, log-variances [B, D].

        Anything NumPy can read will do; tensors are detached and brought to the CPU. The batch is copied.
        """
        batch = [_matrix(part) for part in (code, factors, logvar) if part is not None]
        require(
            len({len(part) for part in batch}) == 1,
            "a batch must have as many rows of codes as of factors",
            " and ".join(str(len(part)) for part in batch),
        )
        if self._batches:
            shapes = [part.shape[1:] for part in self._batches[0]]
            came = [part.shape[1:] for part in batch]
            require(shapes == came, f"every batch must have the columns of the first, {shapes}", came)
        self._batches.append(batch)

    def compute(self) -> dict[str, Score]:
        """Score all that was gathered since the last reset.

        Raises:
            UsageError: nothing was gathered.
        """
        require(self._batches, "there must be batches to score", "none", "call update(code, factors) first")
        code, factors, *rest = (np.concatenate(parts) for parts in zip(*self._batches, strict=True))
        logvar = rest[0] if rest else None
        rep = Representation.from_arrays(code, factors, logvar=logvar, space=self.space, names=self.names)
        return score(rep, metrics=self.metrics, seed=self.seed, progress=False, floor=False)

    def values(self) -> dict[str, float]:
        """The plain numbers of `compute()` for a logger; scores without a value are left out."""
        return {name: answer.value for name, answer in self.compute().items() if answer.value is not None}

    def reset(self) -> None:
        """Forget what was gathered."""
        self._batches: list[list[np.ndarray]] = []


def _matrix(given: Any) -> np.ndarray:
    """A copy with rows first; one number per row becomes one column."""
    array = np.array(as_array(given))
    require(array.ndim in (1, 2), "a batch must be a matrix [B, D]", f"shape {array.shape}")
    return array[:, None] if array.ndim == 1 else array


def _sign(name: str) -> float:
    """1 where higher is better, -1 where lower is; metrics that declare nothing count as higher-is-better."""
    try:
        better = properties(name).higher_is_better
    except UsageError:
        return 1.0
    require(better is not None, f"a scorer needs a metric with a better end; '{name}' describes", do="use score()")
    return 1.0 if better else -1.0
