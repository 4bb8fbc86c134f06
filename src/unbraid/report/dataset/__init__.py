"""The page of a dataset."""

from unbraid.report.dataset._report import XLABELS, data_page, shown_rows
from unbraid.report.dataset._summary import DataSummary, data_summary, walks_of

__all__ = ["XLABELS", "DataSummary", "data_page", "data_summary", "shown_rows", "walks_of"]
