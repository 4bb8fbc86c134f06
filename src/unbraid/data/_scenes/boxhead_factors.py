"""The factors of Boxhead and how they are drawn: eyes that depend on a hidden value, the rest independent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from unbraid.core import Factor, FactorSpace

VariantName = Literal["boxhead_07", "boxheadsimple", "boxheadsimple2"]
PARTS = ("wall", "floor", "box")
EYE_NAMES = ("eye_bottom_left", "eye_top_left", "eye_bottom_right", "eye_top_right")  # as the original stores them
TURN = 70  # all hues, eyes and hidden values of the quantised sets are whole seventieths of a turn
STEPS = 10  # of the three macro hues and of the azimuth
AZIMUTHS, BOX_SIZES = (-np.pi / 6, np.pi / 6), (1.0, 1.25)  # the ranges
ZERO = STEPS // 2  # the azimuth level at exactly 0


@dataclass(frozen=True)
class Variant:
    """What sets one published set apart from the others.

    Args:
        size_steps: box sizes minus one.
        linked: the hidden value lies around the box hue (then eyes spread evenly by 0.1 around it); otherwise it is
            independent of it.
        deviation: standard deviation, in turns, of the hidden value about the box hue when linked, else of the eyes
            about the hidden value.
    """

    size_steps: int
    linked: bool
    deviation: float


VARIANTS: dict[str, Variant] = {
    "boxhead_07": Variant(15, True, 0.2),
    "boxheadsimple": Variant(10, False, 0.1),
    "boxheadsimple2": Variant(10, False, 0.2),
}


def factor_space(variant: Variant) -> FactorSpace:
    """The ten factors, numbered as in the thesis: five macro factors, four eyes, the hidden value."""
    macro = [Factor(f"{part}_hue", STEPS + 1, "circular", "turns", _levels(0, 1, STEPS), period=1.0) for part in PARTS]
    box_size = Factor("box_size", variant.size_steps + 1, values=_levels(*BOX_SIZES, variant.size_steps))
    azimuth = Factor("azimuth", STEPS + 1, unit="rad", values=_levels(*AZIMUTHS, STEPS))
    step = _eye_step(variant)
    eye = tuple(level / TURN for level in range(0, TURN, step))
    eyes = [Factor(name, len(eye), "circular", "turns", eye, period=1.0) for name in EYE_NAMES]
    # linked: three turns from -1, since the generator does not wrap the value
    hidden = tuple(level / TURN - 1 for level in range(3 * TURN)) if variant.linked else _levels(0, 1, 7)
    return FactorSpace(
        (*macro, box_size, azimuth, *eyes, Factor("hidden", len(hidden), "circular", "turns", hidden, period=1.0))
    )


def continuous_space() -> FactorSpace:
    """The same ten factors without levels."""
    units = ("turns",) * 3 + ("", "rad") + ("turns",) * 5
    names = (*(f"{part}_hue" for part in PARTS), "box_size", "azimuth", *EYE_NAMES, "hidden")
    factors = zip(names, units, strict=True)
    return FactorSpace(
        tuple(Factor(name, 0, "continuous", unit, period=1.0 if unit == "turns" else None) for name, unit in factors)
    )


def draw_levels(variant: Variant, rng: np.random.Generator, rows: int) -> np.ndarray:
    """Levels of all factors as the generator draws them -> int64 [rows, 10].

    Uniform factors are round(U k), so that the two end levels come half as often; normal ones are round(Z 7) steps
    of a seventh of the standard deviation. Halves round to even.
    """
    macro = _uniform(rng, STEPS, (rows, 3))
    box_size, azimuth = _uniform(rng, variant.size_steps, (rows, 1)), _uniform(rng, STEPS, (rows, 1))
    normal = 2 if variant.deviation == 0.2 else 1  # seventieths of a turn in a seventh of the deviation
    if variant.linked:
        seventieths = TURN // STEPS * macro[:, 2:] + normal * _normal(rng, (rows, 1))
        hidden = (seventieths + TURN) % (3 * TURN)  # beyond -1 .. 2 lies one row in 10 million
        eyes = seventieths + 2 * _uniform(rng, 7, (rows, 4)) - 7
    else:
        hidden = _uniform(rng, 7, (rows, 1))
        eyes = 10 * hidden + normal * _normal(rng, (rows, 4))
    return np.concatenate([macro, box_size, azimuth, eyes % TURN // _eye_step(variant), hidden], axis=1)


def draw_values(variant: Variant, rng: np.random.Generator, rows: int) -> np.ndarray:
    """Values of all factors as the thesis writes their distributions -> float64 [rows, 10]; nothing is quantised."""
    macro = rng.uniform(size=(rows, 3))
    box_size, azimuth = rng.uniform(*BOX_SIZES, (rows, 1)), rng.uniform(*AZIMUTHS, (rows, 1))
    if variant.linked:
        hidden = rng.normal(macro[:, 2:], variant.deviation)
        eyes = hidden + rng.uniform(-0.1, 0.1, (rows, 4))
    else:
        hidden = rng.uniform(size=(rows, 1))
        eyes = rng.normal(hidden, variant.deviation, (rows, 4))
    return np.concatenate([macro, box_size, azimuth, eyes % 1, hidden], axis=1)


def _uniform(rng: np.random.Generator, steps: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.rint(rng.uniform(size=shape) * steps).astype(np.int64)


def _normal(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return np.rint(rng.normal(size=shape) * 7).astype(np.int64)


def _levels(low: float, high: float, steps: int) -> tuple[float, ...]:
    """The generator's own formula, whose rounding makes the middle azimuth exactly 0."""
    return tuple(level / steps * (high - low) + low for level in range(steps + 1))


def _eye_step(variant: Variant) -> int:
    """Seventieths of a turn between possible eye hues: only even ones occur where hidden and deviation are even."""
    return 2 if not variant.linked and variant.deviation == 0.2 else 1
