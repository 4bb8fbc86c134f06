"""Handwritten digits of eight by eight pixels, from scikit-learn."""

from __future__ import annotations

from unbraid.core import remembered
from unbraid.core.values import Pixels
from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._files.locations import whole_file
from unbraid.data._files.number_tables import digits_of

__all__ = ["digits"]

FILE = "digits.csv.gz"


@remembered
def digits(*, path: str | None = None, resolution: Pixels = 64) -> GroundTruthDataset:
    """Digits: 1,797 handwritten digits of 8 x 8 pixels; the digit is the only known factor (from a package).

    Real pictures that are there wherever unbraid is: scikit-learn carries them, and nothing imports it to read them.

    Args:
        path: the file `digits.csv.gz`, or its folder; None reads scikit-learn's and compares its checksum.
        resolution: height and width in pixels; the originals have 8 and are resampled bilinearly.

    Raises:
        UsageError: the file of scikit-learn is another one; a file that is no such table.

    Notes:
        Each pixel counts the ink in 4 x 4 dots of a scan, 0 to 16; v is shown as round(255 v / 16). The 1,797 are the
        part to test of 5,620.

    Source: Alpaydin and Kaynak (1998), "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository,
    licence CC BY 4.0, as scikit-learn (BSD-3-Clause) carries it.

    Example:
        >>> data = digits(resolution=8)
        >>> len(data), data.image_shape, data.factors([0, 1, 2]).tolist()
        (1797, (1, 8, 8), [[0], [1], [2]])
    """
    source = "handwritten digits, read from digits.csv.gz of scikit-learn"
    return digits_of("digits", whole_file("digits", FILE, path), 8, 16, source, resolution)
