"""The same questions to every metric: does it keep what it declares, and refuse clearly what it cannot score?"""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import get_args

import numpy as np
import pytest

from unbraid import core
from unbraid.core import Factor, FactorSpace, UsageError
from unbraid.metrics import Properties, Representation, Score, properties, specs_of
from unbraid.metrics._properties import Invariance

SLOW = {"dci", "dci_joint"}
SIZES, LARGE = (3, 4, 5, 6), (4, 5, 6, 8)
NAMES = [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in core.names("metrics")]
every_metric = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(autouse=True)
def _unconverged() -> Iterator[None]:
    """Solvers that stop early are no fault of a metric."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def represented(code: np.ndarray, logvar: np.ndarray, sizes: tuple[int, ...] = SIZES) -> Representation:
    """A complete grid with these codes."""
    space = FactorSpace(tuple(Factor(f"factor {k}", size) for k, size in enumerate(sizes)))
    return Representation.from_arrays(code, space.levels(np.arange(space.combinations)), logvar=logvar, space=space)


def standardised(sizes: tuple[int, ...]) -> np.ndarray:
    """Factor levels of a complete grid, scaled to unit deviation and spaced like none another."""
    grid = np.indices(sizes).reshape(len(sizes), -1).T
    return (grid - grid.mean(axis=0)) / grid.std(axis=0)


@functools.cache
def perfect() -> Representation:
    """One latent per factor, without noise."""
    code = standardised(LARGE)
    return represented(code, np.full(code.shape, -5.0), LARGE)


@functools.cache
def independent() -> Representation:
    """Noise instead of codes."""
    rng = np.random.default_rng(1)
    code = rng.standard_normal((np.prod(LARGE), 4))
    return represented(code, np.full(code.shape, -2.0), LARGE)


@functools.cache
def leaky() -> Representation:
    """Five latents of different scale and width: blends of four factors, noise in all of them."""
    rng = np.random.default_rng(2)
    code = standardised(SIZES) @ (np.eye(4, 5) + 0.3 * rng.standard_normal((4, 5)))
    code = (code + 0.3 * rng.standard_normal(code.shape)) * np.array([1.0, 0.5, 2.0, 0.8, 1.3])
    return represented(code, -2.0 + 0.3 * rng.standard_normal(code.shape))


def scored(name: str, *reps: Representation) -> Score:
    """The score of the first, or of all where the metric takes several; logvar only where it is needed."""
    if "logvar" not in properties(name).needs:
        reps = tuple(replace(rep, logvar=None) for rep in reps)
    several = reps if len(reps) > 1 else several_of(reps[0])
    given = {"rep": reps[0], "reps": several, "rng": np.random.default_rng(0)}
    return core.build("metrics", core.Spec(name), **given)


def several_of(rep: Representation) -> tuple[Representation, ...]:
    """Three models: the codes, and two noisier copies of them."""
    rng = np.random.default_rng(3)
    scale = rep.code.std(axis=0)
    noisy = [rep.code + size * scale * rng.standard_normal(rep.code.shape) for size in (0.1, 0.2)]
    return rep, *(replace(rep, code=code) for code in noisy)


def permuted(rep: Representation) -> Representation:
    order = np.roll(np.arange(rep.latents), 2)
    return replace(rep, code=rep.code[:, order], logvar=_of(rep)[:, order])


def negated(rep: Representation) -> Representation:
    signs = np.where(np.arange(rep.latents) % 2, 1.0, -1.0)
    return replace(rep, code=rep.code * signs)


def rescaled(rep: Representation) -> Representation:
    """Each latent and its posterior, by factors between 1/30 and 30."""
    scales = np.geomspace(1 / 30, 30, rep.latents)
    return replace(rep, code=rep.code * scales, logvar=_of(rep) + 2 * np.log(scales))


def idling(rep: Representation) -> Representation:
    """One more latent, constant, whose posterior is the prior."""
    code = np.concatenate([rep.code, np.zeros((len(rep), 1))], axis=1)
    logvar = np.concatenate([_of(rep), np.zeros((len(rep), 1))], axis=1)
    return replace(rep, code=code, logvar=logvar, layers=(code.shape[1],))


def doubled(rep: Representation) -> Representation:
    """A second copy of the first latent."""
    code = np.concatenate([rep.code, rep.code[:, :1]], axis=1)
    return replace(rep, code=code, logvar=np.concatenate([_of(rep), _of(rep)[:, :1]], axis=1), layers=(code.shape[1],))


def _of(rep: Representation) -> np.ndarray:
    assert rep.logvar is not None
    return rep.logvar


CHANGES: dict[str, Callable[[Representation], Representation]] = {
    "permutation": permuted,
    "sign": negated,
    "scale": rescaled,
    "idle": idling,
}


@every_metric
def test_declares_itself(name: str) -> None:
    declared = properties(name)
    assert isinstance(declared, Properties)
    assert declared.range[0] < declared.range[1]
    assert set(declared.invariant) <= set(CHANGES) == set(get_args(Invariance))
    for field in fields(declared):
        if field.type == "str":
            assert getattr(declared, field.name).strip(), f"{field.name} must be said"
    entry = core.load_entry("metrics", name)
    assert declared.tolerance < (0.15 if "rng" in core.context_of(entry) else 0.05)
    assert ">>> " in (entry.__doc__ or ""), "give an example, which the doctests run"


@every_metric
def test_options_that_are_words_list_their_choices_and_refuse_others(name: str) -> None:
    for key, option in core.options_of(core.load_entry("metrics", name)).items():
        if isinstance(option.default, str):
            assert option.default in core.choices_of(option.annotation)
            with pytest.raises(UsageError, match=rf"{name}.{key} must be one of: .*{option.default}.*; got 'else'"):
                specs_of({"name": name, key: "else"})


@every_metric
def test_scores_within_its_range_and_alike_each_time(name: str) -> None:
    low, high = properties(name).range
    for rep in (perfect(), leaky()):
        before = rep.code.copy()
        first, again = scored(name, rep), scored(name, rep)
        assert first.value is not None
        assert low - 1e-9 <= first.value <= high + 1e-9
        assert (first.value, dict(first.parts)) == (again.value, dict(again.parts))
        assert first.variant, "say what was computed"
        assert all(isinstance(part, float) for part in first.parts.values())
        assert not any(part.startswith("latent ") for part in first.parts), "a latent is called z5"
        assert np.array_equal(rep.code, before)


@every_metric
@pytest.mark.parametrize("change", list(CHANGES))
def test_invariances_hold_as_declared(name: str, change: str) -> None:
    declared = properties(name)
    models = several_of(leaky())
    moved = abs(_value(name, *map(CHANGES[change], models)) - _value(name, *models))
    if change in declared.invariant:
        assert moved <= declared.tolerance, f"declared to stay under {change}; moves by {moved:.3g}"
    else:
        assert moved > 1e-9, f"stays under {change}; declare it"


def _value(name: str, *reps: Representation) -> float:
    value = scored(name, *reps).value
    assert value is not None
    return value


@every_metric
def test_a_perfect_code_is_at_the_top_and_noise_at_the_bottom(name: str) -> None:
    declared = properties(name)
    better = -1.0 if declared.higher_is_better is False else 1.0
    if declared.top is not None:
        assert better * _value(name, perfect()) >= better * declared.top
    if declared.bottom is not None:
        assert better * _value(name, independent()) <= better * declared.bottom


@every_metric
def test_too_few_rows_are_refused_with_the_number(name: str) -> None:
    declared = properties(name)
    if declared.rows < 2 or "grid" in declared.needs:
        pytest.skip("takes a single row, or a complete grid only")
    rows = np.random.default_rng(0).permutation(len(perfect()))[: declared.rows - 1]
    with pytest.raises(UsageError, match=rf"\b{declared.rows}\b"):
        scored(name, perfect().rows(rows))


@every_metric
def test_the_fewest_rows_are_enough(name: str) -> None:
    declared = properties(name)
    if "grid" in declared.needs:
        pytest.skip("takes a complete grid only")
    rows = np.random.default_rng(0).permutation(len(leaky()))[: max(declared.rows, 2)]
    _finite_or_clear(name, leaky().rows(rows))


@every_metric
def test_dead_doubled_tiny_and_discrete_latents_are_scored_or_refused_clearly(name: str) -> None:
    rep = leaky()
    tiny = np.concatenate([rep.code[:, :1] * 1e-12, rep.code[:, 1:]], axis=1)
    for changed in (
        idling(rep),
        doubled(rep),
        replace(rep, code=tiny),
        replace(rep, code=np.round(rep.code).astype(np.int64)),
        replace(rep, code=np.round(rep.code).astype(np.float32)),
        replace(rep, code=np.zeros_like(rep.code)),
    ):
        _finite_or_clear(name, changed)


def _finite_or_clear(name: str, rep: Representation) -> None:
    """A finite score, or a UsageError; no other exception, no warning."""
    with contextlib.suppress(UsageError):
        value = scored(name, rep).value
        assert value is None or np.isfinite(value)


@every_metric
def test_one_latent(name: str) -> None:
    rep = leaky()
    single = replace(rep, code=rep.code[:, :1], logvar=_of(rep)[:, :1], layers=(1,))
    if properties(name).latents > 1:
        with pytest.raises(UsageError, match=r"\b2\b"):
            scored(name, single)
    else:
        _finite_or_clear(name, single)


@every_metric
def test_a_factor_of_one_value_is_left_out(name: str) -> None:
    if properties(name).needs and "factors" not in properties(name).needs:
        pytest.skip("takes no factors")
    rep = leaky()
    space = FactorSpace((*rep.space.factors, Factor("still", 1)))
    factors = np.concatenate([rep.factors, np.zeros((len(rep), 1), np.int64)], axis=1)
    extended = Representation.from_arrays(rep.code, factors, logvar=rep.logvar, space=space)
    assert abs(_value(name, extended) - _value(name, rep)) <= max(properties(name).tolerance, 1e-9)


@every_metric
def test_without_what_it_needs_it_says_so(name: str) -> None:
    needs, rep = properties(name).needs, leaky()
    if "factors" in needs:
        bare = replace(rep, factors=np.zeros((len(rep), 0), np.int64), space=FactorSpace(()), complete=False)
        with pytest.raises(UsageError):
            scored(name, bare)
    if "logvar" in needs:
        with pytest.raises(UsageError, match="log-variances"):
            scored(name, replace(rep, logvar=None))
    if "grid" in needs:
        with pytest.raises(UsageError, match="combination"):
            scored(name, rep.rows(np.arange(300)))


@every_metric
def test_continuous_factors_are_scored_or_refused_clearly(name: str) -> None:
    rng = np.random.default_rng(4)
    factors = rng.uniform(size=(300, 2))
    code = factors @ np.array([[1.0, 0.2, 0.0], [0.1, 1.0, 0.5]]) + 0.05 * rng.standard_normal((300, 3))
    _finite_or_clear(name, Representation.from_arrays(code, factors, logvar=np.full(code.shape, -4.0)))
