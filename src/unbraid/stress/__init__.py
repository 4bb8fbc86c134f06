"""Stress: codes of known truth, changed in one way at a time, and what every score answers.

Arrays only, no torch: any metric can be examined, `package.module:thing` included. See `unbraid list stress`.

>>> from unbraid.stress import responses, response_curves, stressed
>>> stressed("rotation", 45).code.shape
(2401, 4)
>>> curve = response_curves(responses("mcc", "rotation", seeds=1))["mcc"]["rotation"]
>>> [round(float(value), 1) for value in curve.middle]
[1.0, 1.0, 0.9, 0.9, 0.7]
"""

from unbraid.stress._responses import Response, ResponseCurve, agreement, response_curves, responses
from unbraid.stress._stressor import Stressor, stressed, stressor, unstressed

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
