"""Presets: named settings that learn, one YAML file each in `training/presets/`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from unbraid.core import require_known

FOLDER = Path(__file__).resolve().parent / "presets"


def presets() -> dict[str, str]:
    """Name -> what it is for (the file's first comment line)."""
    files = sorted(FOLDER.glob("*.yaml"))
    return {file.stem: file.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ") for file in files}


def preset(name: str) -> dict[str, Any]:
    """The settings of a preset, ready for `RunConfig.from_dict`.

    Raises:
        UsageError: no such preset, naming those that exist.
    """
    require_known(name, presets(), "preset")
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
