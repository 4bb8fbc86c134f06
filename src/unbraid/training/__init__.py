"""Training: one plain loop over phases, with a log, checkpoints and exact resumption."""

import sys
from typing import TYPE_CHECKING

from unbraid.core import LazyPackage

if TYPE_CHECKING:  # what LazyPackage imports when it is asked for
    from unbraid.training._bar import together, training_bar
    from unbraid.training._build import model_of_shape, new_model, new_objective
    from unbraid.training._checkpoint import load_critics, load_model
    from unbraid.training._config import Phase, RunConfig, read_settings
    from unbraid.training._facts import RunFacts, facts_of, open_data
    from unbraid.training._fit import fit
    from unbraid.training._inputs import to_input
    from unbraid.training._machine import keep_heap, versions
    from unbraid.training._presets import preset, presets
    from unbraid.training._rates import Rate
    from unbraid.training._run import Encoding, Run, folder_of, open_run
    from unbraid.training._step import device_named, device_of_choice, with_penalty
    from unbraid.training._stop import InterruptedRunError
    from unbraid.training._stored_config import stored_config
    from unbraid.training._threads import said_outside, threads_for, torch_threads
    from unbraid.training._training import Callback, DivergedError, LogRow, Training

__all__ = [
    "Callback",
    "DivergedError",
    "Encoding",
    "InterruptedRunError",
    "LogRow",
    "Phase",
    "Rate",
    "Run",
    "RunConfig",
    "Training",
    "RunFacts",
    "device_named",
    "device_of_choice",
    "facts_of",
    "fit",
    "folder_of",
    "keep_heap",
    "load_critics",
    "load_model",
    "model_of_shape",
    "new_model",
    "new_objective",
    "open_data",
    "open_run",
    "preset",
    "presets",
    "read_settings",
    "said_outside",
    "stored_config",
    "threads_for",
    "together",
    "torch_threads",
    "training_bar",
    "to_input",
    "versions",
    "with_penalty",
]

sys.modules[__name__].__class__ = LazyPackage
