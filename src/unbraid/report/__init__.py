"""Reports: self-contained pages written from the files of runs, a study or a dataset.

The package can be called: `unbraid.report(run)` writes the report of a run.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unbraid.core import LazyPackage

if TYPE_CHECKING:  # what LazyPackage imports when it is asked for
    from unbraid.report._front import DEMO_METRICS, demo, report
    from unbraid.report._stress import stress_report
    from unbraid.report.codes import card
    from unbraid.report.dataset import data_page, data_summary
    from unbraid.report.layers import layers_report
    from unbraid.report.ledger import kept_papers, write_ledger
    from unbraid.report.paper import figure, save_figure
    from unbraid.report.run import run_report
    from unbraid.report.study import study_report, write_study_report

__all__ = [
    "DEMO_METRICS",
    "card",
    "data_page",
    "data_summary",
    "demo",
    "figure",
    "kept_papers",
    "layers_report",
    "report",
    "run_report",
    "save_figure",
    "stress_report",
    "study_report",
    "write_ledger",
    "write_study_report",
]


class _Reports(LazyPackage):
    """The package, which writes the report of a run when it is called."""

    def __call__(self, run: Any, **options: Any) -> Path:
        from unbraid.report._front import report

        return report(run, **options)


sys.modules[__name__].__class__ = _Reports
