"""Options: an entry's signature is its configuration, and what a person sets is checked against it.

Keyword-only parameters are options that a person may set; positional parameters are context that the caller provides
by name (`image_shape`, `widths`, `rows`, `rep`, `rng`).
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import numpy as np

from unbraid.core.checks import UsageError, did_you_mean, require_known
from unbraid.core.entries import name_of
from unbraid.core.values import unmet

POSITIONAL = "Options are keyword-only: write * before {} in its signature (def f(image_shape, *, option=1))."
_NUMBER_TEXT = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d+$")


def options_of(entry: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Keyword-only parameters of an entry, annotations evaluated: what a person may set."""
    return dict(_options(entry))


@functools.cache
def _options(entry: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    hints = _hints(entry)
    parameters = inspect.signature(entry).parameters.values()
    return {
        p.name: p.replace(annotation=hints.get(p.name, p.annotation))
        for p in parameters
        if p.kind is inspect.Parameter.KEYWORD_ONLY
    }


def _hints(entry: Callable[..., Any]) -> dict[str, Any]:
    """Evaluated annotations by parameter; none where one of them names what is imported for type checkers alone."""
    try:
        signed = entry.__init__ if isinstance(entry, type) else entry  # type: ignore[misc]  # of this very class
        return get_type_hints(signed, include_extras=True)
    except (NameError, TypeError):
        return {}


def choices_of(annotation: Any) -> tuple[str | int, ...]:
    """The values that an annotation allows where it lists them (`Literal`, or one of a union), else none.

    >>> choices_of(Literal["up", "down"] | None)
    ('up', 'down')
    """
    if get_origin(annotation) is Annotated:
        return choices_of(get_args(annotation)[0])
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return tuple(choice for part in get_args(annotation) for choice in choices_of(part) if get_origin(part) is Literal)


def context_of(entry: Callable[..., Any]) -> tuple[str, ...]:
    """Positional parameters of an entry: what the caller provides by name."""
    parameters = inspect.signature(entry).parameters.values()
    return tuple(p.name for p in parameters if p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD)


def bind(entry: Callable[..., Any], options: Mapping[str, Any], label: str) -> dict[str, Any]:
    """Check `options` against an entry's signature and return them, whole numbers as decimals where those belong.

    Raises:
        UsageError: an unknown option (the allowed ones and the nearest are named), a missing one without a default,
            a value that the annotation or its declared range excludes, such as text where a number belongs.
    """
    return check_options(options_of(entry), options, label, context_of(entry))


def check_options(
    allowed: Mapping[str, inspect.Parameter], options: Mapping[str, Any], label: str, context: Sequence[str] = ()
) -> dict[str, Any]:
    """The rules of `bind` for an explicit set of parameters, and those that the caller provides."""
    options = {key: _written(value) for key, value in options.items()}
    for key, value in options.items():
        if key not in allowed:
            takes = ", ".join(allowed) if allowed else "no options"
            hint = POSITIONAL.format(key) if key in context else did_you_mean(key, allowed)
            raise UsageError(f"{label}: unknown option '{key}'; it takes {takes}." + (f" {hint}" if hint else ""))
        _require_no_number_text(f"{label}.{key}", value)
        _require_type(f"{label}.{key}", value, allowed[key])
    for key, parameter in allowed.items():
        if parameter.default is inspect.Parameter.empty and key not in options:
            raise UsageError(f"{label}: option '{key}' must be given; it has no default. Add {key}=….")
    return {key: _like_default(value, allowed[key].default) for key, value in options.items()}


def with_defaults(
    allowed: Mapping[str, inspect.Parameter], options: Mapping[str, Any], label: str, context: Sequence[str] = ()
) -> dict[str, Any]:
    """The options checked, and every default written out, in the order of the signature."""
    given = check_options(allowed, options, label, context)
    return {key: given.get(key, _like_default(p.default, p.default)) for key, p in allowed.items()}


def with_value(settings: Any, path: str, value: Any) -> Any:
    """A copy of nested settings with `value` at a dotted path; lists are counted from 0, a bare name becomes {name: …}.

    >>> with_value({"objective": "beta_vae"}, "objective.beta", 4)
    {'objective': {'name': 'beta_vae', 'beta': 4}}

    Raises:
        UsageError: the path leads into a number, or past the end of a list.
    """
    key, _, rest = path.partition(".")
    if isinstance(settings, list):
        if not (key.isdecimal() and len(key) < 10 and int(key) < len(settings)):
            raise UsageError(f"'{key}' in '{path}' must be a place in a list of {len(settings)}, counted from 0.")
        changed = with_value(settings[int(key)], rest, value) if rest else value
        return [changed if number == int(key) else setting for number, setting in enumerate(settings)]
    if isinstance(settings, str):
        settings = {"name": settings}
    if not isinstance(settings, Mapping) and settings is not None:
        raise UsageError(f"'{key}' cannot be set inside {settings!r}; it is not a mapping.")
    inside = dict(settings or {})
    return {**inside, key: with_value(inside.get(key), rest, value) if rest else value}


def _require_no_number_text(label: str, value: Any) -> None:
    """YAML 1.1 reads `1e-3` as text: refuse it and say how to write it."""
    if isinstance(value, str) and _NUMBER_TEXT.match(value):
        mantissa, exponent = re.split("[eE]", value)
        mantissa = mantissa if "." in mantissa else f"{mantissa}.0"
        sign = "" if exponent[0] in "+-" else "+"
        raise UsageError(
            f"{label} must be a number, and YAML reads '{value}' as text; write {mantissa}e{sign}{exponent}."
        )
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _require_no_number_text(f"{label}.{key}", inner)


def _require_type(label: str, value: Any, parameter: inspect.Parameter) -> None:
    """Compare with the annotation and its range, and where there is none with the default's type."""
    default, annotation = parameter.default, parameter.annotation
    choices = choices_of(annotation)
    if choices and isinstance(value, str | int):
        require_known(value, choices, label)
    unknown = annotation is inspect.Parameter.empty or isinstance(annotation, str)
    fault = unmet(value, annotation if not unknown else _type_of(default))
    if not fault:
        return
    like = type(default) in _KINDS and not fault.startswith(("at ", "above "))
    rule = f"{_KINDS[type(default)]} like {default!r}" if like else fault
    raise UsageError(f"{label} must be {rule}; got {value!r:.200}.")


def _type_of(default: Any) -> Any:
    """The type that a default shows, where nothing else says it."""
    return type(default) if type(default) in _KINDS else Any


def _like_default(value: Any, default: Any) -> Any:
    """Numbers in the kind of the default, so that 4 and 4.0 are one configuration; tuples as lists, as in YAML.

    Options alone, where the default names an entry, are those of that entry.
    """
    if type(default) is float and type(value) is int:
        return float(value)
    if type(default) is int and type(value) is float and value == int(value):
        return int(value)
    return plain(with_name(value, default) if isinstance(default, str) and default and value else value)


def with_name(given: Any, default: str) -> Any:
    """Options alone are those of the default: `{"lr": 1}` where `"adam"` stands is `{"name": "adam", "lr": 1}`."""
    return {"name": default, **given} if isinstance(given, Mapping) and "name" not in given else given


def _written(value: Any) -> Any:
    """A value as YAML would have it: paths as text, NumPy's numbers as Python's, classes and functions by name."""
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, np.generic):
        return value.item()
    return (name_of(value) or value) if callable(value) and hasattr(value, "__qualname__") else value


def plain(value: Any) -> Any:
    """Tuples as lists, as in YAML."""
    return list(value) if isinstance(value, tuple) else value


_KINDS: dict[type, str] = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
