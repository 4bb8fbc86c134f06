"""Reports: self-contained pages written from the files of runs, a study or a dataset."""

import sys
from typing import TYPE_CHECKING

from unbraid.core import LazyPackage

if TYPE_CHECKING:  # what LazyPackage imports when it is asked for
    from unbraid.report.dataset import data_page, data_summary
    from unbraid.report.layers import layers_report
    from unbraid.report.ledger import kept_papers, write_ledger
    from unbraid.report.run import run_report
    from unbraid.report.study import study_report, write_study_report

__all__ = [
    "data_page",
    "data_summary",
    "kept_papers",
    "layers_report",
    "run_report",
    "study_report",
    "write_ledger",
    "write_study_report",
]

sys.modules[__name__].__class__ = LazyPackage
