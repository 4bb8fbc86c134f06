"""Reports: self-contained pages written from the files of a run or a study."""

from unbraid.report._layers_report import layers_report
from unbraid.report._run_report import run_report
from unbraid.report._study_report import study_report
from unbraid.report._write_study import write_study_report

__all__ = ["layers_report", "run_report", "study_report", "write_study_report"]
