"""Golden values of weak pairs and of the hyperprior."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import torch
from torch import Tensor

from tests.golden.objectives import Case, Ours
from tests.objectives._given import GivenModel, given_batch
from unbraid.models import DiagonalGaussian, FullGaussian
from unbraid.models.likelihoods.bernoulli import Bernoulli
from unbraid.objectives import Losses
from unbraid.objectives._pairs import Sharing, arithmetic_mean, distance_of, precision_mean, shared_latents
from unbraid.objectives._wishart import kl_code, kl_covariance, log_student_t
from unbraid.objectives.ada_gvae import AdaGVAE
from unbraid.objectives.ada_mlvae import AdaMLVAE

AVERAGES = {"gvae": arithmetic_mean, "mlvae": precision_mean}
ENTRIES = {"gvae": AdaGVAE, "mlvae": AdaMLVAE}
PREFIXES = {"symmetric": "symmetric", "kl_2_1": "reverse", "onesided": "forward"}  # name in the values -> distance


def reference_constant(latents: int, psi: float, nu: float) -> float:
    """What the published regulariser adds to kl_code + kl_covariance (it does not move gradients)."""
    gammas = math.lgamma((nu + 1.0) / 2) - math.lgamma((nu + 1.0 - latents) / 2)
    return nu / 2 * latents * math.log(psi) + latents / 2 * math.log(2.0) + gammas + (nu + 2.0) * latents / 2


def adagvae_family(case: Case) -> Ours:
    def posterior() -> DiagonalGaussian:
        a = case.arrays
        return DiagonalGaussian(torch.cat([a["mu1"], a["mu2"]]), torch.cat([a["logvar1"], a["logvar2"]]))

    def distance(name: str) -> Tensor:
        a = case.arrays
        return distance_of(name, a["mu1"], a["logvar1"], a["mu2"], a["logvar2"])

    def shared(average: str, name: str) -> Any:
        return Sharing(AVERAGES[average], name)(0, posterior())

    def kl(average: str, name: str) -> Tensor:
        return shared(average, name).divergence()

    ours: dict[str, Any] = {"onesided_2x_kl_1_2": lambda: 2.0 * distance("forward")}
    for prefix, name in PREFIXES.items():
        if prefix != "onesided":
            ours[f"{prefix}_delta"] = partial(distance, name)
            ours[f"{prefix}_shared_mask"] = lambda n=name: shared_latents(distance(n))
            ours[f"{prefix}_mean_shared"] = lambda n=name: shared_latents(distance(n)).sum(1).double().mean()
        for average in AVERAGES:
            ours[f"{prefix}_{average}_kl_mean"] = lambda a=average, n=name: kl(a, n).mean()
            ours[f"{prefix}_{average}_kl_sum"] = lambda a=average, n=name: kl(a, n).sum(1).mean()
            for which in (0, 1):
                label, part = f"{prefix}_{average}", (lambda a, n, w: shared(a, n).mean.chunk(2)[w])
                ours[f"{label}_mean{which + 1}"] = partial(part, average, name, which)
                logvar = lambda a, n, w: shared(a, n).logvar.chunk(2)[w]  # noqa: E731
                ours[f"{label}_logvar{which + 1}"] = partial(logvar, average, name, which)
                std = lambda a, n, w: torch.exp(0.5 * shared(a, n).logvar.chunk(2)[w])  # noqa: E731
                ours[f"{label}_std{which + 1}"] = partial(std, average, name, which)
    for average in AVERAGES:
        ours |= _full_loss(case, average, posterior)
    return ours


def _full_loss(case: Case, average: str, posterior: Any) -> Ours:
    """The whole objective against disentanglement_lib, linear decoder."""

    def losses() -> Losses:
        a = case.arrays
        x1, x2 = (a[name].permute(0, 3, 1, 2) for name in ("x1", "x2"))
        shape = tuple(x1.shape[1:])
        heads = lambda z: (Bernoulli((z @ a["decoder_weight"]).unflatten(1, shape)),)  # noqa: E731
        model = GivenModel([posterior()], heads, shape)
        batch = given_batch(x1, partner=x2, noises=[torch.cat([a["eps1"], a["eps2"]])])
        return ENTRIES[average](beta=case.params["beta"], distance="forward").forward(model, batch, 0)

    label, beta = f"disentanglement_lib_one_sided_{average}", case.params["beta"]
    return {
        f"{label}/kl": lambda: losses().terms["kl"],
        f"{label}/reconstruction": lambda: losses().terms["reconstruction"],
        f"{label}/regularizer": lambda: beta * losses().terms["kl"],
        f"{label}/loss": lambda: losses().of["model"],
        f"{label}/neg_elbo": lambda: losses().terms["kl"] + losses().terms["reconstruction"],
    }


def chyvae_family(case: Case) -> Ours:
    psi, nu, latents = float(case.params["psi_scale"]), float(case.params["nu"]), int(case.params["p"])

    def posterior() -> FullGaussian:
        return FullGaussian(case.arrays["mu"], case.arrays["encoder_matrix"])

    def of_code() -> Tensor:
        q = posterior()
        return kl_code(case.arrays["z2"], q.mean, q.covariance, q.log_determinant(), psi, nu)

    def of_covariance() -> Tensor:
        return kl_covariance(case.arrays["z2"], psi, nu)

    def log_q() -> Tensor:
        return posterior().log_prob(case.arrays["z2"])

    def student() -> Tensor:
        return log_student_t(case.arrays["z2"], psi, nu)

    constant = reference_constant(latents, psi, nu)
    return {
        "kl_z": of_code,
        "kl_Sigma": of_covariance,
        "kl_z_mean": lambda: of_code().mean(),
        "kl_Sigma_mean": lambda: of_covariance().mean(),
        "monte_carlo_first_sample/kl_z_mean": lambda: of_code()[0],
        "monte_carlo_first_sample/kl_Sigma_mean": lambda: of_covariance()[0],
        "constant_dropped_by_reference": lambda: constant,
        "regularizer_reference": lambda: (of_code() + of_covariance()).mean() + constant,
        "regularizer_with_constant": lambda: (of_code() + of_covariance()).mean(),
        "reference_term": lambda: -(of_code() + of_covariance() + constant),
        "collapsed_kl_one_sample": lambda: (log_q() - student()).mean(),
        "log_student_t": student,
        "log_q": log_q,
        "Sigma": lambda: posterior().covariance,
        "z2": lambda: posterior().sample(case.arrays["eps"]),
    }


FAMILIES = {"adagvae": adagvae_family, "chyvae": chyvae_family}
