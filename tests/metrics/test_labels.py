"""Over all scores and readers: how a factor is written does not matter, and missing levels are left out, not read."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from unbraid import core
from unbraid.core import Factor, FactorSpace, UsageError
from unbraid.data import load_dataset
from unbraid.metrics import Representation, Score, differences, properties, remarks, score
from unbraid.metrics._files import read_representation
from unbraid.metrics._interventions import Interventions

SLOW = {"dci", "dci_joint"}
READING = [name for name in core.names("metrics") if "factors" in properties(name).needs]
LABEL_FREE = [name for name in core.names("metrics") if name not in READING and name != "udr"]
SIZES = (5, 2, 16)
WORDS = np.array(
    ["".join(pair) for pair in zip("tcbrsdmwlfpgkhna", "zyxwvutsrqponmlk", strict=True)]
)  # not alphabetical

Columns = Mapping[str, np.ndarray]


def marked(names: list[str]) -> list[Any]:
    return [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in names]


every_reading = pytest.mark.parametrize("name", marked(READING))


@pytest.fixture(autouse=True)
def _unconverged() -> Iterator[None]:
    """Solvers that stop early are no fault of a metric."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


@functools.cache
def levels(grid: bool) -> np.ndarray:
    """Level numbers: a complete grid, or rows drawn at random."""
    if grid:
        return np.indices(SIZES).reshape(len(SIZES), -1).T
    return np.stack([np.random.default_rng(1).integers(size, size=480) for size in SIZES], axis=1)


@functools.cache
def codes(grid: bool) -> np.ndarray:
    """Four latents, blends of three factors with noise."""
    rng = np.random.default_rng(2)
    table = levels(grid)
    scaled = (table - table.mean(axis=0)) / table.std(axis=0)
    return scaled @ (np.eye(3, 4) + 0.3 * rng.standard_normal((3, 4))) + 0.3 * rng.standard_normal((len(table), 4))


def of(columns: Columns, grid: bool, kinds: str = "") -> Representation:
    code = codes(grid)
    said = dict.fromkeys(columns, kinds) if kinds else None
    return Representation.from_arrays(code, columns, logvar=np.full(code.shape, -3.0), kinds=said)


def scored(name: str, rep: Representation) -> Score:
    options = {"train_rows": 300, "test_rows": 150} if name == "dci" else {}
    (answer,) = score(rep, metrics={"name": name, **options}, floor=False).values()
    assert answer.value is not None, answer.reason
    return answer


def value(name: str, rep: Representation) -> float:
    answer = scored(name, rep).value
    assert answer is not None
    return answer


def columns(grid: bool, written: Callable[[np.ndarray, int], Any] = lambda column, size: column) -> Columns:
    """The factors, each written in some way."""
    return {f"f{k}": written(column, SIZES[k]) for k, column in enumerate(levels(grid).T)}


def permuted(column: np.ndarray, size: int) -> np.ndarray:
    return np.random.default_rng(size).permutation(size)[column]


INCREASING: dict[str, Callable[[np.ndarray, int], Any]] = {
    "shifted": lambda column, size: column - 7,
    "half-integers": lambda column, size: column + 0.5,
    "shares": lambda column, size: column / 199,
    "unevenly spaced": lambda column, size: np.exp(column / 3),
    "single precision": lambda column, size: (column / 7).astype(np.float32),
    "nullable integers": lambda column, size: pd.array(column, dtype="Int64"),
    "ordered categories": lambda column, size: pd.Categorical(WORDS[column], WORDS[:size], ordered=True),
}
RENAMED: dict[str, Callable[[np.ndarray, int], Any]] = {
    "permuted numbers": lambda column, size: permuted(column, size) * 2.5,
    "text": lambda column, size: WORDS[column],
    "objects": lambda column, size: WORDS[permuted(column, size)].astype(object),
    "categories": lambda column, size: pd.Categorical(WORDS[column], WORDS[:size][::-1]),
    "booleans": lambda column, size: column.astype(bool) if size == 2 else WORDS[column],
}


@every_reading
@pytest.mark.parametrize("spelling", INCREASING)
def test_increasing_maps_of_levels_move_no_score(name: str, spelling: str) -> None:
    grid = "grid" in properties(name).needs
    plain, written = of(columns(grid), grid), of(columns(grid, INCREASING[spelling]), grid)
    assert plain.space.sizes == written.space.sizes == SIZES
    assert abs(value(name, written) - value(name, plain)) <= 1e-12


@every_reading
@pytest.mark.parametrize("grid", [False, True])
@pytest.mark.parametrize("spelling", RENAMED)
def test_renaming_levels_moves_no_score_that_reads_levels_alone(name: str, spelling: str, grid: bool) -> None:
    declared = properties(name)
    if declared.reads == "order" or ("grid" in declared.needs and not grid):
        pytest.skip("reads the order of levels, or a complete grid only")
    moved = abs(value(name, of(columns(grid, RENAMED[spelling]), grid)) - value(name, of(columns(grid), grid)))
    assert moved <= declared.renamed


@every_reading
@pytest.mark.parametrize("spelling", RENAMED)
def test_renaming_the_levels_of_categorical_factors_moves_no_score(name: str, spelling: str) -> None:
    declared, grid = properties(name), "grid" in properties(name).needs
    if name == "flatness":
        pytest.skip("walks through levels in their order, also those of a categorical factor; it says so")
    kinds = "categorical" if spelling == "permuted numbers" else ""
    plain = of(columns(grid), grid, "categorical")
    moved = abs(value(name, of(columns(grid, RENAMED[spelling]), grid, kinds)) - value(name, plain))
    assert moved <= declared.renamed


@every_reading
@pytest.mark.parametrize(("scale", "shift"), [(2.0, 0.0), (0.1, 7.0), (1000.0, -3.0)])
def test_increasing_affine_maps_of_continuous_factors_move_no_score(name: str, scale: float, shift: float) -> None:
    if "grid" in properties(name).needs:
        pytest.skip("takes factors with levels only")
    rng = np.random.default_rng(3)
    factors = rng.uniform(size=(480, 2))
    code = factors @ rng.standard_normal((2, 3)) + 0.1 * rng.standard_normal((480, 3))
    both = [
        Representation.from_arrays(code, values, logvar=np.full(code.shape, -3.0))
        for values in (factors, factors * scale + shift)
    ]
    assert both[0].space.sizes == both[1].space.sizes == (0, 0)
    assert abs(value(name, both[1]) - value(name, both[0])) <= max(properties(name).renamed, 1e-9)


@every_reading
def test_what_a_metric_declares_of_labels_is_within_reason(name: str) -> None:
    assert properties(name).renamed <= max(0.02, properties(name).tolerance)


@pytest.mark.parametrize("name", marked([name for name in READING if properties(name).by_factor]))
def test_a_score_by_factor_is_the_mean_over_single_factors(name: str) -> None:
    rep = of(columns(False), False)
    alone = [
        value(name, replace(rep, factors=rep.factors[:, [k]], space=rep.space.subset([factor])))
        for k, factor in enumerate(rep.space.names)
    ]
    drawn = "rng" in core.context_of(core.load_entry("metrics", name))
    assert value(name, rep) == pytest.approx(np.mean(alone), abs=properties(name).tolerance if drawn else 1e-12)


def with_gaps() -> Representation:
    """The drawn rows; the first factor is missing in every fifth row, the last in every seventh."""
    table = {key: column.astype(float) for key, column in columns(False).items()}
    table["f0"][::5] = np.nan
    table["f2"][::7] = np.nan
    return of(table, False)


@every_reading
def test_scores_use_the_rows_that_have_what_they_need_and_say_how_many(name: str) -> None:
    if "grid" in properties(name).needs:
        pytest.skip("takes a complete grid only")
    rep = with_gaps()
    assert rep.missing is not None
    answer = scored(name, rep)
    other = np.where(rep.missing, np.array(SIZES) - 1 - rep.factors, rep.factors)
    again = scored(name, replace(rep, factors=other))
    assert (answer.value, dict(answer.parts)) == (again.value, dict(again.parts)), "what is missing was read"
    if properties(name).by_factor:
        assert answer.variant.endswith("factor by factor on 384 to 480 of 480 rows")
        known = [np.flatnonzero(~mask) for mask in rep.missing.T]
        assert answer.arrays["rows"].tolist() == [len(rows) for rows in known]
        assert answer.value == pytest.approx(np.mean([answer.parts[key] for key in rep.space.names]))
    else:
        assert answer.variant.endswith("329 of 480 rows have all factors")
        assert answer.value == value(name, rep.known())


@pytest.mark.parametrize("name", LABEL_FREE)
def test_scores_without_labels_use_all_rows(name: str) -> None:
    assert value(name, with_gaps()) == value(name, of(columns(False), False))


@every_reading
def test_a_metric_called_by_itself_refuses_missing_levels_and_says_what_to_do(name: str) -> None:
    if "grid" in properties(name).needs:
        pytest.skip("refuses them as it refuses whatever is no grid")
    message = r"a score needs the level of every factor in every row; got gaps in f0, f2; call score\(rep, ...\)"
    with pytest.raises(UsageError, match=message):
        core.build("metrics", core.Spec(name), rep=with_gaps(), rng=np.random.default_rng(0))


def test_by_factor_leaves_out_factors_that_do_not_vary_and_names_the_one_that_cannot_be_scored() -> None:
    table = {key: column.astype(float) for key, column in columns(False).items()}
    table["f1"][1:] = np.nan
    assert set(scored("mig", of(table, False)).parts) == {"f0", "f2"}
    table["f1"][:40] = np.arange(40) % 2
    (answer,) = score(of(table, False), metrics="mig", floor=False).values()
    assert answer.value is None
    assert answer.reason == "factor 'f1', 40 rows: mig needs at least 100 rows; got 40; score more rows."
    still = {"f0": np.r_[np.nan, np.ones(479)]}
    assert "at least 1 factor with more than one value" in score(of(still, False), metrics="mig")["mig"].reason
    apart = {"f0": np.where(np.arange(480) % 2, levels(False)[:, 0], np.nan)}
    apart["f2"] = np.where(np.arange(480) % 2, np.nan, levels(False)[:, 2])
    reason = score(of(apart, False), metrics="mcc")["mcc"].reason
    assert reason == "mcc needs rows in which no factor is missing; got none; leave sparse factors out."


def test_a_group_of_factors_is_scored_on_the_rows_that_have_all() -> None:
    (answer,) = score(with_gaps(), metrics={"name": "spearman", "group": ["f0"]}, floor=False).values()
    assert answer.variant.endswith("329 of 480 rows have all factors")


def test_kinds_are_decided_once_and_not_again_on_a_part() -> None:
    rep = of(columns(False), False)
    assert rep.rows(np.arange(20)).space == rep.space
    assert with_gaps().rows(np.arange(1, 5)).missing is None
    assert with_gaps().rows(np.arange(5)).missing.tolist() == with_gaps().missing[:5].tolist()


def test_a_grid_is_complete_in_any_order_of_rows_and_draws_do_not_feel_how_levels_are_written() -> None:
    rep = of(columns(True), True)
    order = np.random.default_rng(0).permutation(len(rep))
    shuffled = Representation.from_arrays(rep.code[order], rep.factors[order], logvar=rep.logvar[order])
    assert shuffled.complete
    for name in ("linearity", "flatness"):
        assert value(name, shuffled) == pytest.approx(value(name, rep), abs=1e-12)
    rows = Interventions.of(shuffled)
    for k in range(3):
        level = rows.level(k, (50,), np.random.default_rng(1))
        held = shuffled.factors[rows.at(k, level, (20, 50), np.random.default_rng(2)), k]
        assert (held == held[0]).all()
    assert not Representation.from_arrays(rep.code, np.r_[rep.factors[:-1], rep.factors[:1]]).complete
    with pytest.raises(UsageError, match="only a complete representation has a row for every combination"):
        _ = rep.rows(order).grid_rows


def test_levels_outside_a_known_space_are_refused() -> None:
    space = FactorSpace((Factor("shape", 3), Factor("x", 0, "continuous")))
    for wrong in (3, -1, 0.5):
        with pytest.raises(UsageError, match=r"levels of factor 'shape' must be whole numbers in 0 .. 2; got"):
            Representation.from_arrays(np.zeros((2, 1)), [[0, 0.5], [wrong, 0.1]], space=space)
    rep = Representation.from_arrays(np.zeros((2, 1)), [[np.nan, 0.5], [2, 0.1]], space=space)
    assert rep.missing.tolist() == [[True, False], [False, False]]
    for mask in (np.zeros((2, 1), bool), np.zeros((2, 2))):
        with pytest.raises(UsageError, match="missing must be a mask of the shape of factors"):
            Representation.from_arrays(np.zeros((2, 1)), np.zeros((2, 2)), space=space, missing=mask)
    with pytest.raises(UsageError, match="a mask of missing levels goes with a space"):
        Representation.from_arrays(np.zeros((2, 1)), np.zeros((2, 1)), missing=np.zeros((2, 1), bool))
    with pytest.raises(UsageError, match="names and kinds stand in the space"):
        Representation.from_arrays(np.zeros((2, 1)), np.zeros((2, 2)), space=space, names=["a", "b"])


LABELS = {
    "count": np.arange(60) % 4 * 3,
    "share": np.arange(60) % 6 / 5,
    "age": np.linspace(20, 80, 60) ** 1.1,
    "shape": WORDS[np.arange(60) % 3],
    "old": np.arange(60) % 5 < 2,
    "angle": np.arange(60) * 30.0,
    "gaps": np.where(np.arange(60) % 4 == 0, np.nan, np.arange(60) % 3),
}
SAID = {"angle": "circular:360"}


def _of_csv(folder: Path) -> FactorSpace:
    pd.DataFrame({"z0": np.arange(60) ** 0.5, **LABELS}).to_csv(folder / "codes.csv", index=False)
    return read_representation(folder / "codes.csv", kinds=SAID)[0].space


def _of_frame(folder: Path) -> FactorSpace:
    return Representation.from_arrays(np.arange(60.0), pd.DataFrame(LABELS), kinds=SAID).space


def _of_categories(folder: Path) -> FactorSpace:
    """Text as AnnData holds it."""
    frame = pd.DataFrame(LABELS).astype({"shape": "category"})
    return Representation.from_arrays(np.arange(60.0), frame, kinds=SAID).space


def _of_objects(folder: Path) -> FactorSpace:
    table = pd.DataFrame(LABELS).to_numpy(dtype=object)
    return Representation.from_arrays(np.arange(60.0), table, names=list(LABELS), kinds=SAID).space


def _of_arrays(folder: Path) -> FactorSpace:
    np.savez(folder / "images.npz", images=np.zeros((60, 4, 4), np.uint8))
    pd.DataFrame(LABELS).to_csv(folder / "labels.csv", index=False)
    path, factors = str(folder / "images.npz"), str(folder / "labels.csv")
    return load_dataset("arrays", path=path, factors=factors, kinds=SAID).space


def _of_folder(folder: Path) -> FactorSpace:
    files = [f"{row:02d}.png" for row in range(60)]
    for file in files:
        Image.fromarray(np.zeros((4, 4), np.uint8)).save(folder / file)
    pd.DataFrame({"file": files, **LABELS}).to_csv(folder / "factors.csv", index=False)
    return load_dataset("image_folder", path=str(folder), kinds=SAID).space


@pytest.mark.parametrize("reader", [_of_csv, _of_categories, _of_objects, _of_arrays, _of_folder])
def test_every_reader_reads_the_same_column_alike(reader: Callable[[Path], FactorSpace], tmp_path: Path) -> None:
    assert reader(tmp_path) == _of_frame(tmp_path)


def test_the_columns_of_that_test_have_every_kind() -> None:
    kinds = [(factor.kind, factor.size) for factor in _of_frame(Path()).factors]
    wanted = [("ordinal", 4), ("ordinal", 6), ("continuous", 0), ("categorical", 3), ("categorical", 2)]
    assert kinds == [*wanted, ("circular", 12), ("ordinal", 3)]


@pytest.mark.parametrize("columns", [("count", "share"), ("share", "gaps")])
def test_numbers_of_an_npz_are_read_alike_too(columns: tuple[str, ...], tmp_path: Path) -> None:
    table = np.stack([LABELS[name] for name in columns], axis=1)
    np.savez(tmp_path / "a.npz", code=np.arange(60.0), images=np.zeros((60, 4, 4), np.uint8), factors=table)
    rep, _ = read_representation(tmp_path / "a.npz")
    dataset = load_dataset("arrays", path=str(tmp_path / "a.npz"))
    assert rep.space == dataset.space
    frame = Representation.from_arrays(np.arange(60.0), pd.DataFrame(table)).space
    assert [replace(factor, name="") for factor in rep.space.factors] == [replace(f, name="") for f in frame.factors]


def test_what_is_to_be_noted_of_single_factors_is_noted_once() -> None:
    rep = with_gaps()
    code = rep.code.copy()
    code[1] = 1e4  # a far-off row
    (answer,) = score(replace(rep, code=code), metrics="mig", floor=False).values()
    assert [note[:22] for note in answer.notes] == ["99% of z0, z1, z2 and "]


def test_copies_among_factors_are_seen_where_all_are_known() -> None:
    column = np.arange(480) % 4 * 1.0
    gaps = np.where(np.arange(480) % 7 == 0, np.nan, 3 - column)
    rep = Representation.from_arrays(codes(False), {"x": column, "y": gaps})
    assert "Factors x and y are copies of each other: scores count them twice." in remarks(rep)


def test_codes_are_compared_on_factors_of_one_kind_and_in_pairs_where_the_same_levels_are_missing() -> None:
    first = with_gaps()
    (same,) = differences(first, replace(first, code=-first.code), "mcc", draws=5).values()
    assert same.method.startswith("paired")
    other = replace(first, missing=np.roll(first.missing, 1, axis=0))
    (apart,) = differences(first, other, "mcc", draws=5).values()
    assert apart.method.startswith("apart")
    said = of(columns(False), False, "categorical")
    with pytest.raises(UsageError, match=r"same kinds; got \['ordinal', .* and \['categorical', .*; say the kinds"):
        differences(first, said, "mcc", draws=5)
