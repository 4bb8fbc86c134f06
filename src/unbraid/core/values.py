"""Whether a value is what an annotation says, and lies in the range declared with it.

A signature says what it takes: `bins: int`, `share: Annotated[float, Range(0, 1)]`. Numbers are finite, truth values
are no numbers, a list is no text; `None` is taken where the annotation names it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import numpy as np

from unbraid.core.places import is_text, unmet_place


@dataclass(frozen=True)
class Range:
    """The numbers that an option takes; ends that are None are open.

    Args:
        least: the smallest.
        most: the largest.
        above: smaller than all of them.
    """

    least: float | None = None
    most: float | None = None
    above: float | None = None

    def holds(self, number: float) -> bool:
        """Whether the number lies in it."""
        low = (self.least is None or number >= self.least) and (self.above is None or number > self.above)
        return low and (self.most is None or number <= self.most)

    def __str__(self) -> str:
        ends = [
            f"at least {self.least:g}" if self.least is not None else "",
            f"above {self.above:g}" if self.above is not None else "",
            f"at most {self.most:,.12g}" if self.most is not None else "",
        ]
        return " and ".join(end for end in ends if end)


INFINITY = "infinity"  # beside an annotation of numbers that may be infinite
Endless = Annotated[float, INFINITY]
Count = Annotated[int, Range(least=1, most=10**9)]
Natural = Annotated[int, Range(least=0, most=10**9)]
Seed = Annotated[int, Range(least=0, most=2**63 - 1)]
Share = Annotated[float, Range(least=0, most=1)]
Positive = Annotated[float, Range(above=0)]
NonNegative = Annotated[float, Range(least=0)]
Latents = Annotated[int, Range(least=1, most=100_000)]
Width = Annotated[int, Range(least=1, most=1_000_000)]  # of a layer
Depth = Annotated[int, Range(least=1, most=1000)]  # of a network
Bins = Annotated[int, Range(least=2, most=10_000)]
NaturalBins = Annotated[int, Range(least=0, most=10_000)]  # 0 for none
Pixels = Annotated[int, Range(least=1, most=8192)]  # height and width of an image
Repeats = Annotated[int, Range(least=1, most=1_000_000)]  # of work that takes its time
Threads = Annotated[int, Range(least=1, most=1024)]
Jobs = Annotated[int, Range(least=1, most=10_000)]  # at once
Degree = Annotated[int, Range(least=1, most=50)]  # of polynomials
Multiple = Annotated[float, Range(above=0, most=1000)]  # of the widths of a network


def unmet(value: Any, annotation: Any) -> str:
    """What a value must be by an annotation, in words; empty where it is.

    >>> unmet("x", int), unmet(0, Count), unmet(None, float | None)
    ('a whole number', 'at least 1 and at most 1,000,000,000', '')
    """
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated and INFINITY in parts[1:] and value == math.inf:
        return ""
    if origin is Annotated:
        return unmet(value, parts[0]) or _outside(value, parts[1:])
    if origin in (Union, UnionType):
        if isinstance(value, (str, PurePath)) and _takes_place(parts):
            return unmet_place(value)
        faults = [unmet(value, part) for part in parts]
        return "" if "" in faults else " or ".join(dict.fromkeys(faults))
    if origin is Literal:
        return "" if value in parts else f"one of {', '.join(map(str, parts))}"
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return _unmet_mapping(value, parts)
    if origin in (list, tuple) or (isinstance(origin, type) and issubclass(origin, Sequence)):
        return _unmet_list(value, parts)
    return _unmet_plain(value, annotation)


def _outside(value: Any, limits: Sequence[Any]) -> str:
    return " and ".join(str(limit) for limit in limits if isinstance(limit, Range) and not limit.holds(value))


def _unmet_mapping(value: Any, parts: Sequence[Any]) -> str:
    if not isinstance(value, Mapping):
        return "a mapping"
    if len(parts) != 2:
        return ""
    faults = [unmet(key, parts[0]) or unmet(inner, parts[1]) for key, inner in value.items()]
    return next((f"a mapping to {fault}" for fault in faults if fault), "")


def _unmet_list(value: Any, parts: Sequence[Any]) -> str:
    if hasattr(value, "tolist"):  # an array, or a column of a table
        value = value.tolist()
    if not isinstance(value, (list, tuple)):
        return "a list"
    faults = [unmet(item, parts[0]) for item in value] if parts else []
    return next((f"a list, each item {fault}" for fault in faults if fault), "")


def _unmet_plain(value: Any, annotation: Any) -> str:
    """For what has no parts; anything is taken where the annotation says nothing that can be checked."""
    if annotation is int:
        return "" if is_number(value) and value == int(value) else "a whole number"
    if annotation is float:
        return "" if is_number(value) else "a number"
    if annotation is str:
        return _unmet_text(value)
    if annotation is bool:
        return "" if isinstance(value, (bool, np.bool_)) else "true or false"
    if annotation in (None, NoneType):
        return "" if value is None else "null"
    if annotation is Any or not isinstance(annotation, type):
        return ""
    if issubclass(annotation, PurePath) and isinstance(value, annotation):
        return unmet_place(value)
    try:
        right = isinstance(value, annotation) or (annotation is type and callable(value))
    except TypeError:  # a protocol, which says nothing of single values
        return ""
    return "" if right else annotation.__name__


def _unmet_text(value: Any) -> str:
    if not isinstance(value, str):
        return "text"
    return "" if is_text(value) else "text of whole characters, without NUL"


def _takes_place(parts: Sequence[Any]) -> bool:
    """Whether a union takes paths, so that text in it is one."""
    return any(isinstance(part, type) and issubclass(part, PurePath) for part in parts)


def is_number(value: Any) -> bool:
    """Whether a value is a finite number that a computer's floats can hold; truth values are none."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond all floats
        return False
