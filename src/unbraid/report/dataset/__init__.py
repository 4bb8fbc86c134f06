"""The page of a dataset."""

from unbraid.report.dataset._report import data_page
from unbraid.report.dataset._summary import DataSummary, data_summary

__all__ = ["DataSummary", "data_page", "data_summary"]
