"""Golden values of the metrics that fit probes or intervene: reference metric name -> what yields its checks."""

from __future__ import annotations

from collections.abc import Callable

CHECKS: dict[str, Callable] = {}
