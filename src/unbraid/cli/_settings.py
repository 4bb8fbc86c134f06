"""From words on the command line to a run's settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from unbraid.core import UsageError, with_value


def assign(settings: dict[str, Any], assignments: Iterable[str]) -> dict[str, Any]:
    """Apply `key.key=value` assignments; values are YAML, so numbers, lists and {mappings} work.

    >>> assign({"objective": "beta_vae"}, ["objective.beta=4"])
    {'objective': {'name': 'beta_vae', 'beta': 4}}
    """
    for assignment in assignments:
        path, equals, text = assignment.partition("=")
        if not equals or not path:
            raise UsageError(f"--set takes KEY=VALUE such as objective.beta=4; got {assignment!r}.")
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise UsageError(f"--set {path}: the value must be YAML; got {text!r} ({error}).") from error
        settings = with_value(settings, path, value)
    return settings
