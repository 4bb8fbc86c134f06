"""Specifications: an entry's name with options, bound to the entry's own signature.

An entry's signature is its configuration. Keyword-only parameters are options that a person may set;
positional parameters are context that the caller provides by name (`image_shape`, `widths`, `rows`, `rep`, `rng`).
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np

from unbraid.core.checks import UsageError, did_you_mean, require_known
from unbraid.core.entries import load_entry

_NUMBER_TEXT = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d+$")


@dataclass(frozen=True)
class Spec:
    """An entry by name with the options that differ from its defaults.

    In YAML either `objective: vae` or `objective: {name: beta_vae, beta: 4}`.
    """

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, given: Spec | str | Mapping[str, Any]) -> Spec:
        """A Spec from a Spec, a bare name, or a mapping with `name` and options."""
        if isinstance(given, Spec):
            return given
        if isinstance(given, str):
            return cls(given)
        if isinstance(given, Mapping) and isinstance(given.get("name"), str):
            return cls(given["name"], {key: value for key, value in given.items() if key != "name"})
        raise UsageError(f"an entry must be a name, or a mapping with 'name' and options; got {given!r}.")

    def to_dict(self) -> dict[str, Any]:
        """`{"name": …, option: value, …}`, ready for YAML."""
        return {"name": self.name, **self.options}


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
        return get_type_hints(entry.__init__ if isinstance(entry, type) else entry)  # type: ignore[misc]  # its own
    except (NameError, TypeError):
        return {}


def choices_of(annotation: Any) -> tuple[str | int, ...]:
    """The values that an annotation allows where it lists them (`Literal`, or one of a union), else none.

    >>> choices_of(Literal["up", "down"] | None)
    ('up', 'down')
    """
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
            text where a number belongs.
    """
    return check_options(options_of(entry), options, label)


def check_options(allowed: Mapping[str, inspect.Parameter], options: Mapping[str, Any], label: str) -> dict[str, Any]:
    """The rules of `bind` for an explicit set of parameters."""
    for key, value in options.items():
        if key not in allowed:
            takes = ", ".join(allowed) if allowed else "no options"
            hint = did_you_mean(key, allowed)
            raise UsageError(f"{label}: unknown option '{key}'; it takes {takes}." + (f" {hint}" if hint else ""))
        _require_no_number_text(f"{label}.{key}", value)
        _require_type(f"{label}.{key}", value, allowed[key])
    for key, parameter in allowed.items():
        if parameter.default is inspect.Parameter.empty and key not in options:
            raise UsageError(f"{label}: option '{key}' must be given; it has no default. Add {key}=….")
    return {key: _like_default(value, allowed[key].default) for key, value in options.items()}


def with_value(settings: Any, path: str, value: Any) -> Any:
    """A copy of nested settings with `value` at a dotted path; lists are counted from 0, a bare name becomes {name: …}.

    >>> with_value({"objective": "beta_vae"}, "objective.beta", 4)
    {'objective': {'name': 'beta_vae', 'beta': 4}}

    Raises:
        UsageError: the path leads into a number, or past the end of a list.
    """
    key, _, rest = path.partition(".")
    if isinstance(settings, list):
        if not (key.isdigit() and int(key) < len(settings)):
            raise UsageError(f"'{key}' in '{path}' must be a place in a list of {len(settings)}, counted from 0.")
        changed = with_value(settings[int(key)], rest, value) if rest else value
        return [changed if number == int(key) else setting for number, setting in enumerate(settings)]
    if isinstance(settings, str):
        settings = {"name": settings}
    if not isinstance(settings, Mapping) and settings is not None:
        raise UsageError(f"'{key}' cannot be set inside {settings!r}; it is not a mapping.")
    inside = dict(settings or {})
    return {**inside, key: with_value(inside.get(key), rest, value) if rest else value}


def label_of(kind: str, spec: Spec) -> str:
    """The one name of an entry with options: bare at the defaults, else with the options that differ from them.

    >>> label_of("metrics", Spec("mig", {"bins": 20})), label_of("metrics", Spec("mig", {"bins": 5}))
    ('mig', 'mig(bins=5)')
    """
    allowed = options_of(load_entry(kind, spec.name))
    given = check_options(allowed, spec.options, spec.name)
    changed = [
        f"{key}={_brief(given[key])}"
        for key, p in allowed.items()
        if key in given and not _same(given[key], _plain(p.default))
    ]
    return f"{spec.name}({', '.join(changed)})" if changed else spec.name


def _same(one: Any, other: Any) -> bool:
    """Whether two option values are equal; arrays, which have no truth of their own, are compared as lists."""
    return bool(np.array_equal(one, other)) if isinstance(one, np.ndarray) else bool(one == other)


def _brief(value: Any) -> str:
    return f"[{', '.join(_brief(item) for item in value)}]" if isinstance(value, (list, tuple)) else str(value)


def complete(kind: str, spec: Spec) -> Spec:
    """The same Spec with every default written out, so that a stored configuration explains itself."""
    entry = load_entry(kind, spec.name)
    return Spec(spec.name, with_defaults(options_of(entry), spec.options, spec.name))


def with_defaults(allowed: Mapping[str, inspect.Parameter], options: Mapping[str, Any], label: str) -> dict[str, Any]:
    """The options checked, and every default written out, in the order of the signature."""
    given = check_options(allowed, options, label)
    return {key: given.get(key, _like_default(p.default, p.default)) for key, p in allowed.items()}


def build(kind: str, spec: Spec, **context: Any) -> Any:
    """Call the entry: its options from `spec`, its positional parameters from `context` by name."""
    entry = load_entry(kind, spec.name)
    options = bind(entry, spec.options, spec.name)
    missing = [name for name in context_of(entry) if name not in context and _required(entry, name)]
    if missing:
        raise UsageError(
            f"{spec.name}: needs {', '.join(missing)}, which is not available here; "
            f"available: {', '.join(context) or 'nothing'}."
        )
    return entry(**{name: context[name] for name in context_of(entry) if name in context}, **options)


def _required(entry: Callable[..., Any], name: str) -> bool:
    return inspect.signature(entry).parameters[name].default is inspect.Parameter.empty


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
    """Compare with the type of the default, which is how a signature states what it takes."""
    default = parameter.default
    choices = choices_of(parameter.annotation)
    if choices and value is not None:
        require_known(value, choices, label)
    if default is inspect.Parameter.empty or default is None or value is None or isinstance(value, Mapping):
        return
    if isinstance(default, bool):
        wrong = not isinstance(value, bool)
    elif isinstance(default, (int, float)):
        wrong = not isinstance(value, (int, float)) or isinstance(value, bool)
        wrong = wrong or (isinstance(default, int) and _whole(parameter) and value != int(value))
    elif isinstance(default, str):
        wrong = not isinstance(value, str)
    else:
        return
    if wrong:
        raise UsageError(f"{label} must be {_kind_of(default)} like {default!r}; got {value!r}.")


def _like_default(value: Any, default: Any) -> Any:
    """Numbers in the kind of the default, so that 4 and 4.0 are one configuration; tuples as lists, as in YAML."""
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return _plain(value)


def _plain(value: Any) -> Any:
    """Tuples as lists, as in YAML."""
    return list(value) if isinstance(value, tuple) else value


def _whole(parameter: inspect.Parameter) -> bool:
    return parameter.annotation is int or parameter.annotation == "int"


def _kind_of(default: Any) -> str:
    return {bool: "true or false", int: "a whole number", float: "a number", str: "text"}[type(default)]
