"""Codes of a run as a table: name of the picture, z and log-variance of each latent; and pictures of such a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from unbraid.core import Progress, require, shown
from unbraid.core.checked import checked
from unbraid.core.places import expanded
from unbraid.core.values import Threads
from unbraid.data._files.own_pictures import Fit, own_pictures, read_picture
from unbraid.evaluation._encode import encode
from unbraid.metrics._files import read_codes
from unbraid.store import whole_file, whole_folder
from unbraid.training import Run, threads_for, torch_threads

TABLES = (".csv", ".parquet")
AT_ONCE = 256  # pictures


@checked
def code_table(
    run: Run | Path | str,
    images: Path | str | Sequence[Path | str] | None = None,
    *,
    device: torch.device | str | None = None,
    threads: Threads | None = None,
    trust: bool = False,
    progress: Progress | bool | None = True,
) -> pd.DataFrame:
    """The posterior of each image of a run's dataset, or of new images, one row each.

    Args:
        run: an opened run, or its folder.
        images: pictures that the run has not seen: a folder of PNG and JPEG files, or paths of some; they are cropped
            and resampled like those of the dataset `image_folder`. None takes the dataset of the run.
        device: of a folder, where the model computes; as found when None. An opened run has its own.
        threads: that torch computes with; when None, as OMP_NUM_THREADS says, else those that the run was trained with.
        trust: import code from elsewhere that the run's configuration names.
        progress: True shows a bar.

    Returns:
        `file`, the name of the picture (`row`, its number, where the dataset has no files); z0, z1, … the posterior
        means; logvar0, logvar1, … the log-variances.

    Raises:
        UsageError: no run, no pictures, or pictures that cannot be read.
    """
    opened = run if isinstance(run, Run) else Run(run, device, trust=trust)
    with torch_threads(threads_for(opened.folder, threads)):
        return _encoded(opened, images, progress)


def _encoded(
    opened: Run, images: Path | str | Sequence[Path | str] | None, progress: Progress | bool | None
) -> pd.DataFrame:
    if images is None:
        rep = encode(opened, progress=progress)
        names = opened.dataset.names
        first = {"row": np.arange(len(rep))} if names is None else {"file": list(names)}
        return _table(first, rep.code, rep.logvar)
    folder = expanded(images) if isinstance(images, (str, Path)) else None
    if folder is not None and folder.is_dir():
        files = own_pictures(folder)
        return _of_files(opened, files, [file.relative_to(folder).as_posix() for file in files], progress)
    files = [expanded(file) for file in ([images] if isinstance(images, (str, Path)) else images)]
    missing = [str(file) for file in files if not file.is_file()]
    rule = "images must be a folder of pictures, or paths of some that are there"
    require(files and not missing, rule, ", ".join(missing[:3]) or "none")
    return _of_files(opened, files, [str(file) for file in files], progress)


def _of_files(run: Run, files: list[Path], names: list[str], progress: Progress | bool | None) -> pd.DataFrame:
    """Pictures brought to the shape that the run takes as its own were."""
    channels, height, width = run.image_shape
    require(channels in (1, 3), "pictures have 1 or 3 channels", f"a model of {channels}", "encode arrays: run.encode")
    data = run.config.data
    fit: Fit = "pad" if data.name == "image_folder" and data.options.get("fit") == "pad" else "crop"
    encodings = []
    with shown(progress, "encoding") as show:
        for start in range(0, len(files), AT_ONCE):
            part = files[start : start + AT_ONCE]
            pixels = np.stack([read_picture(file, channels == 1, (height, width), fit) for file in part])
            encodings.append(run.encode(pixels))
            if show is not None:
                show("encoding", min(start + AT_ONCE, len(files)), len(files))
    means, logvars = (np.concatenate([getattr(e, part) for e in encodings]) for part in ("mean", "logvar"))
    return _table({"file": names}, means, logvars)


def _table(first: dict[str, Any], code: np.ndarray, logvar: np.ndarray | None) -> pd.DataFrame:
    columns = {f"z{j}": column for j, column in enumerate(code.T)}
    if logvar is not None:
        columns |= {f"logvar{j}": column for j, column in enumerate(logvar.T)}
    return pd.DataFrame({**first, **columns})


@checked
def decode_to(
    run: Run | Path | str,
    codes: Path | str,
    out: Path | str,
    *,
    device: torch.device | str | None = None,
    threads: Threads | None = None,
    trust: bool = False,
) -> int:
    """Write the pictures that a run makes of codes in a file; returns how many.

    Args:
        run: an opened run, or its folder.
        codes: a file of codes, as `read_representation` takes it: a table with z0, z1, …, or an array `code` [N, D].
        out: a new folder, for one PNG each, called as the table names its rows, or by their numbers; or a `.npz`, for
            `images` uint8 [N, C, H, W].
        device: of a folder, where the model computes; as found when None. An opened run has its own.
        threads: as in `code_table`.
        trust: import code from elsewhere that the run's configuration names.

    Raises:
        UsageError: no run, no file of codes, codes of another width, a folder that holds something.
    """
    opened, out = run if isinstance(run, Run) else Run(run, device, trust=trust), Path(out)
    reading = read_codes(Path(codes), [])
    with torch_threads(threads_for(opened.folder, threads)):
        images = np.round(opened.decode(reading.rep.code) * 255).astype(np.uint8)
    with whole_folder(out) if out.suffix != ".npz" else whole_file(out) as aside:
        if out.suffix == ".npz":
            with aside.open("wb") as file:
                np.savez_compressed(file, images=images)
        else:
            for name, image in zip(_picture_names(reading.names, len(images)), images, strict=True):
                _save(aside / name, image)
    return len(images)


def _picture_names(names: Sequence[str] | None, count: int) -> list[str]:
    """Different plain names of PNG files."""
    digits = len(str(max(count - 1, 0)))
    numbers = [f"{row:0{digits}d}.png" for row in range(count)]
    stems = [Path(name.replace("\\", "/")).stem for name in names or ()]
    return [f"{stem}.png" for stem in stems] if len(set(stems)) == count and all(stems) else numbers


def _save(file: Path, image: np.ndarray) -> None:
    from PIL import Image

    channels = len(image)
    require(channels in (1, 3), "pictures have 1 or 3 channels", f"images of {channels}", "give --out images.npz")
    Image.fromarray(image[0] if channels == 1 else np.ascontiguousarray(image.transpose(1, 2, 0))).save(file)
