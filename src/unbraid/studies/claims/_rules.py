"""The verdict on a claim: what its effect, with its interval [low, high] and the smallest effect s, says of it.

    not testable      a control or a check failed: these runs could not have shown it
    reproduced        low > s
    not reproduced    high < 0, or low <= 0 with the whole interval within (-s, s)
    direction only    low > 0
    undecided         anything else: these runs cannot tell

Where s is 0, as of a threshold, there is no *direction only*. For "A is no better than B" the effect is s - (A - B),
and 0 takes the place of s. *Reproduced* and *not reproduced* also need a p that Holm's correction within the paper
keeps at or below .025, one-sided.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from unbraid.studies.claims._effect import Effect
from unbraid.studies.claims._tests import LEVEL, Test

Word = Literal["reproduced", "not reproduced", "direction only", "undecided", "not testable"]
VERDICTS: tuple[Word, ...] = get_args(Word)
DECIDED = ("reproduced", "not reproduced")


def decide(effect: Effect, smallest: float, level: float = LEVEL) -> tuple[Word, float]:
    """The verdict on an effect, and the one-sided p of its decisive side; see the head of this file."""
    rise, against, is_up = (side.item() for side in sides_of(effect.tested, smallest, level))
    if rise <= level:
        return "reproduced", rise
    if against <= level:
        return "not reproduced", against
    return "direction only" if smallest > 0 and is_up else "undecided", min(rise, against)


def sides_of(test: Test, smallest: float, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """p for the claim, p against it, and whether the effect is above 0 at all; of one sample, or of many at once.

    Against the claim is an effect below 0, and one that is not above 0 and within the smallest effect on either side:
    two one-sided tests.
    """
    rise, fall = np.asarray(test.above(smallest)), np.asarray(test.below(0.0))
    is_up = np.asarray(test.above(0.0)) <= level
    within = np.maximum(test.below(smallest), test.above(-smallest)) if smallest > 0 else np.asarray(1.0)
    return rise, np.minimum(fall, np.where(is_up, 1.0, within)), is_up
