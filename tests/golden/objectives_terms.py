"""Golden values of terms: divergences, likelihoods, total correlation, moments, discrepancy, capacity, rates."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from tests.golden.objectives import Case, Ours
from tests.objectives._given import GivenModel, given, given_batch, no_images
from unbraid.core import Spec
from unbraid.models import DiagonalGaussian, likelihood
from unbraid.models.likelihoods.bernoulli import Bernoulli
from unbraid.models.likelihoods.box_blur import BoxBlur, box_blur
from unbraid.objectives import Schedule
from unbraid.objectives._mmd import mmd
from unbraid.objectives._terms import covariance_of_means, gaussian_kl, symmetric_kl
from unbraid.objectives._total_correlation import (
    estimated_mixtures,
    estimated_parts,
    log_own_density,
    log_prior_density,
    stratified_log_weights,
)
from unbraid.objectives.beta_tcvae import BetaTCVAE
from unbraid.objectives.beta_vae import BetaVAE
from unbraid.objectives.capacity_vae import CapacityVAE
from unbraid.objectives.dip_vae import DIPVAE
from unbraid.objectives.info_vae import InfoVAE

F64 = torch.float64


def kl_of(mean: Tensor, logvar: Tensor) -> Tensor:
    """KL to the prior per latent [B, D]."""
    return DiagonalGaussian(mean, logvar).divergence()


def gaussian_kl_family(case: Case) -> Ours:
    def both(function: Any, first: str, second: str) -> Tensor:
        a = case.arrays
        return function(a[f"mu{first}"], a[f"logvar{first}"], a[f"mu{second}"], a[f"logvar{second}"])

    def kl() -> Tensor:
        return kl_of(case.arrays["mu"], case.arrays["logvar"])

    return {
        "kl_mean_ktark": lambda: kl().mean().reshape(1),
        "kl_mean_over_latents_and_batch": lambda: kl().mean(),
        "kl_per_latent_batch_mean": lambda: kl().mean(0),
        "kl_sum_over_latents_mean_over_batch": lambda: kl().sum(1).mean(),
        "kl_q2_q1": lambda: both(gaussian_kl, "2", ""),
        "symmetric_kl": lambda: both(symmetric_kl, "", "2"),
    }


def reconstruction_family(case: Case) -> Ours:
    def error(name: str, target: str = "x") -> Tensor:
        return likelihood(name, case.arrays["logits"]).error(case.arrays[target]).mean()

    return {
        "bernoulli_binary_targets": lambda: error("bernoulli", "x_binary"),
        "bernoulli_logits_soft_targets": lambda: error("bernoulli"),
        "bernoulli_soft_targets": lambda: error("bernoulli"),
        "disent_bce_mean_sum": lambda: error("bernoulli"),
        "disent_mse_mean_no_sigmoid": lambda: error("mse") / case.arrays["x"][0].numel(),
        "disent_mse_mean_sum_no_sigmoid": lambda: error("mse"),
        "dubois_gaussian_255": lambda: error("gaussian_255"),
        "dubois_laplace_x3": lambda: error("laplace3"),
        "sum_squared_error_of_sigmoid": lambda: error("gaussian_sigmoid"),
    }


def tcvae_family(case: Case) -> Ours:
    rows = case.params["N"]

    def code() -> tuple[Tensor, Tensor, Tensor]:
        return case.arrays["z"], case.arrays["mu"], case.arrays["logvar"]

    def part(estimator: str, which: int) -> Tensor:
        return estimated_parts(*code(), estimator, rows)[which]

    def mixture(estimator: str, which: int) -> Tensor:
        estimate = estimated_mixtures(*code(), estimator, rows)[which]
        return estimate.sum(1) if which else estimate

    def loss(model: GivenModel, images: Tensor, **options: Any) -> Tensor:
        weights = {name: case.params[name] for name in ("alpha", "beta", "gamma")}
        batch = given_batch(images, rows)
        return BetaTCVAE(**{**weights, **options}).forward(model, batch, 0).of["model"]

    def full_loss() -> Tensor:
        z, mean, logvar = code()
        images = case.arrays["x_8x8"]
        heads = lambda codes: (Bernoulli(case.arrays["logits_8x8"]),)  # noqa: E731
        model = GivenModel([DiagonalGaussian(mean, logvar)], heads, tuple(images.shape[1:]), z)
        return loss(model, images, estimator="batch")

    def with_error(error: float, **options: Any) -> Tensor:
        z, mean, logvar = code()
        return loss(given(mean, logvar, z, error), no_images(len(z)), **options)

    ours: dict[str, Any] = {}
    for group, estimator in (("mws", "mws"), ("mss_diagonal", "mss"), ("dubois_mws_no_constant", "batch")):
        for which, name in enumerate(("mi", "tc", "dwkl")):
            ours[f"{group}/{name}"] = lambda e=estimator, w=which: part(e, w).mean()
            if group == "mws":
                ours[f"mws_{name}"] = partial(part, estimator, which)
        if group != "mws":
            ours[f"{group}_log_qz"] = partial(mixture, estimator, 0)
            ours[f"{group}_log_prod_qzi"] = partial(mixture, estimator, 1)
    for name in case.values:
        if name.startswith("tc_no_constant/"):
            ours[name] = lambda: part("batch", 1).mean()
    # the reconstruction of mws is given: its images are not stored
    reconstruction = case.values.get("mws/rec", 0.0)
    return ours | {
        "mws/rec": lambda: with_error(reconstruction, alpha=0.0, beta=0.0, gamma=0.0),
        "mws/sum": lambda: sum(part("mws", which).mean() for which in range(3)),
        "mws/objective_alpha1_gamma1": lambda: with_error(reconstruction, alpha=1.0, gamma=1.0, estimator="mws"),
        "dubois_mws_no_constant/full_loss_8x8": full_loss,
        "elbo_form_(KL + (beta-1) TC)_disentanglement_lib": lambda: with_error(
            0.0, alpha=1.0, gamma=1.0, estimator="batch", form="kl_plus"
        ),
        "mss_weights_diagonal": lambda: stratified_log_weights(len(code()[0]), rows, code()[0]).exp(),
        "log_pz": lambda: log_prior_density(code()[0]),
        "log_qz_given_x": lambda: log_own_density(*code()),
    }


def dip_family(case: Case) -> Ours:
    def penalty(kind: str) -> Tensor:
        """Through the objective: no KL and no error beside it."""
        options = {"lambda_od": case.params["lambda_od"], "lambda_d": case.params["lambda_d"], "beta": 0.0}
        model = given(case.arrays["mu"], case.arrays["logvar"], error=0.0)
        batch = given_batch(no_images(case.params["B"]))
        return DIPVAE(**options, type=kind).forward(model, batch, 0).of["model"]

    def cov_z() -> Tensor:
        return covariance_of_means(case.arrays["mu"]) + torch.diag(case.arrays["logvar"].exp().mean(0))

    return {
        "dip_i": lambda: penalty("I"),
        "dip_i_amir": lambda: penalty("I"),
        "dip_i_disent": lambda: penalty("I"),
        "dip_ii": lambda: penalty("II"),
        "cov_mu": lambda: covariance_of_means(case.arrays["mu"]),
        "cov_z": cov_z,
    }


def mmd_family(case: Case) -> Ours:
    latents = case.params["D"]

    def biased() -> Tensor:
        return mmd(case.arrays["z_prior"], case.arrays["z"], "rbf", latents**2, True)

    def unbiased(kernel: str, denominator: float) -> Tensor:
        return mmd(case.arrays["z_prior_same_size"], case.arrays["z"], kernel, denominator, False)

    def loss(name: str) -> Tensor:
        alpha, weight = (float(n) for n in re.findall(r"alpha(\d+)_lambda(\d+)", name)[0])
        kernel = name.rsplit("_", 1)[1]
        options = {"beta": 1 - alpha, "weight": alpha + weight - 1, "kernel": kernel, "denominator": 2.0 * latents}
        z, prior = case.arrays["z"], case.arrays["z_prior_same_size"]
        model = given(case.arrays["mu"], case.arrays["logvar"], z, error=0.0)
        batch = given_batch(no_images(len(z)), noises=[torch.zeros_like(z), prior])
        return InfoVAE(**options, prior_samples=0, biased=False).forward(model, batch, 0).of["model"]

    ours = {
        "lambda_times_mmd": lambda: case.params["lambda_"] * biased(),
        "mmd_biased_amir_float32": biased,
        "mmd_biased_own_float64": biased,
        "mmd_unbiased_disent_rbf": lambda: unbiased("rbf", 4.0 * latents),
        "mmd_unbiased_pythae_rbf": lambda: unbiased("rbf", 2.0 * latents),
        "mmd_unbiased_pythae_imq": lambda: unbiased("imq", 2.0 * latents),
    }
    return ours | {name: partial(loss, name) for name in case.values if name.startswith("pythae_loss_")}


def capacity_family(case: Case) -> Ours:
    params = case.params
    ramp = Schedule(params["C_init"], params["C_final"], params["anneal_steps"])

    def model() -> GivenModel:
        a = case.arrays
        logits = torch.logit(a["recon_prob"])
        return GivenModel(
            [DiagonalGaussian(a["mu"], a["logvar"])], lambda z: (Bernoulli(logits),), tuple(a["x"].shape[1:])
        )

    def losses(objective: Any) -> list[float]:
        steps, images = case.values["loss_steps"], case.arrays["x"]
        return [float(objective.forward(model(), given_batch(images), step).of["model"].detach()) for step in steps]

    def image_kl() -> Tensor:
        return kl_of(case.arrays["mu"], case.arrays["logvar"]).sum(1)

    def pythae() -> Tensor:
        error = model().generate(image_kl())[0].error(case.arrays["x"])
        return (error + params["gamma"] * (image_kl() - params["C_final"]).abs()).mean()

    def beta_of(name: str) -> float:
        return float(re.findall(r"beta(\d+(?:\.\d+)?)_", name)[0])

    ours: dict[str, Any] = {
        "betaB_loss": lambda: losses(CapacityVAE(gamma=params["gamma"], capacity=ramp)),
        "pythae_abs_per_sample_at_C_final": pythae,
        "steps": lambda: case.values["steps"],
        "loss_steps": lambda: case.values["loss_steps"],
    }
    for name in case.values:
        if name.startswith("C_"):
            ours[name] = lambda: [ramp(step) for step in case.values["steps"]]
        elif name.startswith("annealed_betaH"):
            warm = Schedule(0.0, beta_of(name), params["anneal_steps"])
            ours[name] = lambda w=warm: losses(BetaVAE(beta=w))
        elif name.startswith("betaH_"):
            plain = BetaVAE(beta=beta_of(name))
            ours[name] = lambda p=plain: losses(p)[0]
        elif name.startswith("abs_placement/"):
            ours[name] = partial(_placement, name, case, image_kl)
    return ours


def _placement(name: str, case: Case, image_kl: Callable[[], Tensor]) -> Any:
    """Distance to C of the batch mean (ours), or the mean of each image's distance (pythae), without reconstruction."""
    place, what = name.rsplit("/", 1)
    capacity = case.values[f"{place}/C"]
    if what == "C":
        return capacity
    if what == "mean_of_abs_pythae":
        return (image_kl() - capacity).abs().mean()
    model = given(case.arrays["mu"], case.arrays["logvar"], error=0.0)
    objective = CapacityVAE(gamma=1.0, capacity=capacity)
    return objective.forward(model, given_batch(no_images(len(image_kl()))), 0).of["model"]


def boxblur_family(case: Case) -> Ours:
    radius, weight = case.params["radius"], case.params["weight"]

    def targets() -> Tensor:
        positions, like = case.arrays["positions"], case.arrays["recon"]
        images = torch.zeros_like(like)
        for image, channel in torch.cartesian_prod(torch.arange(len(images)), torch.arange(images.shape[1])):
            left, top = (8 * int(block) for block in positions[image, channel])
            images[image, channel, top : top + 8, left : left + 8] = 1.0
        return images

    def error(output: Tensor, target: Tensor, w: float = weight) -> Tensor:
        return BoxBlur(output, radius=radius, weight=w).error(target)

    def blurred() -> Tensor:
        return box_blur(targets()[:1, :1], radius)[0, 0]

    def neighbours(w: float) -> Tensor:
        images = targets()
        return error(images[:-1], images[1:], w) / images[0].numel()

    def one_factor_change() -> Tensor:
        moved = torch.zeros_like(targets()[:1])
        moved[:, 0, :8, 8:16] = 1.0
        return error(moved, moved.transpose(2, 3), 0.0)[0] / moved.numel()

    ours = {
        "loss_mean": lambda: error(case.arrays["recon"], targets()).mean() / targets()[0].numel(),
        "loss_mean_sum": lambda: error(case.arrays["recon"], targets()).mean(),
        "mse_mean": lambda: error(case.arrays["recon"], targets(), 0.0).mean() / targets()[0].numel(),
        "one_factor_change_mse": one_factor_change,
        "perceived_distance_boxblur": lambda: neighbours(weight),
        "perceived_distance_mse": lambda: neighbours(0.0),
        "blur_at_first_image_red/sum": lambda: blurred().sum(),
        "blurred_red_first": blurred,
    }
    for name in case.values:
        if place := re.fullmatch(r"blur_at_first_image_red/\[(\d+),(\d+)\]", name):
            ours[name] = lambda p=place: blurred()[int(p[1]), int(p[2])]
    return ours


def lr_plateau_family(case: Case) -> Ours:
    from unbraid.training import Rate

    def rates() -> list[float]:
        p = case.params
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=p["lr0"])
        options = {"multiply": p["factor"], **{key: p[key] for key in ("patience", "threshold", "min_lr")}}
        rate = Rate(Spec("plateau", options), optimizer, steps=1)
        after = []
        for loss in case.arrays["epoch_loss"].tolist():
            rate.end_epoch(loss)
            after.append(rate.lr)
        return after

    return {"lr_after_epoch": rates}


FAMILIES = {
    "gaussian_kl": gaussian_kl_family,
    "reconstruction": reconstruction_family,
    "tcvae": tcvae_family,
    "dip": dip_family,
    "mmd": mmd_family,
    "capacity": capacity_family,
    "boxblur": boxblur_family,
    "lr_plateau": lr_plateau_family,
}
