"""What a study declares beside its grid and claims: conversions, pilots, an extension."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from unbraid.core import require

PILOT = {"settings", "seeds", "seen", "two_peaks"}  # keys of an entry of `pilots`
LOOKS = 2  # of an extension: after the first seeds, and after all of them
POCOCK = 0.0147  # one-sided level of each of two looks whose family error is .025: Pocock (1977), table 1, .0294 / 2


@dataclass(frozen=True)
class Conversion:
    """How a parameter of this study is scaled against the paper's.

    Args:
        factor: a value here over the same value in the paper's units; above 0.
        because: what makes the difference, as "a quarter of the pixels".
    """

    factor: float
    because: str

    def printed(self, value: float) -> float:
        """A value here in the paper's units.

        >>> Conversion(0.25, "a quarter of the pixels").printed(0.375)
        1.5
        """
        return float(f"{value / self.factor:.12g}")  # a ratio of rounded numbers: 0.375 / 0.25, and not its last bits


@dataclass(frozen=True)
class Pilot:
    """Runs that were looked at before the claims were written; their seeds are never counted.

    Args:
        settings: what their settings were, by dotted name as in `where`.
        seeds: their seeds.
        seen: what was seen in them.
        two_peaks: whether their scores have two peaks, as where a latent is used by some seeds alone; claims then need
            more seeds.
    """

    settings: Mapping[str, Any]
    seeds: tuple[int, ...]
    seen: str
    two_peaks: bool = False


@dataclass(frozen=True)
class Extension:
    """Further seeds of every combination, added after a look at the first ones.

    Args:
        declared: the date it was declared on.
        seeds: the further seeds; each block of the grid gets them beside its own.
        looks: how often the claims are tested: at `POCOCK` one-sided each time.
    """

    declared: datetime.date
    seeds: tuple[int, ...]
    looks: int = LOOKS


def conversions_of(label: str, given: Any) -> dict[str, Conversion]:
    """Parameter -> its conversion, as `converts` of a study has them."""
    rule = f"{label}: converts must be a mapping from parameters to a factor above 0 and because"
    do = "write converts: {beta: {factor: 0.25, because: a quarter of the pixels}}"
    require(isinstance(given, Mapping), rule, repr(given), do)
    for parameter, conversion in given.items():
        complete = isinstance(conversion, Mapping) and set(conversion) == {"factor", "because"}
        factor, because = (conversion["factor"], conversion["because"]) if complete else (0, "")
        right = _is_number(factor) and factor > 0 and isinstance(because, str) and because.strip()
        require(right, rule, f"{parameter}: {conversion!r}", do)
    return {
        str(parameter): Conversion(float(conversion["factor"]), " ".join(conversion["because"].split()))
        for parameter, conversion in given.items()
    }


def pilots_of(label: str, given: Any) -> tuple[Pilot, ...]:
    """The pilots of a study."""
    rule = f"{label}: pilots must be a list of settings, seeds, seen and perhaps two_peaks"
    do = "write pilots: [{settings: {objective: vae}, seeds: [0], seen: every latent was ignored}]"
    require(isinstance(given, list), rule, repr(given), do)
    for pilot in given:
        complete = isinstance(pilot, Mapping) and {"settings", "seeds", "seen"} <= set(pilot) <= PILOT
        right = complete and isinstance(pilot["settings"], Mapping) and isinstance(pilot["seen"], str)
        right = right and isinstance(pilot.get("two_peaks", False), bool)
        require(right and pilot["seen"].strip(), rule, repr(pilot), do)
    return tuple(_pilot(label, pilot) for pilot in given)


def _pilot(label: str, given: Mapping[str, Any]) -> Pilot:
    seeds, seen = _listed_seeds(f"{label}: pilots", given["seeds"]), " ".join(given["seen"].split())
    return Pilot(given["settings"], seeds, seen, given.get("two_peaks", False))


def extension_of(label: str, given: Any) -> Extension | None:
    """The extension of a study, None where it declares none."""
    if given is None:
        return None
    do = "write extension: {declared: 2026-11-26, seeds: [6, 7, 8], looks: 2}"
    complete = isinstance(given, Mapping) and {"declared", "seeds"} <= set(given) <= {"declared", "seeds", "looks"}
    require(complete, f"{label}: an extension must have declared, seeds and perhaps looks", repr(given), do)
    declared, looks = given["declared"], given.get("looks", LOOKS)
    dated = isinstance(declared, datetime.date) and not isinstance(declared, datetime.datetime)
    require(dated, f"{label}: extension: declared must be a date", repr(declared), do)
    again = "run fresh seeds alone instead of a third look" if looks != 1 else "drop looks, which is 2"
    require(looks == LOOKS, f"{label}: extension: looks must be {LOOKS}", repr(looks), again)
    return Extension(declared, _listed_seeds(f"{label}: extension", given["seeds"]))


def _listed_seeds(label: str, given: Any) -> tuple[int, ...]:
    """Seeds that are listed one by one, since a count would not say which."""
    listed = isinstance(given, list) and given and all(type(seed) is int and seed >= 0 for seed in given)
    require(
        listed and len(set(given)) == len(given),
        f"{label}: seeds must be a list of different whole numbers",
        repr(given),
        "list each seed, as in seeds: [0, 1]",
    )
    return tuple(given)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
