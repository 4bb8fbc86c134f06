"""Stress: codes of known truth, changed in one way at a time, and what every score answers.

Arrays only, no torch: any metric can be examined, `package.module:thing` included. See `unbraid list stress`.

>>> from unbraid.stress import responses, response_curves, stressed
>>> stressed("rotation", 45).code.shape
(2401, 4)
>>> curve = response_curves(responses("mcc", "rotation", seeds=1))["mcc"]["rotation"]
>>> [round(float(value), 1) for value in curve.middle]
[1.0, 1.0, 0.9, 0.9, 0.7]
"""

import sys
from typing import TYPE_CHECKING

from unbraid.core import EntryPackage
from unbraid.stress._curves import ResponseCurve, agreement, response_curves
from unbraid.stress._responses import Response, responses
from unbraid.stress._stressor import Stressor, stressed, stressor, unstressed

if TYPE_CHECKING:  # what EntryPackage imports when it is asked for
    from unbraid.stress.cardinality import cardinality as cardinality
    from unbraid.stress.correlation import correlation as correlation
    from unbraid.stress.dead import dead as dead
    from unbraid.stress.lost import lost as lost
    from unbraid.stress.mixing import mixing as mixing
    from unbraid.stress.multicode import multicode as multicode
    from unbraid.stress.noise import noise as noise
    from unbraid.stress.nonlinearity import nonlinearity as nonlinearity
    from unbraid.stress.null import null as null
    from unbraid.stress.overcomplete import overcomplete as overcomplete
    from unbraid.stress.redundancy import redundancy as redundancy
    from unbraid.stress.rotation import rotation as rotation
    from unbraid.stress.rows import rows as rows
    from unbraid.stress.shared import shared as shared
    from unbraid.stress.width import width as width

__all__ = [
    "Response",
    "ResponseCurve",
    "Stressor",
    "agreement",
    "response_curves",
    "responses",
    "stressed",
    "stressor",
    "unstressed",
]

sys.modules[__name__].__class__ = EntryPackage
