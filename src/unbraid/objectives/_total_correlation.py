r"""The KL of a VAE in three parts, from the aggregate posterior q(z) = mean over images of q(z | x).

    MI = E[log q(z|x) - log q(z)]                  what the code tells about the image
    TC = E[log q(z) - sum_j log q(z_j)]            how much the latents tell about each other
    DW = E[sum_j log q(z_j) - log p(z)]            how far each latent is from its prior

They sum to a one-sample estimate of the KL, whatever estimate of q(z) is used. `exact_parts` uses every image of a
finite dataset: q(z) is then exact and only the draws of z are random. The minibatch estimators see B of N images
and are biased; benchmarks/estimators.py measures by how much. Reports use `exact_parts`, never a minibatch.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from unbraid.core import require

Estimator = Literal["mws", "mss", "batch"]
CHUNK = 2**22  # numbers of the [rows, B, D] table held at once: 16 MB in float32
LOG_2PI = math.log(2 * math.pi)


class Parts(NamedTuple):
    """Information, total correlation and dimension-wise KL, nats, one value per code [A]."""

    information: Tensor
    total_correlation: Tensor
    dimension_kl: Tensor

    def mean(self) -> Parts:
        """Means over the codes: scalars."""
        return Parts(*(part.mean() for part in self))


def log_densities(z: Tensor, mean: Tensor, logvar: Tensor) -> Tensor:
    """log N(z_aj; mean_bj, exp logvar_bj) of all pairs: z [A, D], mean and logvar [B, D] -> [A, B, D], nats."""
    return -0.5 * ((z.unsqueeze(1) - mean).square() * torch.exp(-logvar) + (logvar + LOG_2PI))


def log_mixtures(
    z: Tensor, mean: Tensor, logvar: Tensor, log_weights: Tensor | None = None, chunk: int = CHUNK
) -> tuple[Tensor, Tensor]:
    """log sum_b w_ab q(z_a | x_b) and the same for each latent alone, in bounded memory.

    Rows are taken in chunks; with more than one chunk the [rows, B, D] table is computed again in the backward pass
    instead of kept, so memory grows with B, not with B^2 D. Sums are taken in float32 at least.

    Args:
        z: codes [A, D].
        mean: posterior means [B, D].
        logvar: posterior log-variances [B, D].
        log_weights: log w_ab [A, B], None for w = 1.
        chunk: numbers of the table held at once.

    Returns:
        joint [A] and marginals [A, D], nats.
    """
    if z.dtype in (torch.float16, torch.bfloat16):
        z, mean, logvar = z.float(), mean.float(), logvar.float()
    rows = max(1, chunk // mean.numel())
    if rows >= len(z):
        return _mixture_rows(z, mean, logvar, log_weights)
    joints, marginals = [], []
    for start in range(0, len(z), rows):
        part = slice(start, start + rows)
        weights = None if log_weights is None else log_weights[part]
        run: Callable[..., tuple[Tensor, Tensor]] = _mixture_rows
        joint, marginal = checkpoint(run, z[part], mean, logvar, weights, use_reentrant=False, preserve_rng_state=False)
        joints.append(joint)
        marginals.append(marginal)
    return torch.cat(joints), torch.cat(marginals)


def _mixture_rows(z: Tensor, mean: Tensor, logvar: Tensor, log_weights: Tensor | None) -> tuple[Tensor, Tensor]:
    """`log_mixtures` of a few rows at once."""
    table = log_densities(z, mean, logvar)  # [A, B, D]
    joint = table.sum(-1)  # [A, B]
    if log_weights is not None:
        joint, table = joint + log_weights, table + log_weights.unsqueeze(-1)
    return torch.logsumexp(joint, dim=1), torch.logsumexp(table, dim=1)


def stratified_log_weights(size: int, rows: int, like: Tensor) -> Tensor:
    """Log-weights of minibatch-stratified sampling [B, B], with which the estimate of q(z) is unbiased.

    Row a gives 1 / N to its own posterior, (N - M) / (N M) to its neighbour's and 1 / M to the others, M = B - 1.

    Args:
        size: B, at least 2.
        rows: N, at least B.
        like: dtype and device.
    """
    require(
        2 <= size <= rows,
        "stratified weights (estimator mss) need a batch of 2 up to the number of training images",
        f"batch {size} of {rows} images",
        "use a smaller batch, or estimator mws or batch",
    )
    others = size - 1
    weights = torch.full((size, size), 1.0 / others, dtype=like.dtype, device=like.device)
    image = torch.arange(size, device=like.device)
    weights[image, (image + 1) % size] = (rows - others) / (rows * others)
    weights[image, image] = 1.0 / rows
    return weights.log()


def estimated_mixtures(
    z: Tensor, mean: Tensor, logvar: Tensor, estimator: Estimator, rows: int, chunk: int = CHUNK
) -> tuple[Tensor, Tensor]:
    """Minibatch estimates of log q(z_a) [A] and log q(z_aj) [A, D] from the batch's own posteriors.

    Args:
        z: one code of each image [B, D].
        mean: posterior means [B, D].
        logvar: posterior log-variances [B, D].
        estimator: "mws" (log sum - log N B), "mss" (stratified, see `stratified_log_weights`) or "batch" (log sum
            alone, without a constant).
        rows: N, number of training images.
        chunk: see `log_mixtures`.
    """
    if estimator == "mss":
        return log_mixtures(z, mean, logvar, stratified_log_weights(len(z), rows, mean), chunk)
    joint, marginals = log_mixtures(z, mean, logvar, None, chunk)
    constant = math.log(rows * len(z)) if estimator == "mws" else 0.0
    return joint - constant, marginals - constant


def parts_of(log_q_given_x: Tensor, log_q: Tensor, log_marginals: Tensor, log_p: Tensor) -> Parts:
    """The three parts from log q(z|x) [A], log q(z) [A], log q(z_j) [A, D] and log p(z) [A]."""
    product = log_marginals.sum(1)
    return Parts(log_q_given_x - log_q, log_q - product, product - log_p)


def log_own_density(z: Tensor, mean: Tensor, logvar: Tensor) -> Tensor:
    """log q(z_a | x_a) [A], each code under its own diagonal posterior."""
    return -0.5 * ((z - mean).square() * torch.exp(-logvar) + logvar + LOG_2PI).sum(1)


def log_prior_density(z: Tensor) -> Tensor:
    """log N(z; 0, I) [A]."""
    return -0.5 * (z.square() + LOG_2PI).sum(1)


def estimated_parts(
    z: Tensor, mean: Tensor, logvar: Tensor, estimator: Estimator, rows: int, chunk: int = CHUNK
) -> Parts:
    """Minibatch estimate of the three parts, one value per image [B]; arguments as in `estimated_mixtures`."""
    joint, marginals = estimated_mixtures(z, mean, logvar, estimator, rows, chunk)
    return parts_of(log_own_density(z, mean, logvar), joint, marginals, log_prior_density(z))


def exact_parts(mean: Tensor, logvar: Tensor, noise: Tensor, chunk: int = CHUNK) -> Parts:
    """The three parts of a finite dataset whose N posteriors are all known, one value per drawn code.

    q(z) is the exact mixture of all N posteriors, so the mean over codes is an unbiased Monte-Carlo estimate whose
    error falls with the number of codes; cost is A x N x D.

    Args:
        mean: posterior means of every image [N, D].
        logvar: posterior log-variances [N, D].
        noise: standard normal [S, N, D] (S codes for each image) or [N, D].
        chunk: see `log_mixtures`.

    Returns:
        three arrays [S * N].
    """
    draws = noise.reshape(-1, *mean.shape)
    z = (mean + torch.exp(0.5 * logvar) * draws).flatten(0, 1)  # [S N, D]
    with torch.no_grad():
        joint, marginals = log_mixtures(z, mean, logvar, None, chunk)
    constant, again = math.log(len(mean)), (len(draws), 1)
    log_q_given_x = log_own_density(z, mean.repeat(again), logvar.repeat(again))
    return parts_of(log_q_given_x, joint - constant, marginals - constant, log_prior_density(z))
