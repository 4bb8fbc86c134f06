"""Codes that are kept of runs: what comes back, and that a study's file stays small."""

from pathlib import Path

import numpy as np

from unbraid.core import Factor, FactorSpace
from unbraid.metrics import Representation
from unbraid.studies._kept_codes import BYTES, CODES, ROWS, KeptCodes, read_codes, write_codes

SPACE = FactorSpace((Factor("shape", 3, "categorical", labels=("a", "b", "c")), Factor("x", 300)))


def representation(rows: int, latents: int, *, layers: tuple[int, ...] | None = None, seed: int = 0) -> Representation:
    stream = np.random.default_rng(seed)
    factors = SPACE.levels(np.arange(rows) % SPACE.combinations)
    code = stream.standard_normal((rows, latents)).astype(np.float32)
    logvar = np.full((rows, latents), -2.0, dtype=np.float32)
    return Representation.from_arrays(code, factors, space=SPACE, logvar=logvar, layers=layers)


def dead(rep: Representation, latents: list[int]) -> Representation:
    gone = np.isin(np.arange(rep.latents), latents)
    assert rep.logvar is not None
    return rep.relabelled(code=np.where(gone, 0, rep.code), logvar=np.where(gone, 0, rep.logvar))


def test_rows_latents_in_use_layers_and_factors_come_back(tmp_path: Path) -> None:
    rep = dead(representation(1_500, 6, layers=(4, 2)), [1, 4])
    write_codes(tmp_path, {"run": KeptCodes.of(rep)})
    part = read_codes(tmp_path)["run"].representation()
    assert part is not None
    assert (len(part), part.latent_names, part.layers) == (ROWS, ("z0", "z2", "z3", "z5"), (3, 1))
    assert part.space == SPACE
    position = {tuple(row): number for number, row in enumerate(np.round(rep.code[:, [0, 2, 3, 5]], 2))}
    rows = [position[tuple(row)] for row in np.round(part.code, 2) if tuple(row) in position]
    assert len(rows) > 900  # the others were rounded the other way
    assert len(set(rows)) == len(rows)
    np.testing.assert_array_equal(part.factors[:, 0][: len(rows)].max(), 2)


def test_missing_levels_and_numbers_come_back(tmp_path: Path) -> None:
    stream = np.random.default_rng(0)
    space = FactorSpace((Factor("angle", 0, "continuous"), Factor("shape", 3)))
    factors = np.column_stack([stream.random(50), np.full(50, 2)])
    missing = np.zeros((50, 2), dtype=bool)
    missing[:10, 1] = True
    rep = Representation.from_arrays(stream.standard_normal((50, 2)), factors, space=space, missing=missing)
    write_codes(tmp_path, {"run": KeptCodes.of(rep)})
    part = read_codes(tmp_path)["run"].representation()
    assert part is not None
    assert part.missing is not None
    assert part.missing.sum(axis=0).tolist() == [0, 10]
    assert sorted(part.factors[:, 0]) == sorted(rep.factors[:, 0])


def test_a_run_whose_latents_are_all_dead_has_no_codes(tmp_path: Path) -> None:
    write_codes(tmp_path, {"run": KeptCodes.of(dead(representation(20, 2), [0, 1]))})
    assert read_codes(tmp_path)["run"].representation() is None


def test_a_study_keeps_at_most_four_megabytes_and_rows_stay_the_same(tmp_path: Path) -> None:
    codes = {f"run{number}": KeptCodes.of(representation(1_200, 50, seed=number)) for number in range(60)}
    write_codes(tmp_path, codes)
    size = (tmp_path / CODES).stat().st_size
    assert 0.9 * BYTES < size <= BYTES
    kept = read_codes(tmp_path)
    rows = len(kept["run0"].code)
    assert 600 < rows < 700
    assert len({run.table for run in kept.values()}) == 1
    np.testing.assert_array_equal(kept["run7"].code, codes["run7"].code[:rows])
    np.testing.assert_array_equal(kept["run7"].factors, codes["run7"].factors[:rows])


def test_an_archive_without_codes_is_read(tmp_path: Path) -> None:
    write_codes(tmp_path, {})
    assert read_codes(tmp_path) == {}
    assert not list(tmp_path.iterdir())
