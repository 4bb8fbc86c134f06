"""From words on the command line to a run's settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from unbraid.core import UsageError, with_value
from unbraid.core.yaml_text import read_yaml


def assign(settings: dict[str, Any], assignments: Iterable[str]) -> dict[str, Any]:
    """Apply `key.key=value` assignments; values are YAML, so numbers, lists and {mappings} work.

    >>> assign({"objective": "beta_vae"}, ["objective.beta=4"])
    {'objective': {'name': 'beta_vae', 'beta': 4}}
    """
    for assignment in assignments:
        path, equals, text = assignment.partition("=")
        if not equals or not path:
            raise UsageError(f"--set takes KEY=VALUE such as objective.beta=4; got {assignment!r}.")
        value = read_yaml(text, f"--set {path}: the value", "write a number, text, [list] or {mapping: …}")
        settings = with_value(settings, path, value)
    return settings
