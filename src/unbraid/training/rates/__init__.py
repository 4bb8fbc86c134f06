"""How the learning rate moves within a phase, one file each, as torch's schedulers; see `unbraid list rates`."""

import sys
from typing import TYPE_CHECKING

from unbraid.core import EntryPackage

if TYPE_CHECKING:  # what EntryPackage imports when it is asked for
    from unbraid.training.rates.constant import constant as constant
    from unbraid.training.rates.linear import linear as linear
    from unbraid.training.rates.plateau import plateau as plateau

sys.modules[__name__].__class__ = EntryPackage
