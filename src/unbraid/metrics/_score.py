"""Scoring one representation with several metrics."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from unbraid import core
from unbraid.core import Spec, UsageError, bind, build, load_entry
from unbraid.metrics._representation import Representation, Score

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

Named = str | Spec | Mapping[str, Any]
Progress = Callable[[str, int, int], None]

ON_REQUEST = ("dci", "udr")  # minutes of boosting; several representations
DEFAULT = tuple(name for name in core.names("metrics") if name not in ON_REQUEST)


def score(
    rep: Representation,
    names: Named | Iterable[Named] | None = None,
    *,
    seed: int = 0,
    layer: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Score]:
    """Score `rep` with each named metric; a metric that cannot be had for these codes is missing, with its reason.

    Args:
        rep: what to score.
        names: metrics by name, Spec, or mapping with `name` and options; all of `DEFAULT` when None.
        seed: of the random ones; each draws from a stream of its own, so the choice of the others changes nothing.
        layer: score this latent layer only, from 0; the latents of all layers together when None.
        progress: called with (name, number done, number in all) before each metric, and once at the end with "".

    Returns:
        one Score per metric, by name; a second Spec of the same name appears as `name(option=value)`. Where the
        representation does not meet a metric's demands, `value` is None and `reason` says why.

    Raises:
        UsageError: an unknown metric, option or layer; nothing is computed then.
    """
    if layer is not None:
        rep = rep.layer(layer)
    specs = specs_of(DEFAULT if names is None else names)
    for spec in specs:
        bind(load_entry("metrics", spec.name), spec.options, spec.name)
    scores: dict[str, Score] = {}
    for done, spec in enumerate(specs):
        if progress is not None:
            progress(spec.name, done, len(specs))
        with _one_thread():
            scores[_key(spec, scores)] = _one(rep, spec, seed)
    if progress is not None:
        progress("", len(specs), len(specs))
    return scores


def _one_thread() -> AbstractContextManager[object]:
    """Small matrices gain nothing from threads, which on a busy machine wait for each other fifty times as long."""
    return _threads("sklearn" in sys.modules).limit(limits=1)


@functools.cache
def _threads(with_sklearn: bool) -> ThreadpoolController:
    """The thread pools of the libraries loaded by now: finding them takes milliseconds; scikit-learn brings its own."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _one(rep: Representation, spec: Spec, seed: int) -> Score:
    try:
        return build("metrics", spec, rep=rep, rng=core.rng(seed, 0, spec.name))
    except UsageError as mistake:
        return Score(None, reason=str(mistake))


def specs_of(given: Named | Iterable[Named]) -> list[Spec]:
    """The metrics asked for, each as a Spec."""
    if isinstance(given, (str, Spec, Mapping)):
        given = [given]
    return [Spec.of(each) for each in given]


def keys_of(names: Named | Iterable[Named]) -> list[str]:
    """What `score` calls each of these metrics: the name, or `name(option=value)` from the second of a name on."""
    keys: dict[str, Score] = {}
    for spec in specs_of(names):
        keys[_key(spec, keys)] = Score(None)
    return list(keys)


def _key(spec: Spec, taken: Mapping[str, Score]) -> str:
    if spec.name not in taken:
        return spec.name
    return f"{spec.name}({', '.join(f'{key}={value}' for key, value in spec.options.items())})"
