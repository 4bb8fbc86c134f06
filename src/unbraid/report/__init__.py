"""Reports: self-contained pages written from the files of a run or a study."""

from unbraid.report._layers_report import layers_report
from unbraid.report._ledger import PAPERS, write_ledger
from unbraid.report._run_report import run_report
from unbraid.report._study_report import study_report
from unbraid.report._write_study import write_study_report

__all__ = ["PAPERS", "layers_report", "run_report", "study_report", "write_ledger", "write_study_report"]
