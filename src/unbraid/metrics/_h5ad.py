"""Annotated data on disk (.h5ad): an embedding of `obsm`, or `X`, with columns of `obs`.

The file is read as its format is documented, by h5py: anndata itself allows no pandas of the version that we need.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from unbraid.core import Kinds, UsageError, failure, naming_extras, require, require_known
from unbraid.core.checks import sentence
from unbraid.core.hdf5 import require_own_numbers
from unbraid.core.memory import require_memory
from unbraid.core.tables import row_names
from unbraid.core.web_pages import require_data
from unbraid.metrics._representation import Representation

if TYPE_CHECKING:
    import pandas as pd

SUFFIX = ".h5ad"


def read_h5ad(
    path: Path, code: str | None, factors: Sequence[str] | None, kinds: Kinds | None
) -> tuple[Representation, list[str]]:
    """Codes of `obsm[code]` (of its one embedding, or of `X`, when None) and the columns `factors` of `obs` (or all).

    Returns:
        the representation, and the columns of obs that were left out because they only name the cells.

    Raises:
        UsageError: a damaged file, an embedding or a column that it does not hold.
    """
    with naming_extras("a file of annotated data (.h5ad)"):
        import h5py
    require_data(path)
    try:
        with h5py.File(path, "r") as file:
            embeddings = {name: file["obsm"][name] for name in file.get("obsm", {})}
            codes = _codes(path, file, embeddings, code)
            frame = _frame(file["obs"], factors)
    except UsageError:
        raise
    except Exception as error:  # a damaged file can raise nearly anything
        rule = f"{path} must be a whole file of annotated data"
        raise UsageError(sentence(rule, failure(error), "copy or write it again")) from error
    left_out = [] if factors is not None else [name for name in row_names(frame) if name not in (kinds or ())]
    kept = frame.drop(columns=left_out)
    return Representation.from_arrays(codes, kept if len(kept.columns) else None, kinds=kinds), left_out


def _codes(path: Path, file: Any, embeddings: dict[str, Any], code: str | None) -> Any:
    """An array [N, D], or a table whose columns name the latents."""
    if code is None and len(embeddings) > 1:
        rule = f"{path} holds several embeddings: one must be named"
        require(False, rule, ", ".join(embeddings), f"name one with --code, such as --code {next(iter(embeddings))}")
    if code in (None, *(["X"] if "X" not in embeddings else [])):
        return _matrix(next(iter(embeddings.values())) if code is None and embeddings else file["X"])
    require_known(code, (*embeddings, "X"), "an embedding, a key of obsm,")
    return _matrix(embeddings[str(code)])


def _matrix(item: Any) -> Any:
    """A dense or sparse matrix as an array, a table as a DataFrame."""
    if hasattr(item, "shape"):
        require_own_numbers(item, Path(item.file.filename))
        require_memory(2 * item.size * item.dtype.itemsize, f"an array {item.dtype} {item.shape}")
        return item[()]
    if _encoding(item) == "dataframe":
        return _frame(item, None)
    import scipy.sparse

    rows, columns = (int(length) for length in item.attrs.get("shape", item.attrs.get("h5sparse_shape", (0, 0))))
    require_memory(16 * rows * columns, f"a sparse matrix of {rows} x {columns}")
    kind = scipy.sparse.csc_matrix if "csc" in _encoding(item) else scipy.sparse.csr_matrix
    return kind((item["data"][()], item["indices"][()], item["indptr"][()]), shape=(rows, columns)).toarray()


def _frame(group: Any, chosen: Sequence[str] | None) -> pd.DataFrame:
    """Columns of a table that is stored as a group; all of them, in its order, when none are chosen."""
    import pandas as pd

    order = [_text(name) for name in group.attrs.get("column-order", [])]
    for name in chosen or ():
        require_known(name, order, "a label, a column of obs,")
    return pd.DataFrame({name: _column(group, group[name]) for name in (order if chosen is None else chosen)})


def _column(group: Any, item: Any) -> Any:
    """One column: numbers, text, booleans, categories, or any of them with a mask of what is missing."""
    import pandas as pd

    if "categories" in item.attrs:  # of anndata before 0.8
        return _categories(item[()], group.file[item.attrs["categories"]][()], False)
    if hasattr(item, "shape"):
        values = item[()]
        return pd.Series([_text(value) for value in values], dtype=object) if values.dtype.kind in "OS" else values
    if "codes" in item:
        return _categories(item["codes"][()], item["categories"][()], bool(item.attrs.get("ordered", False)))
    require("values" in item, "a column of obs must hold numbers, text or categories", _encoding(item) or item.name)
    values = pd.Series(item["values"][()])
    text = values.map(_text) if values.dtype == object else values
    return text.astype(object).mask(item["mask"][()], None) if "mask" in item else text


def _categories(codes: np.ndarray, categories: np.ndarray, ordered: bool) -> Any:
    import pandas as pd

    names = pd.Index([_text(name) for name in categories])
    return pd.Categorical.from_codes(codes.astype(np.int64), names, ordered=ordered)


def _encoding(item: Any) -> str:
    return str(_text(item.attrs.get("encoding-type", item.attrs.get("h5sparse_format", ""))))


def _text(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
