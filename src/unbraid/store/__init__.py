"""A run directory: whole files, a status, an append-only log. Nothing is pickled.

A file is absent or whole: it is written aside and renamed. Deleting a derived file and asking again makes it again.
"""

from unbraid.store._digests import weights_digest
from unbraid.store._files import FRAMES, read_mapping, whole_file, whole_folder, writable, write_parquet
from unbraid.store._lock import RunInUseError, in_use, is_left_over, sole_writer
from unbraid.store._refused import left_as_it_was
from unbraid.store._run_directory import (
    ARRAYS,
    BASELINES,
    CHECKPOINT,
    CHECKS,
    CONFIG,
    CRITICS,
    HUB_CONFIG,
    LABELS_FILE,
    LOG,
    METRICS,
    MODEL,
    REPRESENTATION,
    SET_ASIDE,
    STATUS,
    DamagedFileError,
    NewerVersionError,
    RunDirectory,
)

__all__ = [
    "ARRAYS",
    "BASELINES",
    "CHECKPOINT",
    "CHECKS",
    "CONFIG",
    "CRITICS",
    "FRAMES",
    "HUB_CONFIG",
    "LABELS_FILE",
    "LOG",
    "METRICS",
    "MODEL",
    "REPRESENTATION",
    "SET_ASIDE",
    "STATUS",
    "DamagedFileError",
    "NewerVersionError",
    "RunDirectory",
    "RunInUseError",
    "in_use",
    "is_left_over",
    "left_as_it_was",
    "read_mapping",
    "sole_writer",
    "weights_digest",
    "whole_file",
    "whole_folder",
    "writable",
    "write_parquet",
]
