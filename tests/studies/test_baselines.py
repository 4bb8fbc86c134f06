"""Baselines in studies: asked for by the file, rows of every table, sides of claims."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from tests.studies.samples import done, statuses, tiny
from unbraid.cli import app
from unbraid.core import UsageError
from unbraid.evaluation import score_layers
from unbraid.metrics import Representation
from unbraid.report import write_study_report
from unbraid.studies import archive_runs, collect, judge, keep, load_study, runs_alone, summary_table, table
from unbraid.studies._kept_runs import KeptRuns

CLAIM = {
    "says": "The runs carry more than the first weights",
    "kind": "larger",
    "metric": "r2",
    "larger": {"objective": "beta_vae"},
    "smaller": {"baseline": "untrained"},
    "smallest_effect": 0.05,
    "reads": "value",
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, Path]:
    folder = tmp_path_factory.mktemp("study")
    study = tiny(folder, seeds=2, metrics=["r2"], baselines=True, claims=[CLAIM])
    assert set(done(study, folder / "runs")) == {"done"}
    return study, folder / "runs"


def test_baselines_are_rows_of_the_table_and_of_no_claim_that_does_not_ask(finished: tuple[object, Path]) -> None:
    study, root = finished
    frame = collect(study, statuses(study, root))  # type: ignore[arg-type]
    runs = runs_alone(frame)["run"].nunique()
    count = frame.groupby("baseline")["run"].nunique()
    assert count["rotated_varimax"] == count[""] == runs
    assert count["untrained"] == len(study.seeds)  # one network, whatever the objective  # type: ignore[attr-defined]
    assert count["pca"] == count["ica"] == 1  # the same data, as many latents
    labels = set(summary_table(frame)["label"])
    assert "pca" in labels
    assert "untrained mlp" in labels
    assert any(label.startswith("rotated_ica of ") for label in labels)
    effect = judge(study.claims[0], frame).effect  # type: ignore[attr-defined]
    values = frame[(frame["metric"] == "r2") & (frame["part"] == "")]
    of_runs = values[(values["baseline"] == "") & (values["objective"] == "beta_vae")]["value"].mean()
    untrained = values[values["baseline"] == "untrained"]["value"].mean()
    assert effect is not None
    assert effect.estimate == pytest.approx(of_runs - untrained)


def test_baselines_that_no_objective_has_a_part_in_are_scored_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scored: list[tuple[int, ...]] = []

    def counting(rep: Representation, *rest: Any, **options: Any) -> Any:
        scored.append(tuple(np.round(rep.code[0], 6)))
        return score_layers(rep, *rest, **options)

    monkeypatch.setattr("unbraid.evaluation._evaluate.score_layers", counting)
    study = tiny(tmp_path, seeds=1, metrics=["r2"], baselines=["untrained", "pca", "ica"])
    assert done(study, tmp_path / "runs") == ["done"] * 3
    assert len(scored) == 3 + 3  # three objectives, and three baselines
    tables = [status.record.baselines() for status in statuses(study, tmp_path / "runs")]
    for table_of_run in tables[1:]:
        pd.testing.assert_frame_equal(table_of_run, tables[0])
    more = tiny(tmp_path, seeds=2, metrics=["r2", "mig"], baselines=["untrained", "pca"])
    assert set(done(more, tmp_path / "runs")) == {"done"}
    own = 3 + 3 * 2  # a further score of three runs, two scores one after the other of three
    assert len(scored) == 6 + own + 2 + 1  # MIG of the two baselines, and another seed's first weights
    assert len(set(scored[6:])) == 3 + 3 + 3


def test_tables_pages_and_archives_have_them(finished: tuple[object, Path], tmp_path: Path) -> None:
    study, root = finished
    rows = table(study, root=root).set_index("method")  # type: ignore[arg-type]
    assert {"pca", "untrained mlp", "chance"} <= set(rows.index)
    assert rows.loc["pca", "kind"] == "baseline"
    assert "baseline" in table(study, root=root, view="tidy")  # type: ignore[arg-type]
    page = write_study_report(study, root=root).read_text(encoding="utf-8")  # type: ignore[arg-type]
    assert "untrained mlp" in page
    keep(study, tmp_path / "kept", root=root)  # type: ignore[arg-type]
    assert KeptRuns(tmp_path / "kept" / study.name).baselines  # type: ignore[attr-defined]
    assert archive_runs(study, statuses(study, root), tmp_path / "kept") == 0  # type: ignore[arg-type]


def test_the_plan_knows_the_sides_that_are_baselines(finished: tuple[object, Path]) -> None:
    _, root = finished
    answer = CliRunner().invoke(
        app, ["study", "plan", str(root.parent / "tiny.yaml"), "--root", str(root), "--undecidable"]
    )
    assert answer.exit_code == 0
    assert "no run has" not in answer.output


def test_a_study_names_its_baselines(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="baseline must be one of: untrained, pca, ica, rotated"):
        tiny(tmp_path, baselines=["umap"])
    with pytest.raises(UsageError, match="baselines must be a list of names, or true"):
        tiny(tmp_path, baselines="pca")
    assert load_study("beta-on-toy", "smoke").baselines == ("untrained", "pca")
