"""What a card is made of: codes from a file, from arrays or of a run, with their labels, names and pictures."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from unbraid.core import Kinds, Labels, require, require_trusted, rng
from unbraid.core.labels import read_labels
from unbraid.metrics import Representation, read_codes
from unbraid.metrics._files import FILES, with_labels
from unbraid.metrics._given import as_representation
from unbraid.report.codes._pictures import Pictures, of_dataset, pictures_of

if TYPE_CHECKING:
    from unbraid.training import Run

ROWS = 50_000  # of a run that has no codes yet


@dataclass(frozen=True)
class Given:
    """Codes to make a card of.

    Args:
        rep: all rows.
        title: what they are called.
        page: where the page goes when nobody says.
        names: of the rows [N], where they have them.
        pictures: of the rows, where there are any.
        said: what was read and how, and what was left out.
    """

    rep: Representation
    title: str
    page: Path
    names: tuple[str, ...] | None = None
    pictures: Pictures | None = None
    said: tuple[str, ...] = ()


def is_run(codes: Any) -> bool:
    """Whether what a card is asked of is a run, opened or as its folder."""
    return hasattr(codes, "folder") or (isinstance(codes, (str, Path)) and os.path.isdir(codes))


def given_codes(codes: Any, labels: Any, kinds: Kinds | None, code: str | Sequence[str] | None, images: Any) -> Given:
    """Codes that are no run's; see `card`."""
    if isinstance(codes, (str, Path)):
        given = _of_file(Path(codes), labels, kinds, code)
    else:
        require(code is None, "code names an array or columns of a file", "codes that are no file", "leave it out")
        index = getattr(codes, "index", None)
        names = tuple(map(str, index)) if index is not None and getattr(index, "dtype", None) == "str" else None
        given = Given(as_representation(codes, labels, kinds), "codes", Path("card.html"), names)
    if images is None:
        return given
    pictures = pictures_of(images, given.names, len(given.rep))
    return replace(given, pictures=pictures, said=(*given.said, pictures.said))


def _of_file(path: Path, labels: Any, kinds: Kinds | None, code: str | Sequence[str] | None) -> Given:
    """Codes of a file; labels are columns or arrays of it by name, a file of their own, or given as they are."""
    of_file = isinstance(labels, Path) or (isinstance(labels, str) and Path(labels).suffix.lower() in FILES)
    named = isinstance(labels, str) or (isinstance(labels, (list, tuple)) and all(isinstance(n, str) for n in labels))
    if labels is None or of_file or named:
        columns = None if of_file or labels is None else labels
        reading = read_codes(path, columns, kinds, code=code, labels=Path(labels) if of_file else None)
    else:
        reading = read_codes(path, [], code=code)
        reading = replace(reading, rep=with_labels(reading.rep, read_labels(labels, kinds=kinds)))
    said = [f"labels {reading.said}"] if reading.said else []
    said += [f"left out, for they only name the rows: {', '.join(reading.left_out)}"] if reading.left_out else []
    said += [f"left out, neither latents nor labels: {', '.join(reading.unused)}"] if reading.unused else []
    said += [f"not read: {', '.join(reading.unopened)}"] if reading.unopened else []
    page = path.with_name(f"{path.stem}-card.html")
    return Given(reading.rep, path.name, page, reading.names, said=tuple(said))


def given_run(run: Run | Path | str, layer: int | None, seed: int, trust: bool) -> Given:
    """Codes of a run: those that evaluation left, else of at most 50,000 rows, encoded now."""
    from unbraid.evaluation import encode, has_codes, load_representation
    from unbraid.store import REPRESENTATION
    from unbraid.training import Run, folder_of

    folder = folder_of(run)
    config = folder.read_config()
    require_trusted(config, str(folder.path), trust or isinstance(run, Run))
    if has_codes(folder):
        rep, index = load_representation(folder), folder.read_tensors(REPRESENTATION).get("index")
        dataset, lacking = _dataset(run, config) if index is not None else (None, "")
    else:
        opened = run if isinstance(run, Run) else Run(folder.path, trust=trust)
        dataset, lacking, rows = opened.dataset, "", len(opened.dataset)
        index = np.sort(rng(seed, 0, "rows of a card").choice(rows, min(ROWS, rows), replace=False))
        rep = encode(opened, dataset, index)
    said = [f"rows of {config['data']['name']}", lacking]
    if layer is None and len(rep.layers) > 1:
        said.append(f"latents of layers in a row: {' + '.join(map(str, rep.layers))}")
    rep = rep if layer is None else rep.layer(layer)
    names = pictures = None
    if dataset is not None and index is not None:
        names = None if dataset.names is None else tuple(dataset.names[row] for row in index)
        pictures = of_dataset(dataset, index)
    page = folder.path / "card.html"
    return Given(_varying(rep), folder.path.name, page, names, pictures, tuple(filter(None, said)))


def _dataset(run: Any, config: Mapping[str, Any]) -> tuple[Any, str]:
    """The dataset of a run, and why there is none: codes outlive the images that they are of."""
    from unbraid.data import load_dataset

    try:
        return run.dataset if hasattr(run, "dataset") else load_dataset(config["data"]), ""
    except (ValueError, OSError) as error:
        return None, f"no images: {error}"


def _varying(rep: Representation) -> Representation:
    """The factors that take more than one level."""
    if not len(rep.space):
        return rep
    missing = np.zeros(rep.factors.shape, dtype=bool) if rep.missing is None else rep.missing
    columns = [column[~mask] for column, mask in zip(rep.factors.T, missing.T, strict=True)]
    varies = np.array([bool(len(column) and np.ptp(column) > 0) for column in columns])
    if varies.all():
        return rep
    factors = tuple(f for f, kept in zip(rep.space.factors, varies, strict=True) if kept)
    space = replace(rep.space, factors=factors)
    return with_labels(rep, Labels(rep.factors[:, varies], missing[:, varies], space))
