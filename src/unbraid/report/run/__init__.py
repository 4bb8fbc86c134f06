"""The report of one run."""

from unbraid.report.run._report import run_report

__all__ = ["run_report"]
