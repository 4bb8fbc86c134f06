"""Scoring one representation with several metrics."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from unbraid import core
from unbraid.core import Kinds, Progress, Spec, build, label_of, require, shown
from unbraid.core.checked import checked
from unbraid.core.values import Seed
from unbraid.metrics._answer import answered, as_score, within_range
from unbraid.metrics._floors import FloorChoice, require_floor, with_floor
from unbraid.metrics._gaps import score_of_known
from unbraid.metrics._given import as_representation
from unbraid.metrics._prepared import once
from unbraid.metrics._properties import Properties, declared, properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_few_levels
from unbraid.metrics._scored import Scored

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

MetricLike = str | Spec | Mapping[str, Any] | Callable[..., Any]

ON_REQUEST = ("dci", "udr")  # minutes of boosting; several representations
DEFAULT = tuple(name for name in core.names("metrics") if name not in ON_REQUEST)


@checked
def score(
    codes: Any,
    labels: Any = None,
    metrics: MetricLike | Iterable[MetricLike] | None = None,
    *,
    seed: Seed = 0,
    layer: int | None = None,
    kinds: Kinds | None = None,
    floor: FloorChoice = "quick",
    progress: Progress | bool | None = True,
) -> Scored:
    """Score codes with each metric; where one does not exist for these codes its value is None, with the reason.

    >>> import numpy as np
    >>> from unbraid.metrics import mig
    >>> labels = np.random.default_rng(0).integers(4, size=(1000, 2))
    >>> round(score(labels * [1.0, -3.0], labels, metrics=["mcc", mig])["mig"].value, 2)
    1.0

    Args:
        codes: [N, D], an array, tensor or DataFrame, whose column names become those of the latents; an AnnData, whose
            `X` is taken; a file of codes (see `read_representation`); or a `Representation`, which holds its labels.
        labels: [N, K] or [N], what each row shows: an array, tensor, DataFrame or Series, whose names become those of
            the factors; a file of labels; of a DataFrame, AnnData or file of codes also the names of its columns that
            are labels (of a table without, numbered `z`, `latent` or `code` columns are codes and the others labels).
            Without labels, the scores that need none are given. What is left out of a table is said in a warning.
        metrics: each by name, Spec, mapping with `name` and options, or as a function `metric(rep) -> Score` or float,
            also `functools.partial(mig, bins=5)`; all of `DEFAULT` when None.
        seed: of the random ones; each draws from a stream of its own, so the choice of the others changes nothing.
        layer: score this latent layer only, from 0; the latents of all layers together when None.
        kinds: of factors whose kind is not to be decided, by name: {"angle": "circular:360"}; see `read_labels`.
        floor: which scores get a floor, the mean over codes that know nothing: "quick", those that declare themselves
            quick (3 to 50 permutations, as few as settle it); True or "all", every score; False, none; or a number of
            permutations for every score, fixed in advance: from 19 on each has a p.
        progress: True shows a bar; a function is called with (name, number done, number in all) before each metric,
            and once at the end with "".

    Returns:
        one Score per metric, by its one name (see `label_of`): `mig` at the defaults, else `mig(bins=5)`; one that is
        named twice is computed once. Each Score carries the `spec` it answers. Where the representation does not
        meet a metric's demands, `value` is None and `reason` says why; so it is where somebody's metric fails, or
        returns neither a number nor a Score.

    Raises:
        UsageError: an unknown metric, option, layer or choice of floor, or codes and labels that do not belong
            together; nothing is computed then.
    """
    rep = as_representation(codes, labels, kinds)
    if layer is not None:
        rep = rep.layer(layer)
    require_floor(floor)
    rep = rep.preparing()
    specs = specs_of(default_metrics(rep) if metrics is None else metrics)
    scores = Scored()
    with shown(progress, "scoring") as show:
        for done, (name, spec) in enumerate(specs.items()):
            if show is not None:
                show(spec.name, done, len(specs))
            with _one_thread():
                scores[name] = _named(_floored(rep, spec, seed, floor), rep)
        if show is not None:
            show("", len(specs), len(specs))
    return scores


def default_metrics(rep: Representation) -> tuple[str, ...]:
    """Names of the default metrics; of those that read no labels where no factors are known."""
    if len(rep.space):
        return DEFAULT
    return tuple(name for name in DEFAULT if "factors" not in properties(name).needs)


def _one_thread() -> AbstractContextManager[object]:
    """Small matrices gain nothing from threads, which on a busy machine wait for each other fifty times as long."""
    limited: AbstractContextManager[object] = _threads("sklearn" in sys.modules).limit(limits=1)
    return limited


@functools.cache
def _threads(with_sklearn: bool) -> ThreadpoolController:
    """The thread pools of the libraries loaded by now: finding them takes milliseconds; scikit-learn brings its own."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _named(answer: Score, rep: Representation) -> Score:
    """The score with parts called after the latents where these have names of their own."""
    standard = {f"z{number}": name for number, name in enumerate(rep.latent_names)}
    if all(short == name for short, name in standard.items()):
        return answer
    return replace(answer, parts={standard.get(part, part): value for part, value in answer.parts.items()})


def _floored(rep: Representation, spec: Spec, seed: int, floor: FloorChoice) -> Score:
    """The score with its floor, whose draws are a stream of their own."""
    said = declared(spec)
    answer = _scored(rep, spec, core.rng(seed, 0, spec.name))
    if answer.value is not None and said is not None and not _varies(rep, said):
        return Score(None, reason=f"{spec.name} needs a latent that varies; got constant ones only.", spec=spec)
    draws = core.rng(seed, 0, f"floor {spec.name}")
    return with_floor(answer, rep, said, lambda rep, rng: _scored(rep, spec, rng), draws, floor)


def _varies(rep: Representation, said: Properties) -> bool:
    """Whether a score that reads factors from codes has anything to read them from."""
    if said.permuted not in ("factors", "codes"):
        return True
    if once(rep, "codes vary", lambda: _any_varies(rep.code)):
        return True
    return "logvar" in said.needs and rep.logvar is not None and _any_varies(rep.logvar)


def _any_varies(columns: np.ndarray) -> bool:
    return bool((np.ptp(columns, axis=0) > 0).any())


def _scored(rep: Representation, spec: Spec, rng: np.random.Generator) -> Score:
    said = declared(spec)

    def measure(part: Representation) -> Score:
        if said is not None and "factors" in said.needs:
            require_few_levels(part, spec.name)
        return as_score(build("metrics", spec, rep=part, rng=rng), spec.name)

    return within_range(answered(lambda: score_of_known(measure, rep, spec), spec), said)


def specs_of(metrics: MetricLike | Iterable[MetricLike]) -> dict[str, Spec]:
    """The metrics by their one name (see `label_of`), each once; options are checked here.

    Raises:
        UsageError: an unknown metric or option.
    """
    listed = [metrics] if isinstance(metrics, (str, Spec, Mapping)) or callable(metrics) else metrics
    rule, do = "metrics are given by name, as functions, or as a list of them", "see `unbraid list metrics`"
    require(isinstance(listed, Iterable), rule, f"{listed!r:.100}", do)
    named: dict[str, Spec] = {}
    for spec in map(Spec.of, listed):
        label = label_of("metrics", spec)
        require(
            named.setdefault(label, spec).thing is spec.thing,
            "each metric must have a name of its own",
            f"two that are called '{label}'",
            "define them with def, under different names",
        )
    return named
