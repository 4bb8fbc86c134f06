"""Cars3D: the original archive."""

from __future__ import annotations

import io
import math
import tarfile
from pathlib import Path

import numpy as np

from unbraid.core import Factor, FactorSpace, UsageError, failure, remembered, require, tracked
from unbraid.core.npz import MOST_RATIO
from unbraid.core.values import Pixels
from unbraid.data._array_dataset import ArrayDataset
from unbraid.data._files.archives import member_bytes, tar_members
from unbraid.data._files.locations import located, require_whole
from unbraid.data._files.pictures import resampled
from unbraid.data._files.prepared import fingerprint, kept_shape, prepared_images
from unbraid.data._files.sources import file_named

__all__ = ["cars3d"]

FILE = "nips2015-analogy-data.tar.gz"
FOLDER = "data/cars"
ELEVATIONS, AZIMUTHS = 4, 24


@remembered
def cars3d(*, path: str | None = None, resolution: Pixels = 64) -> ArrayDataset:
    """Cars3D: 183 car models seen from 24 azimuths and 4 elevations, 17,568 images (downloaded).

    RGB, 128 x 128 in the archive; factors elevation 4, azimuth 24, object 183, the last varying fastest. Objects are
    numbered in the order of the archive's list.txt.

    Args:
        path: the original archive, or its folder; None looks where `unbraid data get cars3d` puts it, and checks its
            checksum when it is first read.
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
    file = located("cars3d", FILE, path)
    kept = f"cars3d-{resolution}-{fingerprint(file)}"
    shape = kept_shape(kept)
    if shape is None:
        images = _images(file, resolution, verify=path is None)
        shape = images.shape
    pixels = prepared_images(kept, shape, lambda: [images], about=str(file))
    cars = shape[0] // (ELEVATIONS * AZIMUTHS)
    space = FactorSpace(
        (
            Factor("elevation", ELEVATIONS),
            Factor("azimuth", AZIMUTHS, "circular", "degrees", tuple(15.0 * k for k in range(AZIMUTHS)), period=360.0),
            Factor("object", cars, "categorical"),
        )
    )
    return ArrayDataset("cars3d", pixels, space, source=f"read from the original archive {file.name}")


def _images(file: Path, resolution: int, verify: bool) -> np.ndarray:
    """All images, uint8 [N, 3, R, R], in the order of the space (0.2 GB at 64 x 64)."""
    if verify:
        require_whole(file, file_named("cars3d", FILE))
    with tar_members(file) as (archive, members):
        cars = _read(archive, members, f"{FOLDER}/list.txt", file).decode("utf-8", "replace").split()
        require(
            cars and len(set(cars)) == len(cars), f"list.txt in {file} must name each car once", f"{len(cars)} lines"
        )
        names = {f"{FOLDER}/{car}.mat": car for car in cars}
        missing = sorted(set(names) - set(members))
        require(not missing, f"{file} must hold every car of its list.txt", f"no {missing[0] if missing else ''}")
        views = {}
        for name in tracked(sorted(names, key=lambda name: members[name].offset), "reading cars"):  # forwards once
            views[names[name]] = _views(_read(archive, members, name, file), name, resolution)
    return np.stack([views[car] for car in cars], axis=2).reshape(-1, 3, resolution, resolution)


def _read(archive: tarfile.TarFile, members: dict[str, tarfile.TarInfo], name: str, file: Path) -> bytes:
    """Bytes of one member."""
    require(name in members, f"{file} must hold {name}", f"{len(members)} other files")
    return member_bytes(archive, members[name], file)


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
