"""The arrays behind a run's figures, made small enough to be kept beside its scores for good."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
from PIL import Image

from unbraid.metrics import Representation
from unbraid.metrics._places import means_over_places

THUMBNAILS_OF_0_1 = "pictures.npz"  # in the run folders of its archives
LATENTS, EVERY = 5, 2  # traversals kept: of so many latents, every second value
PLACES = (("posY", "posX"), ("vertical", "horizontal"))  # down and across
GRIDS = ("traversals", "prior_traversals")  # images [latents, values, C, H, W]
QUALITY = 85  # of WebP: lossy, a tenth of the exact bytes, and hardly to be told apart by eye


def thumbnails(rep: Representation, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """KL per latent, assignment, posterior means over positions, and some traversals.

    Args:
        rep: the run's representation.
        arrays: those that its evaluation wrote; of a layered run, the traversals of the second layer are taken.
    """
    kept = {name: arrays[name] for name in arrays if name.startswith(("kl/", "assignment/", "reconstruction/"))}
    varying = [name for name, column in zip(rep.space.names, rep.known().factors.T, strict=True) if np.ptp(column)]
    kept["factors"] = np.array(varying)
    return {**kept, **_over_places(rep), **_walks(arrays, min(1, len(rep.layers) - 1))}


def packed(arrays: Mapping[str, np.ndarray]) -> dict[str, bytes]:
    """File ending -> content: the grids of images as WebP, the other arrays as one .npz; the same bytes each time."""
    grids = {name: arrays[name] for name in GRIDS if name in arrays and arrays[name].shape[2] <= 3}
    others = {name: array for name, array in arrays.items() if name not in grids}
    if grids:
        others["channels"] = np.array(next(iter(grids.values())).shape[2])
    return {"npz": _npz(others), **{f"{name}.webp": _webp(grid) for name, grid in grids.items()}}


def unpacked(files: Mapping[str, bytes]) -> dict[str, np.ndarray]:
    """The arrays that were packed; the images nearly so."""
    arrays = read_arrays(files["npz"])
    channels = int(arrays.pop("channels", np.array(0)))
    grids = {name: files[f"{name}.webp"] for name in GRIDS if f"{name}.webp" in files}
    shape = len(arrays.get("latents", ())), len(arrays.get("values", ())), channels
    return {**arrays, **{name: _grid(content, *shape) for name, content in grids.items()}}


def read_arrays(content: bytes) -> dict[str, np.ndarray]:
    """The arrays of an .npz file."""
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return dict(file)


def _walks(arrays: Mapping[str, np.ndarray], layer: int) -> dict[str, np.ndarray]:
    """Traversals of the first latents of a layer, from an image and from the prior."""
    if f"figures/traversals/{layer}" not in arrays:
        return {}
    walks = {"values": arrays["figures/traversal_values"][::EVERY]}
    walks["latents"] = arrays[f"figures/traversal_latents/{layer}"][:LATENTS]
    for name in GRIDS:
        if f"figures/{name}/{layer}" in arrays:
            walks[name] = arrays[f"figures/{name}/{layer}"][:LATENTS, ::EVERY]
    return walks


def _over_places(rep: Representation) -> dict[str, np.ndarray]:
    """Mean code over the positions of the shape [D, Y, X], where the world has positions."""
    for names in PLACES:
        if len(rep.layers) == 1 and set(names) <= set(rep.space.names):
            rep = rep.known()
            down, across = (rep.factors[:, rep.space.names.index(name)] for name in names)
            return {"means_over_places": means_over_places(rep.code, down, across).astype(np.float16)}
    return {}


def _npz(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Not compressed: the archive that it goes into is."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def _webp(grid: np.ndarray) -> bytes:
    """Images uint8 [latents, values, C, H, W] as one picture, a row for each latent; two channels are red and green."""
    latents, values, channels, height, width = grid.shape
    tiles = grid.transpose(0, 3, 1, 4, 2).reshape(latents * height, values * width, channels)
    absent = [(0, 0), (0, 0), (0, 3 - channels)]
    buffer = io.BytesIO()
    Image.fromarray(np.pad(tiles, absent, "edge" if channels == 1 else "constant")).save(
        buffer, "WEBP", quality=QUALITY, method=6
    )
    return buffer.getvalue()


def _grid(content: bytes, latents: int, values: int, channels: int) -> np.ndarray:
    """The images of a picture that `_webp` made."""
    tiles = np.asarray(Image.open(io.BytesIO(content), formats=("WEBP",)).convert("RGB"))[..., :channels]
    height, width = tiles.shape[0] // latents, tiles.shape[1] // values
    return tiles.reshape(latents, height, values, width, channels).transpose(0, 2, 4, 1, 3)
