"""`unbraid score` with intervals and against a second file, and `unbraid stress`."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.cli.test_commands import refused, run
from tests.metrics.codes import at_random, noise


@pytest.fixture
def codes(tmp_path: Path) -> tuple[Path, Path]:
    factors = at_random(400, 4, 5)
    for name, amount in (("fine", 0.3), ("coarse", 0.8)):
        code = factors + amount * noise(400, 2)
        np.savez(tmp_path / f"{name}.npz", code=code, factors=factors, names=["shape", "scale"])
    return tmp_path / "fine.npz", tmp_path / "coarse.npz"


def test_intervals_are_printed_and_written(codes: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "scores.csv"
    shown = run("score", str(codes[0]), "--metrics", "mig,flatness,assignment", "--interval", "--out", str(out))
    assert " … " in shown
    assert "no interval: it counts what is over a threshold" in " ".join(shown.split())
    table = pd.read_csv(out, keep_default_na=False).set_index(["metric", "part"])
    whole = table.loc[("mig", "")]
    assert float(whole["low"]) < float(whole["value"]) < float(whole["high"])
    assert whole["interval"] == "95%, 20 parts of the rows left out in turn"
    assert "combination" in table.loc[("flatness", ""), "interval"]
    assert float(table.loc[("mig", "shape"), "low"]) > 0


def test_a_second_file_is_compared(codes: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "difference.csv"
    shown = run("score", str(codes[0]), "--against", str(codes[1]), "--metrics", "mig,mcc,flatness", "--out", str(out))
    assert "lower" in shown
    table = pd.read_csv(out).set_index("metric")
    assert table.loc["mig", "verdict"] == "differ"
    assert table.loc["mig", "high"] < 0
    assert table.loc["flatness", "verdict"] == "unknown"
    assert "within noise" in run("score", str(codes[0]), "--against", str(codes[0]), "--metrics", "mig")


def test_stress_writes_its_table_and_its_page(tmp_path: Path) -> None:
    few = ("--metrics", "mcc", "--stressors", "rotation,dead", "--seeds", "1", "--jobs", "1")
    shown = run("stress", *few, "--out", str(tmp_path))
    assert "stress.png" in shown
    table = pd.read_csv(tmp_path / "stress.csv")
    assert set(table["stressor"]) == {"rotation", "dead"}
    assert table["value"].between(0, 1).all()
    assert (tmp_path / "stress.png").read_bytes().startswith(b"\x89PNG")


def test_an_unknown_stressor_is_refused(tmp_path: Path) -> None:
    assert "Did you mean 'noise'" in refused("stress", "--stressors", "niose", "--out", str(tmp_path))


def headings(shown: str) -> list[str]:
    """Those of the table of scores, which stands below what was read."""
    return next(line for line in shown.split("\n") if line.startswith("metric")).split()


def test_how_each_factor_was_read_is_said_in_one_line(tmp_path: Path) -> None:
    levels = at_random(400, 4, 5).astype(float)
    levels[:40, 1] = np.nan
    table = pd.DataFrame(
        {"z0": levels[:, 0], "shape": np.array(["ball", "cone", "cube", "tube"])[levels[:, 0].astype(int)]}
    )
    table.assign(angle=levels[:, 1] * 72).to_csv(tmp_path / "codes.csv")
    arguments = ("score", str(tmp_path / "codes.csv"), "--metrics", "mcc")
    shown = run(*arguments, "--kinds", "angle=circular:360").split("\n")
    assert shown[:4] == [
        "codes.csv: rows 400, latents 1, factors 2",
        "  shape: categorical, 4 levels: ball, cone, cube, tube",
        "  angle: circular (a turn is 360), 5 levels: 0 … 288; missing in 40 of 400 rows",
        "  left out, for they only name the rows: Unnamed: 0",
    ]
    assert "Did you mean 'circular'" in refused(*arguments, "--kinds", "angle=circluar")
    assert "a factor with a kind must be one of: shape, angle" in refused(*arguments, "--kinds", "angel=circular")


def test_floors_of_quick_scores_are_printed_and_written_by_default(codes: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "scores.csv"
    shown = run("score", str(codes[0]), "--metrics", "modularity,active_latents,sap", "--out", str(out))
    assert headings(shown) == ["metric", "score", "floor", "above"]
    assert "floor: the score of codes that know nothing, at this N and D" in shown
    assert "No floor measured for the slow scores sap: add --floor." in shown
    table = pd.read_csv(out, keep_default_na=False).set_index(["metric", "part"])
    row = table.loc[("modularity", "")]
    value, floor, above = (float(row[name]) for name in ("value", "floor", "above"))
    assert above == pytest.approx((value - floor) / (1 - floor))
    assert 0 < float(row["floor_error"]) < 0.05
    assert row["p"] == ""
    assert table.loc[("modularity", "z0"), "floor"] == ""


def test_all_floors_and_permutations_when_asked(codes: tuple[Path, Path]) -> None:
    shown = run("score", str(codes[0]), "--metrics", "sap", "--floor")
    assert headings(shown) == ["metric", "score", "floor", "above"]
    shown = run("score", str(codes[0]), "--metrics", "sap", "--permutations", "19")
    assert "0.050" in next(line for line in shown.split("\n") if line.startswith("sap"))
    assert "got 2" in refused("score", str(codes[0]), "--permutations", "2")


def test_a_value_no_better_than_chance_is_said(tmp_path: Path) -> None:
    np.savez(tmp_path / "null.npz", code=noise(400, 3), factors=at_random(400, 4, 5))
    shown = " ".join(run("score", str(tmp_path / "null.npz"), "--metrics", "modularity,mig").split())
    assert "no more than chance" in shown


def test_a_bias_larger_than_the_interval_is_said(tmp_path: Path) -> None:
    np.savez(tmp_path / "few.npz", code=noise(200, 4), factors=at_random(200, 4, 5))
    metric = "mutual_information_between_latents"
    shown = " ".join(run("score", str(tmp_path / "few.npz"), "--metrics", metric, "--interval").split())
    assert "bias at this number of rows exceeds the interval: more rows would let it fall" in shown
