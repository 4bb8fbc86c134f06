"""What everything else stands on: factors, entries, specifications, seeds and checks (no torch)."""

from unbraid.core.checks import Mistake, close_to, need, need_finite, need_known
from unbraid.core.entries import KINDS, load_entry, names, summary
from unbraid.core.factors import Factor, FactorSpace
from unbraid.core.seeds import derive, rng
from unbraid.core.spec import Spec, bind, build, check_options, complete, context_of, options_of, placed, with_defaults

__all__ = [
    "KINDS",
    "Factor",
    "FactorSpace",
    "Mistake",
    "Spec",
    "bind",
    "build",
    "check_options",
    "close_to",
    "complete",
    "context_of",
    "derive",
    "load_entry",
    "names",
    "need",
    "need_finite",
    "need_known",
    "options_of",
    "placed",
    "rng",
    "summary",
    "with_defaults",
]
