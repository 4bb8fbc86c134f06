"""Specifications: an entry with options, given by name or as the live thing itself, and built from its signature."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ParamSpec, Self, TypeVar

import numpy as np

from unbraid.core.checks import UsageError, require
from unbraid.core.entries import load_entry, name_of
from unbraid.core.options import POSITIONAL, bind, check_options, context_of, options_of, plain, with_defaults

CONTEXT = ("image_shape", "widths", "rows")  # what training provides when it builds an entry again
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Spec:
    """An entry with the options that differ from its defaults.

    In YAML either `objective: vae` or `objective: {name: beta_vae, beta: 4}`; in Python also the class or function
    itself, `functools.partial` of it, or an instance, which remembers what it was built with: see `Spec.of`.

    Args:
        name: of the entry; `package.module:Thing` for one from elsewhere; its bare name where `thing` is set.
        options: its options by name.
        thing: the class or function itself, where no name leads to it: a lambda, or what a notebook or another
            function defines. It can be used but not written into a configuration.
    """

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    thing: Callable[..., Any] | None = None

    @classmethod
    def of(cls, given: Any) -> Spec:
        """A Spec from a Spec, a name, a mapping with `name` and options, a class or function, a partial, an instance.

        >>> Spec.of({"name": "beta_vae", "beta": 4})
        Spec(name='beta_vae', options={'beta': 4}, thing=None)
        >>> from functools import partial
        >>> from unbraid.metrics import mig
        >>> Spec.of(partial(mig, bins=5))
        Spec(name='mig', options={'bins': 5}, thing=None)

        Raises:
            UsageError: nothing of these, or an instance that was built by hand from parts that no configuration holds.
        """
        if isinstance(given, Spec):
            return given
        if isinstance(given, str):
            return cls(given)
        if isinstance(given, Mapping) and (isinstance(given.get("name"), str) or callable(given.get("name"))):
            options = {key: value for key, value in given.items() if key != "name"}
            return cls.of(given["name"]).with_options(options)
        if isinstance(given, functools.partial):
            require(not given.args, "a partial must give options by name", f"positional arguments {given.args}")
            return cls.of(given.func).with_options(given.keywords)
        if not isinstance(given, type) and hasattr(given, "spec"):
            return _of_instance(given)
        if callable(given):
            return _of_callable(given)
        raise UsageError(
            "an entry must be a name, a mapping with 'name' and options, a class, a function or an instance of one; "
            f"got {given!r}."
        )

    def with_options(self, options: Mapping[str, Any]) -> Spec:
        """The same entry with further options."""
        return Spec(self.name, {**self.options, **options}, self.thing)

    def entry(self, kind: str) -> Callable[..., Any]:
        """The class or function, imported where it is given by name."""
        return load_entry(kind, self.name) if self.thing is None else self.thing

    def to_dict(self) -> dict[str, Any]:
        """`{"name": …, option: value, …}`, ready for YAML.

        Raises:
            UsageError: the entry has no name that leads to it.
        """
        if self.thing is not None:
            raise UsageError(
                "a configuration that is written down must name an entry that can be imported; "
                f"'{self.name}' is an object, a lambda, or defined in a notebook, a script or another function. "
                "Put it into a module of its own, such as mine.py, import it from there, and give it again."
            )
        return {"name": self.name, **self.options}


class Remembers:
    """Base of what can be given as an instance: it remembers the options it was built with.

    Attributes:
        spec: builds the same thing again; None where it was built from parts that no configuration holds.
    """

    spec: Spec | None = None

    def __new__(cls, *args: Any, **options: Any) -> Self:
        """The instance, with its `spec`."""
        self = super().__new__(cls)
        object.__setattr__(self, "spec", _spec_of_call(cls, args, options))
        return self


def remembered(entry: Callable[P, T]) -> Callable[P, T]:
    """Let what a function builds remember the options it was built with, as instances of `Remembers` do."""

    @functools.wraps(entry)
    def call(*args: P.args, **options: P.kwargs) -> T:
        built = entry(*args, **options)
        object.__setattr__(built, "spec", _spec_of_call(call, args, options))
        return built

    return call


def _spec_of_call(entry: Callable[..., Any], args: tuple[Any, ...], options: Mapping[str, Any]) -> Spec | None:
    """The Spec of a call, context left out; None where it was given more than options and context."""
    allowed, context = options_of(entry), context_of(entry)
    given = [*context[: len(args)], *(name for name in options if name not in allowed)]
    if len(args) > len(context) or any(name not in CONTEXT for name in given):
        return None
    return _of_callable(entry).with_options({key: value for key, value in options.items() if key in allowed})


def _of_instance(given: Any) -> Spec:
    spec: Spec | None = given.spec
    kind = type(given).__name__
    if spec is None:
        raise UsageError(
            f"an instance given in place of a name must know how it was built; this {kind} was made by hand, from "
            "parts that no configuration holds. Write a function that returns it, into a module of its own, and give "
            "that; or give the name of an entry with its options."
        )
    return spec


def _of_callable(given: Callable[..., Any]) -> Spec:
    """By the name of our file, by `package.module:Thing`, or, where neither leads to it, with the thing itself."""
    name = name_of(given)
    if name:
        return Spec(name)
    bare = getattr(given, "__name__", type(given).__name__)
    return Spec(bare.strip("<>"), thing=given)


def label_of(kind: str, spec: Spec) -> str:
    """The one name of an entry with options: bare at the defaults, else with the options that differ from them.

    >>> label_of("metrics", Spec("mig", {"bins": 20})), label_of("metrics", Spec("mig", {"bins": 5}))
    ('mig', 'mig(bins=5)')
    """
    entry = spec.entry(kind)
    allowed = options_of(entry)
    given = check_options(allowed, spec.options, spec.name, context_of(entry))
    changed = [
        f"{key}={_brief(given[key])}"
        for key, p in allowed.items()
        if key in given and not _same(given[key], plain(p.default))
    ]
    return f"{spec.name}({', '.join(changed)})" if changed else spec.name


def _same(one: Any, other: Any) -> bool:
    """Whether two option values are equal; arrays, which have no truth of their own, are compared as lists."""
    return bool(np.array_equal(one, other)) if isinstance(one, np.ndarray) else bool(one == other)


def _brief(value: Any) -> str:
    return f"[{', '.join(_brief(item) for item in value)}]" if isinstance(value, (list, tuple)) else str(value)


def complete(kind: str, spec: Spec) -> Spec:
    """The same Spec with every default written out, so that a stored configuration explains itself."""
    entry = spec.entry(kind)
    options = with_defaults(options_of(entry), spec.options, spec.name, context_of(entry))
    return Spec(spec.name, options, spec.thing)


def build(kind: str, spec: Spec, **context: Any) -> Any:
    """Call the entry: its options from `spec`, its positional parameters from `context` by name."""
    entry = spec.entry(kind)
    options = bind(entry, spec.options, spec.name)
    require_context(entry, context, spec.name)
    return entry(**{name: context[name] for name in context_of(entry) if name in context}, **options)


def require_context(entry: Callable[..., Any], context: Iterable[str], label: str) -> None:
    """Raise `UsageError` where an entry must be given more by position than the caller has, by name, at this place."""
    available, by_name = list(context), set(context_of(entry))
    missing = [
        name
        for name, parameter in inspect.signature(entry).parameters.items()
        if parameter.default is parameter.empty
        and (parameter.kind is parameter.POSITIONAL_ONLY or (name in by_name and name not in available))
    ]
    if missing:
        raise UsageError(
            f"{label}: needs {', '.join(missing)}, which is not available here; "
            f"available: {', '.join(available) or 'nothing'}. {POSITIONAL.format(missing[0])}"
        )


def require_kind(thing: Any, wanted: type, spec: Spec, what: str) -> None:
    """Raise `UsageError` unless what an entry made is of the class that entries of its kind make."""
    require(
        isinstance(thing, wanted),
        f"{what} must be {wanted.__module__.partition('.')[0]}'s {wanted.__name__}; {spec.name} makes none",
        type(thing).__name__,
        "name another, or see how one is added in docs/",
    )
