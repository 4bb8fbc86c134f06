"""From words on the command line to a run's settings."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from unbraid.core import UsageError, with_value


def read_settings(path: Path) -> dict[str, Any]:
    """A YAML file of settings.

    Raises:
        UsageError: not there, not YAML, not a mapping.
    """
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"a settings file must exist; {path} does not. Check the path.") from error
    except (yaml.YAMLError, UnicodeDecodeError, IsADirectoryError) as error:
        raise UsageError(f"a settings file must be YAML; {path}: {error}.") from error
    if not isinstance(settings, dict):
        raise UsageError(f"a settings file must be a mapping such as 'data: dsprites'; got {type(settings).__name__}.")
    return settings


def assign(settings: dict[str, Any], words: Iterable[str]) -> dict[str, Any]:
    """Apply `key.key=value` words; values are YAML, so numbers, lists and {mappings} work.

    >>> assign({"objective": "beta_vae"}, ["objective.beta=4"])
    {'objective': {'name': 'beta_vae', 'beta': 4}}
    """
    for word in words:
        path, equals, text = word.partition("=")
        if not equals or not path:
            raise UsageError(f"--set takes KEY=VALUE such as objective.beta=4; got {word!r}.")
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise UsageError(f"--set {path}: the value must be YAML; got {text!r} ({error}).") from error
        settings = with_value(settings, path, value)
    return settings
