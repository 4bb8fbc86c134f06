"""The layer-wise β-VAE of the Tartu thesis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import torch
from torch import Tensor

from unbraid.core import require, require_choice
from unbraid.models import Model
from unbraid.objectives._objective import Batch, Losses, Objective
from unbraid.objectives._pass import forward_pass
from unbraid.objectives._schedules import Schedule, Scheduled, schedule
from unbraid.objectives._weighting import Reduction, Weighting

__all__ = ["Layerwise"]

L2Form = Literal["norm", "squared"]
PerLayer = Scheduled | Sequence[Scheduled | None] | None


class Layerwise(Objective):
    r"""Layer-wise β-VAE: every latent layer has its own image head; the KL is taken from the second layer on.

        L = sum_l rec_l + sum_l beta_l KL_l + l1 L1 + l2 L2,    beta_1 = 0

    L1 and L2 run over the weights of the latent encoders (layers 2 and up). With a capacity C_l(t) of a layer,
    |KL_l - C_l(t)| replaces KL_l.

    Args:
        beta: one weight (number or schedule) per layer, the last one holding for all deeper layers; a single weight
            means none for the first layer and that one from the second.
        capacity: C_l(t) in nats, one per layer in the same way, None for a layer without; a single one means from
            the second layer on.
        heads: weight of each image head's error, the last one holding for all deeper heads.
        l1: weight of the sum of absolute weights of the latent encoders.
        l2: weight of their L2 term.
        l2_form: "norm", the sum over tensors of their norms (the thesis's code, from which its results come), or
            "squared", the sum of squared weights (its text).
        biases: whether L1 and L2 count biases too (the code does, the text does not).
        reduction: "sum" or "mean".

    Defaults:
        Tartu thesis: `gaussian_sigmoid` heads, beta 0.5, 1.5, 2.5, 5; l1 1e-4, l2 0.05; Adamax 3e-4, batch 64, 200000
            steps. The text is l2_form squared, biases false.
        Its two-phase schedule for two layers: phase 1 beta [0, g], capacity [null, {start: 0, stop: C, steps: T}];
            phase 2 beta [b, g], capacity [null, C].

    Differs:
        The thesis's code for the second phase has no capacity on layer 2, which contradicts the text; here a phase
        says what holds. Its log prints the L2 of layers 2 and 3 again for 4 and 5.

    Source: Tartu thesis, eq. 10 to 12 and sec. 4.2.

    Example:
        >>> import torch
        >>> from unbraid.models import Towers
        >>> from unbraid.objectives import Batch
        >>> model = Towers((1, 32, 32), latents=(4, 2), width=0.125)
        >>> batch = Batch(torch.rand(8, 1, 32, 32), torch.Generator(), rows=8)
        >>> losses = Layerwise(beta=[0.0, 1.5], heads=[1.0], l1=0.0, l2=0.0).forward(model, batch, step=0)
        >>> terms = losses.terms
        >>> torch.allclose(losses.of["model"], terms["reconstruction"] + 1.5 * terms["kl/1"])
        True
    """

    def __init__(
        self,
        *,
        beta: Any = (0.0, 1.5),
        capacity: Any = None,
        heads: Sequence[float] = (1.0,),
        l1: Scheduled = 1.0e-4,
        l2: Scheduled = 0.05,
        l2_form: L2Form = "norm",
        biases: bool = True,
        reduction: Reduction = "sum",
    ) -> None:
        require_choice(l2_form, L2Form, "l2_form")
        require(len(heads) > 0, "heads must hold at least one weight", heads)
        betas, capacities = _per_layer(beta, 0.0, "beta"), _per_layer(capacity, None, "capacity")
        self._layers = [
            Weighting.of(_at(betas, layer), _at(capacities, layer), reduction)
            for layer in range(max(len(betas), len(capacities)))
        ]
        self.weighting: Weighting = self._layers[-1]
        self.heads, self.l1, self.l2 = tuple(heads), schedule(l1, "l1"), schedule(l2, "l2")
        self.l2_form, self.biases = l2_form, biases

    def latent_weights(self) -> Mapping[str, Schedule]:
        """The deepest layer's beta and the penalties."""
        return {"beta": self.weighting.beta, "l1": self.l1, "l2": self.l2}

    def unsuited(self, model: Model) -> str:
        """A flat model, or one whose latent encoders cannot be reached."""
        name, layers = type(model).__name__, len(model.widths)
        if layers < 2:
            return f"Layerwise needs a model of several latent layers; got {name} with one; use towers, or beta_vae"
        encoders = len(model.latent_encoders)
        penalised = any(max(abs(w.start), abs(w.stop)) > 0 for w in (self.l1, self.l2))
        if penalised and encoders != layers - 1:
            missing = f"l1 and l2 need model.latent_encoders, one for each layer from the second; got {encoders}"
            return f"{missing} in {name}; set l1 and l2 to 0"
        return ""

    def forward(self, model: Model, batch: Batch, step: int) -> Losses:
        """Errors of all heads, weighted KLs and weight penalties."""
        passed = forward_pass(model, batch.images, batch)
        errors = torch.stack([_at(self.heads, head) * error.mean() for head, error in enumerate(passed.error)])
        weighted = [_at(self._layers, layer).kl(kl, step) for layer, kl in enumerate(passed.layer_kl)]
        l1, l2 = self.penalties(model, like=passed.z)
        latent = torch.stack(weighted).sum() + self.l1(step) * l1 + self.l2(step) * l2
        return passed.losses(self.weighting.loss(model, errors.sum(), latent), l1=l1, l2=l2)

    def penalties(self, model: Model, like: Tensor) -> tuple[Tensor, Tensor]:
        """L1 and L2 of the latent encoders: scalars."""
        named = (parameter for encoder in model.latent_encoders for parameter in encoder.named_parameters())
        tensors = [p for name, p in named if self.biases or not name.endswith("bias")]
        if not tensors:
            return like.new_zeros(()), like.new_zeros(())
        l1 = torch.stack([tensor.abs().sum() for tensor in tensors]).sum()
        norms = torch.stack([torch.linalg.vector_norm(tensor) for tensor in tensors])  # gradient 0, not NaN, at 0
        return l1, (norms if self.l2_form == "norm" else norms.square()).sum()


def _per_layer(given: PerLayer, first: float | None, label: str) -> list[Any]:
    """One value per layer, the last holding for all deeper ones; a single value begins at the second layer."""
    if isinstance(given, Sequence) and not isinstance(given, str):
        require(len(given) > 0, f"{label} must hold at least one value", given)
        return list(given)
    return [first, given]


def _at(values: Sequence[Any], layer: int) -> Any:
    """The value of a layer."""
    return values[min(layer, len(values) - 1)]
