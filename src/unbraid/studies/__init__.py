"""Studies: grids of runs that survive anything, and the claims they should reproduce."""

from unbraid.studies._claims import Claim, Verdict, judge
from unbraid.studies._collect import collect, improvement, progression, rank_agreement, summary, variance_shares
from unbraid.studies._local import run_local
from unbraid.studies._plan import Planned, plan
from unbraid.studies._state import Standing, jobs_of, keep, standings
from unbraid.studies._study import SCALES, Study, load_study, shipped
from unbraid.studies._work import Job, work

__all__ = [
    "SCALES",
    "Claim",
    "Job",
    "Planned",
    "Standing",
    "Study",
    "Verdict",
    "collect",
    "improvement",
    "jobs_of",
    "judge",
    "keep",
    "load_study",
    "plan",
    "progression",
    "rank_agreement",
    "run_local",
    "shipped",
    "standings",
    "summary",
    "variance_shares",
    "work",
]
