"""A checkpoint: parameters, optimiser moments, step. Randomness needs none: it comes from (seed, step, purpose)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from unbraid.core import require
from unbraid.objectives import Objective
from unbraid.store import CHECKPOINT, CRITICS, MODEL, RunDirectory
from unbraid.training._checkpoint_checks import DO, checked_position, require_arrays, require_moments, require_rate
from unbraid.training._position import Position
from unbraid.training._rates import Rate


def arrays_of(module: nn.Module, prefix: str) -> dict[str, np.ndarray]:
    """Parameters and buffers by name, on the CPU."""
    return {f"{prefix}/{name}": value.detach().cpu().numpy() for name, value in module.state_dict().items()}


def load_arrays(module: nn.Module, arrays: Mapping[str, np.ndarray], prefix: str, where: object) -> None:
    """Put arrays of the file `where` back into a module.

    Raises:
        UsageError: names, shapes or types that are not the module's.
    """
    named = {name.removeprefix(f"{prefix}/"): value for name, value in arrays.items() if name.startswith(f"{prefix}/")}
    rule = f"{where} must hold the weights of this configuration"
    require_arrays(module.state_dict(), named, rule, "restore it, or train again")
    module.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in named.items()})


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
    folder: RunDirectory,
    modules: Mapping[str, nn.Module],
    optimizers: Mapping[str, Optimizer],
    rate: Rate,
    finished: int,
) -> None:
    """Put a checkpoint back into modules, optimisers and rate of a phase of which `finished` steps are done.

    Raises:
        UsageError: it is not one of this run: other names, shapes or types, or numbers that are not finite.
    """
    where = str(folder / CHECKPOINT)
    arrays, note = folder.read_tensors(CHECKPOINT), folder.read_note(CHECKPOINT)
    _require_known(arrays, modules, optimizers, where)
    require_rate(note.get("rate"), rate.state(), where)
    moments = {name: _stored_moments(arrays, f"optimizer/{name}") for name in optimizers}
    for name, optimizer in optimizers.items():
        if finished:
            require_moments(optimizer, moments[name], where)
    for name, module in modules.items():
        load_arrays(module, arrays, f"module/{name}", where)
    for name, optimizer in optimizers.items():
        _restore_moments(optimizer, moments[name])
    rate.restore(note["rate"], finished)


def stored_position(folder: RunDirectory, steps: int) -> Position:
    """Where a run of so many steps stands by its checkpoint; at its beginning when there is none.

    Raises:
        UsageError: the checkpoint is damaged, or of another run.
    """
    if not folder.has(CHECKPOINT):
        return Position()
    return checked_position(folder.read_note(CHECKPOINT).get("progress"), steps, str(folder / CHECKPOINT))


def _require_known(
    arrays: Mapping[str, np.ndarray], modules: Mapping[str, nn.Module], optimizers: Mapping[str, Optimizer], where: str
) -> None:
    """Refuse arrays that belong to no module or optimiser of the run."""
    known = tuple([f"module/{name}/" for name in modules] + [f"optimizer/{name}/" for name in optimizers])
    more = [name for name in arrays if not name.startswith(known)]
    require(not more, f"{where} must be the checkpoint of this run", f"{', '.join(more[:3])}, which it has not", DO)


def save_model(folder: RunDirectory, model: nn.Module) -> None:
    """Write the final weights."""
    folder.write_tensors(MODEL, arrays_of(model, "model"))


def save_critics(folder: RunDirectory, modules: Mapping[str, nn.Module]) -> None:
    """Write the final weights of the players beyond the model, where there are any."""
    arrays = {key: value for name, module in modules.items() for key, value in arrays_of(module, name).items()}
    if arrays:
        folder.write_tensors(CRITICS, arrays)


def load_critics(folder: RunDirectory, objective: Objective, device: torch.device) -> bool:
    """Put the final weights of the players beyond the model back into an objective, in evaluation mode.

    Returns:
        whether they are all there; an objective without such players needs none.
    """
    players = objective.players()
    if players and not folder.has(CRITICS):
        return False
    for name, player in players.items():
        load_arrays(player.module, folder.read_tensors(CRITICS), name, folder / CRITICS)
        player.module.to(device).eval()
    return True


def load_model(folder: RunDirectory, model: nn.Module) -> None:
    """Read the final weights, or those of the checkpoint where training has not ended."""
    if folder.has(MODEL):
        load_arrays(model, folder.read_tensors(MODEL), "model", folder / MODEL)
    else:
        load_arrays(model, folder.read_tensors(CHECKPOINT), "module/model", folder / CHECKPOINT)


def _moments(optimizer: Optimizer, prefix: str) -> dict[str, np.ndarray]:
    """Optimiser state tensors by parameter number."""
    state = optimizer.state_dict()["state"]
    return {
        f"{prefix}/{number}/{key}": torch.as_tensor(value).detach().cpu().numpy()
        for number, entries in state.items()
        for key, value in entries.items()
        if value is not None
    }


def _stored_moments(arrays: Mapping[str, np.ndarray], prefix: str) -> dict[int, dict[str, np.ndarray]]:
    """Moments by parameter number and name."""
    moments: dict[int, dict[str, np.ndarray]] = {}
    for name, value in arrays.items():
        if name.startswith(f"{prefix}/"):
            number, _, key = name.removeprefix(f"{prefix}/").partition("/")
            require(number.isdecimal() and len(number) < 9, "moments are named by the number of a parameter", name, DO)
            moments.setdefault(int(number), {})[key] = value
    return moments


def _restore_moments(optimizer: Optimizer, moments: Mapping[int, Mapping[str, np.ndarray]]) -> None:
    """Put optimiser state tensors back, in the memory layout of their parameters."""
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    state: dict[int, dict[str, Tensor]] = {}
    for number, arrays in moments.items():
        for key, value in arrays.items():
            stored, parameter = torch.from_numpy(value.copy()), parameters[number]
            if stored.shape == parameter.shape:
                stored = torch.empty_like(parameter, dtype=stored.dtype).copy_(stored)
            state.setdefault(number, {})[key] = stored
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
