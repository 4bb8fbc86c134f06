"""The verdict on a claim: what its effect, with its interval, says of it.

    reproduced        the whole interval lies above 0 and the estimate reaches the smallest effect
    not reproduced    the whole interval lies below the smallest effect
    undecided         anything else: the runs at this scale cannot tell

For "A is no better than B" the roles are exchanged: reproduced when the whole interval of A - B lies below the
smallest effect, not reproduced when it lies above 0 with an estimate that reaches it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd

from unbraid.studies.claims._claim import Claim
from unbraid.studies.claims._effect import Effect
from unbraid.studies.claims._selection import TooFewRunsError

Word = Literal["reproduced", "not reproduced", "undecided"]
VERDICTS: tuple[Word, ...] = get_args(Word)


@dataclass(frozen=True)
class Verdict:
    """What the runs say of a claim.

    Args:
        claim: the claim.
        verdict: one of `VERDICTS`.
        effect: its effect; None where the runs it needs are not there.
        lacking: what is not there, in words.
    """

    claim: Claim
    verdict: Word
    effect: Effect | None
    lacking: str = ""

    @property
    def reason(self) -> str:
        """What was compared, or why nothing could be."""
        return self.effect.compared if self.effect else self.lacking


def judge(claim: Claim, frame: pd.DataFrame) -> Verdict:
    """Judge a claim on a study's tidy frame (see `collect`); missing scores are left out, never counted as 0."""
    try:
        effect = claim.effect(frame)
    except TooFewRunsError as error:
        return Verdict(claim, "undecided", None, str(error))
    return Verdict(claim, decide(effect, claim.smallest_effect), effect)


def decide(effect: Effect, smallest: float) -> Word:
    """The verdict on an effect with its interval; see the head of this file. An effect of exactly 0 is none."""
    is_there = effect.low > 0 and effect.estimate >= smallest
    is_not = effect.high < smallest or effect.high <= 0
    if effect.exchanged:
        is_there, is_not = is_not, is_there
    return "reproduced" if is_there else "not reproduced" if is_not else "undecided"
