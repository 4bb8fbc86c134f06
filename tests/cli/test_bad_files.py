"""Files that cannot be read: the command says the rule, what came and what to do, ends with 2 and leaves nothing."""

import io
import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from safetensors.numpy import save

from unbraid.cli import main
from unbraid.training import RunConfig, fit

DRAWS = np.random.default_rng(0)
LABELS = DRAWS.integers(0, 5, (40, 2))
CODES = (LABELS + 0.1 * DRAWS.normal(size=(40, 2))).astype(np.float32)
TABLE = pd.DataFrame({"z0": CODES[:, 0], "z1": CODES[:, 1], "shape": LABELS[:, 0]})
HTML = b"<!DOCTYPE html><title>Sign in</title>"


def npz(**arrays: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def parquet(frame: pd.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.to_parquet(stream)
    return stream.getvalue()


def picture() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def csv(frame: pd.DataFrame, **options: object) -> bytes:
    return frame.to_csv(index=False, **options).encode()  # type: ignore[call-overload]


def torn(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


PICKLED = np.array([[1, None]], dtype=object)
WHOLE = {
    "npz": npz(code=CODES, factors=LABELS),
    "npy": npy(CODES),
    "safetensors": save({"code": CODES}),
    "parquet": parquet(TABLE),
    "csv": csv(TABLE),
    "h5ad": b"\x89HDF\r\n\x1a\n" + bytes(60),
}
NOTHING = {ending: (f"nothing.{ending}", b"", "got an empty file; copy or fetch it again") for ending in WHOLE}
PAGES = {ending: (f"page.{ending}", HTML, r"got a saved web page \(HTML\); the download asked") for ending in WHOLE}
TORN = [
    ("torn.npz", torn(WHOLE["npz"]), "must be a whole npz of plain arrays; got BadZipFile.*; copy it again"),
    ("torn.npy", torn(WHOLE["npy"]), "must be a whole npy of plain arrays; got ValueError: Failed to read.*; copy it"),
    ("torn.safetensors", torn(WHOLE["safetensors"]), "must be a whole safetensors of plain arrays; got .*; copy it"),
    ("torn.parquet", torn(WHOLE["parquet"]), "must be a whole Parquet file; got .*; copy or save it again"),
    ("torn.h5ad", WHOLE["h5ad"], "must be a whole file of annotated data; got .*; copy or write it again"),
]
ARRAYS = [
    ("member.npz", npz(latents=CODES, labels=LABELS), "no 'code'; it holds latents, labels; name them with --code"),
    ("member.safetensors", save({"latents": CODES}), "no 'code'; it holds latents; name them with --code"),
    ("rows.npz", npz(code=CODES, factors=LABELS[:-1]), "must have the same number of rows; got 40 and 39; give one"),
    ("nan.npz", npz(code=CODES * np.nan, factors=LABELS), "must be finite; got 80 NaN .*; drop or repair"),
    ("cube.npz", npz(code=np.zeros((4, 2, 2))), r"code must be a matrix \[N, D\], one row per observation; got shape"),
    ("text.npz", npz(code=np.full((4, 2), "a")), "code must be numbers; got dtype <U1; convert"),
    ("object.npz", npz(code=PICKLED), "whole npz of plain arrays; got ValueError: Object arrays cannot be loaded"),
    ("object.npy", npy(PICKLED), "whole npy of plain arrays; got ValueError: Object arrays cannot be loaded"),
    ("word.npz", b"no archive", "whole npz of plain arrays; got BadZipFile: File is not a zip file.*; copy it"),
    ("word.npy", b"no array, only a few words of text", "whole npy of plain arrays; got ValueError: the magic string"),
    ("codes.mat", b"MATLAB 5.0", r"codes are read from \.npz, .*; got codes\.mat"),
]
TABLES = [
    ("mark.csv", b"\xef\xbb\xbf", "got an empty file"),
    ("mark16.csv", b"\xff\xfe", "got an empty file"),
    ("blank.csv", b"\n\n", "must be a CSV with a header line.*; give each row a cell for each column"),
    ("heads.csv", b"z0,z1,shape\n", "rows below it; got 0 rows"),
    ("parted.csv", b"z0;shape\n1;2\n1;2;3;4\n", "columns parted by semicolons, failed: .*line 3.*; give each row"),
    ("parted.tsv", b"z0\tshape\n1\t2\n1\t2\t3\t4\n", "columns parted by tabs, failed: .*line 3.*; give each row"),
    ("comma.csv", csv(TABLE[["z0", "shape"]].round(1), decimal=",").replace(b'"', b""), "twice below the headings z0,"),
    ("commas.csv", csv(TABLE.round(1), decimal=",").replace(b'"', b""), "columns parted by commas, failed"),
    ("thousands.csv", b'z0,shape\n"1,234",1\n"2,345",2\n', "written in one way; got '1,234' .*; write decimal points"),
    ("latin.csv", "z0,größe\n1,2\n".encode("latin-1"), "in UTF-8 or UTF-16; .*; save it again as UTF-8"),
    ("double.csv", b"z0,shape,shape\n1,2,3\n", "names that differ; got two called shape; rename"),
    ("index.csv", TABLE[["shape"]].to_csv().encode(), "some columns must be latents; got none of shape; name them"),
    ("word.csv", b"z0,shape\n0.5,1\nnothing,2\n0.7,3\n", "latent columns must hold numbers; got text in z0; name"),
    ("gap.csv", b"z0,shape\n0.5,1\n,2\n0.7,3\n", "a number in each row; got 'z0' with gaps in 1 of 3 rows; if it is"),
]
BAD = [*NOTHING.values(), *PAGES.values(), *TORN, *ARRAYS, *TABLES]


def ended(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, *arguments: object) -> str:
    """What is complained of; a mistake ends with 2, in one message without a traceback."""
    monkeypatch.setattr(sys, "argv", ["unbraid", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        main()
    told: str = capsys.readouterr().err
    assert end.value.code == 2, told
    assert told.startswith("unbraid: ")
    assert told.count("\n") == 1
    assert "Traceback" not in told
    return told


def listing(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on a world of 72 images."""
    return fit(RunConfig("toy", "mlp", objective="vae", steps=1), tmp_path_factory.mktemp("toy") / "run").path


@pytest.fixture
def refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> Callable[..., None]:
    """Runs a command in an empty folder, which must refuse and leave what was there."""
    monkeypatch.chdir(tmp_path)

    def call(message: str, *arguments: object) -> None:
        before, folders = listing(tmp_path), sorted(tmp_path.rglob("*/"))
        told = ended(monkeypatch, capsys, *arguments)
        assert re.search(message, told), told
        assert (listing(tmp_path), sorted(tmp_path.rglob("*/"))) == (before, folders)

    return call


@pytest.mark.parametrize(
    ("name", "content", "message"),
    BAD,
    ids=[name for name, *_ in BAD],
)
def test_files_of_codes(refuses: Callable[..., None], name: str, content: bytes, message: str) -> None:
    Path(name).write_bytes(content)
    refuses(message, "score", name, "--metrics", "mig", "--out", "scores.csv")


BAD_LABELS = [
    NOTHING["csv"],
    PAGES["npz"],
    TORN[0],
    TORN[3],
    ("rows.csv", csv(TABLE[["shape"]][:7]), "must be .*, one for each row, or name their rows; got 7 rows"),
    ("rows.npy", npy(LABELS[:7]), r"must be .*, one for each row; got shape \(7, 2\)"),
    ("member.npz", npz(a=LABELS, b=LABELS), r"must hold labels \[N, K\] as 'factors'; got .*; save them under that"),
    ("twice.csv", b"id,shape\na,1\na,2\n", "must be .*, one for each row, or name their rows; got 2 rows"),
    ("codes.mat", b"MATLAB 5.0", "labels are read from .*; got codes.mat"),
]


@pytest.mark.parametrize(("name", "content", "message"), BAD_LABELS, ids=[name for name, *_ in BAD_LABELS])
def test_files_of_labels(refuses: Callable[..., None], trained: Path, name: str, content: bytes, message: str) -> None:
    Path(name).write_bytes(content)
    Path("codes.npy").write_bytes(WHOLE["npy"])
    kept = listing(trained)
    refuses(message, "score", "codes.npy", "--labels", name, "--metrics", "mig", "--out", "scores.csv")
    refuses(message, "evaluate", trained, "--labels", name, "--metrics", "mig")
    assert {file: content for file, content in listing(trained).items() if file in kept} == kept
    assert "labels.json" not in listing(trained)


@pytest.mark.parametrize(("name", "content", "message"), [TORN[0], PAGES["csv"], ARRAYS[0], TABLES[-1]])
def test_codes_to_decode(refuses: Callable[..., None], trained: Path, name: str, content: bytes, message: str) -> None:
    Path(name).write_bytes(content)
    refuses(message, "decode", trained, name, "--out", "pictures")
    refuses(message, "decode", trained, name, "--out", "pictures.npz")


IMAGES = np.zeros((40, 1, 8, 8), np.uint8)
BAD_DATA = [
    ("torn.npz", torn(npz(images=IMAGES)), "must be a whole .npz file.*; copy or fetch it again"),
    ("member.npz", npz(pictures=IMAGES, others=IMAGES), "must hold an array 'images'; it holds pictures .*, others"),
    ("page.npz", HTML, "got a saved web page"),
    ("nothing.npy", b"", "got an empty file"),
    ("object.npy", npy(PICKLED), "must be a whole .npy file; .*Python objects in dtype"),
    ("images.mat", b"MATLAB 5.0", "path must end in .npz, .npy, .h5 or .hdf5"),
]
TRAIN = ("train", "--model", "mlp", "--objective", "vae", "--steps", 1, "--out", "runs")


@pytest.mark.parametrize(("name", "content", "message"), BAD_DATA, ids=[name for name, *_ in BAD_DATA])
def test_images_in_arrays(refuses: Callable[..., None], name: str, content: bytes, message: str) -> None:
    Path(name).write_bytes(content)
    refuses(message, *TRAIN, "--data", "arrays", "--set", f"data.path={name}")


BAD_FACTORS = [
    NOTHING["csv"],
    NOTHING["parquet"],
    TORN[3],
    PAGES["csv"],
    ("rows.tsv", csv(TABLE[["shape"]][:7]), "one row per image .40 images.; got 7 rows of factors; check that"),
]


@pytest.mark.parametrize(("name", "content", "message"), BAD_FACTORS, ids=[name for name, *_ in BAD_FACTORS])
def test_factors_of_images_in_arrays(refuses: Callable[..., None], name: str, content: bytes, message: str) -> None:
    Path("images.npy").write_bytes(npy(IMAGES))
    Path(name).write_bytes(content)
    refuses(message, *TRAIN, "--data", "arrays", "--set", "data.path=images.npy", "--set", f"data.factors={name}")


@pytest.mark.parametrize("content", [HTML, b"", b"no picture", picture()[:40]])
def test_pictures(refuses: Callable[..., None], trained: Path, content: bytes) -> None:
    message = r"every picture must be readable; photos/c\.png is not .*Repair it or move it out of the folder"
    Path("photos").mkdir()
    for name in ("a", "b"):
        Path(f"photos/{name}.png").write_bytes(picture())
    Path("photos/c.png").write_bytes(content)
    refuses(message, *TRAIN, "--data", "image_folder", "--set", "data.path=photos")
    refuses(message, "encode", trained, "--images", "photos", "--out", "codes.csv")
