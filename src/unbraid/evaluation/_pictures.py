"""Arrays behind the pictures of a run: reconstructions and traversals, uint8, ready to be drawn."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from unbraid.core import rng
from unbraid.data import GroundTruthDataset
from unbraid.metrics import Representation
from unbraid.metrics._divergence import divergence
from unbraid.models import Model
from unbraid.training import to_input

SHOWN = 12  # images beside their reconstructions
IN_USE = 0.01  # nats: a latent below carries nothing
ACTIVE = 0.1  # nats; a latent that carries less is not traversed unless all do
MOST = 24  # latents traversed per layer
FROM_PRIOR = 5  # latents traversed from the prior: Dubois et al. (2019), figure 4
VALUES = np.arange(-3.0, 2.51, 0.5)  # in prior standard deviations: the Tartu thesis's steps


def pictures(
    model: Model, dataset: GroundTruthDataset, rep: Representation, device: torch.device, seed: int
) -> dict[str, np.ndarray]:
    """Originals, reconstructions by head, and traversals by layer, all uint8 [..., C, H, W].

    Names: `figures/originals`, `figures/reconstructions/<head>`, `figures/traversals/<layer>` [latents, steps, ...]
    with the latents' numbers in `figures/traversal_latents/<layer>`, highest KL first, and `figures/traversal_values`.
    `figures/prior_traversals/<layer>` are the same of the first five latents, from the mean of the prior.
    """
    first, rows = dataset.first_scored_row, len(dataset) - dataset.first_scored_row
    index = first + rng(seed, 0, "pictures").choice(rows, min(SHOWN, rows), replace=False)
    originals = dataset.images(index)
    with torch.inference_mode():
        layers = model.eval().infer(to_input(originals, device, dataset.standardisation))
        z = torch.cat([layer.z for layer in layers], dim=1)
        heads = model.generate(z)
        arrays = {"figures/originals": originals, "figures/traversal_values": VALUES}
        for number, head in enumerate(heads):
            arrays[f"figures/reconstructions/{number}"] = to_images(head.mean, dataset)
        for layer in range(len(model.widths)):
            arrays |= _traversals(model, dataset, rep, z[0], layer)
    return arrays


def to_images(mean: Tensor, dataset: GroundTruthDataset) -> np.ndarray:
    """A likelihood's mean [B, C, H, W] -> uint8, undoing the dataset's standardisation."""
    if dataset.standardisation is not None:
        offset, scale = (torch.as_tensor(s, dtype=mean.dtype, device=mean.device) for s in dataset.standardisation)
        mean = mean * scale.view(1, -1, 1, 1) + offset.view(1, -1, 1, 1)
    return mean.clamp(0.0, 1.0).mul(255.0).round().to(torch.uint8).cpu().numpy()


def latent_kl(rep: Representation) -> np.ndarray:
    """Mean KL to the prior of each latent [D], nats, over the rows of a diagonal posterior.

    For a full covariance these are the marginals' divergences; 0 where the posterior is unknown.
    """
    return np.zeros(rep.latents) if rep.logvar is None else divergence(rep.code, rep.logvar).mean(axis=0)


def traversed(kl: np.ndarray) -> np.ndarray:
    """Latents worth walking along: those above 0.1 nat (all if none is), highest KL first, at most 24."""
    order = np.argsort(-kl, kind="stable")
    active = order[kl[order] > ACTIVE]
    return (active if len(active) else order)[:MOST].astype(np.int64)


def _traversals(
    model: Model, dataset: GroundTruthDataset, rep: Representation, base: Tensor, layer: int
) -> dict[str, np.ndarray]:
    """Images along each active latent of one layer, from the code of one image [D] and from the prior's mean."""
    latents = traversed(latent_kl(rep.layer(layer)))
    return {
        f"figures/traversals/{layer}": _walked(model, dataset, base, layer, latents),
        f"figures/prior_traversals/{layer}": _walked(
            model, dataset, torch.zeros_like(base), layer, latents[:FROM_PRIOR]
        ),
        f"figures/traversal_latents/{layer}": latents,
    }


def _walked(model: Model, dataset: GroundTruthDataset, base: Tensor, layer: int, latents: np.ndarray) -> np.ndarray:
    """Images [latents, steps, C, H, W] as each latent of a layer takes all values, the others as in `base` [D]."""
    start = sum(model.widths[:layer])
    rows = []
    for latent in latents:
        z = base.repeat(len(VALUES), 1)
        z[:, start + int(latent)] = torch.as_tensor(VALUES, dtype=z.dtype, device=z.device)
        heads = model.generate(z)
        rows.append(to_images(heads[min(layer, len(heads) - 1)].mean, dataset))
    return np.stack(rows)
