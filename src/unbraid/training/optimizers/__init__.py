"""Optimisers of the model, one file each; see `unbraid list optimizers`. Critics bring theirs (`objectives.Player`)."""

import sys
from typing import TYPE_CHECKING

from unbraid.core import EntryPackage

if TYPE_CHECKING:  # what EntryPackage imports when it is asked for
    from unbraid.training.optimizers.adam import adam as adam
    from unbraid.training.optimizers.adamax import adamax as adamax
    from unbraid.training.optimizers.sgd import sgd as sgd

sys.modules[__name__].__class__ = EntryPackage
