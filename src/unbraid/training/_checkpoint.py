"""A checkpoint: parameters, optimiser moments, step. Randomness needs none: it comes from (seed, step, purpose)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from unbraid.core import UsageError
from unbraid.store import CHECKPOINT, MODEL, RunDirectory
from unbraid.training._rates import Rate


@dataclass
class Position:
    """Where a run stands.

    Args:
        step: finished steps of the whole run.
        since_log: values of each logged term since the last row of the log.
        epoch_loss: sum of the model's loss over the steps of the current epoch.
        epoch_steps: how many steps that sum holds.
        seconds: time spent training, over all sittings.
    """

    step: int = 0
    since_log: dict[str, list[float]] = field(default_factory=dict)
    epoch_loss: float = 0.0
    epoch_steps: int = 0
    seconds: float = 0.0


def arrays_of(module: nn.Module, prefix: str) -> dict[str, np.ndarray]:
    """Parameters and buffers by name, on the CPU."""
    return {f"{prefix}/{name}": value.detach().cpu().numpy() for name, value in module.state_dict().items()}


def load_arrays(module: nn.Module, arrays: Mapping[str, np.ndarray], prefix: str) -> None:
    """Put arrays back into a module.

    Raises:
        UsageError: names or shapes that are not the module's.
    """
    named = {name.removeprefix(f"{prefix}/"): value for name, value in arrays.items() if name.startswith(f"{prefix}/")}
    try:
        module.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in named.items()})
    except RuntimeError as error:
        raise UsageError(f"the stored weights do not fit this configuration ({error}); train again.") from error


def save_checkpoint(
    folder: RunDirectory,
    modules: Mapping[str, nn.Module],
    optimizers: Mapping[str, Optimizer],
    rate: Rate,
    position: Position,
) -> None:
    """Write everything a resumed run needs into one whole file."""
    arrays: dict[str, np.ndarray] = {}
    for name, module in modules.items():
        arrays |= arrays_of(module, f"module/{name}")
    for name, optimizer in optimizers.items():
        arrays |= _moments(optimizer, f"optimizer/{name}")
    note = {"progress": vars(position), "rate": rate.state()}  # keys as in version 0.1
    folder.write_tensors(CHECKPOINT, arrays, note)


def load_checkpoint(
    folder: RunDirectory, modules: Mapping[str, nn.Module], optimizers: Mapping[str, Optimizer], rate: Rate, begin: int
) -> Position:
    """Put a checkpoint back into modules, optimisers and rate of the phase that began at step `begin`.

    Returns:
        where the run stands.
    """
    arrays, note = folder.read_tensors(CHECKPOINT), folder.read_note(CHECKPOINT)
    for name, module in modules.items():
        load_arrays(module, arrays, f"module/{name}")
    for name, optimizer in optimizers.items():
        _restore_moments(optimizer, arrays, f"optimizer/{name}")
    position = Position(**note["progress"])
    rate.restore(note["rate"], position.step - begin)
    return position


def checkpoint_step(folder: RunDirectory) -> int:
    """Finished steps in the checkpoint, 0 when there is none."""
    return int(folder.read_note(CHECKPOINT)["progress"]["step"]) if folder.has(CHECKPOINT) else 0


def save_model(folder: RunDirectory, model: nn.Module) -> None:
    """Write the final weights."""
    folder.write_tensors(MODEL, arrays_of(model, "model"))


def load_model(folder: RunDirectory, model: nn.Module) -> None:
    """Read the final weights, or those of the checkpoint where training has not ended."""
    if folder.has(MODEL):
        load_arrays(model, folder.read_tensors(MODEL), "model")
    else:
        load_arrays(model, folder.read_tensors(CHECKPOINT), "module/model")


def _moments(optimizer: Optimizer, prefix: str) -> dict[str, np.ndarray]:
    """Optimiser state tensors by parameter number."""
    state = optimizer.state_dict()["state"]
    return {
        f"{prefix}/{number}/{key}": torch.as_tensor(value).detach().cpu().numpy()
        for number, entries in state.items()
        for key, value in entries.items()
        if value is not None
    }


def _restore_moments(optimizer: Optimizer, arrays: Mapping[str, np.ndarray], prefix: str) -> None:
    """Put optimiser state tensors back, in the memory layout of their parameters."""
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in arrays.items():
        if name.startswith(f"{prefix}/"):
            number, key = name.removeprefix(f"{prefix}/").split("/", 1)
            stored, parameter = torch.from_numpy(value.copy()), parameters[int(number)]
            if stored.shape == parameter.shape:
                stored = torch.empty_like(parameter, dtype=stored.dtype).copy_(stored)
            state.setdefault(int(number), {})[key] = stored
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
