"""Studies: grids of runs that survive anything, and the claims they should reproduce."""

import sys
from typing import TYPE_CHECKING

from unbraid.core import LazyPackage

if TYPE_CHECKING:  # what LazyPackage imports when it is asked for
    from unbraid.studies._allotment import Allotment, allotted
    from unbraid.studies._archive import archive_runs
    from unbraid.studies._best import Choice, best
    from unbraid.studies._collect import (
        collect,
        collect_folders,
        is_score,
        logs_over_training,
        runs_alone,
        scores_over_training,
    )
    from unbraid.studies._commands import keep, part_of, run, status
    from unbraid.studies._decidable import is_pilot, plan, require_declared, too_few_seeds
    from unbraid.studies._declarations import POCOCK, Conversion, Extension, Pilot
    from unbraid.studies._fresh_rows import Fresh
    from unbraid.studies._hours import Estimate, estimated
    from unbraid.studies._improvement import improvement, improvements
    from unbraid.studies._learning_order import importances
    from unbraid.studies._local import run_local
    from unbraid.studies._locations import location
    from unbraid.studies._methods import methods_table
    from unbraid.studies._methods_text import MethodsText, methods_text
    from unbraid.studies._options import Engine, View
    from unbraid.studies._peaks import two_peaked
    from unbraid.studies._plan import PlannedRun, dotted, planned_runs
    from unbraid.studies._provenance import Provenance, asked_by, claims_hash, note_provenance, read_provenance
    from unbraid.studies._ray import run_ray
    from unbraid.studies._record import RunFolder, RunRecord
    from unbraid.studies._separation import not_separated
    from unbraid.studies._short_labels import differing
    from unbraid.studies._status import (
        RunStatus,
        damage_of,
        earlier_runs,
        folder_statuses,
        is_trained,
        jobs_of,
        run_statuses,
    )
    from unbraid.studies._study import Scale, Study, StudyLike, as_study, further_scales, load_study
    from unbraid.studies._study_file import SCALES, shipped, shipped_names
    from unbraid.studies._summary import (
        rank_correlations,
        selection,
        summary_table,
        variance_shares,
        variance_table,
    )
    from unbraid.studies._table import table
    from unbraid.studies._thumbnails import thumbnails
    from unbraid.studies._worker import RunJob, run_job
    from unbraid.studies.claims import (
        CHECKS,
        DEFAULT,
        OF_A_CRITIC,
        VERDICTS,
        Bounds,
        Claim,
        Control,
        Effect,
        NotTestableError,
        PostHoc,
        Scores,
        TooFewRunsError,
        Verdict,
        fewest_seeds,
        judge,
        judge_all,
        matches,
        sides,
        unmatched,
    )

__all__ = [
    "Allotment",
    "allotted",
    "CHECKS",
    "OF_A_CRITIC",
    "DEFAULT",
    "POCOCK",
    "SCALES",
    "VERDICTS",
    "Bounds",
    "Choice",
    "Claim",
    "Control",
    "Conversion",
    "Effect",
    "Estimate",
    "Fresh",
    "MethodsText",
    "Engine",
    "Extension",
    "Pilot",
    "NotTestableError",
    "PlannedRun",
    "PostHoc",
    "Provenance",
    "RunFolder",
    "RunJob",
    "RunRecord",
    "RunStatus",
    "Scale",
    "Scores",
    "Study",
    "StudyLike",
    "TooFewRunsError",
    "Verdict",
    "View",
    "archive_runs",
    "as_study",
    "best",
    "asked_by",
    "claims_hash",
    "collect",
    "collect_folders",
    "folder_statuses",
    "further_scales",
    "logs_over_training",
    "damage_of",
    "dotted",
    "earlier_runs",
    "estimated",
    "fewest_seeds",
    "differing",
    "importances",
    "is_score",
    "is_trained",
    "improvement",
    "improvements",
    "jobs_of",
    "is_pilot",
    "judge",
    "judge_all",
    "keep",
    "load_study",
    "location",
    "matches",
    "methods_table",
    "methods_text",
    "not_separated",
    "note_provenance",
    "part_of",
    "plan",
    "planned_runs",
    "scores_over_training",
    "rank_correlations",
    "read_provenance",
    "require_declared",
    "run",
    "run_job",
    "runs_alone",
    "run_local",
    "run_ray",
    "run_statuses",
    "selection",
    "shipped",
    "shipped_names",
    "sides",
    "status",
    "summary_table",
    "table",
    "thumbnails",
    "two_peaked",
    "too_few_seeds",
    "unmatched",
    "variance_shares",
    "variance_table",
]

sys.modules[__name__].__class__ = LazyPackage
