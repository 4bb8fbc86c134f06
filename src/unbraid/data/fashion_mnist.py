"""Fashion-MNIST: the original files."""

from __future__ import annotations

from unbraid.core import remembered
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
def fashion_mnist(*, split: Split = "train", path: str | None = None, resolution: int = 64) -> GroundTruthDataset:
    """Fashion-MNIST: garments, 60,000 to train and 10,000 to test; the garment is the only known factor (downloaded).

    Args:
        split: train, test, or all.
        path: folder of the four original .gz files; None looks where `unbraid data get fashion_mnist` puts them, and
            checks their checksums.
        resolution: height and width in pixels; the originals have 28 and are resampled bilinearly.

    Raises:
        UsageError: a file is missing, damaged or another one.

    Source: Xiao, Rasul and Vollgraf (2017), arXiv:1708.07747; licence MIT.
    """
    return idx_dataset("fashion_mnist", "garment", GARMENTS, split, path, resolution)
