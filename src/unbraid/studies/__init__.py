"""Studies: grids of runs that survive anything, and the claims they should reproduce."""

from unbraid.studies._claims import Claim, Verdict, judge, matches, selected, sides, unmatched
from unbraid.studies._collect import collect, progression
from unbraid.studies._learning_order import importances
from unbraid.studies._local import run_local
from unbraid.studies._plan import Planned, flat, group_of, plan
from unbraid.studies._ray import run_ray
from unbraid.studies._status import Standing, archive_runs, jobs_of, standings
from unbraid.studies._study import SCALES, Study, load_study, shipped
from unbraid.studies._summary import (
    improvement,
    improvements,
    location,
    rank_agreement,
    selection,
    summary,
    variance_shares,
    variance_table,
)
from unbraid.studies._thumbnails import PICTURES, small_pictures
from unbraid.studies._worker import Job, work

__all__ = [
    "PICTURES",
    "SCALES",
    "Claim",
    "Job",
    "Planned",
    "Standing",
    "Study",
    "Verdict",
    "collect",
    "flat",
    "group_of",
    "importances",
    "improvement",
    "improvements",
    "jobs_of",
    "judge",
    "archive_runs",
    "load_study",
    "location",
    "matches",
    "plan",
    "progression",
    "rank_agreement",
    "run_local",
    "run_ray",
    "selected",
    "selection",
    "shipped",
    "sides",
    "small_pictures",
    "standings",
    "summary",
    "unmatched",
    "variance_shares",
    "variance_table",
    "work",
]
