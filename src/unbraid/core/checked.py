"""Public functions check what they are given by their own signature, as entries do."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Literal, ParamSpec, TypeVar, get_args, get_origin, get_type_hints

from unbraid.core.checks import UsageError, require, sentence
from unbraid.core.values import unmet

P = ParamSpec("P")
T = TypeVar("T")


def checked(function: Callable[P, T]) -> Callable[P, T]:
    """Let a function refuse values that its annotations exclude, before it does anything; see `unbraid.core.values`.

    Arguments whose annotation is `Any`, or known to type checkers alone, are not looked at.

    >>> from unbraid.core.values import Count
    >>> @checked
    ... def draw(*, rows: Count) -> int: return rows
    >>> draw(rows=0)
    Traceback (most recent call last):
    ...
    unbraid.core.checks.UsageError: draw: rows must be at least 1 and at most 1,000,000,000; got 0.
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError as error:
            raise UsageError(sentence(f"{function.__name__}{_taken(signature)}", str(error))) from error
        hints = _hints(function)
        for name, value in given.items():
            if value is not signature.parameters[name].default and name in hints:
                fault = unmet(value, hints[name])
                require(not fault, f"{function.__name__}: {name} must be {fault}", f"{value!r:.100}")
        return function(*args, **kwargs)

    return call


def _taken(signature: inspect.Signature) -> str:
    return f" takes {', '.join(signature.parameters)}"


@functools.cache
def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """Annotations by argument, of those that can be evaluated here; several values of one name are not looked at."""
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    plain = [p.name for p in inspect.signature(function).parameters.values() if p.kind not in several]
    hints: dict[str, Any] = {}
    for name in plain:
        holder = SimpleNamespace(__annotations__={name: function.__annotations__.get(name, Any)})
        with contextlib.suppress(NameError, TypeError, AttributeError):  # imported for type checkers alone
            hints |= get_type_hints(holder, function.__globals__, include_extras=True)
    return {name: hint for name, hint in hints.items() if not _has_words_of_its_own(hint)}


def _has_words_of_its_own(hint: Any) -> bool:
    """Whether an argument takes choices: what they mean is said where it is read."""
    return any(get_origin(part) is Literal for part in (hint, *get_args(hint)))
