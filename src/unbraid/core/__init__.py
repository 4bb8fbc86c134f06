"""What everything else stands on: factors, entries, specifications, seeds and checks (no torch)."""

from unbraid.core.checks import UsageError, did_you_mean, require, require_finite, require_known
from unbraid.core.entries import KINDS, load_entry, names, summary
from unbraid.core.factors import Factor, FactorSpace
from unbraid.core.seeds import derive, rng
from unbraid.core.spec import (
    Spec,
    bind,
    build,
    check_options,
    complete,
    context_of,
    options_of,
    with_defaults,
    with_value,
)

__all__ = [
    "KINDS",
    "Factor",
    "FactorSpace",
    "UsageError",
    "Spec",
    "bind",
    "build",
    "check_options",
    "did_you_mean",
    "complete",
    "context_of",
    "derive",
    "load_entry",
    "names",
    "require",
    "require_finite",
    "require_known",
    "options_of",
    "with_value",
    "rng",
    "summary",
    "with_defaults",
]
