"""unbraid: disentangled representation learning with variational autoencoders, measured.

Names are loaded when first used, so that `import unbraid.metrics` never imports torch.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.2.0.dev0"

_HOMES = {
    "Factor": "unbraid.core",
    "FactorSpace": "unbraid.core",
    "UsageError": "unbraid.core",
    "Spec": "unbraid.core",
    "GroundTruthDataset": "unbraid.data",
    "load_dataset": "unbraid.data",
    "Posterior": "unbraid.models",
    "Model": "unbraid.models",
    "Objective": "unbraid.objectives",
    "Phase": "unbraid.training",
    "RunConfig": "unbraid.training",
    "fit": "unbraid.training",
    "Representation": "unbraid.metrics",
    "Score": "unbraid.metrics",
    "score": "unbraid.metrics",
    "Run": "unbraid.training",
    "encode": "unbraid.evaluation",
    "evaluate": "unbraid.evaluation",
}

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from unbraid.core import naming_extras

        with naming_extras():
            return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'unbraid' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
