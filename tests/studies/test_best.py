"""Which run to take: ranks, what rows do not tell apart, fresh rows, and what is lacking where codes are not kept."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from tests.studies.samples import done, tiny, written
from unbraid.cli import app, main
from unbraid.core import Spec, UsageError
from unbraid.metrics import Representation
from unbraid.studies import Study, best, keep
from unbraid.studies._criterion import Criterion, criterion_of, first_with_labels
from unbraid.studies._fold_scores import FoldScores, fold_scores, folds_of, p_of_worse, separated
from unbraid.studies._fresh_rows import on_the_other_half

MCC = Criterion("mcc", "value", lower=False, spec=Spec("mcc"), across_seeds=False)
STUDY: dict[str, Any] = {"metrics": ["active_latents", "mcc"], "rows": 500}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, Path]:
    """Six finished runs, each scored on 500 of 1,152 rows."""
    folder = tmp_path_factory.mktemp("study")
    base = {"data": {"name": "toy", "places": 24}, "model": {"name": "mlp", "latents": 3, "hidden": 16}}
    base |= {"objective": "beta_vae", "steps": 20, "batch": 16}
    study = tiny(folder, base=base, **STUDY)
    assert done(study, folder / "runs") == ["done"] * 6
    return study, folder / "runs"


def test_runs_are_ranked_above_chance_and_the_best_is_scored_on_fresh_rows(finished: tuple[Study, Path]) -> None:
    choice = best(finished[0], root=finished[1], progress=False)
    assert (choice.by, choice.on) == ("mcc", "above")  # the first score that has labels
    assert choice.table["score"].is_monotonic_decreasing
    assert choice.table["rank"].tolist() == [1, 2, 3, 4, 5, 6]
    assert choice.folder.name == choice.table["run"].iloc[0]
    assert choice.table["p"].notna().tolist() == [False] + [True] * 5
    assert choice.table["separated"][1:].isin([True, False]).all()
    assert choice.fresh is not None
    assert (choice.fresh.rows, choice.fresh.halves) == (500, False)
    assert choice.fresh.chosen == choice.table["score"].iloc[0]
    assert choice.fresh.curse == choice.fresh.chosen - choice.fresh.fresh != 0
    assert "p adjusted for 5 others" in choice.notes[0]


def test_agreement_ranks_where_nothing_else_is_asked(finished: tuple[Study, Path]) -> None:
    study, root = replace(finished[0], metrics=(*finished[0].metrics, Spec("udr", {"threshold": 0.0}))), finished[1]
    choice = best(study, by="udr", root=root, progress=False)
    assert choice.on == "value"
    assert len(choice.table) == 6
    assert choice.fresh is not None
    assert choice.fresh.rows == 500
    assert "agreement among seeds" in choice.notes[0]


def test_kept_runs_are_ranked_and_what_is_lacking_is_said(finished: tuple[Study, Path], tmp_path: Path) -> None:
    study, root = finished
    keep(study, tmp_path / "kept", root=root)
    choice = best(study, root=tmp_path / "none", archive=tmp_path / "kept", progress=False)
    assert choice.table["run"].tolist() == best(study, root=root, progress=False).table["run"].tolist()
    assert "the weights of" in str(choice.notes) or choice.fresh is not None


def test_a_loss_ranks_runs_of_one_objective_and_is_of_no_rows(finished: tuple[Study, Path]) -> None:
    study, root = finished
    choice = best(study, by="log/loss", only="beta 8.0", root=root, progress=False)
    assert choice.table["score"].is_monotonic_increasing
    assert choice.notes == ("log/loss is no score of codes: runs are not compared on rows, nor scored again",)
    with pytest.raises(UsageError, match=r"'log/loss' where it is one quantity; got the losses of two objectives"):
        best(study, by="log/loss", root=root, progress=False)


def test_what_is_refused(finished: tuple[Study, Path], tmp_path: Path) -> None:
    study, root = finished
    with pytest.raises(UsageError, match="a choice needs finished runs; got none"):
        best(study, root=tmp_path)
    with pytest.raises(UsageError, match="score to choose runs by"):
        best(study, by="migg", root=root)
    with pytest.raises(UsageError, match="more or less is better; got 'active_latents', which is a description"):
        best(study, by="active_latents", root=root)
    with pytest.raises(UsageError, match="must match the label of some run; got 'nothing'"):
        best(study, only="nothing", root=root)


def test_the_command_prints_ranks_and_the_winners_curse(finished: tuple[Study, Path], tmp_path: Path) -> None:
    file = str(finished[1].parent / "tiny.yaml")
    out = tmp_path / "ranks.csv"
    words = ["study", "best", file, "--root", str(finished[1]), "--top", "2", "--out", str(out)]
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0
    assert "6 runs by mcc above chance" in result.output
    assert "… and 4 more" in result.output
    assert "winner's curse: the best by the rows it was chosen by" in result.output
    assert "on 500 fresh rows" in result.output
    assert len(pd.read_csv(out)) == 6
    with pytest.raises(UsageError, match="--top must be at least 1; got 0"):
        CliRunner().invoke(app, [*words[:-4], "--top", "0"], catch_exceptions=False, standalone_mode=False)


def test_a_mistake_ends_with_code_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["unbraid", "study", "best", str(written(tmp_path)), "--root", str(tmp_path)])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2


def rows(above: bool = True, latents: tuple[int, int] = (6, 6)) -> pd.DataFrame:
    frame = pd.DataFrame({"run": ["a", "b"], "metric": "mcc", "part": "", "layer": 0, "value": [0.5, 0.6]})
    frame["model.latents"] = latents
    return frame.assign(above=[0.4, 0.5]) if above else frame


def test_raw_values_rank_where_they_are_one_quantity(finished: tuple[Study, Path]) -> None:
    study = finished[0]
    assert criterion_of(study, rows(), "mcc").on == "above"
    raw = criterion_of(study, rows(above=False), None)
    assert raw.on == "value"
    assert "not all runs have it above chance" in raw.note
    with pytest.raises(UsageError, match="raw values at other data, latents or rows do not compare"):
        criterion_of(study, rows(above=False, latents=(6, 10)), "mcc")
    missing = rows().assign(value=None, reason="mcc needs factors")
    with pytest.raises(UsageError, match="none has 'mcc'; got mcc needs factors"):
        criterion_of(study, missing, "mcc")
    assert first_with_labels(study, missing) is None  # so that UDR ranks


def noisy(seed: int, noise: float, count: int = 1000) -> Representation:
    """Codes of the same rows for any seed."""
    factors = np.random.default_rng(0).integers(5, size=(count, 3))
    return Representation.from_arrays(factors + np.random.default_rng(seed).normal(0, noise, factors.shape), factors)


def test_clearly_worse_codes_are_separated_and_equal_ones_not() -> None:
    scores, lacking = {}, ""
    for run, rep in {"good": noisy(1, 1.0), "same": noisy(2, 1.0), "bad": noisy(3, 3.0)}.items():
        scored, lacking = fold_scores(MCC, {run: rep})
        scores |= scored
    assert lacking == ""
    p = separated(("good", 0), scores, [("same", 0), ("bad", 0)])
    assert p["bad", 0] < 0.001
    assert p["same", 0] > 0.05


def test_above_chance_on_folds_is_that_of_a_whole_table_of_as_many_rows() -> None:
    scored, _ = fold_scores(replace(MCC, on="above"), {"run": noisy(1, 1.0)})
    of_folds = scored["run", 0]
    again = replace(MCC, on="above").scores({"run": noisy(1, 1.0)}, folds_of(1000, 100)[1], 50)["run", 0]
    assert of_folds.values[1] == pytest.approx(again.above, abs=0.03)
    assert of_folds.error > 0


def test_few_rows_make_no_folds_and_that_is_said() -> None:
    assert [len(folds_of(count, 100)) for count in (499, 500, 999, 1000, 5000)] == [0, 5, 9, 10, 10]
    assert sorted(np.concatenate(folds_of(1000, 100))) == list(range(1000))
    assert fold_scores(MCC, {"run": noisy(0, 1.0, 400)}) == ({}, "400 rows make no 5 folds of the 100 that mcc needs")


@pytest.mark.parametrize("count", [2, 12])
def test_the_truly_best_run_is_left_out_in_one_case_of_twenty_at_most(count: int) -> None:
    """All runs are equal on rows drawn alike, the hardest case; folds have noise in common."""
    rng, cases, lost, factors = np.random.default_rng(count), 200, 0, np.zeros((2, 1))
    for _ in range(cases):
        values = rng.normal(size=(count, 10)) + rng.normal(size=10)
        scores = {(str(run), 0): FoldScores(of_run, 0.0, factors) for run, of_run in enumerate(values)}
        first = max(scores, key=lambda place: float(scores[place].values.mean()))
        p = separated(first, scores, [place for place in scores if place != first])
        lost += p.get(("0", 0), 1.0) < 0.05
    assert lost / cases <= 0.05 + 3 * (0.05 * 0.95 / cases) ** 0.5


def test_codes_of_other_rows_are_compared_apart() -> None:
    values = np.linspace(0.0, 1.0, 10)
    one, other = (FoldScores(values + shift, 0.0, np.full((2, 1), shift)) for shift in (0.1, 0.0))
    assert p_of_worse(one, other) > 0.2
    assert p_of_worse(one, replace(other, factors=one.factors)) < 0.001
    assert p_of_worse(replace(one, error=1.0), replace(other, factors=one.factors)) > 0.4
    assert p_of_worse(one, one) == 1.0


def test_the_winner_of_equal_runs_loses_on_the_other_half() -> None:
    """Eight equal codes, twelve times over: the best on one half is no better than the others on the other."""
    curses = []
    for start in range(0, 96, 8):
        reps = {str(seed): noisy(seed + 1, 3.0, 400) for seed in range(start, start + 8)}
        fresh, lacking = on_the_other_half(MCC, [[run] for run in reps], reps.get)
        assert lacking == ""
        assert fresh is not None
        assert (fresh.halves, fresh.rows) == (True, 200)
        curses.append(fresh.curse)
    assert np.mean(curses) > 2 * np.std(curses) / len(curses) ** 0.5


def test_halves_that_are_too_small_are_said() -> None:
    reps = {"run": noisy(1, 1.0, 150)}
    assert on_the_other_half(MCC, [["run"]], reps.get) == (None, "half of the rows are too few for mcc")


def test_data_of_which_all_rows_were_used_are_halved(tmp_path: Path) -> None:
    study = tiny(tmp_path, metrics=["mcc"], grid={"objective": ["vae"]})
    assert done(study, tmp_path / "runs") == ["done"] * 2
    choice = best(study, root=tmp_path / "runs", progress=False)
    assert choice.fresh is not None
    assert (choice.fresh.halves, choice.fresh.rows) == (True, 144)
    assert any(
        note.startswith("no fresh rows (all 288 rows but 0 were encoded): chosen again") for note in choice.notes
    )
    assert any(note.startswith("not compared with the best: 288 rows make no 5 folds") for note in choice.notes)
