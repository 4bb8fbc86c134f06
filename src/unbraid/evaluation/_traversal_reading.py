"""What latent traversals show, as a person would name it, computed: which factor's change each of them looks like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from unbraid.data import GroundTruthDataset
from unbraid.data._dataset import Render
from unbraid.evaluation._pictures import VALUES, latent_kl, to_images, traversed
from unbraid.metrics import Representation
from unbraid.models import Model

STARTS = 8  # images that each traversal begins from


def likeness(
    model: Model, dataset: GroundTruthDataset, rep: Representation, index: np.ndarray, layer: int, device: torch.device
) -> np.ndarray | None:
    r"""How much of what one sees along each traversed latent a change of one factor alone looks like.

        R_dk = sum over t of max over v of max(0, <c_t, w_v>)^2 / |w_v|^2   /   sum over t of |c_t|^2

    with c_t the change of the decoded image from the reconstruction as latent d takes the values t, from -3 to 2.5, in
    8 images; and w_v the changes that the dataset itself shows where factor k, and it alone, takes another level v in
    that image. The best multiple of the best of them counts, so that a blurred or a small change is no fault.

    Args:
        model: a trained model.
        dataset: a complete grid, or one that renders any factors.
        rep: its codes of rows `index`.
        index: row numbers of the dataset [N]; traversals begin from the first 8.
        layer: whose latents: those above 0.1 nat, all if none is, at most 24, as in the pictures.
        device: where the model is.

    Returns:
        shares [latents, K] in [0, 1], NaN for factors that change no image; None where the dataset has no such images.
    """
    starts = index[:STARTS]
    levels = dataset.factors(starts)
    draw = _drawing(dataset)
    if draw is None:
        return None
    variants = [draw(_other_levels(dataset, row, k)) for row in levels for k in range(len(dataset.space))]
    originals = np.repeat(dataset.images(starts), len(dataset.space), axis=0)
    directions = [_directions(images, origin) for images, origin in zip(variants, originals, strict=True)]
    code, first = rep.code[:STARTS], sum(model.widths[:layer])
    latents = first + traversed(latent_kl(rep.layer(layer)))
    return np.stack([_shares(_walk(model, dataset, code, layer, int(d), device), directions) for d in latents])


def reading(shares: np.ndarray) -> np.ndarray:
    """Of each factor, what share its clearest traversal has of it: [latents, K] -> [K], NaN where none can be seen.

    A latent is named by the factor that it looks most like. A factor's clearest traversal is the one of that name with
    the largest share; 0 for a factor that names no latent.

    >>> reading(np.array([[0.9, 0.2], [0.6, 0.5]])).tolist()  # both are named by the first factor
    [0.9, 0.0]
    """
    seen = np.nan_to_num(shares)
    named = seen.argmax(axis=1)[:, None] == np.arange(seen.shape[1])
    best: np.ndarray = np.where(named, seen, 0.0).max(axis=0)
    return np.where(np.isnan(shares).all(axis=0), np.nan, best)


def _drawing(dataset: GroundTruthDataset) -> Render | None:
    """Images of any levels: rows of a complete grid, else as the dataset renders them; None where it does not."""
    if dataset.complete:
        return lambda levels: dataset.images(dataset.space.index(levels))
    return dataset.render if len(dataset.space) and min(dataset.space.sizes) >= 1 else None


def _other_levels(dataset: GroundTruthDataset, levels: np.ndarray, k: int) -> np.ndarray:
    """The levels of a row with factor k at each of its own [levels, K]."""
    others: np.ndarray = np.repeat(levels[None], dataset.space.sizes[k], axis=0)
    others[:, k] = np.arange(len(others))
    return others


def _directions(images: np.ndarray, original: np.ndarray) -> np.ndarray:
    """Unit vectors of what changes from an image to each of the others [V, pixels], where anything does."""
    change = (images.astype(np.float32) - original).reshape(len(images), -1)
    length = np.linalg.norm(change, axis=1)
    unit: np.ndarray = change[length > 0] / length[length > 0, None]
    return unit


def _walk(
    model: Model, dataset: GroundTruthDataset, code: np.ndarray, layer: int, latent: int, device: torch.device
) -> np.ndarray:
    """Changes of the decoded images as one latent takes all values [images, steps, pixels]."""
    z = torch.from_numpy(code).to(device, torch.float32)
    walked = z.repeat_interleave(len(VALUES), dim=0)
    walked[:, latent] = torch.as_tensor(VALUES, dtype=z.dtype, device=device).repeat(len(z))
    with torch.inference_mode():
        heads = model.eval().generate(torch.cat([z, walked]))
    images = to_images(heads[min(layer, len(heads) - 1)].mean, dataset).astype(np.float32)
    images = images.reshape(len(images), -1)
    change: np.ndarray = images[len(z) :].reshape(len(z), len(VALUES), -1) - images[: len(z), None]
    return change


def _shares(change: np.ndarray, directions: Sequence[np.ndarray]) -> np.ndarray:
    """The shares of one traversal [K]; `directions` of the first image for each factor, then of the next."""
    factors = len(directions) // len(change)
    like = np.zeros((len(change), factors))
    for place, unit in enumerate(directions):
        start, k = divmod(place, factors)
        if len(unit):
            like[start, k] = (np.maximum(change[start] @ unit.T, 0) ** 2).max(axis=1).sum()
    unseen = np.array([all(not len(unit) for unit in directions[k::factors]) for k in range(factors)])
    whole = float((change**2).sum())
    shares: np.ndarray = np.where(unseen, np.nan, like.sum(axis=0) / whole if whole else 0.0)
    return shares
