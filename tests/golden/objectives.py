"""Golden values of objectives: each family leads to the function that computes ours by the names of the values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tests.golden import networks
from tests.golden.harness import Check, mismatch

ATOL = 1e-9  # values that are zero but for rounding
FAULTS = ("KNOWN_BAD_", "as_published", "as_alished", "dubois_mss")  # of a reference: not to be met
OWN_ERRORS = ("kl_z_se", "kl_Sigma_se")  # standard errors of a Monte-Carlo run, used as tolerances
Ours = Mapping[str, Callable[[], Any]]


@dataclass(frozen=True)
class Case:
    """One case: its file, parameters and expected values."""

    file: Path
    entry: Mapping[str, Any]

    @cached_property
    def stored(self) -> set[str]:
        """Names of the stored arrays."""
        with np.load(self.file) as stored:
            return set(stored.files)

    @property
    def params(self) -> Mapping[str, Any]:
        """Sizes and hyperparameters."""
        return self.entry["params"]

    @cached_property
    def arrays(self) -> dict[str, Tensor]:
        """The stored arrays, in float64 where they are not whole numbers."""
        with np.load(self.file) as stored:
            tensors = {name: torch.from_numpy(stored[name]) for name in stored}
        return {name: tensor.double() if tensor.is_floating_point() else tensor for name, tensor in tensors.items()}

    @cached_property
    def values(self) -> dict[str, Any]:
        """Expected values, nested names joined by '/'."""
        return dict(_flat(self.entry["values"]))


def _flat(given: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Leaves of nested mappings and of lists of mappings."""
    if isinstance(given, list) and given and isinstance(given[0], Mapping):
        given = {str(number): inner for number, inner in enumerate(given)}
    if not isinstance(given, Mapping):
        yield name, given
        return
    for key, value in given.items():
        yield from _flat(value, f"{name}/{key}" if name else str(key))


def checks(folder: Path, expected: dict[str, Any]) -> Iterator[Check]:
    """One check per value of every case, and one per stored array that is a result."""
    for name, entry in expected["cases"].items():
        if entry["family"] == "networks":
            yield from networks.checks(folder, name, entry)
        elif entry["family"] in _families():
            yield from _case_checks(name, Case(folder / entry["file"], entry))
        else:
            yield Check(f"objectives/{name}")


def _families() -> Mapping[str, Callable[[Case], Ours]]:
    """All families but networks."""
    from tests.golden.objectives_pairs import FAMILIES as PAIRS
    from tests.golden.objectives_players import FAMILIES as PLAYERS
    from tests.golden.objectives_terms import FAMILIES as TERMS

    return {**TERMS, **PAIRS, **PLAYERS}


def _case_checks(name: str, case: Case) -> Iterator[Check]:
    """Values first, then arrays; faults of references are left out, values without code are skipped by name."""
    ours = _families()[case.entry["family"]](case)
    for value in case.values:
        if not any(fault in value for fault in FAULTS) and not value.endswith(OWN_ERRORS):
            run = _run(case, value, ours[value], lambda v=value: case.values[v]) if value in ours else None
            yield Check(f"objectives/{name}/{value}", run)
    for array in ours:
        if array in case.stored and array not in case.values:
            yield Check(f"objectives/{name}/{array}", _run(case, array, ours[array], lambda a=array: case.arrays[a]))


def _run(case: Case, name: str, compute: Callable[[], Any], expected: Callable[[], Any]) -> Callable[[], str]:
    """Compare within the case's tolerance."""

    def run() -> str:
        atol, rtol = _tolerance(case, name)
        return mismatch(_plain(compute()), _plain(expected()), atol=atol, rtol=rtol)

    return run


def _tolerance(case: Case, name: str) -> tuple[float, float]:
    """Wider where the reference worked in float32 or by Monte Carlo (five standard errors)."""
    if f"{name.removesuffix('_mean')}_se" in case.values:
        return 5.0 * case.values[f"{name.removesuffix('_mean')}_se"], 0.0
    return ATOL, max(case.entry["rtol"], 1e-5 if "float32" in name or case.entry["family"] == "boxblur" else 0.0)


def _plain(given: Any) -> Any:
    """Numbers in place of a tensor."""
    return given.detach().tolist() if isinstance(given, Tensor) else given
