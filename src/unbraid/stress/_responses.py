"""What scores answer to codes under stress, over several seeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from unbraid.core import Progress, Spec, UsageError, label_of, names, require, shown
from unbraid.core.checked import checked
from unbraid.core.values import Count, Natural
from unbraid.metrics import DEFAULT, MetricLike, Score, properties, score, specs_of
from unbraid.stress._stressor import stressed, stressor

PARTS = ("completeness", "informativeness_test")  # scores in their own right that DCI keeps as parts
FLOORED = ("factors", "codes")  # what is permuted where a floor says what chance reads; it is no chance among latents


class Response(NamedTuple):
    """One score of one stressed code, with its floor and the score above it; None where there is none.

    `reason` says why `value` is.
    """

    stressor: str
    strength: float
    seed: int
    metric: str
    value: float | None
    floor: float | None = None
    above: float | None = None
    reason: str = ""


@checked
def responses(
    metrics: MetricLike | Iterable[MetricLike] | None = None,
    stressors: str | Sequence[str] | None = None,
    *,
    seeds: Count = 5,
    slow_seeds: int | None = None,
    permutations: Natural = 3,
    jobs: Count = 1,
    progress: Progress | bool | None = True,
) -> list[Response]:
    """Score codes of known truth under one stressor at a time.

    Args:
        metrics: names, specs or `package.module:thing`; all of `DEFAULT` when None.
        stressors: names (`unbraid list stress`) or `package.module:thing`; all of ours when None.
        seeds: codes per strength, each with noise and draws of its own.
        slow_seeds: how many of these codes are scored by metrics that declare themselves slow; all when None.
        permutations: of the floor of quick scores of factors, at least 3, the same for all; 0 measures no floors. The
            mean over seeds and permutations is what counts: three for each of five seeds are fifteen.
        jobs: processes at once.
        progress: True shows a bar; a function is called with (stressor, codes done, codes in all).

    Returns:
        one Response per code and score, ordered by stressor, strength and seed; a metric stands under its one name
        (see `score`), completeness and informativeness of DCI as `dci_fast/completeness`.

    Raises:
        UsageError: an unknown metric, option or stressor.
    """
    specs = list(specs_of(DEFAULT if metrics is None else metrics).values())
    chosen = names("stress") if stressors is None else [stressors] if isinstance(stressors, str) else list(stressors)
    strengths = {name: stressor(name).strengths for name in chosen}
    require(seeds >= 1, "seeds must be at least 1", seeds)
    require(jobs >= 1, "jobs must be at least 1", jobs)
    require(slow_seeds is None or slow_seeds >= 0, "slow_seeds must not be negative", slow_seeds)
    require(permutations == 0 or permutations >= 3, "permutations must be 0 or at least 3", permutations)
    tasks = [(name, strength, seed) for name in chosen for strength in strengths[name] for seed in range(seeds)]
    answers: list[Response] = []
    jobs = jobs if all(spec.thing is None for spec in specs) else 1  # other processes import a metric by its name
    with shown(progress, "stress") as show:
        for done, of_one_code in enumerate(_run(specs, tasks, slow_seeds, permutations, jobs)):
            answers += of_one_code
            if show is not None:
                show(tasks[done][0], done + 1, len(tasks))
    places = {task: number for number, task in enumerate(tasks)}
    return sorted(answers, key=lambda response: places[response.stressor, response.strength, response.seed])


def responses_to_one(
    specs: Sequence[Spec], name: str, strength: float, seed: int, slow: bool = True, permutations: int = 0
) -> list[Response]:
    """All scores of one stressed code, slow ones where `slow`; quick ones beside floors of so many permutations."""
    rep = stressed(name, strength, seed=seed)
    bearable = stressor(name).cost == "slow"
    scores: dict[str, Score] = {}
    for spec in specs:
        cost, permuted = _cost_and_permuted(spec)
        if cost == "quick" or (slow and bearable):
            floor = permutations if cost == "quick" and permuted in FLOORED and permutations else False
            scores |= score(rep, metrics=spec, seed=seed, floor=floor, progress=False)
        elif slow:
            reason = f"{spec.name} is slow, and {name} is measured with quick scores only"
            scores[label_of("metrics", spec)] = Score(None, reason=reason, spec=spec)
    return [
        answer for metric, scored in scores.items() for answer in _of_one_score((name, strength, seed), metric, scored)
    ]


def _of_one_score(code: tuple[str, float, int], metric: str, scored: Score) -> Iterator[Response]:
    """The score, then its parts that are scores in their own right."""
    yield Response(*code, metric, scored.value, scored.floor, scored.above, scored.reason)
    yield from (Response(*code, f"{metric}/{part}", value) for part, value in scored.parts.items() if part in PARTS)


def _cost_and_permuted(spec: Spec) -> tuple[str, str]:
    """What the metric declares of both; one of somebody's own that declares nothing is slow and has no floor."""
    try:
        said = properties(spec)
    except UsageError:
        return "slow", "nothing"
    return said.cost, said.permuted


def _run(
    specs: Sequence[Spec], tasks: Sequence[tuple[str, float, int]], slow_seeds: int | None, permutations: int, jobs: int
) -> Iterator[list[Response]]:
    """Each task's responses, as they come."""
    asked = [(specs, *task, slow_seeds is None or task[2] < slow_seeds, permutations) for task in tasks]
    if jobs == 1:
        yield from (responses_to_one(*arguments) for arguments in asked)
        return
    from joblib import Parallel, delayed

    workers = Parallel(n_jobs=jobs, return_as="generator_unordered")
    yield from workers(delayed(responses_to_one)(*arguments) for arguments in asked)
