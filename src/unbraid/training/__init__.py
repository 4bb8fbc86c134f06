"""Training: one plain loop over phases, with a log, checkpoints and exact resumption."""

from unbraid.training._build import new_model, new_objective
from unbraid.training._checkpoint import load_model
from unbraid.training._config import Phase, RunConfig
from unbraid.training._fit import fit
from unbraid.training._machine import keep_heap, versions
from unbraid.training._presets import preset, presets
from unbraid.training._rates import Rate
from unbraid.training._step import device_of_choice, to_input
from unbraid.training._stop import InterruptedRunError
from unbraid.training._training import Callback, DivergedError, LogRow, Training

__all__ = [
    "Callback",
    "DivergedError",
    "InterruptedRunError",
    "LogRow",
    "Phase",
    "Rate",
    "RunConfig",
    "Training",
    "device_of_choice",
    "fit",
    "keep_heap",
    "load_model",
    "new_model",
    "new_objective",
    "preset",
    "presets",
    "to_input",
    "versions",
]
