"""What everything else stands on: factors, entries, specifications, seeds, checks and progress (no torch)."""

from unbraid.core._kinds import Kinds, kinds_of
from unbraid.core.checks import (
    UsageError,
    did_you_mean,
    failure,
    require,
    require_choice,
    require_finite,
    require_known,
)
from unbraid.core.description import Argument, Description, describe, description_of
from unbraid.core.entries import KINDS, load_entry, name_of, names
from unbraid.core.entry_packages import EntryPackage
from unbraid.core.extras import MissingLibraryError, naming_extras
from unbraid.core.factors import Factor, FactorSpace
from unbraid.core.labels import Labels, read_labels
from unbraid.core.lazy_packages import LazyPackage
from unbraid.core.options import (
    bind,
    check_options,
    choices_of,
    context_of,
    options_of,
    with_defaults,
    with_value,
)
from unbraid.core.outside import find_code_in, is_outside, outside_names, require_trusted
from unbraid.core.progress import Progress, aside, progress_bar, shown, tracked
from unbraid.core.seeds import derive, rng
from unbraid.core.sources import summary
from unbraid.core.spec import Remembers, Spec, build, complete, label_of, remembered

__all__ = [
    "KINDS",
    "Argument",
    "Description",
    "EntryPackage",
    "Factor",
    "FactorSpace",
    "LazyPackage",
    "MissingLibraryError",
    "Kinds",
    "Labels",
    "Progress",
    "Remembers",
    "Spec",
    "UsageError",
    "aside",
    "bind",
    "build",
    "check_options",
    "choices_of",
    "complete",
    "context_of",
    "derive",
    "describe",
    "description_of",
    "did_you_mean",
    "failure",
    "find_code_in",
    "kinds_of",
    "is_outside",
    "label_of",
    "load_entry",
    "name_of",
    "names",
    "naming_extras",
    "options_of",
    "outside_names",
    "progress_bar",
    "read_labels",
    "remembered",
    "require",
    "require_choice",
    "require_finite",
    "require_known",
    "require_trusted",
    "rng",
    "shown",
    "summary",
    "tracked",
    "with_defaults",
    "with_value",
]
