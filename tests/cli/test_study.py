"""`unbraid study`: the commands, their tables, and what they refuse."""

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from tests.studies.samples import done, run_here, tiny, written
from unbraid.cli import app
from unbraid.cli._tables import latex, markdown, write_frame
from unbraid.core import UsageError
from unbraid.studies import PlannedRun, is_score, plan
from unbraid.studies._commands import part_of

CLAIM = {
    "says": "More β, less KL",
    "kind": "trend",
    "metric": "heldout/kl",
    "axis": "objective.beta",
    "direction": "down",
    "smallest_effect": 0.3,
}
NOWHERE = {"says": "Never", "kind": "above", "metric": "mig", "where": {"objective": "dip_vae"}, "threshold": 0.5}
STUDY = {"seeds": 2, "claims": [{**CLAIM, "where": {"objective": "beta_vae"}}, NOWHERE], "metrics": ["mig", "sap"]}


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["study", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*words: str) -> str:
    with pytest.raises(UsageError) as caught:
        CliRunner().invoke(app, ["study", *words], catch_exceptions=False, standalone_mode=False)
    return str(caught.value)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A finished study: its file and its root."""
    folder = tmp_path_factory.mktemp("study")
    assert done(tiny(folder, **STUDY), folder / "runs") == ["done"] * 6
    return str(folder / "tiny.yaml"), str(folder / "runs")


def test_plan_lists_the_runs_and_the_claims_that_none_can_decide(finished: tuple[str, str], tmp_path: Path) -> None:
    words = run("plan", finished[0], "--root", finished[1], "--undecidable")
    assert "tiny at scale pocket: 6 runs, 120 steps" in words
    assert "undecided whatever comes: More β, less KL (2 seeds, and 6 decide it)" in " ".join(words.split())
    assert words.count("done") == 6
    assert "no run has: objective dip_vae (claim: Never)" in words
    smoke = run("plan", finished[0], "--root", str(tmp_path), "--scale", "smoke")
    assert smoke.count("left") == 3
    assert "these runs decide nothing: a smoke test" in smoke


@pytest.mark.parametrize("command", ["plan", "run"])
def test_seeds_that_cannot_decide_a_claim_are_refused_with_how_many_can(command: str, tmp_path: Path) -> None:
    answer = refused(command, str(written(tmp_path, **STUDY)), "--root", str(tmp_path))
    assert "must have the seeds that decide its claims: 'More β, less KL' needs 6; got 2; set seeds: 6, or" in answer
    assert not (tmp_path / "tiny").exists()


def test_what_was_changed_after_the_first_run_started_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unbraid.studies._commands.run_local", run_here)
    changes = {**STUDY, "seeds": 6, "grid": {}, "claims": [CLAIM]}
    file, root = str(written(tmp_path, **changes)), str(tmp_path / "runs")
    run("run", file, "--root", root, "--only", "seed=0")
    assert "post hoc" not in run("plan", file, "--root", root)
    pilot = {"settings": {"seed": 9}, "seeds": [9], "seen": "it falls"}
    written(tmp_path, **{**changes, "claims": [{**CLAIM, "smallest_effect": 0.1}], "pilots": [pilot]})
    words = run("plan", file, "--root", root)
    assert "claims and grid were hashed on 20" in words
    assert "post hoc since a date that is not recorded: More β, less KL" in words
    assert "pilot, never counted: {'seed': 9}, seeds [9]: it falls" in words
    written(tmp_path, **{**changes, "seeds": 7})
    assert "seeds must be fixed before the first run" in refused("plan", file, "--root", root)


def test_run_does_what_is_left_writes_the_table_and_fills_the_archive(tmp_path: Path) -> None:
    file, root, kept = str(written(tmp_path, grid={})), tmp_path / "runs", str(tmp_path / "kept")
    words = run("run", file, "--root", str(root), "--archive", kept)
    assert "2 of 2" in words
    assert len(pd.read_parquet(root / "tiny" / "table-pocket.parquet")["run"].unique()) == 2
    assert "2 done · 0 running · 0 failed · 0 left" in run(
        "status", file, "--root", str(tmp_path / "none"), "--archive", kept
    )


def test_failed_runs_are_named_and_the_exit_code_says_so(tmp_path: Path) -> None:
    wild = {"name": "sgd", "lr": 1.0e8}
    file = str(written(tmp_path, grid={"optimizer": [wild]}, seeds=1))
    result = CliRunner().invoke(app, ["study", "run", file, "--root", str(tmp_path)])
    assert result.exit_code == 1
    assert "DivergedError: the loss must stay finite" in result.output
    assert "0 done · 0 running · 1 failed · 0 left" in run("status", file, "--root", str(tmp_path))


@pytest.mark.parametrize("ending", ["csv", "parquet", "md", "tex"])
def test_tables_in_every_format(ending: str, finished: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / f"table.{ending}"
    run("table", finished[0], "--root", finished[1], "--view", "summary", "--out", str(out))
    if ending in ("csv", "parquet"):
        frame = pd.read_csv(out) if ending == "csv" else pd.read_parquet(out)
        frame = frame[[name.startswith("log/") or is_score(name) for name in frame["metric"]]]  # without checks of runs
        assert set(frame["metric"]) == {"mig", "sap", "traversals", "log/kl", "log/reconstruction", "log/loss"}
        assert (frame["runs"] == 2).all()
    else:
        words = out.read_text()
        assert "objective=beta" in words
        assert words.count("\n") > 15


@pytest.mark.parametrize("ending", ["csv", "parquet", "md", "tex"])
def test_methods_by_scores_in_every_format(ending: str, finished: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / f"table.{ending}"
    run("table", finished[0], "--root", finished[1], "--out", str(out), "--scores", "mig, log/kl")
    if ending in ("csv", "parquet"):
        frame = pd.read_csv(out) if ending == "csv" else pd.read_parquet(out)
        assert [name for name in frame if f"{name} best" in frame] == ["mig", "log/kl"]
        assert frame["method"].tolist()[:3] == ["vae", "beta_vae beta 2.0", "beta_vae beta 8.0"]
        assert frame["runs"].tolist()[:3] == [2, 2, 2]
    else:
        assert "beta 8.0" in out.read_text()
    shown = run("table", finished[0], "--root", finished[1])
    assert max(map(len, shown.splitlines())) <= 80
    assert "sap" in shown.splitlines()[0]


@pytest.mark.parametrize("view", ["summary", "tidy", "agreement", "variance", "improvement"])
def test_views(view: str, finished: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    run("table", finished[0], "--root", finished[1], "--view", view, "--out", str(out))
    frame = pd.read_csv(out)
    assert len(frame)
    assert "mig" in frame["metric"].tolist()
    assert run("table", finished[0], "--root", finished[1], "--view", view)


def test_the_report_judges_the_claims(finished: tuple[str, str]) -> None:
    assert "report-pocket.html" in run("report", finished[0], "--root", finished[1])
    page = (Path(finished[1]) / "tiny" / "report-pocket.html").read_text(encoding="utf-8")
    assert "More β, less KL" in page
    assert "undecided" in page


def test_the_ledger_is_one_command(tmp_path: Path) -> None:
    nothing = str(tmp_path / "none")
    assert "README.md" in run("ledger", "michlo", "--archive", nothing, "--out", str(tmp_path))
    assert "0 of 102" in (tmp_path / "README.md").read_text(encoding="utf-8")
    assert (tmp_path / "michlo.md").is_file()


def test_finished_runs_are_kept_without_training(finished: tuple[str, str], tmp_path: Path) -> None:
    options = (finished[0], "--root", finished[1], "--archive", str(tmp_path / "kept"))
    assert "6 of 6 runs, 6 new" in run("keep", *options).replace("\n", " ")
    assert "6 of 6 runs, 0 new" in run("keep", *options).replace("\n", " ")
    nowhere = (finished[0], "--root", str(tmp_path / "none"), "--archive", str(tmp_path / "kept"))
    assert "6 done · 0 running · 0 failed · 0 left" in run("status", *nowhere)
    assert "0 of 6 runs, 0 new" in run("keep", *nowhere[:3], "--archive", str(tmp_path / "other")).replace("\n", " ")


def test_a_label_free_score_gets_a_figure_of_its_own(tmp_path: Path) -> None:
    study = {"metrics": ["mig", {"name": "udr", "threshold": 0.0}], "seeds": 3}
    done(tiny(tmp_path, **study), tmp_path)
    run("report", str(tmp_path / "tiny.yaml"), "--root", str(tmp_path))
    assert "Choosing runs without labels" in (tmp_path / "tiny" / "report-pocket.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["--jobs", "0"], "jobs must be at least 1; got 0"),
        (["--retries", "-1"], "retries must be at least 0 and at most 1,000,000,000; got -1"),
        (["--only", "nothing"], "must match the label of some run; got 'nothing'"),
        (["--shard", "3/3"], "must be i/n with 0 <= i < n; got 3/3"),
        (["--shard", "a/b"], "must be i/n"),
        (["--scale", "huge"], "scale must be one of"),
        (["--on", "slurm"], "on must be one of: local, ray"),
    ],
)
def test_what_run_refuses(words: list[str], answer: str, tmp_path: Path) -> None:
    assert answer in refused("run", str(written(tmp_path)), "--root", str(tmp_path), *words)


def test_what_table_and_report_refuse(tmp_path: Path, finished: tuple[str, str]) -> None:
    file = str(written(tmp_path))
    assert "a table needs finished runs" in refused("table", file, "--root", str(tmp_path))
    assert "a report needs finished runs" in refused("report", file, "--root", str(tmp_path))
    assert "the ending of --out must be one of" in refused(
        "table", *finished[:1], "--root", finished[1], "--out", "x.xls"
    )
    assert "score of the study" in refused("table", *finished[:1], "--root", finished[1], "--scores", "migg")
    assert "score of the study" in refused(
        "table", *finished[:1], "--root", finished[1], "--scores", "migg", "--view", "summary"
    )
    assert "--view must be one of" in refused("table", *finished[:1], "--root", finished[1], "--view", "all")
    assert "selection needs the score 'udr'" in refused(
        "table", finished[0], "--root", finished[1], "--view", "selection"
    )


def titles(runs: list[PlannedRun]) -> list[str]:
    return [run.title for run in runs]


def test_only_and_shards_part_the_runs(tmp_path: Path) -> None:
    runs = plan(tiny(tmp_path))
    assert titles(part_of(runs, "beta 8.0", None)) == [f"objective=beta_vae/beta 8.0 seed={seed}" for seed in (0, 1)]
    shards = [part_of(runs, None, f"{number}/4") for number in range(4)]
    assert sorted(title for shard in shards for title in titles(shard)) == sorted(titles(runs))
    assert [len(shard) for shard in shards] == [2, 2, 1, 1]


def test_cells_are_escaped_and_missing_ones_empty(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a_b": ["x|y", None], "n": [0.12345, None]})
    assert markdown(frame).splitlines()[2:] == [r"| x\|y | 0.123 |", "|  |  |"]
    assert r"a\_b & n \\" in latex(frame)
    special = latex(pd.DataFrame({"a": ["50 % \\ ~"]}))
    assert special.splitlines()[4] == r"50 \% \textbackslash \space \textasciitilde  \\"
    lists = pd.DataFrame({"latents": [[40, 32], None], "n": [1, 2]})
    assert markdown(lists).splitlines()[2:] == ["| [40, 32] | 1 |", "|  | 2 |"]
    assert r"[40, 32] & 1 \\" in latex(lists)
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="a part of the path is a file"):
        write_frame(frame, tmp_path / "file" / "inner" / "table.csv")
