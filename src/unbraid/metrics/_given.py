"""Codes and labels as people have them: arrays, tensors, tables, annotated data, files."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from unbraid.core import Kinds, require, require_known
from unbraid.core.tables import row_names
from unbraid.metrics._files import FILES, labels_of_file, read_codes, with_labels
from unbraid.metrics._remarks import swapped
from unbraid.metrics._representation import Representation
from unbraid.metrics._split_table import NUMBERED, split_frame


def as_representation(codes: Any, labels: Any = None, kinds: Kinds | None = None) -> Representation:
    """Codes with their labels as a `Representation`; what can be given is said in `score`.

    Raises:
        UsageError: labels given twice, or not as many as codes; text among the codes.
    """
    if isinstance(codes, Representation):
        alone = labels is None and kinds is None
        require(alone, "a Representation holds its labels and kinds", "others beside it", "give metrics=… by name")
        return codes
    rep, left_out = _read(codes, labels, kinds)
    if left_out:
        text = f"left out of latents and factors: {', '.join(left_out)}; name factors with labels=[…] to score them"
        warnings.warn(text, stacklevel=4)  # the caller of `score`, which is wrapped
    for remark in swapped(rep):
        warnings.warn(remark, stacklevel=4)
    return rep


Read = tuple[Representation, Sequence[str]]  # and the columns that were left out


def _read(codes: Any, labels: Any, kinds: Kinds | None) -> Read:
    if isinstance(codes, (str, Path)):
        return _of_file(Path(codes), labels, kinds)
    if _is_file(labels):
        rep = Representation.from_arrays(codes, None)
        known, left_out, _ = labels_of_file(
            Path(labels), _row_names(codes), len(rep), kinds=kinds, skip=rep.latent_names
        )
        return with_labels(rep, known), left_out
    if hasattr(codes, "obs") and hasattr(codes, "X"):
        return _of_annotated(codes, labels, kinds)
    if hasattr(codes, "columns") and (labels is None or _are_names(labels)):
        split = split_frame(codes, _listed(labels), kinds)
        return split.rep, [*split.left_out, *split.unused]
    codes, of_codes = _without_row_names(codes)
    labels, of_labels = _without_row_names(labels, kinds)
    return Representation.from_arrays(codes, labels, kinds=kinds if labels is not None else None), of_codes + of_labels


def _of_file(path: Path, labels: Any, kinds: Kinds | None) -> Read:
    """Codes of a file; labels are names in it, a file of their own, or given as they are."""
    if _is_file(labels):
        reading = read_codes(path, None, kinds, labels=Path(labels))
    elif labels is None or _are_names(labels):
        reading = read_codes(path, _listed(labels), kinds)
    else:
        codes = read_codes(path, []).rep
        labels, left_out = _without_row_names(labels, kinds)
        return Representation.from_arrays(codes.code, labels, logvar=codes.logvar, kinds=kinds), left_out
    return reading.rep, [*reading.left_out, *reading.unused]


def _is_file(labels: Any) -> bool:
    """Whether labels are given as a file of their own."""
    return isinstance(labels, Path) or (isinstance(labels, str) and Path(labels).suffix.lower() in FILES)


def _without_row_names(table: Any, kinds: Kinds | None = None) -> tuple[Any, list[str]]:
    """A DataFrame without columns that only name or count the rows, and these; anything else as it is."""
    if not (hasattr(table, "columns") and hasattr(table, "iloc")):
        return table, []
    frame = table.rename(columns=str)
    left_out = [name for name in row_names(frame) if name not in (kinds or ()) and not NUMBERED.fullmatch(name)]
    return frame.drop(columns=left_out), left_out


def _row_names(codes: Any) -> list[str] | None:
    """The index of a DataFrame where it is text."""
    index = getattr(codes, "index", None)
    return [str(name) for name in index] if index is not None and getattr(index, "dtype", None) == "str" else None


def _of_annotated(data: Any, labels: Any, kinds: Kinds | None) -> Read:
    """`X` of an AnnData with columns of its `obs`, those that are named or all, or with labels of your own."""
    code = data.X.toarray() if hasattr(data.X, "toarray") else data.X
    if labels is None or _are_names(labels):
        chosen = list(data.obs.columns) if labels is None else _listed(labels) or []
        for name in chosen:
            require_known(name, list(data.obs.columns), "a label, a column of obs,")
        labels = data.obs[chosen] if chosen else None
    names = [str(name) for name in data.var_names] if hasattr(data, "var_names") else None
    labels, left_out = _without_row_names(labels, kinds)
    return Representation.from_arrays(code, labels, latent_names=names, kinds=kinds), left_out


def _are_names(labels: Any) -> bool:
    """Whether labels are given as names of columns."""
    return isinstance(labels, str) or (isinstance(labels, (list, tuple)) and all(isinstance(n, str) for n in labels))


def _listed(labels: str | Sequence[str] | None) -> list[str] | None:
    return None if labels is None else [labels] if isinstance(labels, str) else list(labels)
