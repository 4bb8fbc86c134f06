"""Which columns of one table are latents, which are factors, and which are neither."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unbraid.core import Kinds, require
from unbraid.core.tables import is_name, row_names
from unbraid.metrics._representation import Representation

if TYPE_CHECKING:
    import pandas as pd

LATENTS = ("z", "latent", "code")  # beginnings of the names of latent columns, ...
NUMBERED = re.compile(r"(z|latents?|codes?)[ _.-]*\d+", re.IGNORECASE)  # ... of these alone where any is numbered
LOGVAR = re.compile(r"(logvar|log_var)[ _.-]*z?\d+", re.IGNORECASE)


@dataclass(frozen=True)
class Split:
    """What a table was split into.

    Args:
        rep: latents and factors.
        left_out: columns that only name or count the rows.
        unused: columns that are neither latents nor factors.
        names: of the rows [N], where a column has them.
    """

    rep: Representation
    left_out: tuple[str, ...]
    unused: tuple[str, ...]
    names: list[str] | None


def split_frame(
    frame: pd.DataFrame,
    factors: Sequence[str] | None = None,
    kinds: Kinds | None = None,
    code: Sequence[str] | None = None,
    alone: bool = False,
) -> Split:
    """Codes and factors of one table, told apart as `read_representation` says.

    Args:
        frame: the table.
        factors: names of the factor columns.
        kinds: of factors whose kind is not to be decided.
        code: names of the latent columns.
        alone: whether its labels stand elsewhere: no column is a factor then.

    Returns:
        the representation, and what became of the other columns.
    """
    frame = frame.rename(columns=str)
    columns = list(frame.columns)
    for what, names in (("factor", factors), ("latent", code)):
        unknown = [name for name in names or () if name not in columns]
        require(not unknown, f"{what} columns must be in the table; it has {', '.join(columns)}", unknown)
    both = sorted(set(factors or ()) & set(code or ()))
    require(not both, "a column is a latent or a factor", f"{', '.join(both)} as both")
    rest = [name for name in columns if name not in (*(factors or ()), *(code or ()))]
    counters = [n for n in row_names(frame[rest]) if not NUMBERED.fullmatch(n) and n not in (kinds or ())]
    rest = [name for name in rest if name not in counters and not LOGVAR.fullmatch(name)]
    latents = list(code) if code is not None else _latents(rest, factors is not None)
    came = f"all {len(columns)} are factors" if not rest else f"none of {', '.join(rest[:5])}"
    require(latents, "some columns must be latents", came, "name them z0, z1, …, or with --code, or use --factors")
    if factors is None and not alone:
        factors = [name for name in rest if name not in latents]
    unused = [name for name in rest if name not in latents and name not in (factors or ())]
    require_numbers(frame, latents)
    rep = Representation.from_arrays(
        frame[latents].to_numpy(dtype=np.float64),
        frame[list(factors)] if factors else None,
        logvar=_logvar(frame, len(latents)),
        kinds=kinds if factors else None,
        latent_names=latents,
    )
    named = next((frame[name].astype(str).tolist() for name in counters if is_name(frame[name])), None)
    return Split(rep, tuple(counters), tuple(unused), named)


def _latents(columns: Sequence[str], factors_named: bool) -> list[str]:
    """Of columns that are no factors by name: the numbered ones, else those with such a beginning, else all or none."""
    numbered = [name for name in columns if NUMBERED.fullmatch(name)]
    if numbered or not factors_named:
        return numbered or [name for name in columns if name.lower().startswith(LATENTS)]
    return list(columns)


def _logvar(frame: pd.DataFrame, latents: int) -> np.ndarray | None:
    """Log-variances, where the table has a column of them for each latent."""
    columns = [name for name in frame.columns if LOGVAR.fullmatch(name)]
    return frame[columns].to_numpy(dtype=np.float64) if len(columns) == latents else None


def require_numbers(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raise `UsageError` where columns of latents hold text or gaps."""
    import pandas as pd

    text = [name for name in columns if not pd.api.types.is_numeric_dtype(frame[name])]
    do = "name the factors with --factors, or the latents with --code"
    require(not text, "latent columns must hold numbers", f"text in {', '.join(text[:5])}", do)
    gaps = {name: int(frame[name].isna().sum()) for name in columns if frame[name].isna().any()}
    came = "; ".join(
        f"'{name}' with gaps in {count:,} of {len(frame):,} rows" for name, count in list(gaps.items())[:3]
    )
    do = "if it is a label, name it among the factors; else name the latents with --code, or drop those rows"
    require(not gaps, "latent columns must hold a number in each row", came, do)
