"""The page of a dataset."""

from unbraid.report.dataset._report import data_page, data_summary

__all__ = ["data_page", "data_summary"]
