"""The KL of a VAE in three parts, from the aggregate posterior of a large reference."""

from __future__ import annotations

import numpy as np
from scipy.special import logsumexp

from unbraid.core import require
from unbraid.core.values import Count
from unbraid.metrics._mixtures import LOG_ROOT_TAU, mixture_log_density
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_logvar

__all__ = ["total_correlation"]

PROPERTIES = Properties(
    source="Chen et al. (2018), Isolating Sources of Disentanglement in VAEs, eq. 2; arXiv:1802.04942",
    range=(-float("inf"), float("inf")),
    higher_is_better=False,
    rows=100,
    invariant=("permutation", "sign", "scale"),
    tolerance=0.14,
    needs=("logvar",),
    dead="adds nothing: its posterior is the same for every image",
    duplicate="adds what the two share, however small the logvar makes it",
    tiny="counts by its information, not its scale",
    discrete="no difference",
    blind_to="the factors: latents of independent noise read 0 as well",
    permuted="latents",
)

BLOCK = 500  # drawn codes at a time: a table of BLOCK x reference numbers


FARTHEST = 1e12  # squared distance from 0 in deviations: beyond, sums of squares lose what is measured


def total_correlation(
    rep: Representation, rng: np.random.Generator, *, samples: Count = 2_000, reference: int = 20_000
) -> Score:
    r"""Total correlation of the aggregate posterior: the information that the latents share, in nats.

        KL = MI + TC + DW,    MI = E[log q(z|x) - log q(z)],    TC = E[log q(z) - sum_j log q(z_j)],
                              DW = E[sum_j log q(z_j) - log p(z)],    q(z) the mean of q(z|x) over the reference

    Args:
        rep: posterior means [N, D] and log-variances `logvar` [N, D], N >= 100; factors are not used.
        rng: draws the reference and the codes.
        samples: codes drawn from posteriors of the reference.
        reference: images whose posteriors make up q(z); all N when there are fewer.

    Returns:
        value: TC, lower is better, 0 for independent latents (its sampling error may take it below); parts:
        "information", "dimension_kl" and "kl", their sum, all in nats.

    Raises:
        UsageError: no posterior log-variances, too few rows.

    Notes:
        With fewer reference images than the dataset holds, MI cannot exceed the log of their number, and TC is
        underestimated accordingly; the minibatch estimates of training use B images only and are far worse (see
        docs/entries/objectives.md). Posteriors are taken as diagonal Gaussians.

    Source: Chen et al. (2018), eq. 2; the exact form is `unbraid.objectives.exact_parts`.

    Example:
        >>> import numpy as np
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("redundancy", copies) for copies in (1, 2)]
        >>> [round(total_correlation(rep, np.random.default_rng(0)).value, 1) for rep in codes]
        [0.9, 9.2]
    """
    logvar = require_logvar(rep, "total_correlation")
    require(len(rep) >= PROPERTIES.rows, f"total_correlation needs at least {PROPERTIES.rows} rows", len(rep))
    require(
        samples >= 1 and reference >= 2, "samples must be at least 1 and reference at least 2", (samples, reference)
    )
    rows = np.sort(rng.choice(len(rep), min(reference, len(rep)), replace=False))
    mean, logvar = rep.code[rows].astype(np.float64), logvar[rows].astype(np.float64)
    farthest = float((mean**2 * np.exp(-logvar)).max())
    do = "take the posterior means' own offset away, or scale them"
    require(
        farthest <= FARTHEST, "total_correlation resolves means of at most 1e6 deviations", f"{farthest**0.5:.3g}", do
    )
    drawn = rng.choice(len(rows), min(samples, len(rows)), replace=False)
    noise = rng.standard_normal((len(drawn), rep.latents))
    z = mean[drawn] + np.exp(0.5 * logvar[drawn]) * noise
    parts = _parts(z, mean, logvar, noise, logvar[drawn])
    kl = sum(parts.values())
    value = parts.pop("total_correlation")
    return Score(value, {**parts, "kl": kl}, {}, f"{len(drawn)} codes, q(z) of {len(rows)} images")


def _parts(
    z: np.ndarray, mean: np.ndarray, logvar: np.ndarray, noise: np.ndarray, logvar_of_z: np.ndarray
) -> dict[str, float]:
    """Means over the drawn codes of the three log-ratios; `z` was drawn with `noise` and `logvar_of_z`."""
    log_posterior = -(0.5 * noise**2 + 0.5 * logvar_of_z + LOG_ROOT_TAU).sum(axis=1)
    log_joint = joint_log_density(z, mean, logvar)
    width = np.exp(0.5 * logvar)
    log_product = sum(mixture_log_density(z[:, j], mean[:, j], width[:, j]) for j in range(z.shape[1]))
    log_prior = -(0.5 * z**2 + LOG_ROOT_TAU).sum(axis=1)
    return {
        "information": float((log_posterior - log_joint).mean()),
        "total_correlation": float((log_joint - log_product).mean()),
        "dimension_kl": float((log_product - log_prior).mean()),
    }


def joint_log_density(z: np.ndarray, mean: np.ndarray, logvar: np.ndarray) -> np.ndarray:
    """log of the mean over b of N(z_a; mean_b, diag exp logvar_b): z [A, D], mean and logvar [B, D] -> [A], nats."""
    precision = np.exp(-logvar)
    constant = -0.5 * (mean**2 * precision + logvar).sum(axis=1) - z.shape[1] * LOG_ROOT_TAU - np.log(len(mean))
    result = np.empty(len(z))
    for start in range(0, len(z), BLOCK):
        part = z[start : start + BLOCK]
        table = part @ (mean * precision).T - 0.5 * part**2 @ precision.T + constant  # [block, B]
        result[start : start + BLOCK] = logsumexp(table, axis=1)
    return result
