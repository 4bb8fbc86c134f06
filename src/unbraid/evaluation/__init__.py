"""Evaluation: a dataset is encoded once; scores and pictures are functions of what comes out."""

from unbraid.evaluation._baselines import (
    BASELINES,
    OF_THE_DATA,
    Baseline,
    baseline_codes,
    baseline_names,
    lacks_baseline,
)
from unbraid.evaluation._checks import CHECK_NAMES, checks, checks_digest
from unbraid.evaluation._code_table import code_table, decode_to
from unbraid.evaluation._encode import encode
from unbraid.evaluation._evaluate import (
    chosen_rows,
    evaluate,
    note_missing,
    relate,
    represent,
    score_baselines,
    score_id,
    score_layers,
)
from unbraid.evaluation._export import export
from unbraid.evaluation._held import unfinished
from unbraid.evaluation._loggers import WRITERS, Loggers
from unbraid.evaluation._onnx_encoder import OnnxEncoder
from unbraid.evaluation._pictures import IN_USE, latent_kl, traversed
from unbraid.evaluation._stored import (
    has_codes,
    is_evaluated,
    load_representation,
    read_arrays,
    read_baselines,
    read_scores,
)

__all__ = [
    "BASELINES",
    "OF_THE_DATA",
    "Baseline",
    "CHECK_NAMES",
    "baseline_codes",
    "baseline_names",
    "score_baselines",
    "WRITERS",
    "Loggers",
    "OnnxEncoder",
    "score_id",
    "checks",
    "checks_digest",
    "chosen_rows",
    "code_table",
    "decode_to",
    "relate",
    "encode",
    "evaluate",
    "export",
    "lacks_baseline",
    "IN_USE",
    "has_codes",
    "is_evaluated",
    "latent_kl",
    "load_representation",
    "note_missing",
    "read_arrays",
    "read_baselines",
    "read_scores",
    "represent",
    "score_layers",
    "traversed",
    "unfinished",
]
