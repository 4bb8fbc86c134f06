"""NumPy's numbers as a pickle stores them: stand-ins for what it names, which read bytes and do nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from unbraid.core import UsageError

TYPES = ("f4", "f8", "i4", "i8")  # of NumPy's numbers
MOST_AXES = 4


class RefusedPickleError(UsageError):
    """A pickle asks for more than numbers and containers; the message is the end of a sentence."""


@dataclass(frozen=True)
class StoredName:
    """A name that a pickle may hold."""

    name: str


@dataclass
class StoredType:
    """A stored dtype: one of `TYPES`, little-endian unless the file says otherwise."""

    code: str
    order: str = "<"


@dataclass
class StoredArray:
    """A stored array, its numbers read once its state came."""

    values: np.ndarray | None = None


NAMES = {
    **{
        f"{module} {name}": StoredName(name)
        for module in ("numpy.core.multiarray", "numpy._core.multiarray")
        for name in ("_reconstruct", "scalar")
    },
    "numpy ndarray": StoredName("ndarray"),
    "numpy dtype": StoredName("dtype"),
}


def called(function: Any, arguments: Any) -> Any:
    """What a stored name gives when it is called."""
    name = function.name if isinstance(function, StoredName) else ""
    calls: dict[str, Callable[..., Any]] = {"_reconstruct": _empty_array, "dtype": _stored_type, "scalar": _number}
    if name not in calls or not isinstance(arguments, tuple):
        raise RefusedPickleError(f"it calls {name or type(function).__name__}")
    return calls[name](*arguments)


def _empty_array(kind: Any, *_: Any) -> StoredArray:
    if kind is not NAMES["numpy ndarray"]:
        raise RefusedPickleError("it makes an array of another kind")
    return StoredArray()


def _stored_type(code: Any, *_: Any) -> StoredType:
    if code not in TYPES:
        raise RefusedPickleError(f"it holds numbers of dtype {str(code)[:20]}")
    return StoredType(code)


def _number(kind: Any, content: Any = b"") -> float | int:
    return _array(kind, content, ()).item()


def _array(kind: Any, content: Any, shape: Any) -> np.ndarray:
    """The array of plain bytes, checked against its shape."""
    if not (isinstance(kind, StoredType) and isinstance(content, bytes) and isinstance(shape, tuple)):
        raise RefusedPickleError("it holds an array that is not made of bytes")
    if len(shape) > MOST_AXES or not all(type(size) is int and size >= 0 for size in shape):
        raise RefusedPickleError("it holds an array of no possible shape")
    dtype = np.dtype(kind.order + kind.code)
    if math.prod(shape) * dtype.itemsize != len(content):
        raise RefusedPickleError("it holds an array of more or fewer bytes than its shape says")
    return np.frombuffer(content, dtype).reshape(shape)


def set_state(target: Any, state: Any) -> None:
    """Give a stored dtype its order of bytes, a stored array its numbers; anything else has no state."""
    if isinstance(target, StoredType) and isinstance(state, tuple) and state[1:2] in (("<",), (">",)):
        if any(part is not None for part in state[2:5]):
            raise RefusedPickleError("it holds a dtype with fields")
        target.order = state[1]
    elif isinstance(target, StoredArray) and isinstance(state, tuple) and len(state) == 5:
        _, shape, kind, _, content = state
        target.values = _array(kind, content, shape)
    else:
        raise RefusedPickleError(f"it changes a {type(target).__name__}")
