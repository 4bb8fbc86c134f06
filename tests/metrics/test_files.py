"""Codes and factors from files: the same column is read alike whatever the file, and what only names rows stays out."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from unbraid.core import UsageError
from unbraid.metrics import score
from unbraid.metrics._files import read_representation
from unbraid.metrics.mcc import mcc
from unbraid.metrics.mig import mig

RNG = np.random.default_rng(0)
SHAPE, SIZE = RNG.integers(4, size=600), RNG.integers(5, size=600)
CODE = np.stack([SHAPE, SIZE], axis=1) + 0.01 * RNG.standard_normal((600, 2))
WORDS = np.array(["tube", "cone", "ball", "cube"])[SHAPE]


def saved(folder: Path, **arrays: np.ndarray) -> Path:
    np.savez(folder / "codes.npz", **arrays)
    return folder / "codes.npz"


def written(folder: Path, separator: str = ",", **columns: np.ndarray) -> Path:
    frame = pd.DataFrame({"z0": CODE[:, 0], "z1": CODE[:, 1], **columns})
    frame.to_csv(folder / "codes.csv", index=False, sep=separator, decimal="," if separator == ";" else ".")
    return folder / "codes.csv"


def test_a_factor_of_many_levels_scores_the_same_as_numbers_halves_and_shares(tmp_path: Path) -> None:
    """Two latents, one of them px in 20 bins: MIG has the closed form (ln 20 / ln 200 + 1) / 2."""
    px, other = np.tile(np.arange(200), 25), np.repeat(np.arange(5), 1000)
    code = np.stack([px, other], axis=1).astype(float)
    for values in (px, px + 0.5, px / 199):
        rep, _ = read_representation(saved(tmp_path, code=code, factors=np.stack([values, other], axis=1)))
        assert mig(rep).value == pytest.approx((np.log(20) / np.log(200) + 1) / 2, abs=1e-12)


def test_classes_and_values_of_an_angle_score_the_same(tmp_path: Path) -> None:
    """An angle of 40 levels in radians was read as continuous: MIG 1 where (ln 20 / ln 40 + 1) / 2 is right."""
    angle, shape = np.tile(np.arange(40), 60), np.repeat(np.arange(3), 800)
    code = np.stack([angle, shape], axis=1).astype(float)
    for values in (angle, angle * 2 * np.pi / 39):
        rep, _ = read_representation(saved(tmp_path, code=code, factors=np.stack([values, shape], axis=1)))
        assert mig(rep).value == pytest.approx((np.log(20) / np.log(40) + 1) / 2, abs=1e-12)


def test_text_is_categorical_and_not_alphabet_numbers(tmp_path: Path) -> None:
    from_text, _ = read_representation(written(tmp_path, shape=WORDS, size=SIZE))
    assert [factor.kind for factor in from_text.space.factors] == ["categorical", "ordinal"]
    kinds = {"shape": "categorical"}
    from_numbers, _ = read_representation(written(tmp_path, shape=SHAPE, size=SIZE), kinds=kinds)
    assert mcc(from_text).value == pytest.approx(mcc(from_numbers).value, abs=1e-12)


def test_members_that_are_not_needed_are_never_opened(tmp_path: Path) -> None:
    factors = np.stack([SHAPE, SIZE], axis=1)
    plain, _ = read_representation(saved(tmp_path, code=CODE, factors=factors))
    with_objects = saved(tmp_path, code=CODE, factors=factors, metadata=np.array({"a": 1}, dtype=object))
    rep, _ = read_representation(with_objects)
    assert np.array_equal(rep.factors, plain.factors)


def test_kinds_come_from_the_npz_or_the_caller_who_goes_before_it(tmp_path: Path) -> None:
    factors, kinds = np.stack([SHAPE, SIZE * 72], axis=1), np.array(["categorical", "circular:360"])
    path = saved(tmp_path, code=CODE, factors=factors, names=np.array(["shape", "angle"]), kinds=kinds)
    shape, angle = read_representation(path)[0].space.factors
    assert (shape.kind, angle.kind, angle.period) == ("categorical", "circular", 360.0)
    assert read_representation(path, kinds={"angle": "ordinal"})[0].space.factors[1].kind == "ordinal"
    with pytest.raises(UsageError, match=r"kinds must hold one kind per factor \(2\); got \['ordinal'\]"):
        read_representation(
            saved(tmp_path, code=CODE, factors=factors, names=np.array(["a", "b"]), kinds=np.array(["ordinal"]))
        )


def test_log_variances_of_version_0_1_are_read(tmp_path: Path) -> None:
    rep, _ = read_representation(saved(tmp_path, code=CODE, factors=SHAPE, spread=CODE))
    assert np.array_equal(rep.logvar, CODE)


@pytest.mark.parametrize("factors", [None, ["shape", "size"]])
def test_columns_that_only_name_the_rows_are_left_out_and_named(tmp_path: Path, factors: list[str] | None) -> None:
    path = written(tmp_path, shape=SHAPE, size=SIZE, number=np.arange(1, 601), file=[f"{i}.png" for i in range(600)])
    pd.read_csv(path).to_csv(path)  # with pandas' index
    rep, left_out = read_representation(path, factors)
    assert left_out == ["Unnamed: 0", "number", "file"]
    assert (rep.latents, rep.space.names) == (2, ("shape", "size"))
    rep, left_out = read_representation(path, ["shape", "size", "number"])
    assert left_out == ["Unnamed: 0", "file"]
    assert rep.space.names == ("shape", "size", "number")


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_other_separators_and_decimal_commas_are_read(tmp_path: Path, separator: str) -> None:
    plain, _ = read_representation(written(tmp_path, shape=WORDS, size=SIZE / 2))
    other, _ = read_representation(written(tmp_path, separator, shape=WORDS, size=SIZE / 2))
    assert np.array_equal(plain.code, other.code)
    assert plain.space == other.space
    assert np.array_equal(plain.factors, other.factors)


def test_empty_cells_are_missing_and_each_score_says_its_rows(tmp_path: Path) -> None:
    size = np.where(np.arange(600) % 4 == 0, np.nan, SIZE)
    rep, _ = read_representation(written(tmp_path, shape=np.where(np.arange(600) % 6 == 0, "", WORDS), size=size))
    assert rep.missing is not None
    assert rep.missing.mean(axis=0).tolist() == [1 / 6, 1 / 4]
    scores = score(rep, metrics=["mig", "modularity", "total_correlation"])
    assert scores["mig"].variant.endswith("factor by factor on 450 to 500 of 600 rows")
    assert scores["modularity"].variant.endswith("400 of 600 rows have all factors")


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("z0,a\n", {}, "must be a CSV with a header line and rows below it; got 0 rows"),
        ("", {}, r"must be a file of data; got an empty file; copy or fetch it again, whole\."),
        ("z0,a\n1,2\n", {"factors": ["b"]}, r"factor columns must be in the table; it has z0, a; got \['b'\]"),
        ("a,b\n1,2\n", {}, "some columns must be latents; got none of a, b; name them z0, z1, …, or with --code"),
        ("z0,a\nx,2\ny,3\nx,2\n", {}, "latent columns must hold numbers; got text in z0"),
        ("z0,a\n1,2\n", {"kinds": {"b": "ordinal"}}, "a factor with a kind must be one of: a"),
    ],
)
def test_what_is_no_table_of_codes_is_refused(tmp_path: Path, text: str, options: dict, message: str) -> None:
    (tmp_path / "codes.csv").write_text(text)
    with pytest.raises(UsageError, match=message):
        read_representation(tmp_path / "codes.csv", **options)
