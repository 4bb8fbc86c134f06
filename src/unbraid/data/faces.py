"""Small photographs of faces and of what is none, from scikit-image."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from unbraid.core import Factor, FactorSpace, UsageError, remembered, require
from unbraid.core.values import Pixels
from unbraid.data._array_dataset import ArrayDataset
from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._files.locations import whole_file
from unbraid.data._views.in_memory import in_memory
from unbraid.data._views.view import view

__all__ = ["faces"]

FILE = "lfw_subset.npy"
SHAPE = (200, 25, 25)
SPACE = FactorSpace((Factor("face", 2, "categorical", labels=("face", "none")),))


@remembered
def faces(*, path: str | None = None, resolution: Pixels = 64) -> GroundTruthDataset:
    """Faces: 200 grey photographs of 25 x 25 pixels; whether one shows a face is the only factor (from a package).

    Args:
        path: the file `lfw_subset.npy`, or its folder; None reads that of the package scikit-image, which
            `pip install 'unbraid[real]'` installs and nothing imports, and compares its checksum.
        resolution: height and width in pixels; the originals have 25 and are resampled bilinearly.

    Raises:
        UsageError: the package is not installed, or its file is another one; a file of another shape or range.

    Notes:
        The first 100 show a face, the others were cut from backgrounds. 200 pictures show that a network runs on
        photographs; they are too few to learn from.

    Source: Huang, Ramesh, Berg and Learned-Miller (2007), "Labeled Faces in the Wild" (photographs from the news; it
    states no licence), as scikit-image (BSD-3-Clause) carries it.

    Example:
        >>> import pathlib, tempfile
        >>> import numpy as np
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "lfw_subset.npy"
        >>> np.save(file, np.full((200, 25, 25), 0.5))
        >>> data = faces(path=str(file), resolution=25)
        >>> len(data), data.factors([99, 100]).tolist(), int(data.images([0]).max())
        (200, [[0], [1]], 128)
    """
    grey = _photographs(whole_file("faces", FILE, path))
    images = np.floor(255 * grey + 0.5).astype(np.uint8)[:, None]
    shows = np.repeat([0, 1], len(grey) // 2)[:, None]
    source = "photographs of Labeled Faces in the Wild, read from lfw_subset.npy of scikit-image"
    return in_memory(view(ArrayDataset("faces", images, SPACE, shows, source), resolution=resolution))


def _photographs(file: Path) -> np.ndarray:
    """The array [200, 25, 25] in [0, 1]."""
    try:
        grey: np.ndarray = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise UsageError(f"{file} must be a whole .npy file; reading it failed: {error}.") from error
    rule = f"{file} must hold photographs of shape {SHAPE}, floats in [0, 1]"
    came = f"{type(grey).__name__} {getattr(grey, 'dtype', '')} {getattr(grey, 'shape', '')}"
    require(getattr(grey, "shape", None) == SHAPE and grey.dtype.kind == "f", rule, came)
    require(bool(np.all((grey >= 0) & (grey <= 1))), rule, f"{np.min(grey)} .. {np.max(grey)}")
    return grey
