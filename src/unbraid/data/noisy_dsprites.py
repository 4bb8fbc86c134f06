"""dSprites on a background of noise."""

from __future__ import annotations

import numpy as np

from unbraid.core import remembered
from unbraid.core.values import Seed
from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._views.painted import Painted, noise
from unbraid.data.dsprites import Cache, dsprites

__all__ = ["noisy_dsprites"]


@remembered
def noisy_dsprites(*, source: str = "render", cache: Cache = "auto", seed: Seed = 0) -> GroundTruthDataset:
    """Noisy-dSprites: dSprites with white sprites on a background of coloured noise (737,280 images).

    64 x 64 pixels, three channels; factors as in dSprites. Every channel of every background pixel is uniform on
    0 .. 1. A row always has the same noise, where the original draws it anew with every batch.

    Args:
        source: as in `dsprites`.
        cache: as in `dsprites`.
        seed: of the noise.

    Source: Locatello et al. (2019), "Challenging Common Assumptions in the Unsupervised Learning of Disentangled
    Representations", Sec. 4.

    Example:
        >>> import numpy as np
        >>> data = noisy_dsprites(cache="never")
        >>> image = data.images(np.array([0]))[0]
        >>> image.shape, bool(image[:, :8].std() > 50)  # the ground is noise
        ((3, 64, 64), True)
    """

    def paint(images: np.ndarray, rows: np.ndarray) -> np.ndarray:
        channels, height, width = 3, *images.shape[2:]
        static = noise(seed, "noise", rows, channels * height * width)
        noisy: np.ndarray = images | static.reshape(len(rows), channels, height, width)
        return noisy

    return Painted("noisy_dsprites", dsprites(source=source, cache=cache), paint, "noise behind the sprite")
