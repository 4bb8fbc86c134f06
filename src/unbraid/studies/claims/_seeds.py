"""How many seeds a claim needs: so many that the smallest p its test can give survives the paper's other claims."""

from __future__ import annotations

import itertools
import math
from typing import Any

from unbraid.studies.claims._claim import Claim
from unbraid.studies.claims._tests import LEVEL

FEWEST = 6  # seeds an arm, whatever the test can give
WITH_TWO_PEAKS = 10
PAIRED = ("by_layer",)  # tested by sign flips within runs
# kinds with no least p that seeds set
ONE_ARM = ("above", "below", "nowhere_above", "rarely_above", "trend", "agree", "disagree", "by_factor")
RIVALS = ("among", "order")  # keys that hold several groups: their opposite is corrected for how many they are


def fewest_seeds(claim: Claim, claims_in_paper: int, *, two_peaks: bool = False) -> int:
    """The fewest seeds an arm that can decide a claim; of `by_layer`, and of two layers of one model, runs in all.

    >>> larger = {"metric": "mig", "larger": {"objective": "vae"}, "smaller": {}, "smallest_effect": 0.05}
    >>> fewest_seeds(Claim.of({"says": "it is larger", "kind": "larger", **larger}), claims_in_paper=24)
    7

    Args:
        claim: the claim.
        claims_in_paper: how many claims the study has; Holm's first step multiplies the smallest p by it.
        two_peaks: whether a pilot shows scores with two peaks.
    """
    least = WITH_TWO_PEAKS if two_peaks else FEWEST
    if claim.kind in ONE_ARM or ":" in claim.kind:
        return least
    tests = claims_in_paper * max(1, rivals_of(claim.asks))
    return next(n for n in itertools.count(least) if tests * smallest_p(claim, n) <= LEVEL)


def smallest_p(claim: Claim, seeds: int) -> float:
    """The smallest p that relabelling so many seeds an arm (flipping the signs of so many runs) can give."""
    if is_paired(claim):
        return float(0.5**seeds)
    return 1 / math.comb(2 * seeds, seeds)


def is_paired(claim: Claim) -> bool:
    """Whether a claim compares layers within each run: its unit is the run, whatever arm it is in."""
    return claim.kind in PAIRED or _two_layers(claim.asks)


def rivals_of(asks: Any) -> int:
    """How many comparisons a claim makes beside the first."""
    return sum(len(asks[key]) - (key == "order") for key in RIVALS if key in asks)


def _two_layers(asks: Any) -> bool:
    """Whether both sides are the same runs at two layers: they are paired."""
    sides = [asks[key] for key in ("larger", "smaller", "better", "than") if key in asks]
    plain = [{key: value for key, value in side.items() if key != "layer"} for side in sides]
    return len(sides) == 2 and plain[0] == plain[1] and sides[0].get("layer") != sides[1].get("layer")
