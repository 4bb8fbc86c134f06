"""InfoE: explicitness from the loss of a linear classifier."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.core.values import Natural, Repeats
from unbraid.metrics._infomec import coded, linear_loss
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score

__all__ = ["infoe"]

PROPERTIES = Properties(
    source="Hsu et al. (2023), Disentanglement via Latent Quantization, Sec. 4 and App. B; arXiv:2305.18378",
    range=(float("-inf"), 1.0),
    higher_is_better=True,
    rows=100,
    tolerance=5e-3,
    top=0.4,
    bottom=0.1,
    dead="changes nothing",
    duplicate="changes nothing",
    tiny="counts like any other: latents are standardised",
    discrete="read as numbers; discrete=True gives each value a weight of its own",
    blind_to="how factors lie among the latents: a rotation that blends all of them scores as high",
    permuted="factors",
    by_factor=True,
    renamed=0.001,
)


def infoe(
    rep: Representation,
    rng: np.random.Generator,
    *,
    discrete: bool = False,
    iterations: Repeats = 100,
    rows: Natural = 10_000,
) -> Score:
    r"""InfoE: the share of the factors' information that a linear classifier on all latents recovers.

    With L_k the mean loss in nats of a multinomial logistic regression of factor k on all latents, without penalty and
    with equal weight on every level, and V_k the number of levels,

        InfoE = mean over k of 1 - L_k / log V_k

    Args:
        rep: codes [N, D] with N >= 100, and factors [N, K].
        rng: chooses rows.
        discrete: take each distinct value of a latent as a symbol of its own.
        iterations: largest number of L-BFGS steps; separable codes do not converge, and approach 1.
        rows: largest number of random rows used; 0 takes all.

    Returns:
        value at most 1, higher is better; parts: one per factor; arrays: "loss" [K] in nats.

    Raises:
        UsageError: too few rows, no factor that varies.

    Notes:
        The loss is on the rows that were fitted, as the authors take it. Continuous factors are cut into 20 bins.

    Source: Hsu et al. (2023), Sec. 4 and App. B.

    Example:
        >>> import numpy as np
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("noise", deviation) for deviation in (0.1, 1.0)]
        >>> [round(infoe(rep, np.random.default_rng(0)).value, 1) for rep in codes]
        [1.0, 0.2]
    """
    require(iterations >= 1, "infoe: iterations must be at least 1", iterations)
    of = coded(rep, rng, "infoe", discrete, rows, factors=1)
    loss = np.array([linear_loss(of, k, iterations) for k in range(len(of.factors))])
    values = 1.0 - loss / np.log(of.levels.max(axis=0) + 1)
    parts = dict(zip(of.factors, values.tolist(), strict=True))
    return Score(float(values.mean()), parts, {"loss": loss}, f"{of.variant}, {iterations} iterations")
