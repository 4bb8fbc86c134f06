"""What FactorVAE's critic sees of the dependence between latents, against the total correlation that is there."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from unbraid.core import rng

DRAWS = 500  # of codes: a standard error of .03 to .1 nats where total correlations are .7 to 10
SEED = 0
CELLS = 4_000_000  # densities at once: 16 MB
LEAST = 0.05  # nats: a reference below is nothing that a critic could miss


def aggregate_total_correlation(
    mean: np.ndarray, logvar: np.ndarray, *, draws: int = DRAWS, device: torch.device | None = None
) -> tuple[float, float]:
    r"""Total correlation of the codes of a finite set of images, and its standard error, in nats.

    The codes of N images with diagonal posteriors have a known density, q(z) = 1/N sum_n q(z | x_n), and so have the
    latents one by one, which leaves one mean to draw:

        TC = E_q(z) [ log q(z) - sum_j log q(z_j) ]

    Args:
        mean: posterior means [N, D] of all images that training draws from. A subset of them has more: its log q(z) is
            larger, by up to log(all / N) where images are told apart.
        logvar: log-variances of the posteriors [N, D].
        draws: of z, from as many images.
        device: where it is computed; the CPU when None.

    Source: Chen et al. (2018), equation 2 and appendix C, with all rows in place of a batch.
    """
    means, logs = (torch.from_numpy(part).to(device, torch.float32) for part in (mean, logvar))
    stream = rng(SEED, 0, "draws of the reference")
    rows = torch.from_numpy(stream.integers(len(mean), size=draws)).to(device)
    noise = torch.from_numpy(stream.standard_normal((draws, mean.shape[1]))).to(device, torch.float32)
    z = means[rows] + noise * torch.exp(logs[rows] / 2)
    chunk = max(1, CELLS // len(mean))
    ratios = torch.cat([_log_ratios(part, means, logs) for part in z.split(chunk)]).cpu().numpy()
    return float(ratios.mean()), float(ratios.std(ddof=1) / np.sqrt(draws))


def _log_ratios(z: Tensor, mean: Tensor, logvar: Tensor) -> Tensor:
    """log q(z) - sum_j log q(z_j) of codes [B, D], float64."""
    joint = z.new_zeros(len(z), len(mean))
    apart = z.new_zeros(len(z), dtype=torch.float64)
    for latent in range(z.shape[1]):
        squared = (z[:, latent, None] - mean[:, latent]).square() * torch.exp(-logvar[:, latent])
        log_density = -0.5 * (squared + logvar[:, latent] + math.log(2 * math.pi))  # [B, N]
        joint += log_density
        apart += _log_mean(log_density)
    return _log_mean(joint) - apart


def _log_mean(log_density: Tensor) -> Tensor:
    """Log of the mean density over images [B, N] -> [B], float64."""
    return torch.logsumexp(log_density, dim=1).double() - math.log(log_density.shape[1])


def critic_share(estimate: float, reference: float) -> float:
    r"""The critic's estimate of a total correlation over a reference, both in nats.

        share = 1 + (estimate - reference) / max(reference, .05)

    is estimate / reference, and where there is next to nothing to see it says what is missed of .05 nats: where codes
    are independent and the critic finds them so, the share is 1.

    >>> critic_share(0.12, 2.0), critic_share(0.0, 0.0)
    (0.06, 1.0)
    """
    return round(1 + (estimate - reference) / max(reference, LEAST), 12)
