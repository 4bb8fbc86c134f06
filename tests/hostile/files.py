"""Damaged files: of a run, of codes, of data, of a cache."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

import unbraid
from tests.hostile.cases import Case
from unbraid.core import load_entry, names, options_of
from unbraid.data import load_dataset
from unbraid.evaluation import evaluate, export, load_representation, read_scores
from unbraid.metrics import read_representation, score
from unbraid.report import report
from unbraid.training import RunConfig, fit

CONFIG = RunConfig.from_dict(
    {
        "data": {"name": "toy", "places": 6},
        "model": {"name": "mlp", "latents": 2, "hidden": 4},
        "objective": "vae",
        "steps": 4,
        "batch": 8,
        "metrics": ["active_latents"],
    }
)
SOURCES = ("config.yaml", "checkpoint.safetensors", "model.safetensors")  # what nothing can make again
Damage = Callable[[bytes], bytes]


def flipped(content: bytes, seed: int) -> bytes:
    """Some bytes of a file changed."""
    draw, changed = np.random.default_rng(seed), bytearray(content)
    for place in draw.integers(len(changed), size=max(1, len(changed) // 200)):
        changed[place] ^= int(draw.integers(1, 256))
    return bytes(changed)


DAMAGES: dict[str, Damage] = {
    "empty": lambda content: b"",
    "half": lambda content: content[: len(content) // 2],
    "without its last byte": lambda content: content[:-1],
    "noise": lambda content: np.random.default_rng(0).bytes(len(content)),
    "zeros": lambda content: bytes(len(content)),
    "text": lambda content: b"not what it says\n" * 5,
    "JSON": lambda content: b'{"step": "many", "data": 5, "versions": []}',
    "a huge header": lambda content: b"\xff" * 8 + content[8:],
    "behind something": lambda content: b"PK\x03\x04" + content,
    "twice": lambda content: content + content,
    **{f"flipped {seed}": partial(flipped, seed=seed) for seed in range(6)},
}


def runs(folder: Path) -> Iterator[Case]:
    """Each file of a run with each damage, before each use of it."""
    finished, begun = folder / "finished", folder / "begun"
    fit(CONFIG, begun, until=2, progress=False)
    fit(CONFIG, finished, progress=False)
    evaluate(finished, floor=False, progress=False)
    uses: dict[str, Callable[[Path], object]] = {
        "open": lambda place: unbraid.open(place).encode(np.zeros((1, 1, 16, 16), np.uint8)),
        "evaluate": lambda place: evaluate(place, floor=False, progress=False),
        "report": lambda place: report(place, floor=False, progress=False),
        "scores": lambda place: (read_scores(place), load_representation(place)),
        "export": lambda place: export(place, place.with_name(f"{place.name}-export")),
        "fit": lambda place: fit(CONFIG, place, progress=False),
    }
    number = 0
    for original in (finished, begun):
        for file in sorted(original.iterdir()):
            for what, damage in DAMAGES.items():
                for use, run in uses.items():
                    if file.name == ".lock" or (original is begun and use not in ("open", "evaluate", "fit")):
                        continue
                    number += 1
                    place = folder / f"run-{number}"
                    yield Case(
                        f"files of runs: {use}",
                        f"{original.name}/{file.name}, {what}",
                        partial(_used, original, place, file.name, damage, run),
                    )


class LossError(AssertionError):
    """Something that nothing can make again is gone."""


def _used(original: Path, place: Path, name: str, damage: Damage, run: Callable[[Path], object]) -> None:
    """Use a copy of a run with a damaged file; what cannot be made again must be there afterwards as it was."""
    shutil.copytree(original, place)
    (place / name).write_bytes(damage((original / name).read_bytes()))
    before = {file: (place / file).read_bytes() for file in SOURCES if (place / file).is_file()}
    try:
        run(place)
    finally:
        trained = (place / "model.safetensors").is_file() and "model.safetensors" not in before
        after = {file: (place / file).read_bytes() for file in before if (place / file).is_file()}
        lost = [file for file in before if after.get(file) != before[file] and not (trained and "check" in file)]
        shutil.rmtree(place, ignore_errors=True)
        if lost:
            raise LossError(f"{lost} are not what they were")


def codes(folder: Path) -> Iterator[Case]:
    """Files of codes with each damage, and with arrays that are no codes."""
    rng = np.random.default_rng(0)
    code, factors = rng.standard_normal((60, 2)), rng.integers(0, 3, (60, 2))
    arrays = {"code": code, "factors": factors}
    np.savez(folder / "codes.npz", **arrays)
    frame = pd.DataFrame({"z0": code[:, 0], "z1": code[:, 1], "shape": factors[:, 0], "size": factors[:, 1]})
    frame.to_csv(folder / "codes.csv", index=False)
    for file in (folder / "codes.npz", folder / "codes.csv"):
        for what, damage in DAMAGES.items():
            path = folder / f"{what.replace(' ', '-')}{file.suffix}"
            path.write_bytes(damage(file.read_bytes()))
            yield Case("files of codes", f"{file.name}, {what}", partial(_scored, path), keeps=[path])
    strange = {
        "no rows": {"code": code[:0], "factors": factors[:0]},
        "no latents": {"code": code[:, :0], "factors": factors},
        "no factors": {"code": code, "factors": factors[:, :0]},
        "other rows": {"code": code, "factors": factors[:30]},
        "one axis": {"code": code[:, 0], "factors": factors},
        "three axes": {"code": code[None], "factors": factors},
        "text": {"code": code.astype(str), "factors": factors},
        "NaN": {"code": code * np.nan, "factors": factors},
        "complex": {"code": code + 1j, "factors": factors},
        "times": {"code": code.astype("m8[s]"), "factors": factors},
        "objects": {"code": code.astype(object), "factors": factors},
        "no code": {"factors": factors},
        "no factors at all": {"code": code},
        "bad logvar": {"code": code, "factors": factors, "logvar": code[:30]},
        "infinite logvar": {"code": code, "factors": factors, "logvar": np.full(code.shape, np.inf)},
        "bad names": {"code": code, "factors": factors, "names": np.array(["a"])},
        "bad kinds": {"code": code, "factors": factors, "kinds": np.array(["x", "y"])},
        "bad sizes": {"code": code, "factors": factors, "sizes": np.array([1, 1])},
        "bad layers": {"code": code, "factors": factors, "layers": np.array([7])},
        "huge levels": {"code": code, "factors": factors * 2**60},
        "negative levels": {"code": code, "factors": factors - 5},
    }
    for what, content in strange.items():
        path = folder / f"strange-{what.replace(' ', '-')}.npz"
        with np.errstate(all="ignore"):
            np.savez(path, **content)  # type: ignore[arg-type]
        refuse = what not in (
            "one axis",
            "huge levels",
            "negative levels",
            "bad sizes",
            "bad layers",
            "no factors",
            "no factors at all",
        )
        yield Case("files of codes", what, partial(_scored, path), refuse, keeps=[path])
    for name in ("absent.npz", "folder.npz", "codes.xyz", "x" * 300 + ".npz", "a\0b.npz"):
        if name == "folder.npz":
            (folder / name).mkdir()
        yield Case("files of codes", name[:30], partial(_scored, folder / name), refuse=True)


def _scored(path: Path) -> None:
    rep, _ = read_representation(path)
    score(rep, metrics=["mig", "active_latents"], floor=False)


def data(folder: Path) -> Iterator[Case]:
    """Files of images with each damage, and arrays that are no images."""
    images = np.random.default_rng(0).integers(0, 256, (20, 8, 8, 3), dtype=np.uint8)
    levels = np.arange(20)[:, None] % 4
    path = folder / "images.npz"
    np.savez_compressed(path, images=images, factors=levels)
    pictures = folder / "pictures"
    pictures.mkdir()
    for number in range(4):
        Image.fromarray(images[number]).save(pictures / f"{number}.png")
    for what, damage in DAMAGES.items():
        damaged = folder / f"images-{what.replace(' ', '-')}.npz"
        damaged.write_bytes(damage(path.read_bytes()))
        yield Case("files of data", f"npz, {what}", partial(_images, "arrays", damaged), keeps=[damaged])
        beside = folder / f"pictures-{what.replace(' ', '-')}"
        shutil.copytree(pictures, beside)
        (beside / "0.png").write_bytes(damage((pictures / "0.png").read_bytes()))
        yield Case("files of data", f"png, {what}", partial(_images, "image_folder", beside), keeps=[beside / "0.png"])
    for what, array in {
        "no rows": images[:0],
        "floats": images.astype(float),
        "negative": images.astype(int) - 300,
        "text": images.astype(str),
        "NaN": images * np.nan,
        "two axes": images[:, :, 0, 0],
        "five axes": images[None],
        "seven channels": np.zeros((4, 8, 8, 7)),
        "complex": images + 1j,
        "objects": images.astype(object),
        "one pixel": images[:, :1, :1],
        "times": images.astype("m8[s]"),
    }.items():
        strange = folder / f"array-{what.replace(' ', '-')}.npz"
        np.savez(strange, images=array, factors=levels)
        refuse = what not in ("one pixel", "floats")
        yield Case("files of data", what, partial(_images, "arrays", strange), refuse, keeps=[strange])
    for what, members in {
        "a header of 10^12 rows": _npy(f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({10**12}, 8, 8, 3)}}"),
        "a header of negative rows": _npy("{'descr': '|u1', 'fortran_order': False, 'shape': (-4, 8, 8, 3)}"),
        "a header that is code": _npy("__import__('os').system('true')"),
        "a pickled header": _npy("{'descr': '|O', 'fortran_order': False, 'shape': (4, 8, 8, 3)}"),
    }.items():
        strange = folder / f"header-{len(what)}.npz"
        with zipfile.ZipFile(strange, "w") as archive:
            archive.writestr("images.npy", members)
        yield Case("files of data", what, partial(_images, "arrays", strange), refuse=True, keeps=[strange])


def places(folder: Path) -> Iterator[Case]:
    """Places on the disk that are none, for every dataset that reads files."""
    for name in names("data"):
        for key in {"path", "source", "factors"} & set(options_of(load_entry("data", name))):
            for place in ("x" * 300, "a\0b", "/proc/self/mem", str(folder / "absent")):
                spec = {"name": name, **({"path": str(folder)} if key == "factors" else {}), key: place}
                yield Case("files of data", f"{name}.{key}={place[:20]}", partial(load_dataset, spec), refuse=True)


def _npy(header: str) -> bytes:
    stream = io.BytesIO()
    text = header.encode().ljust(117) + b"\n"
    stream.write(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(100))
    return stream.getvalue()


def _images(name: str, path: Path) -> None:
    dataset = load_dataset(name, path=str(path))
    dataset.images(np.arange(len(dataset)))


def files(folder: Path) -> Iterator[Case]:
    """All of them."""
    for name, make in (("runs", runs), ("codes", codes), ("data", data), ("places", places)):
        (folder / name).mkdir()
        yield from make(folder / name)
