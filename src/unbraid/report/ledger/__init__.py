"""The ledger of reproductions."""

from unbraid.report.ledger._ledger import PAPERS, write_ledger

__all__ = ["PAPERS", "write_ledger"]
