"""Where the files of the downloaded datasets come from: names, addresses, sizes and checksums."""

from __future__ import annotations

from unbraid.core import names, require, require_known
from unbraid.data._files.packages import PACKAGES
from unbraid.data._files.source_file import SourceFile


def files_of(dataset: str, variant: str | None = None) -> tuple[SourceFile, ...]:
    """Files of a downloaded dataset, or of one variant of it.

    Raises:
        UsageError: the dataset is not downloaded, or the variant is unknown or must be given.
    """
    known = dataset in names("data") and dataset not in SOURCES
    require(not known, f"{dataset} needs no download: it is rendered here, or opens your own files")
    require_known(dataset, SOURCES, "a dataset that can be downloaded")
    files = SOURCES[dataset]
    variants = list(dict.fromkeys(file.variant for file in files if file.variant))
    if variant is not None:
        require_known(variant, variants, f"variant of {dataset}")
    require(
        variant is not None or not variants,
        f"{dataset} comes in variants, fetched one at a time",
        "none",
        f"choose one of {', '.join(variants)}",
    )
    return tuple(file for file in files if variant is None or file.variant == variant)


def file_named(dataset: str, name: str) -> SourceFile:
    """The file called `name` of a downloaded dataset."""
    return next(file for file in SOURCES[dataset] if file.name == name)


_NORB = ("https://cs.nyu.edu/~ylclab/data/norb-v1.0-small/", "http://www.cs.nyu.edu/~ylclab/data/norb-v1.0-small/")
_NORB_TRAIN = "smallnorb-5x46789x9x18x6x2x96x96-training-"
_NORB_TEST = "smallnorb-5x01235x9x18x6x2x96x96-testing-"
_MPI3D = (
    "https://huggingface.co/datasets/waleedgondal/mpi3d/resolve/main/",  # where the project's page points to
    "https://storage.googleapis.com/disentanglement_dataset/Final_Dataset/",
)
_MNIST = ("https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/")
_FASHION = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
)
_DSPRITES = "https://github.com/google-deepmind/dsprites-dataset/raw/master/"
_DSPRITES_STEM = "dsprites_ndarray_co1sh3sc6or40x32y32_64x64"


def _norb(name: str, size: int, sha256: str) -> SourceFile:
    name += ".mat.gz"
    return SourceFile(name, tuple(mirror + name for mirror in _NORB), f"sha256:{sha256}", size)


def _mpi3d(variant: str, md5: str) -> SourceFile:
    name = f"mpi3d_{variant}.npz"
    return SourceFile(name, tuple(mirror + name for mirror in _MPI3D), f"md5:{md5}", None, variant)


def _idx(mirrors: tuple[str, ...], name: str, size: int, md5: str) -> SourceFile:
    note = f"on Debian: {PACKAGES['fashion_mnist'].install}" if mirrors == _FASHION else ""
    return SourceFile(name, tuple(mirror + name for mirror in mirrors), f"md5:{md5}", size, note=note)


SOURCES: dict[str, tuple[SourceFile, ...]] = {
    "dsprites": (
        SourceFile(
            f"{_DSPRITES_STEM}.npz",
            (f"{_DSPRITES}{_DSPRITES_STEM}.npz",),
            "git:d98996d3f8ee1550e06b9d4ed78d0beb478910d5",
            None,
            "npz",
        ),
        SourceFile(
            f"{_DSPRITES_STEM}.hdf5",
            (f"{_DSPRITES}{_DSPRITES_STEM}.hdf5",),
            "sha256:729fa22e884c9c500e1f17415d580746b4c5894fbbb780a1319bbcfa39a745bb",
            28_024_106,
            "hdf5",
        ),
    ),
    "shapes3d": (
        SourceFile(
            "3dshapes.h5",
            ("https://storage.googleapis.com/3d-shapes/3dshapes.h5",),
            "sha256:0a0f6ed98baff276a50f3a081a7434d788da63cb135a98189b2a5b5769be1785",
            267_573_662,
        ),
    ),
    "cars3d": (
        SourceFile(
            "nips2015-analogy-data.tar.gz",
            (
                "http://www.scottreed.info/files/nips2015-analogy-data.tar.gz",
                "http://www-personal.umich.edu/~reedscot/files/nips2015-analogy-data.tar.gz",
            ),
            "md5:4e866a7919c1beedf53964e6f7a23686",
        ),
    ),
    "smallnorb": (
        _norb(_NORB_TRAIN + "dat", 131_896_188, "5ffd6272a07d32695ee1082a26a41a93a37aab8c28da047f8c34ed348d214873"),
        _norb(_NORB_TRAIN + "cat", 348, "2784e542c1922060691090952b6cd6278879a216c90f81476f0f00256d42cdaa"),
        _norb(_NORB_TRAIN + "info", 71_052, "de7eb932ebe7a4ee16217fead60660d0eb3d23632c2f4d1c51f88c501c17bf32"),
        _norb(_NORB_TEST + "dat", 130_799_817, "cf7104eed3e51174d2f65b66d1e5878b9da233b886f161b0d88f4510ba2c7474"),
        _norb(_NORB_TEST + "cat", 347, "ecaf6d5bb8c3bc5eab9cf0258f6d2198dd474e016e374836fc097f2e5ff509ff"),
        _norb(_NORB_TEST + "info", 10_428, "16adf314226327ee006d1a44db8cfef52773c06c829951d5653a9f6f310248a2"),
    ),
    "mpi3d": (
        _mpi3d("toy", "55889cb7c7dfc655d6e0277beee88868"),
        _mpi3d("realistic", "59a6225b88b635365f70c91b3e52f70f"),
        _mpi3d("real", "0f33f609918fb5c97996692f91129802"),
        SourceFile(
            "real3d_complicated_shapes_ordered.npz",
            variant="complex",
            note="about 5.3 GB on Google Drive, file 1Tp8eTdHxgUMtsZv5uAoYAbJR1BOa_OQm; it gives no plain download",
        ),
    ),
    "celeba": (
        SourceFile(
            "img_align_celeba.zip",
            ("https://s3-us-west-1.amazonaws.com/udacity-dlnfd/datasets/celeba.zip",),
            "sha256:46fb89443c578308acf364d7d379fe1b9efb793042c0af734b6112e4fd3a8c74",
            1_443_490_838,
            note="originally on Google Drive, file 0B7EVK8r0v71pZjFTYXZWM3FlRnM",
        ),
        SourceFile(
            "list_attr_celeba.txt",
            checksum="md5:75e246fa4810816ffd6ee81facbd244c",
            size=26_721_026,
            note="needed for attributes only; from the CelebA page's Google Drive folder",
            optional=True,
        ),
        SourceFile(
            "list_eval_partition.txt",
            checksum="md5:d32c9cbf5e040fd4025c592c306e6668",
            size=2_836_386,
            note="needed for split only; from the CelebA page's Google Drive folder",
            optional=True,
        ),
    ),
    "chairs": (
        SourceFile(
            "rendered_chairs.tar",
            ("https://www.di.ens.fr/willow/research/seeing3Dchairs/data/rendered_chairs.tar",),
            note="no checksum is published for this file",
        ),
    ),
    "mnist": (
        _idx(_MNIST, "train-images-idx3-ubyte.gz", 9_912_422, "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        _idx(_MNIST, "train-labels-idx1-ubyte.gz", 28_881, "d53e105ee54ea40749a09fcbcd1e9432"),
        _idx(_MNIST, "t10k-images-idx3-ubyte.gz", 1_648_877, "9fb629c4189551a2d022fa330f9573f3"),
        _idx(_MNIST, "t10k-labels-idx1-ubyte.gz", 4_542, "ec29112dd5afa0611ce80d1b7f02629c"),
    ),
    "fashion_mnist": (
        _idx(_FASHION, "train-images-idx3-ubyte.gz", 26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        _idx(_FASHION, "train-labels-idx1-ubyte.gz", 29_515, "25c81989df183df01b3e8a0aad5dffbe"),
        _idx(_FASHION, "t10k-images-idx3-ubyte.gz", 4_422_102, "bef4ecab320f06d8554ea6380940ec79"),
        _idx(_FASHION, "t10k-labels-idx1-ubyte.gz", 5_148, "bb300cfdad3c16e7a12a480ee83cd310"),
    ),
    **{name: package.sources for name, package in PACKAGES.items() if name != "fashion_mnist"},
}
