"""A run's own configuration: read from its folder, which may come from anybody."""

from __future__ import annotations

from unbraid.core import require_trusted
from unbraid.store import RunDirectory
from unbraid.training._config import RunConfig


def stored_config(folder: RunDirectory, *, trust: bool = False) -> RunConfig:
    """The complete configuration of a run.

    Args:
        folder: the run directory.
        trust: whether code that it names as `package.module:Thing` may be imported.

    Raises:
        UsageError: no run, one of a newer version, or one that names such code and is not trusted; nothing is imported.
    """
    settings = folder.read_config()
    require_trusted(settings, str(folder.path), trust)
    return RunConfig.from_dict(settings)
