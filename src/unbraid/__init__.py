"""unbraid: disentangled representation learning with variational autoencoders, measured.

Names are loaded when first used, so that `import unbraid.metrics` never imports torch.
"""

import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what `__getattr__` imports when it is asked for
    from unbraid.core import Factor, FactorSpace, Spec, UsageError, describe
    from unbraid.data import GroundTruthDataset, load_dataset
    from unbraid.evaluation import encode, evaluate, export
    from unbraid.metrics import Representation, Score, differences, intervals, score
    from unbraid.models import Model, Posterior
    from unbraid.objectives import Objective
    from unbraid.report import card, demo
    from unbraid.training import Phase, Run, RunConfig, fit, preset, presets
    from unbraid.training import open_run as open

__version__ = "0.2.0.dev0"

__all__ = [
    "Factor",
    "FactorSpace",
    "GroundTruthDataset",
    "Model",
    "Objective",
    "Phase",
    "Posterior",
    "Representation",
    "Run",
    "RunConfig",
    "Score",
    "Spec",
    "UsageError",
    "__version__",
    "card",
    "demo",
    "describe",
    "differences",
    "encode",
    "evaluate",
    "export",
    "fit",
    "intervals",
    "load_dataset",
    "open",
    "preset",
    "presets",
    "score",
]

PACKAGES = {
    "core",
    "data",
    "evaluation",
    "explore",
    "figures",
    "metrics",
    "models",
    "objectives",
    "report",
    "store",
    "stress",
    "studies",
    "training",
}


def __getattr__(name: str) -> Any:
    if name in PACKAGES:
        return importlib.import_module(f"unbraid.{name}")
    from unbraid.core.lazy_packages import imported_when_asked

    return imported_when_asked(sys.modules[__name__], name)


def __dir__() -> list[str]:
    return sorted({*__all__, *PACKAGES})
