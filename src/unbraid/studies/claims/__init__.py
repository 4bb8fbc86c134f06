"""Claims: checkable statements about a study's runs, and the verdict on each.

A file is a kind of claim: its name is the kind, the first name in its `__all__` the function that makes the effect, the
function's keyword-only parameters the keys that a claim of this kind has beside those of every claim (see `Claim`).
"""

import sys
from typing import TYPE_CHECKING

from unbraid.core import EntryPackage
from unbraid.studies.claims._claim import Claim, sides, unmatched
from unbraid.studies.claims._control import Control
from unbraid.studies.claims._effect import Effect
from unbraid.studies.claims._keys import CHECKS, DEFAULT, HELDOUT, OF_A_CRITIC, Bounds, PostHoc, Requires, requires_of
from unbraid.studies.claims._rules import VERDICTS
from unbraid.studies.claims._seeds import fewest_seeds, is_paired
from unbraid.studies.claims._selection import NotTestableError, Scores, TooFewRunsError, has_above, matches
from unbraid.studies.claims._verdict import Verdict, judge, judge_all

if TYPE_CHECKING:  # what EntryPackage imports when it is asked for
    from unbraid.studies.claims.above import above as above
    from unbraid.studies.claims.agree import agree as agree
    from unbraid.studies.claims.below import below as below
    from unbraid.studies.claims.best import best as best
    from unbraid.studies.claims.best_sum import best_sum as best_sum
    from unbraid.studies.claims.by_factor import by_factor as by_factor
    from unbraid.studies.claims.by_layer import by_layer as by_layer
    from unbraid.studies.claims.disagree import disagree as disagree
    from unbraid.studies.claims.larger import larger as larger
    from unbraid.studies.claims.least import least as least
    from unbraid.studies.claims.no_better import no_better as no_better
    from unbraid.studies.claims.nowhere_above import nowhere_above as nowhere_above
    from unbraid.studies.claims.order import order as order
    from unbraid.studies.claims.rarely_above import rarely_above as rarely_above
    from unbraid.studies.claims.trend import trend as trend

__all__ = [
    "CHECKS",
    "OF_A_CRITIC",
    "DEFAULT",
    "HELDOUT",
    "VERDICTS",
    "Bounds",
    "Claim",
    "Control",
    "Effect",
    "NotTestableError",
    "PostHoc",
    "Requires",
    "Scores",
    "TooFewRunsError",
    "Verdict",
    "fewest_seeds",
    "has_above",
    "is_paired",
    "judge",
    "judge_all",
    "matches",
    "requires_of",
    "sides",
    "unmatched",
]

sys.modules[__name__].__class__ = EntryPackage
