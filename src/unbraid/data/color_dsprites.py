"""dSprites whose sprites have random colours."""

from __future__ import annotations

import numpy as np

from unbraid.core import remembered
from unbraid.core.values import Seed
from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._views.painted import Painted, noise
from unbraid.data.dsprites import Cache, dsprites

__all__ = ["color_dsprites"]


@remembered
def color_dsprites(*, source: str = "render", cache: Cache = "auto", seed: Seed = 0) -> GroundTruthDataset:
    """Color-dSprites: dSprites with a random bright colour per image, which is not a factor (737,280 images).

    64 x 64 pixels, three channels; factors as in dSprites. Each channel of the sprite is uniform on 0.5 .. 1 and the
    background stays black. A row always has the same colour, where the original draws a new one with every batch.

    Args:
        source: as in `dsprites`.
        cache: as in `dsprites`.
        seed: of the colours.

    Source: Locatello et al. (2019), "Challenging Common Assumptions in the Unsupervised Learning of Disentangled
    Representations", Sec. 4.

    Example:
        >>> import numpy as np
        >>> data = color_dsprites(cache="never")
        >>> image = data.images(np.array([0]))[0]
        >>> image.shape, image[:, 0, 0].tolist()  # the ground is black, only the shape has a colour
        ((3, 64, 64), [0, 0, 0])
    """

    def paint(images: np.ndarray, rows: np.ndarray) -> np.ndarray:
        colour = 128 + noise(seed, "colour", rows, 3) // 2  # 128 .. 255
        coloured: np.ndarray = images & colour[:, :, None, None]
        return coloured

    return Painted("color_dsprites", dsprites(source=source, cache=cache), paint, "a random colour per image")
