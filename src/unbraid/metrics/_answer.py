"""What a metric gave, as a score: anybody's function may return a number, nothing at all, or fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from unbraid.core import Spec, UsageError, failure
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Score

SLACK = 1e-3  # sums of many numbers miss the end of a range by a little
RULE = "a metric returns a number or a Score"


def answered(metric: Callable[[], Any], spec: Spec) -> Score:
    """The score that a metric gives when it is called; a missing one, with the reason in a line, where it gives none.

    Raises:
        MemoryError: it may succeed another time, so the score is not missing.
    """
    try:
        answer = as_score(metric(), spec.name)
    except UsageError as error:
        answer = Score(None, reason=str(error))
    except MemoryError:
        raise
    except Exception as error:
        answer = Score(None, reason=f"{RULE}; '{spec.name}' raised {failure(error)}.")
    return replace(answer, spec=spec)


def within_range(score: Score, said: Properties | None) -> Score:
    """The score, or a missing one where its value lies outside the range that the metric declares."""
    low, high = (-np.inf, np.inf) if said is None else said.range
    bounded = np.isfinite(low) and np.isfinite(high)  # estimates in nats may fall below 0 by their sampling error
    if score.value is None or not bounded or low - SLACK <= score.value <= high + SLACK:
        return score
    reason = (
        f"{score.value:.4g} lies outside the range of the score, {low:g} .. {high:g}: numbers were too large or small"
    )
    return Score(None, reason=reason, spec=score.spec)


def as_score(answer: Any, name: str) -> Score:
    """A Score as it is, or one of the number that the metric `name` returned.

    Raises:
        UsageError: anything else.

    >>> as_score(np.float32(0.5), "mine").value
    0.5
    """
    if isinstance(answer, Score):
        return answer
    if hasattr(answer, "detach"):  # a tensor, perhaps with its gradient and on a device
        answer = answer.detach().cpu()
    number = np.asarray(answer) if isinstance(answer, (int, float)) or hasattr(answer, "__array__") else None
    if number is None or number.ndim or number.dtype.kind not in "iuf":
        raise UsageError(f"{RULE}; '{name}' returned {_kind(answer)}.")
    if not np.isfinite(number):
        raise UsageError(
            f"{RULE}, and what does not exist is missing; '{name}' returned {number}; return Score(None, reason=…)."
        )
    return Score(float(number))


def _kind(answer: Any) -> str:
    """What came, in a few words."""
    if answer is None:
        return "None"
    shape = getattr(answer, "shape", None)
    if isinstance(shape, tuple) and shape:
        return f"{type(answer).__name__} of shape {tuple(shape)}"
    text = " ".join(repr(answer).split())
    return f"{type(answer).__name__} {text}" if len(text) <= 40 else type(answer).__name__
