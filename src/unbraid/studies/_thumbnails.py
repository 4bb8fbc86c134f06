"""The arrays behind a run's figures, made small enough to be kept beside its scores for good."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np

from unbraid.evaluation import load_representation
from unbraid.metrics import Representation
from unbraid.metrics._places import means_over_places
from unbraid.store import ARRAYS, RunDirectory

PICTURES = "pictures.npz"
MOST_BYTES = 100_000
LATENTS, EVERY = 5, 2  # traversals kept: of so many latents, every second value
PLACES = (("posY", "posX"), ("vertical", "horizontal"))  # down and across


def small_pictures(run: RunDirectory) -> bytes:
    """KL per latent, assignment, posterior means over positions and some traversals as a compressed .npz.

    Of a layered run, the traversals are of the second layer. Where 100 kB are too few, latents are left out.
    """
    rep, arrays = load_representation(run), run.read_tensors(ARRAYS)
    kept = {name: arrays[name] for name in arrays if name.startswith(("kl/", "assignment/", "reconstruction/"))}
    kept["factors"] = np.array(
        [name for name, column in zip(rep.space.names, rep.factors.T, strict=True) if np.ptp(column)]
    )
    kept |= _over_places(rep)
    for latents in range(LATENTS, -1, -1):
        packed = _packed({**kept, **_walks(arrays, min(1, len(rep.layers) - 1), latents)})
        if len(packed) <= MOST_BYTES:
            break
    return packed


def _walks(arrays: Mapping[str, np.ndarray], layer: int, latents: int) -> dict[str, np.ndarray]:
    """Traversals of the first latents of a layer, from an image and from the prior."""
    if not latents or f"figures/traversals/{layer}" not in arrays:
        return {}
    found = {"values": arrays["figures/traversal_values"][::EVERY]}
    found["latents"] = arrays[f"figures/traversal_latents/{layer}"][:latents]
    for name in ("traversals", "prior_traversals"):
        if f"figures/{name}/{layer}" in arrays:
            found[name] = arrays[f"figures/{name}/{layer}"][:latents, ::EVERY]
    return found


def _over_places(rep: Representation) -> dict[str, np.ndarray]:
    """Mean code over the positions of the shape [D, Y, X], where the world has positions."""
    for names in PLACES:
        if len(rep.layers) == 1 and set(names) <= set(rep.space.names):
            down, across = (rep.factors[:, rep.space.names.index(name)] for name in names)
            return {"means_over_places": means_over_places(rep.code, down, across).astype(np.float16)}
    return {}


def _packed(arrays: Mapping[str, np.ndarray]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()
