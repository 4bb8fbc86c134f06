"""Files that hold arrays by name: npz, npy, safetensors. None is read that is not asked for."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from unbraid.core import FactorSpace, Kinds, UsageError, did_you_mean, failure, require
from unbraid.core.checks import sentence
from unbraid.core.factors import factor_from
from unbraid.core.npz import member_header
from unbraid.core.places import read_json
from unbraid.core.web_pages import require_data
from unbraid.metrics._representation import Representation

STORED = (".npz", ".npy", ".safetensors")
CODE, FACTORS = "code", "factors"
DESCRIBING = ("logvar", "spread", "names", "kinds", "missing")  # beside codes and factors; others are not opened
Get = Callable[[str], np.ndarray]


def read_members(
    path: Path, code: str | None, factors: list[str] | None, kinds: Kinds | None
) -> tuple[Representation, list[str]]:
    """The representation that named arrays make, and the names of arrays that were not read."""
    with _reading(path):
        held, get, note = _opened(path)
        wanted = [code or CODE, *(factors if factors is not None else [FACTORS]), *DESCRIBING]
        arrays = {name: get(name) for name in dict.fromkeys(wanted) if name in held}
    _require_member(code or CODE, held, path, f"codes [N, D] as '{CODE}'", "name them with --code")
    for name in factors or ():
        _require_member(name, held, path, "the factors named", "name them with --factors")
    return _made(arrays, code, factors, kinds, note), [name for name in held if name not in arrays]


def stored_labels(path: Path) -> tuple[np.ndarray, list[str] | None]:
    """Labels [N, K] of a file of arrays: `factors` and their `names`, or the one array that it holds."""
    with _reading(path):
        held, get, _ = _opened(path)
        key = FACTORS if FACTORS in held else held[0] if len(held) == 1 else ""
        matrix = get(key) if key else None
        names = get("names").astype(str).tolist() if "names" in held and key == FACTORS else None
    if matrix is None:
        _require_member(FACTORS, held, path, f"labels [N, K] as '{FACTORS}'", "save them under that name")
    assert matrix is not None
    return matrix, names


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn whatever a damaged file raises into one message; a damaged file can raise nearly anything."""
    require_data(path)
    try:
        yield
    except UsageError:
        raise
    except Exception as error:
        rule = f"{path} must be a whole {path.suffix[1:]} of plain arrays"
        raise UsageError(sentence(rule, failure(error), "copy it again, or save arrays of numbers in it")) from error


def _require_member(name: str, held: Sequence[str], path: Path, what: str, do: str) -> None:
    listing = ", ".join(held) or "nothing"
    near = did_you_mean(name, held)
    require(name in held, f"{path} must hold {what}", f"no '{name}'; it holds {listing}", f"{near} {do}".strip())


def _made(
    arrays: Mapping[str, np.ndarray], code: str | None, factors: list[str] | None, kinds: Kinds | None, note: Any
) -> Representation:
    codes = arrays[code or CODE]
    logvar = arrays.get("logvar", arrays.get("spread")) if code in (None, CODE) else None  # spread: in version 0.1
    names = arrays["names"].astype(str).tolist() if "names" in arrays else None
    if factors == [] or (factors is None and FACTORS not in arrays):
        return Representation.from_arrays(codes, None, logvar=logvar)
    if factors is None and note.get("factors") and kinds is None:  # of a run's folder
        space = FactorSpace(tuple(factor_from(described) for described in note["factors"]))
        given = {"space": space, "missing": arrays.get("missing"), "layers": note.get("layers")}
        return Representation.from_arrays(codes, arrays[FACTORS], logvar=logvar, **given)
    chosen = {name: arrays[name] for name in (factors if factors is not None else [FACTORS])}
    alone = next(iter(chosen.values())) if len(chosen) == 1 else None
    if alone is not None and (factors is None or alone.ndim != 1):
        columns = names if names is not None and (factors is None or len(names) == _columns(alone)) else None
        kinds = _kinds(arrays, columns, kinds)
        return Representation.from_arrays(codes, alone, logvar=logvar, names=columns, kinds=kinds)
    table = {label: column for name, array in chosen.items() for label, column in _named(name, array)}
    return Representation.from_arrays(codes, table, logvar=logvar, kinds=kinds)


def _columns(matrix: np.ndarray) -> int:
    return matrix.shape[1] if matrix.ndim == 2 else 1


def _named(name: str, array: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """The columns of an array: its name, with the column's number where it has several."""
    require(array.ndim in (1, 2), "factors must be a matrix [N, K] or columns [N]", f"'{name}' of shape {array.shape}")
    if array.ndim == 1:
        return [(name, array)]
    return [(f"{name} {k}" if array.shape[1] > 1 else name, array[:, k]) for k in range(array.shape[1])]


def _kinds(arrays: Mapping[str, np.ndarray], names: list[str] | None, kinds: Kinds | None) -> Kinds | None:
    """The file's own, under those that were said."""
    said = arrays["kinds"].astype(str).tolist() if "kinds" in arrays else []
    if not said:
        return kinds
    columns = names or [f"factor {k}" for k in range(len(said))]
    require(len(said) == len(columns), f"kinds must hold one kind per factor ({len(columns)})", said)
    return {**dict(zip(columns, said, strict=True)), **(dict(kinds) if isinstance(kinds, Mapping) else {})}


def _opened(path: Path) -> tuple[list[str], Get, dict[str, Any]]:
    """Names of the arrays, how to get one, and what is noted beside them."""
    suffix = path.suffix.lower()
    if suffix == ".npy":
        with path.open("rb") as stream:  # `np.load` advises to unpickle what is no array
            array = np.lib.format.read_array(stream, allow_pickle=False)
        return [CODE], lambda name: array, {}
    if suffix == ".npz":
        with zipfile.ZipFile(path), np.load(path, allow_pickle=False) as file:
            return list(file.files), lambda name: _member(path, name), {}
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        note = read_json((file.metadata() or {}).get("note", "{}"))
        return list(file.keys()), lambda name: _tensor(path, name), note if isinstance(note, dict) else {}


def _member(path: Path, name: str) -> np.ndarray:
    """One array of an npz, its header checked before anything is allocated."""
    with np.load(path, allow_pickle=False) as file:
        member_header(file.zip, name if name in file.zip.namelist() else f"{name}.npy", path)
        array: np.ndarray = file[name]
    return array


def _tensor(path: Path, name: str) -> np.ndarray:
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        array: np.ndarray = file.get_tensor(name)
    return array
