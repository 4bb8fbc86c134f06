"""3D chairs: the original archive."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from unbraid.core import Factor, FactorSpace, remembered, require
from unbraid.core.values import Pixels
from unbraid.data._array_dataset import ArrayDataset
from unbraid.data._files.archives import member_bytes, tar_members
from unbraid.data._files.factor_table import ordinal_table
from unbraid.data._files.locations import located, require_whole
from unbraid.data._files.pictures import cropped, opened, pixels_of, readable_picture
from unbraid.data._files.prepared import fingerprint, prepared_images
from unbraid.data._files.sources import file_named

__all__ = ["chairs"]

FILE = "rendered_chairs.tar"
PICTURE = re.compile(r"(?:^|/)([^/]+)/renders/image_(\d+)_p(\d+)_t(\d+)_r\d+\.png$")
AT_ONCE = 256  # pictures per block


@remembered
def chairs(*, path: str | None = None, resolution: Pixels = 64) -> ArrayDataset:
    """3D chairs: 1,393 chair models from 31 azimuths and 2 elevations, 86,366 images (downloaded).

    The centred two thirds of each 600 x 600 picture (400 pixels), in grey on white, resampled bilinearly; factors
    model 1393, elevation 2, azimuth 31, the last varying fastest. Models are in alphabetical order of their folders.

    Args:
        path: the original archive, or its folder; None looks where `unbraid data get chairs` puts it. No checksum is
            published for it.
        resolution: height and width in pixels.

    Raises:
        UsageError: the archive is missing, damaged, holds something else or an unreadable picture, or tries to leave
            its folder.

    Source: Aubry et al. (2014), "Seeing 3D Chairs".

    Example:
        >>> chairs(path="downloads")
        Traceback (most recent call last):
        ...
        unbraid.core.checks.UsageError: chairs needs ...; it is not there. Run `unbraid data get chairs`, or ...
    """
    file = located("chairs", FILE, path)
    names, angles = _pictures(file)
    order = np.lexsort(angles.T[::-1])
    names, angles = [names[row] for row in order], angles[order]

    def blocks() -> Iterator[np.ndarray]:
        if path is None:
            require_whole(file, file_named("chairs", FILE))
        yield from _decoded(file, names, resolution)

    shape = (len(names), 1, resolution, resolution)
    pixels = prepared_images(f"chairs-{resolution}-{fingerprint(file)}", shape, blocks, about=str(file))
    space, table = ordinal_table({name: angles[:, k] for k, name in enumerate(("model", "elevation", "azimuth"))})
    return ArrayDataset("chairs", pixels, _named(space), table, source=f"read from the original archive {file.name}")


def _pictures(file: Path) -> tuple[list[str], np.ndarray]:
    """Names of the pictures, and model number, elevation and azimuth in degrees [N, 3]."""
    with tar_members(file) as (_, members):
        pictures = [(name, match) for name in members if (match := PICTURE.search(name))]
    require(pictures, f"{file} must hold rendered_chairs/MODEL/renders/image_III_pPPP_tTTT_rRRR.png", "no such picture")
    models = {model: number for number, model in enumerate(sorted({match[1] for _, match in pictures}))}
    angles = [[models[match[1]], int(match[3]), int(match[4])] for _, match in pictures]
    return [name for name, _ in pictures], np.array(angles)


def _named(space: FactorSpace) -> FactorSpace:
    """The factors with their kinds and units."""
    model, elevation, azimuth = space.factors
    return FactorSpace(
        (
            Factor("model", model.size, "categorical"),
            Factor("elevation", elevation.size, "ordinal", "degrees", elevation.values),
            Factor("azimuth", azimuth.size, "circular", "degrees", azimuth.values, (), 360.0),
        )
    )


def _decoded(file: Path, names: list[str], resolution: int) -> Iterator[np.ndarray]:
    """Pictures in the order of `names`, block by block."""
    with tar_members(file) as (archive, members):
        for start in range(0, len(names), AT_ONCE):
            part = names[start : start + AT_ONCE]
            contents = [(name, member_bytes(archive, members[name], file)) for name in part]
            yield np.stack([_picture(content, name, resolution) for name, content in contents])


def _picture(content: bytes, name: str, resolution: int) -> np.ndarray:
    """One picture, uint8 [1, R, R]."""
    with readable_picture("picture", name, "Fetch it again."), opened(io.BytesIO(content)) as picture:
        return pixels_of(cropped(picture, resolution, 2 * min(picture.size) // 3), grey=True)
