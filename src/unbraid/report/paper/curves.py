"""The terms of a run's loss over training."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from unbraid.core import require, require_known
from unbraid.core.values import Count
from unbraid.figures.curves import curves as draw
from unbraid.report.run._data import RunData
from unbraid.report.run._figures import logged_terms

__all__ = ["curves"]


def curves(run: RunData, *, terms: Sequence[str] | None = None, columns: Count = 2) -> Figure:
    """The loss and its terms over the training of a run.

    Args:
        run: a run, evaluated or not.
        terms: of the log, such as [kl, reconstruction]; all when null.
        columns: panels side by side at most.
    """
    log = logged_terms(run)
    logged = [name for name in log if name != "step"]
    require("step" in log and logged, "curves needs the training log of a run", f"none in {run.folder}", "train it")
    for name in terms or ():
        require_known(name, logged, "a term of the log")
    return draw({name: log[name] for name in ("step", *(terms or logged))}, columns=columns)
