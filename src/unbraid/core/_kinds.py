"""The kind of a factor, said or decided, and the numbers of its levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np

from unbraid.core._columns import Column
from unbraid.core.checks import require, require_choice, require_known
from unbraid.core.factors import Factor, Kind

ROWS_PER_LEVEL = 5  # a column of numbers has levels when each has as many rows on average, ...
MOSTLY = 0.9  # of the cells: text that can be read as numbers so often was meant as numbers
MOST_LEVELS = 256  # ... and when there are no more of them than this

Kinds = Mapping[str, str] | Sequence[str]


def has_levels(levels: int, rows: int) -> bool:
    """Whether so many distinct numbers in so many rows are levels; else the factor is continuous."""
    return levels <= MOST_LEVELS and levels * ROWS_PER_LEVEL <= rows


def numbered(name: str, column: Column, said: str = "") -> tuple[Factor, np.ndarray]:
    """The factor that a column holds, and the level number (or, without levels, the value) of each row [N].

    Args:
        name: of the factor.
        column: in plain form.
        said: its kind, such as "circular:360"; empty to decide it.

    Raises:
        UsageError: a column without any value, a kind that its values do not have.
    """
    present = ~column.missing
    require(present.any(), f"factor '{name}' must have a value in some row", "none", "leave the column out")
    kind, period = parsed_kind(name, said) if said else (None, None)
    values = column.values[present]
    if column.form == "numbers":
        return _of_numbers(name, values, present, kind, period)
    require(
        kind not in ("continuous", "circular"),
        f"a {kind} factor must hold numbers",
        f"'{name}', which holds {column.form}",
    )
    require(
        kind != "ordinal" or column.form != "text",
        "text has no order of its own",
        f"kind ordinal for '{name}'",
        "number its levels, or give an ordered pandas category",
    )
    if column.form == "text" and kind is None:
        _require_words(name, values)
    occurring, numbers = np.unique(values, return_inverse=True)
    labels = [column.categories[v] for v in occurring] if column.form == "categories" else occurring.tolist()
    decided: Kind = kind or ("ordinal" if column.ordered else "categorical")
    return Factor(name, len(occurring), decided, labels=tuple(map(str, labels))), _placed(numbers, present)


def _require_words(name: str, values: np.ndarray) -> None:
    """Raise `UsageError` for numbers among which some cells are none: they would be read as words without an order."""
    readable = np.array([_is_number(value) for value in values])
    if readable.mean() < MOSTLY or all(_is_number(value, comma=False) for value in values):
        return
    other = str(values[~readable][0]) if not readable.all() else next(str(v) for v in values if "," in v)
    do = f"leave such a cell empty, or give the kind: {name}=categorical"
    require(False, f"factor '{name}' must hold numbers or words, not both", f"'{other:.40}' among numbers", do)


def _is_number(text: str, comma: bool = True) -> bool:
    try:
        float(text.replace(",", ".") if comma else text)
    except ValueError:
        return False
    return True


def _of_numbers(
    name: str, values: np.ndarray, present: np.ndarray, kind: Kind | None, period: float | None
) -> tuple[Factor, np.ndarray]:
    values = _within_turn(values, period)
    distinct, numbers = np.unique(values, return_inverse=True)
    by_levels = has_levels(len(distinct), len(values))
    if kind == "continuous" or (kind in (None, "circular") and not by_levels):
        return Factor(name, 0, kind or "continuous", period=period), _placed(values.astype(np.float64), present)
    labels = tuple(map(str, distinct.tolist())) if kind == "categorical" else ()
    floats = tuple(float(value) for value in distinct)
    return Factor(name, len(distinct), kind or "ordinal", "", floats, labels, period), _placed(numbers, present)


def _placed(present_values: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Values of the present rows at their places [N]; 0, which nobody may read, in the others."""
    if present.all():
        return present_values
    full = np.zeros(len(present), dtype=present_values.dtype)
    full[present] = present_values
    return full


def _within_turn(values: np.ndarray, period: float | None) -> np.ndarray:
    """Angles in [0, period) where some lie outside, so that 370 and 10 are one level."""
    if period is None or (values.min() >= 0 and values.max() < period):
        return values
    digits = 9 - int(np.floor(np.log10(period)))  # 370.1 % 360 is 10.100000000000023
    reduced = np.round(np.mod(values, period), digits)
    return np.where(reduced >= period, 0.0, reduced)


def kinds_by_name(names: Sequence[str], kinds: Kinds | None) -> dict[str, str]:
    """The kinds that were said, by the factor's name; see `read_labels`.

    Raises:
        UsageError: not one per factor, an unknown factor.
    """
    if kinds is None:
        return {}
    if not isinstance(kinds, Mapping):
        kinds = [kinds] if isinstance(kinds, str) else list(kinds)
        require(len(kinds) == len(names), f"kinds must hold one kind per factor ({len(names)})", list(kinds))
        kinds = dict(zip(names, kinds, strict=True))
    for name in kinds:
        require_known(name, names, "a factor with a kind")
    return {name: str(kind) for name, kind in kinds.items()}


def parsed_kind(name: str, text: str) -> tuple[Kind, float | None]:
    """Kind and length of a full turn of "circular:360".

    Raises:
        UsageError: no kind, or a turn that is none.
    """
    word, colon, turn = text.partition(":")
    require_choice(word, Kind, f"the kind of factor '{name}'")
    kind = cast(Kind, word)
    if not colon:
        return kind, None
    try:
        period = float(turn)
    except ValueError:
        period = 0.0
    rule = "a full turn must be a positive number, of circular factors only"
    require(kind == "circular" and 0 < period < np.inf, rule, repr(text), f"write {name}=circular:360")
    return kind, period


def kinds_of(entries: Sequence[str]) -> dict[str, str]:
    """Kinds as the command line gives them: "angle=circular:360" -> {"angle": "circular:360"}.

    Raises:
        UsageError: an entry without a name or a kind, a kind that there is not.
    """
    kinds = {}
    for entry in entries:
        name, _, kind = entry.rpartition("=")
        require(name.strip() and kind.strip(), "a kind must be NAME=KIND", repr(entry), "write angle=circular:360")
        parsed_kind(name.strip(), kind.strip())
        kinds[name.strip()] = kind.strip()
    return kinds
