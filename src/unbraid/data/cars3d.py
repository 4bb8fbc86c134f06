"""Cars3D: the original archive."""

from __future__ import annotations

import io
import math

import numpy as np

from unbraid.core import Factor, FactorSpace, UsageError, failure, remembered, require
from unbraid.core.npz import MOST_RATIO
from unbraid.core.values import Pixels
from unbraid.data._array_dataset import ArrayDataset
from unbraid.data._files.car_files import FILE, CarFiles, car_place, cars_in, print_of
from unbraid.data._files.locations import require_whole
from unbraid.data._files.pictures import resampled
from unbraid.data._files.prepared import Shape, kept_shape, prepared_images
from unbraid.data._files.sources import file_named

__all__ = ["cars3d"]

ELEVATIONS, AZIMUTHS = 4, 24


@remembered
def cars3d(*, path: str | None = None, resolution: Pixels = 64) -> ArrayDataset:
    """Cars3D: 183 car models seen from 24 azimuths and 4 elevations, 17,568 images (downloaded).

    RGB, 128 x 128 in the archive; factors elevation 4, azimuth 24, object 183, the last varying fastest. Objects are
    numbered in the order of the archive's list.txt, where there is one, else of their names.

    Args:
        path: the original archive, its folder, or a folder into which it was unpacked; None looks where `unbraid data
            get cars3d` puts it, and checks its checksum when it is first read.
        resolution: height and width in pixels, resampled bilinearly.

    Raises:
        UsageError: the archive is missing, damaged, holds something else, or tries to leave its folder.

    Notes:
        Libraries that take the archive's directory order number the objects differently.

    Source: Reed et al. (2015), "Deep Visual Analogy-Making".

    Example:
        >>> cars3d(path="downloads")
        Traceback (most recent call last):
        ...
        unbraid.core.checks.UsageError: cars3d needs ...; it is not there. Run `unbraid data get cars3d`, or ...
    """
    place = car_place(path)
    name = f"cars3d-{resolution}-{print_of(place)}"
    kept = f"{name}-unlisted" if kept_shape(f"{name}-unlisted") else name
    shape, read = kept_shape(kept), []
    if shape is None or not _fits(shape, resolution):  # only now is the archive looked into, which takes a while
        files = cars_in(place)
        kept = name if files.listed else f"{name}-unlisted"
        read = [_images(files, resolution, verify=path is None)]
        shape = read[0].shape

    def blocks() -> list[np.ndarray]:
        return read or [_images(cars_in(place), resolution, verify=path is None)]  # what was kept proved damaged

    pixels = prepared_images(kept, shape, blocks, about=str(place))
    cars = shape[0] // (ELEVATIONS * AZIMUTHS)
    space = FactorSpace(
        (
            Factor("elevation", ELEVATIONS),
            Factor("azimuth", AZIMUTHS, "circular", "degrees", tuple(15.0 * k for k in range(AZIMUTHS)), period=360.0),
            Factor("object", cars, "categorical"),
        )
    )
    where = f"the original archive {place.name}" if place.is_file() else f"cars in {place}"
    order = "" if kept == name else "; there is no list.txt, so objects stand in the order of their names"
    return ArrayDataset("cars3d", pixels, space, source=f"read from {where}{order}")


def _fits(shape: Shape, resolution: int) -> bool:
    """Whether kept images have the shape of cars, as far as a header tells before their checksum is looked at."""
    return shape[0] % (ELEVATIONS * AZIMUTHS) == 0 and shape[1:] == (3, resolution, resolution)


def _images(files: CarFiles, resolution: int, verify: bool) -> np.ndarray:
    """All images, uint8 [N, 3, R, R], in the order of the space (0.2 GB at 64 x 64)."""
    if verify and files.place.is_file():
        require_whole(files.place, file_named("cars3d", FILE))
    views = {car: _views(content, f"{car}.mat", resolution) for car, content in files.contents()}
    return np.stack([views[car] for car in files.cars], axis=2).reshape(-1, 3, resolution, resolution)


def _views(content: bytes, name: str, resolution: int) -> np.ndarray:
    """Images of one car from its MATLAB file -> uint8 [elevation, azimuth, 3, R, R]."""
    from scipy.io import loadmat, whosmat

    what = f"{name} must hold 'im' uint8 [H, W, 3, {AZIMUTHS}, {ELEVATIONS}]"
    try:
        held = {variable: (shape, kind) for variable, shape, kind in whosmat(io.BytesIO(content))}
        shape, kind = held.get("im", ((), "nothing of that name"))
        require(kind == "uint8" and len(shape) == 5 and shape[2:] == (3, AZIMUTHS, ELEVATIONS), what, f"{kind} {shape}")
        require(min(shape) >= 1 and math.prod(shape) <= MOST_RATIO * len(content), what, f"a header of {shape}")
        images = loadmat(io.BytesIO(content), variable_names=["im"])["im"]
    except UsageError:
        raise
    except Exception as error:  # a damaged file can raise nearly anything
        raise UsageError(f"{name} must be a MATLAB file; reading it failed: {failure(error)}.") from error
    ordered = images.transpose(4, 3, 0, 1, 2).reshape(-1, *images.shape[:3])
    small = np.stack([resampled(np.ascontiguousarray(image), resolution) for image in ordered])
    return small.transpose(0, 3, 1, 2).reshape(ELEVATIONS, AZIMUTHS, 3, resolution, resolution)
