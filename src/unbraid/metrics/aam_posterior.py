"""Axis alignment metric from the aggregate posterior."""

from __future__ import annotations

import numpy as np

from unbraid.core.values import Count
from unbraid.metrics._aggregate_posterior import posterior_information
from unbraid.metrics._information import alignment
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._sampled import PosteriorPoint

__all__ = ["aam_posterior"]

PROPERTIES = Properties(
    source="Dubois et al. (2019), Understanding Disentangling in VAE, Eq. 2",
    range=(0.0, 1.0),
    higher_is_better=True,
    rows=50,
    invariant=("permutation", "sign", "scale", "idle"),
    tolerance=0.05,
    top=0.9,
    bottom=None,
    needs=("factors", "logvar"),
    dead="tells nothing: its mixture is the same in every group",
    duplicate="two copies of a factor's latent take its alignment to 0",
    tiny="counts like any other where its posterior is as tiny: scaling a latent scales its posterior",
    discrete="entropies of the mixture stay finite while posteriors have width",
    blind_to="why it is low: noise, dependent factors and few levels lower it as a second latent does",
    permuted="factors",
    by_factor=True,
)


def aam_posterior(
    rep: Representation,
    rng: np.random.Generator,
    *,
    at: PosteriorPoint = "samples",
    samples: Count = 10_000,
    exact: bool = False,
    draws: np.ndarray | None = None,
) -> Score:
    r"""Axis alignment metric from the aggregate posterior q(z|x): how far one latent tells more than all others do.

    With H(z_j) = -E log of the mean over rows of q(z_j | x_n), the same within the rows of each value of factor k, and
    I_jk = max(0, H(z_j) - H(z_j | v_k)), the latents sorted by their information about factor k,

        AAM = mean over k of max(0, I_(1)k - sum over the others of I_jk) / I_(1)k

    Args:
        rep: posterior means [N, D] and log-variances `logvar` [N, D], N >= 50, and factors [N, K].
        rng: chooses rows and draws from posteriors.
        at: evaluate log q at one draw per row ("samples"), which estimates differential entropies, or at the posterior
            means ("means"), as the authors' program does.
        samples: points per mixture, drawn without repetition; a group with fewer rows uses all of them.
        exact: sum every pair directly instead of binning (about a thousand times slower on large data).
        draws: given draws [N, D] to evaluate at, in place of `at`.

    Returns:
        value in [0, 1], higher is better; parts: one per factor; arrays: "information" [D, K], "entropy" [K],
        "marginal_entropy" [D], "conditional_entropy" [D, K], in nats.

    Raises:
        UsageError: no log-variances, too few rows, no factor that varies, an unknown `at`.

    Notes:
        Every mixture has all rows of its group as components. Binned, entropies differ from the direct sum by less
        than 1e-4 nats. Values of a factor weigh by their rows, and the normaliser is the factor's entropy: on a
        complete grid, the mean over values and log V of the authors. Continuous factors are cut into 20 bins.

    Source: Dubois et al. (2019), Understanding Disentangling in VAE, Eq. 2.

    Example:
        >>> import numpy as np
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(aam_posterior(rep, np.random.default_rng(0)).value, 1) for rep in codes]
        [1.0, 0.0]
    """
    info = posterior_information(rep, rng, "aam_posterior", at, samples, exact, draws)
    shares = alignment(info.table)
    return Score(float(shares.mean()), info.parts(shares), info.arrays(), info.variant)
