"""Reports: self-contained pages written from the files of a run or a study."""

from unbraid.report.layers._report import layers_report
from unbraid.report.ledger._ledger import PAPERS, write_ledger
from unbraid.report.run._report import run_report
from unbraid.report.study._report import study_report
from unbraid.report.study._write import write_study_report

__all__ = ["PAPERS", "layers_report", "run_report", "study_report", "write_ledger", "write_study_report"]
