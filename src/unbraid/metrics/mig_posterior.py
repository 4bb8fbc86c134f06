"""Mutual information gap from the aggregate posterior."""

from __future__ import annotations

import numpy as np

from unbraid.core.values import Count
from unbraid.metrics._aggregate_posterior import posterior_information
from unbraid.metrics._information import top_two
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._sampled import PosteriorPoint

__all__ = ["mig_posterior"]

PROPERTIES = Properties(
    source="Chen et al. (2018), Isolating Sources of Disentanglement in VAEs, Sec. 4.1 and App. C; arXiv:1802.04942",
    range=(0.0, 1.0),
    higher_is_better=True,
    rows=50,
    latents=2,
    invariant=("permutation", "sign", "scale", "idle"),
    tolerance=0.02,
    top=0.9,
    bottom=0.05,
    needs=("factors", "logvar"),
    dead="tells nothing: its mixture is the same in every group",
    duplicate="two copies of a factor's latent close its gap to 0",
    tiny="counts like any other where its posterior is as tiny: scaling a latent scales its posterior",
    discrete="entropies of the mixture stay finite while posteriors have width",
    blind_to="what else the best latent tells; nor why it is low: noise and dependent factors lower it as copies do",
    permuted="factors",
    by_factor=True,
)


def mig_posterior(
    rep: Representation,
    rng: np.random.Generator,
    *,
    at: PosteriorPoint = "samples",
    samples: Count = 10_000,
    exact: bool = False,
    draws: np.ndarray | None = None,
) -> Score:
    r"""Mutual information gap from the aggregate posterior q(z|x): how much one latent, not two, tells of a factor.

    With H(z_j) = -E log of the mean over rows of q(z_j | x_n), the same within the rows of each value of factor k, and
    I_jk = max(0, H(z_j) - H(z_j | v_k)), the latents sorted by their information about factor k,

        MIG = mean over k of (I_(1)k - I_(2)k) / H_k

    Args:
        rep: posterior means [N, D] and log-variances `logvar` [N, D], N >= 50, D >= 2, and factors [N, K].
        rng: chooses rows and draws from posteriors.
        at: evaluate log q at one draw per row ("samples"), which estimates differential entropies, or at the posterior
            means ("means"), as the authors' program does.
        samples: points per mixture, drawn without repetition; a group with fewer rows uses all of them.
        exact: sum every pair directly instead of binning (about a thousand times slower on large data).
        draws: given draws [N, D] to evaluate at, in place of `at`.

    Returns:
        value in about [0, 1], higher is better; parts: one gap per factor; arrays: "information" [D, K], "entropy" [K],
        "marginal_entropy" [D], "conditional_entropy" [D, K], in nats.

    Raises:
        UsageError: no log-variances, too few rows, no factor that varies, an unknown `at`.

    Notes:
        Every mixture has all rows of its group as components. Binned, entropies differ from the direct sum by less
        than 1e-4 nats. Values of a factor weigh by their rows, and the normaliser is the factor's entropy: on a
        complete grid, the mean over values and log V of the authors. Continuous factors are cut into 20 bins.

    Source: Chen et al. (2018), Isolating Sources of Disentanglement in VAEs, Sec. 4.1 and App. C; arXiv:1802.04942.

    Example:
        >>> import numpy as np
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(mig_posterior(rep, np.random.default_rng(0)).value, 1) for rep in codes]
        [0.9, 0.0]
    """
    info = posterior_information(rep, rng, "mig_posterior", at, samples, exact, draws, latents=2)
    first, second = top_two(np.maximum(info.table, 0.0))
    gaps = (first - second) / info.entropy
    return Score(float(gaps.mean()), info.parts(gaps), info.arrays(), info.variant)
