"""The comparison of layered runs with each other and with one-layer baselines."""

from unbraid.report.layers._report import layers_report

__all__ = ["layers_report"]
