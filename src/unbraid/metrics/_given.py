"""Codes and labels as people have them: arrays, tensors, tables, annotated data, files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from unbraid.core import Kinds, require, require_known
from unbraid.metrics._files import read_representation, split_frame
from unbraid.metrics._representation import Representation


def as_representation(codes: Any, labels: Any = None, kinds: Kinds | None = None) -> Representation:
    """Codes with their labels as a `Representation`; what can be given is said in `score`.

    Raises:
        UsageError: labels are missing, given twice, or not as many as codes; text among the codes.
    """
    if isinstance(codes, Representation):
        alone = labels is None and kinds is None
        require(alone, "a Representation holds its labels and kinds", "others beside it", "give metrics=… by name")
        return codes
    if isinstance(codes, (str, Path)):
        require(
            labels is None or _are_names(labels), "labels of a file are names of its columns", type(labels).__name__
        )
        return read_representation(Path(codes), _listed(labels), kinds)[0]
    if hasattr(codes, "obs") and hasattr(codes, "X"):
        return _of_annotated(codes, labels, kinds)
    if hasattr(codes, "columns") and (labels is None or _are_names(labels)):
        return split_frame(codes, _listed(labels), kinds)[0]
    require(labels is not None, "codes need labels: what each row shows", do="give score(codes, labels)")
    return Representation.from_arrays(codes, labels, kinds=kinds)


def _of_annotated(data: Any, labels: Any, kinds: Kinds | None) -> Representation:
    """`X` of an AnnData with columns of its `obs`, those that are named or all, or with labels of your own."""
    code = data.X.toarray() if hasattr(data.X, "toarray") else data.X
    if labels is None or _are_names(labels):
        chosen = list(data.obs.columns) if labels is None else _listed(labels) or []
        for name in chosen:
            require_known(name, list(data.obs.columns), "a label, a column of obs,")
        labels = data.obs[chosen]
    names = [str(name) for name in data.var_names] if hasattr(data, "var_names") else None
    return Representation.from_arrays(code, labels, latent_names=names, kinds=kinds)


def _are_names(labels: Any) -> bool:
    """Whether labels are given as names of columns."""
    return isinstance(labels, str) or (isinstance(labels, (list, tuple)) and all(isinstance(n, str) for n in labels))


def _listed(labels: str | Sequence[str] | None) -> list[str] | None:
    return None if labels is None else [labels] if isinstance(labels, str) else list(labels)
