"""Reports: self-contained pages written from the files of a run or a study."""

from unbraid.report._run_report import run_report

__all__ = ["run_report"]
