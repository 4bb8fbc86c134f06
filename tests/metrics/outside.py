"""Somebody else's metrics: no entries of ours, and they declare nothing."""

from __future__ import annotations

import numpy as np

from unbraid.metrics import Representation, Score


def half(rep: Representation) -> Score:
    """Half, whatever the codes."""
    return Score(0.5)


def number(rep: Representation) -> float:
    """A plain number."""
    return len(rep) / 400


def numpy_number(rep: Representation) -> np.float32:
    """A number of NumPy's."""
    return np.float32(0.25)


def no_axes(rep: Representation) -> np.ndarray:
    """An array without axes."""
    return np.array(0.75)


def whole(rep: Representation) -> int:
    """A whole number."""
    return rep.latents


def tensor(rep: Representation) -> Tensor:
    """A tensor with its gradient."""
    return Tensor(0.125)


class Tensor:
    """As torch has them: no array until it is detached and on the CPU."""

    def __init__(self, value: float, ready: bool = False) -> None:
        self.value, self.ready = value, ready

    def detach(self) -> Tensor:
        return Tensor(self.value)

    def cpu(self) -> Tensor:
        return Tensor(self.value, ready=True)

    def __array__(self, dtype: object = None, copy: bool | None = None) -> np.ndarray:
        assert self.ready
        return np.array(self.value)


def nothing(rep: Representation) -> None:
    """A function that forgot its return."""


def text(rep: Representation) -> str:
    """Text."""
    return "good"


def truth(rep: Representation) -> bool:
    """A yes."""
    return True


def column(rep: Representation) -> np.ndarray:
    """One number per latent."""
    return np.zeros(rep.latents)


def dictionary(rep: Representation) -> dict[str, float]:
    """Several numbers by name, and so many that the line would be long."""
    return {f"latent number {number}": 0.5 for number in range(20)}


def not_a_number(rep: Representation) -> float:
    """NaN."""
    return float("nan")


def infinite(rep: Representation) -> float:
    """Infinity."""
    return -np.inf


def fails(rep: Representation) -> float:
    """Divides by zero."""
    return 1 / (rep.latents - rep.latents)


def fails_in_lines(rep: Representation) -> float:
    """An error of several lines."""
    raise RuntimeError("first\n   second")


def too_large(rep: Representation) -> float:
    """Runs out of memory."""
    raise MemoryError


def score_of_text(rep: Representation) -> Score:
    """A Score around what is no number."""
    return Score("good")  # type: ignore[arg-type]


def uneven(rep: Representation) -> list[list[float]]:
    """Rows of different lengths, which are no array."""
    return [[0.1, 0.2], [0.3]]


def several(reps: list[Representation]) -> Score:
    """The number of codes, for each of them."""
    return Score(float(len(reps)), arrays={"score": np.full(len(reps), len(reps))})


def several_in_one(reps: list[Representation]) -> float:
    """One number for all of them."""
    return float(len(reps))
