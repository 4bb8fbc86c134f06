"""Claims: checkable statements about a study's runs, and the verdict on each.

A file is a kind of claim: its name is the kind, the first name in its `__all__` the function that makes the effect, the
function's keyword-only parameters the keys that a claim of this kind has beside those of every claim (see `Claim`).
"""

from unbraid.studies.claims._claim import LOGGED, Claim, sides, unmatched
from unbraid.studies.claims._effect import Effect
from unbraid.studies.claims._selection import Scores, TooFewRunsError, matches
from unbraid.studies.claims._verdict import VERDICTS, Verdict, judge

__all__ = [
    "LOGGED",
    "VERDICTS",
    "Claim",
    "Effect",
    "Scores",
    "TooFewRunsError",
    "Verdict",
    "judge",
    "matches",
    "sides",
    "unmatched",
]
