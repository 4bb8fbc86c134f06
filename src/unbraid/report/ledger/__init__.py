"""The ledger of reproductions."""

from unbraid.report.ledger._ledger import kept_papers, write_ledger

__all__ = ["kept_papers", "write_ledger"]
