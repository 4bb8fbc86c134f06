"""dSprites: rendered here, or read from the original files."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import numpy as np

from unbraid.core import remembered, require_choice, tracked
from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._files.cache import cache_folder, damage, prepared_array
from unbraid.data._files.dsprites_originals import original
from unbraid.data._rendered import PackedGrid, RenderedDataset, pack
from unbraid.data._scenes.dsprites_shapes import SIZE, SPACE, masks

__all__ = ["dsprites"]

Cache = Literal["auto", "whole", "never"]
PREPARED = "dsprites-rendered-1.npy"  # the number changes whenever the renderer draws a different pixel
ROWS_AT_ONCE = 1024  # all positions of one shape, scale and orientation
SOURCE = "rendered here by formulas fitted to the published images"
BITS = (SPACE.combinations, SIZE * SIZE // 8)


@remembered
def dsprites(*, source: str = "render", cache: Cache = "auto", verify: bool = True) -> GroundTruthDataset:
    """dSprites: a white square, ellipse or heart on black; shape, scale, orientation and position (737,280 images).

    64 x 64 pixels, one channel, 0 or 255; factors shape 3, scale 6, orientation 40, posX 32, posY 32, the last
    varying fastest. The original's sixth factor, colour, has one level and is left out. Orientation levels 0 and 39
    show the same image, as in the original.

    Args:
        source: `render` draws the images here, and no file is needed; anything else is the path of the original
            .npz or .hdf5 file.
        cache: for rendered images, `auto` reads the prepared whole grid when it is there and draws rows on demand
            otherwise; `whole` prepares it first (378 MB, once) and makes a damaged one again; `never` always draws.
        verify: compare the checksum of an original file with the published one; false for other files of its format.

    Raises:
        UsageError: an unknown `cache`; a file that is missing, damaged or holds something else; no room for the cache.

    Notes:
        About one pixel in 30,000 differs from the published images (mean overlap 0.9995).

    Source: Matthey et al. (2017), "dSprites: Disentanglement testing Sprites dataset".

    Example:
        >>> import numpy as np
        >>> data = dsprites(cache="never")
        >>> dict(zip(data.space.names, data.space.sizes))
        {'shape': 3, 'scale': 6, 'orientation': 40, 'posX': 32, 'posY': 32}
        >>> images = data.images(data.space.index(np.array([[0, 0, 0, 16, 16], [0, 5, 0, 16, 16]])))
        >>> [int(image.sum() // 255) for image in images]  # pixels of the smallest and of the largest square
        [81, 361]
    """
    require_choice(cache, Cache, "dsprites.cache")
    if source != "render":
        return original(Path(source), verify)
    path = cache_folder() / PREPARED
    if cache == "whole" or (cache == "auto" and not damage(path, BITS, np.uint8)):
        bits = prepared_array(path, BITS, np.uint8, _draw_all, f"dSprites, {SOURCE}; one bit per pixel")
        return PackedGrid("dsprites", bits, SPACE, SIZE, SOURCE)
    return RenderedDataset("dsprites", SPACE, (1, SIZE, SIZE), render, SOURCE)


def render(factors: np.ndarray) -> np.ndarray:
    """Levels of the full grid [N, 5] -> uint8 [N, 1, 64, 64]."""
    ones = masks(factors).view(np.uint8)
    return np.negative(ones, out=ones)[:, None]  # 1 -> 255 modulo 256


def _draw_all(bits: np.ndarray) -> None:
    """Draw the whole grid into `bits`, two threads sharing the work (NumPy lets go of the interpreter)."""

    def draw(start: int) -> None:
        index = np.arange(start, min(start + ROWS_AT_ONCE, len(bits)))
        bits[index[0] : index[-1] + 1] = pack(masks(SPACE.levels(index)))

    pool = ThreadPoolExecutor(2)
    try:
        parts = [pool.submit(draw, start) for start in range(0, len(bits), ROWS_AT_ONCE)]
        for part in tracked(parts, "drawing dSprites"):
            part.result()
    finally:
        pool.shutdown(cancel_futures=True)  # Ctrl-C stops at once, not after the whole grid
