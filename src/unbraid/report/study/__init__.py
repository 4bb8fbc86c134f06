"""The report of a study."""

from unbraid.report.study._report import study_report
from unbraid.report.study._write import write_study_report

__all__ = ["study_report", "write_study_report"]
