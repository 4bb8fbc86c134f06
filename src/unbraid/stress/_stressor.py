"""What every stressor declares about itself, and the code it makes at a strength."""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass
from typing import Literal

from unbraid.core import Spec, UsageError, build, load_entry, options_of, rng
from unbraid.metrics import Representation
from unbraid.metrics._properties import Cost

Truth = Literal["falls", "stays"]


@dataclass(frozen=True)
class Stressor:
    """What a stressor declares: the constant `STRESSOR` of its file, read by `stressor(name)`.

    The entry itself is a function `(rng, *, strength=...) -> Representation`: its first option, whatever its name, is
    the strength, and the default of that option leaves the code unstressed.

    Args:
        grows: what the strength counts, with its unit.
        strengths: those that are measured [P], rising.
        alone: whether each latent serves one factor as before ("stays"), or less so ("falls").
        compact: whether each factor has one latent as before, or less so.
        readable: whether the factors can be read from all latents as before, or less so.
        cost: "quick" where its codes are so large that only scores which declare themselves quick are measured.
    """

    grows: str
    strengths: tuple[float, ...]
    alone: Truth = "stays"
    compact: Truth = "stays"
    readable: Truth = "stays"
    cost: Cost = "slow"

    @property
    def truth(self) -> Truth:
        """What happens to the code: "falls" where it gets worse in any of the three ways, else "stays"."""
        return "falls" if "falls" in (self.alone, self.compact, self.readable) else "stays"


def stressor(name: str) -> Stressor:
    """What the stressor `name` declares; `package.module:thing` reads that module's `STRESSOR`.

    Raises:
        UsageError: no such stressor, or an outside one that declares nothing.

    >>> stressor("rotation").strengths
    (0, 10, 20, 30, 45)
    """
    entry = load_entry("stress", name)
    declared = getattr(importlib.import_module(entry.__module__), "STRESSOR", None)
    if not isinstance(declared, Stressor):
        raise UsageError(f"the module of stressor '{name}' must define STRESSOR = Stressor(...); it does not.")
    return declared


def unstressed(name: str) -> float:
    """The strength that leaves the code as it is: the default of the entry's first option.

    >>> unstressed("rotation"), unstressed("cardinality")
    (0.0, 8.0)
    """
    return float(_strength(name).default)


def stressed(name: str, strength: float, *, seed: int = 0) -> Representation:
    """A code of known truth under one stressor: four independent factors, each with a latent of its own, then changed.

    Without stress these are 2,401 rows (the complete grid of four factors of 7 levels), 4 latents of deviation 1, and
    posteriors of deviation 0.1, which is also that of the noise.

    Args:
        name: a stressor (`unbraid list stress`), or `package.module:thing`.
        strength: how strong it is, in the unit that `stressor(name).grows` names.
        seed: of noise and drawn rows; `responses` scores the same draws.

    Returns:
        codes [N, D] float64, posterior log-variances [N, D] and factors [N, 4].

    Raises:
        UsageError: no such stressor, a strength that it does not take.

    >>> stressed("dead", 3).latents
    7
    """
    option = _strength(name)
    strength = next((s for s in stressor(name).strengths if s == strength), strength)  # 30.0 is 30, in its draws too
    given = int(strength) if isinstance(option.default, int) and strength == int(strength) else strength
    generator = rng(seed, 0, f"stress {name} {strength}")
    rep: Representation = build("stress", Spec(name, {option.name: given}), rng=generator)
    return rep


def _strength(name: str) -> inspect.Parameter:
    """The first option of a stressor."""
    options = list(options_of(load_entry("stress", name)).values())
    if not options or not isinstance(options[0].default, (int, float)):
        raise UsageError(f"stressor '{name}' must take its strength as its first option, with a number as default.")
    return options[0]
