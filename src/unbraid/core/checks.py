"""Checks at the edges: a person's mistake gets the rule, what came, and what to do."""

from __future__ import annotations

import difflib
import re
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

import numpy as np

LONGEST = 600  # characters of what came that a message shows


class UsageError(ValueError):
    """A person's mistake; the message states the rule, what came, and what to do, and needs no traceback."""


def require(condition: object, rule: str, came: object = None, do: str = "") -> None:
    """Raise `UsageError` unless `condition` holds; the three parts are joined into one sentence.

    >>> require(3 > 1, "steps must be positive")
    """
    if not condition:
        raise UsageError(sentence(rule, came, do))


def sentence(rule: str, came: object = None, do: str = "") -> str:
    """One line of the three parts: the rule; got what came; what to do."""
    parts = [rule.rstrip(".")]
    if came is not None:
        text = str(came)
        parts.append(f"got {text if len(text) <= LONGEST else text[:LONGEST] + '…'}")
    if do:
        parts.append(do.rstrip("."))
    return "; ".join(parts) + "."


def failure(error: BaseException) -> str:
    """Somebody else's error on one line, with the place in the code that raised it."""
    text = " ".join(str(error).split())
    said = f"{type(error).__name__}: {text}" if text else type(error).__name__
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<")]
    if isinstance(error, SyntaxError) or not frames:  # it names its place by itself
        return said
    return f"{said} ({Path(frames[-1].filename).name}, line {frames[-1].lineno})"


def did_you_mean(word: object, allowed: Iterable[str]) -> str:
    """A trailing hint naming the nearest allowed word, or an empty string when none is near.

    >>> did_you_mean("gama", ["beta", "gamma"])
    "Did you mean 'gamma'?"
    """
    near = difflib.get_close_matches(str(word)[:LONGEST], list(allowed), n=1, cutoff=0.55)
    return f"Did you mean '{near[0]}'?" if near else ""


def require_known(word: object, allowed: Iterable[object], what: str) -> None:
    """Raise `UsageError` unless `word` is one of `allowed`, listing them and the nearest."""
    allowed = list(allowed)
    if word not in allowed:
        names = [str(choice) for choice in allowed]
        listing = ", ".join(names) if names else "none"
        raise UsageError(
            sentence(f"{what} must be one of: {listing}", f"{word!r:.{LONGEST}}", did_you_mean(str(word), names))
        )


def require_choice(word: object, choices: Any, what: str) -> None:
    """Raise `UsageError` unless `word` is one of those that the type `choices`, a `Literal`, lists.

    >>> from typing import Literal
    >>> require_choice("up", Literal["up", "down"], "direction")
    """
    require_known(word, get_args(choices), what)


def require_folder_name(name: object, what: str) -> None:
    """Raise `UsageError` unless `name` can be a folder of that name inside another, on any system.

    >>> require_folder_name("locatello2019", "a study's name")
    """
    plain = isinstance(name, str) and re.fullmatch(r"[^\W_][\w .+-]{0,98}[\w+-]|[^\W_]", name, re.ASCII)
    do = "take letters, digits, '-', '_' and '.', a letter or digit first"
    require(plain, f"{what} must be a plain name of a folder", f"{name!r:.100}", do)


def require_finite(array: np.ndarray, what: str) -> None:
    """Raise `UsageError` when `array` holds NaN or infinity, saying where the first one stands."""
    array = np.asarray(array)
    if not np.issubdtype(array.dtype, np.number):
        raise UsageError(sentence(f"{what} must be numbers", f"dtype {array.dtype}", "convert it before scoring"))
    bad = ~np.isfinite(array)
    if bad.any():
        place = [int(i) for i in np.argwhere(bad)[0]]
        raise UsageError(
            sentence(
                f"{what} must be finite",
                f"{int(bad.sum())} NaN or infinite values, the first at {place}",
                "drop or repair those rows",
            )
        )
