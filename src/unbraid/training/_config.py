"""What a run is: a complete configuration whose hash is its name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from unbraid.core import Spec, UsageError, complete, did_you_mean, require, require_choice
from unbraid.core.checked import checked
from unbraid.core.options import with_name
from unbraid.data import complete_data
from unbraid.store import read_mapping
from unbraid.training._names import require_names

Start = Literal["paper", "mean", "small"]
Precision = Literal["float32", "bfloat16"]
UNWRITTEN = {"precision": "float32"}  # settings that came later: not written at their defaults, so that ids stay


@dataclass(frozen=True)
class Phase:
    """A stretch of training with one objective.

    Args:
        steps: optimiser steps, at least 1.
        objective: name or {name, options}.
        trains: prefixes of the model's parameter names that learn in this phase; empty for all of them.
    """

    steps: int
    objective: Any
    trains: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(
            isinstance(self.steps, int) and not isinstance(self.steps, bool) and self.steps >= 1,
            "steps must be a whole number of at least 1",
            repr(self.steps),
        )
        object.__setattr__(self, "objective", Spec.of(self.objective))
        names = isinstance(self.trains, (list, tuple)) and all(isinstance(name, str) for name in self.trains)
        require(names, "trains must be a list of beginnings of parameter names", f"{self.trains!r:.100}")
        object.__setattr__(self, "trains", tuple(self.trains))


@dataclass(frozen=True, init=False)
class RunConfig:
    """Everything that decides what a run becomes; two equal configurations are one run.

    Args:
        data: dataset with its options and those of `unbraid.data.view`; like all entries here a name, a mapping with
            `name` and options, a class, function or partial, or an instance, which remembers how it was built.
        model: model with its options.
        phases: one or more `Phase`; each starts with fresh optimisers.
        objective: of a single phase, in place of `phases`.
        steps: of that phase.
        seed: a whole number of at least 0.
        batch: images per step.
        optimizer: "adam", or {name, lr, betas, …}; see `unbraid list optimizers`.
        rate: how the learning rate moves within a phase, a name or {name, options}; see `unbraid list rates`.
        start: "paper" (the model's own initialisation), "mean" (the same, but the first images are the mean image) or
            "small" (new weights too: a start that does not explode).
        precision: "float32", or "bfloat16": the networks compute in it where that is safe, which is faster on a GPU;
            weights, posteriors and losses stay float32. Part of the run's identity only where it is not float32.
        metrics: scores to compute after training, names or {name, options}; not part of the run's identity.

    Raises:
        UsageError: an unknown entry or option, a value of the wrong kind, both or neither of `phases` and `objective`.

    >>> from unbraid.objectives import BetaVAE
    >>> config = RunConfig("toy", "mlp", objective=BetaVAE(beta=2), steps=100)
    >>> config.phases[0].objective.options["beta"], config.steps, config.folder_name
    (2.0, 100, 'beta_vae-768c024d-s0')
    """

    data: Spec
    model: Spec
    phases: tuple[Phase, ...]
    seed: int = 0
    batch: int = 64
    optimizer: Spec = field(default_factory=lambda: Spec("adam"))
    rate: Spec = field(default_factory=lambda: Spec("constant"))
    start: Start = "paper"
    precision: Precision = "float32"
    metrics: tuple[Spec, ...] = ()

    def __init__(
        self,
        data: Any,
        model: Any,
        phases: Sequence[Phase | Mapping[str, Any]] | None = None,
        *,
        objective: Any = None,
        steps: int | None = None,
        seed: int = 0,
        batch: int = 64,
        optimizer: Any = "adam",
        rate: Any = "constant",
        start: Start = "paper",
        precision: Precision = "float32",
        metrics: Iterable[Any] = (),
    ) -> None:
        require_names({"data": data, "model": model, "optimizer": optimizer, "rate": rate})
        given = {"phases": phases, "objective": objective, "steps": steps}
        made = _phases({key: value for key, value in given.items() if value is not None})
        for name, value, least in (("seed", seed, 0), ("batch", batch, 1)):
            whole = isinstance(value, int) and not isinstance(value, bool)
            require(whole and value >= least, f"{name} must be a whole number of at least {least}", repr(value))
        require_choice(start, Start, "start")
        require_choice(precision, Precision, "precision")
        listed = metrics if isinstance(metrics, (list, tuple)) else [metrics] if _is_one(metrics) else metrics
        require(isinstance(listed, Iterable), "metrics must be a list of names", f"{metrics!r:.100}")
        values: dict[str, Any] = {
            "data": complete_data(Spec.of(data)),
            "model": complete("models", Spec.of(model)),
            "phases": tuple(Phase(p.steps, complete("objectives", p.objective), p.trains) for p in made),
            "seed": seed,
            "batch": batch,
            "optimizer": complete("optimizers", Spec.of(with_name(optimizer, "adam"))),
            "rate": complete("rates", Spec.of(with_name(rate, "constant"))),
            "start": start,
            "precision": precision,
            "metrics": tuple(Spec.of(metric) for metric in listed),
        }
        for name, given_value in values.items():
            object.__setattr__(self, name, given_value)

    @property
    def steps(self) -> int:
        """Steps of all phases."""
        return sum(phase.steps for phase in self.phases)

    def phase_at(self, step: int) -> tuple[int, int]:
        """Number of the phase that the step after `step` finished ones belongs to, and the step at which it began."""
        begin = 0
        for number, phase in enumerate(self.phases):
            if step < begin + phase.steps:
                return number, begin
            begin += phase.steps
        return len(self.phases) - 1, begin - self.phases[-1].steps

    @property
    def id(self) -> str:
        """SHA-256 of the complete configuration without its metrics, in hexadecimal."""
        plain = {key: value for key, value in self.to_dict().items() if key != "metrics"}
        return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()

    @property
    def folder_name(self) -> str:
        """`<objective>-<hash8>-s<seed>`, by the last phase's objective."""
        objective = self.phases[-1].objective.name.rpartition(":")[2]
        return f"{objective}-{self.id[:8]}-s{self.seed}"

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionaries, lists, numbers and text, ready for YAML."""
        phases = [
            {"steps": p.steps, "objective": _plain(p.objective.to_dict()), "trains": list(p.trains)}
            for p in self.phases
        ]
        written = {
            "data": _plain(self.data.to_dict()),
            "model": _plain(self.model.to_dict()),
            "phases": phases,
            "seed": self.seed,
            "batch": self.batch,
            "optimizer": _plain(self.optimizer.to_dict()),
            "rate": _plain(self.rate.to_dict()),
            "start": self.start,
            "precision": self.precision,
            "metrics": [_plain(metric.to_dict()) for metric in self.metrics],
        }
        return {key: value for key, value in written.items() if key not in UNWRITTEN or value != UNWRITTEN[key]}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> RunConfig:
        """Read a mapping; `objective` and `steps` may stand for a single phase.

        Raises:
            UsageError: unknown keys (with the nearest), missing ones, or values of the wrong kind.
        """
        allowed = ("data", "model", "objective", "steps", "phases", *_SETTINGS)
        require(isinstance(given, Mapping), "the settings of a run must be a mapping", f"{given!r:.100}")
        for key in given:
            if key not in allowed:
                raise UsageError(
                    f"unknown setting '{key}'; a run takes {', '.join(allowed)}. {did_you_mean(key, allowed)}"
                )
        require_names(given)
        for key, kind in (("data", "data"), ("model", "models")):
            nameless = isinstance(given.get(key), Mapping) and "name" not in given[key]
            came = f"its options alone, {dict(given[key])}" if nameless else None
            do = f"name one; see `unbraid list {kind}`"
            require(key in given and not nameless, f"a run needs '{key}'", came, do)
        settings = {key: given[key] for key in _SETTINGS if key in given}
        settings["metrics"] = settings.get("metrics") or ()
        return cls(given["data"], given["model"], _phases(given), **settings)


@checked
def read_settings(path: Path | str) -> dict[str, Any]:
    """A YAML file of settings, such as a run's config.yaml.

    Raises:
        UsageError: not there, not YAML, not a mapping.
    """
    return read_mapping(Path(path), "a settings file", "give a file of lines such as 'data: dsprites'")


_SETTINGS = ("seed", "batch", "optimizer", "rate", "start", "precision", "metrics")


def _phases(given: Mapping[str, Any]) -> tuple[Phase, ...]:
    """Phases as written, or one phase from `objective` and `steps`."""
    if "phases" in given:
        require(
            "objective" not in given and "steps" not in given, "give either phases or objective and steps, not both"
        )
        phases = given["phases"]
        require(
            isinstance(phases, (list, tuple)) and phases, "phases must be a list of {steps, objective}", repr(phases)
        )
        made = []
        for phase in phases:
            if isinstance(phase, Phase):
                made.append(phase)
                continue
            require(isinstance(phase, Mapping), "a phase must be a mapping of steps, objective and trains", repr(phase))
            unknown = set(phase) - {"steps", "objective", "trains"}
            require(not unknown, "a phase takes steps, objective and trains", sorted(unknown))
            require("steps" in phase and "objective" in phase, "a phase needs steps and objective", dict(phase))
            made.append(Phase(phase["steps"], phase["objective"], phase.get("trains", ())))
        return tuple(made)
    require("objective" in given, "a run needs 'objective'", do="name one; see `unbraid list objectives`")
    require("steps" in given, "a run needs 'steps'", do="say how many optimiser steps, for example steps: 20000")
    return (Phase(given["steps"], given["objective"]),)


def _is_one(metrics: Any) -> bool:
    """Whether a single metric is given, not a list of them."""
    return isinstance(metrics, (str, Mapping, Spec)) or callable(metrics)


def _plain(value: Any) -> Any:
    """Tuples as lists, mappings as dictionaries, objects with `to_dict` or dataclass fields as their mapping."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    raise UsageError(f"a configuration holds numbers, text, lists and mappings; got {type(value).__name__}.")
