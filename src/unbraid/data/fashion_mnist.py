"""Fashion-MNIST: the original files."""

from __future__ import annotations

from unbraid.core import remembered
from unbraid.core.values import Pixels
from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._files.idx import Split, idx_dataset

__all__ = ["fashion_mnist"]

GARMENTS = (
    "T-shirt/top",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)


@remembered
def fashion_mnist(*, split: Split = "train", path: str | None = None, resolution: Pixels = 64) -> GroundTruthDataset:
    """Fashion-MNIST: garments, 60,000 to train and 10,000 to test; the garment is the only known factor (downloaded).

    Args:
        split: train, test, or all.
        path: folder of the four original .gz files; None looks where `unbraid data get fashion_mnist` puts them, then
            where Debian's package dataset-fashion-mnist does, and checks their checksums.
        resolution: height and width in pixels; the originals have 28 and are resampled bilinearly.

    Raises:
        UsageError: a file is missing, damaged or another one.

    Notes:
        The four files of Debian's package are the published ones but for the name and the time in their gzip headers.

    Source: Xiao, Rasul and Vollgraf (2017), arXiv:1708.07747; licence MIT.

    Example:
        >>> import gzip, pathlib, tempfile
        >>> import numpy as np
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> def idx(magic, *sizes):  # a file of the original format, all zeros
        ...     return gzip.compress(np.array([magic, *sizes], ">i4").tobytes() + bytes(np.prod(sizes)))
        >>> _ = (folder / "train-images-idx3-ubyte.gz").write_bytes(idx(2051, 5, 28, 28))
        >>> _ = (folder / "train-labels-idx1-ubyte.gz").write_bytes(idx(2049, 5))
        >>> data = fashion_mnist(path=str(folder), resolution=28)
        >>> len(data), data.space.names, data.image_shape
        (5, ('garment',), (1, 28, 28))
    """
    return idx_dataset("fashion_mnist", "garment", GARMENTS, split, path, resolution)
