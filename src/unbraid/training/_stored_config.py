"""A run's own configuration: read from its folder, which may come from anybody."""

from __future__ import annotations

from unbraid.core import require, require_trusted
from unbraid.core.checked import checked
from unbraid.store import CONFIG, HUB_CONFIG, MODEL, STATUS, RunDirectory
from unbraid.training._config import RunConfig


@checked
def stored_config(folder: RunDirectory, *, trust: bool = False) -> RunConfig:
    """The complete configuration of a run.

    Args:
        folder: the run directory.
        trust: whether code that it names as `package.module:Thing` may be imported.

    Raises:
        UsageError: no run, an export without one of its files, a run of a newer version, or one that names such code
            and is not trusted; nothing is imported.
    """
    _require_whole_export(folder)
    settings = folder.read_config()
    require_trusted(settings, str(folder.path), trust)
    return RunConfig.from_dict(settings)


def _require_whole_export(folder: RunDirectory) -> None:
    """Refuse an export that was handed on without a file that it cannot do without."""
    if folder.has(HUB_CONFIG):
        missing = [name for name in (CONFIG, STATUS, MODEL) if not folder.has(name)]
        require(
            not missing,
            f"an export must hold {CONFIG}, {STATUS} and {MODEL}",
            f"{folder.path} without {' and '.join(missing)}",
            "copy or download the whole folder again",
        )
