"""Pickled numbers without pickle: a reader that knows plain containers and NumPy's numbers, and calls nothing.

Python's own unpickler calls what the file names and hands it state from the file; even with an allow-list of names,
NumPy turns such state into pointers. Here each instruction of the file is carried out by a few lines of ours, on lists,
dictionaries and tuples; the four names that an array is made of stand for functions that read bytes with `frombuffer`.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Iterator
from typing import Any

from unbraid.data._files.stored_numbers import NAMES, RefusedPickleError, StoredArray, called, set_state

VALUES = {  # instructions whose argument is the value
    *("INT", "LONG", "LONG1", "BININT", "BININT1", "BININT2", "FLOAT", "BINFLOAT"),
    *("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "STRING", "BINSTRING", "SHORT_BINSTRING"),
    *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8"),
}
CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
IGNORED = ("PROTO", "FRAME", "STOP")


def read_pickled_numbers(text: bytes) -> Any:
    """The lists, tuples, dictionaries, text and numbers in a pickle; arrays are `StoredArray`.

    Raises:
        RefusedPickleError: it names or does anything else.
        Exception: of many kinds, where the bytes are no pickle.
    """
    machine = _Machine()
    for opcode, argument, _ in pickletools.genops(text):
        machine.carry_out(opcode.name, argument)
    return machine.stack.pop()


def numbers_in(value: Any, most: int) -> list[float]:
    """The numbers in a number, an array or a list of them, refused where there are more than `most`.

    Raises:
        ValueError: anything that is no number, or too many of them.
    """
    numbers: list[float] = []
    for number in _flat(value, depth=3):
        numbers.append(number)
        if len(numbers) > most:
            raise ValueError(f"more than {most} numbers")
    return numbers


def _flat(value: Any, depth: int) -> Iterator[float]:
    if isinstance(value, (int, float)):
        yield float(value)
    elif isinstance(value, StoredArray) and value.values is not None:
        yield from map(float, value.values.flat)
    elif isinstance(value, (list, tuple)) and depth:
        for inner in value:
            yield from _flat(inner, depth - 1)
    else:
        raise ValueError(f"{type(value).__name__} in place of a number")


class _Machine:
    """The stack, marks and memo that instructions of a pickle work on."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def carry_out(self, name: str, argument: Any) -> None:
        """One instruction."""
        if name in VALUES:
            self.stack.append(argument)
        elif name in CONSTANTS:
            self.stack.append(CONSTANTS[name])
        elif name in _STEPS:
            _STEPS[name](self, argument)
        elif name not in IGNORED:
            raise RefusedPickleError(f"it does {name}")

    def since_mark(self) -> list[Any]:
        """Take what lies above the last mark."""
        start = self.marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def take(self, count: int) -> list[Any]:
        """Take the uppermost values."""
        if count > len(self.stack):
            raise ValueError("fewer values than an instruction takes")
        items = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        return items

    def top(self, kind: type) -> Any:
        """The uppermost value, which must be of a kind."""
        if type(self.stack[-1]) is not kind:
            raise RefusedPickleError(f"it changes a {type(self.stack[-1]).__name__}")
        return self.stack[-1]


def _set_items(machine: _Machine, pairs: list[Any]) -> None:
    keys = pairs[::2]
    if not all(isinstance(key, str) for key in keys):  # others are hashed, which deep ones do not survive
        raise RefusedPickleError("it holds a key that is no text")
    machine.top(dict).update(zip(keys, pairs[1::2], strict=True))


def _dictionary(machine: _Machine, _: Any) -> None:
    pairs = machine.since_mark()
    machine.stack.append({})
    _set_items(machine, pairs)


def _name(machine: _Machine, name: str) -> None:
    if name not in NAMES:
        raise RefusedPickleError(f"it names {name.replace(' ', '.', 1)}")
    machine.stack.append(NAMES[name])


def _call(machine: _Machine, _: Any) -> None:
    function, arguments = machine.take(2)
    machine.stack.append(called(function, arguments))


def _build(machine: _Machine, _: Any) -> None:
    (state,) = machine.take(1)
    set_state(machine.stack[-1], state)


def _put(machine: _Machine, number: int) -> None:
    machine.memo[number] = machine.stack[-1]


def _tuple(count: int) -> Callable[[_Machine, Any], None]:
    return lambda machine, _: machine.stack.append(tuple(machine.take(count)))


_STEPS: dict[str, Callable[[_Machine, Any], None]] = {
    "MARK": lambda machine, _: machine.marks.append(len(machine.stack)),
    "EMPTY_LIST": lambda machine, _: machine.stack.append([]),
    "EMPTY_DICT": lambda machine, _: machine.stack.append({}),
    "EMPTY_TUPLE": _tuple(0),
    "TUPLE1": _tuple(1),
    "TUPLE2": _tuple(2),
    "TUPLE3": _tuple(3),
    "TUPLE": lambda machine, _: machine.stack.append(tuple(machine.since_mark())),
    "LIST": lambda machine, _: machine.stack.append(machine.since_mark()),
    "DICT": _dictionary,
    "APPEND": lambda machine, _: (lambda items: machine.top(list).extend(items))(machine.take(1)),
    "APPENDS": lambda machine, _: (lambda items: machine.top(list).extend(items))(machine.since_mark()),
    "SETITEM": lambda machine, _: _set_items(machine, machine.take(2)),
    "SETITEMS": lambda machine, _: _set_items(machine, machine.since_mark()),
    "PUT": _put,
    "BINPUT": _put,
    "LONG_BINPUT": _put,
    "MEMOIZE": lambda machine, _: _put(machine, len(machine.memo)),
    "GET": lambda machine, number: machine.stack.append(machine.memo[number]),
    "BINGET": lambda machine, number: machine.stack.append(machine.memo[number]),
    "LONG_BINGET": lambda machine, number: machine.stack.append(machine.memo[number]),
    "GLOBAL": _name,
    "STACK_GLOBAL": lambda machine, _: _name(machine, " ".join(map(str, machine.take(2)))),
    "REDUCE": _call,
    "BUILD": _build,
}
