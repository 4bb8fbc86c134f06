"""Shipped studies at their smallest: each runs to its end and answers."""

from pathlib import Path

import pytest

from tests.studies.samples import done, statuses
from unbraid.report import write_study_report
from unbraid.studies import collect, judge_all, load_study, runs_alone, scores_over_training, shipped


def through(name: str, folder: Path) -> None:
    study = load_study(name, "smoke")
    assert set(done(study, folder)) == {"done"}
    finished = statuses(study, folder)
    frame = collect(study, finished)
    assert set(runs_alone(frame)["run"]) == {status.run.name for status in finished}
    assert {metric.name for metric in study.metrics} <= set(frame["metric"].str.partition("(")[0])
    verdicts = {verdict.verdict for verdict in judge_all(study, frame)}
    assert verdicts <= {"undecided", "not testable"}  # a smoke test explores
    if study.every:
        assert scores_over_training(finished)["step"].nunique() > 1
    assert write_study_report(study, root=folder).stat().st_size > 10_000


def test_the_example_study_runs(tmp_path: Path) -> None:
    through("beta-on-toy", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_shipped_study_runs_at_smoke_scale(name: str, tmp_path: Path) -> None:
    through(name, tmp_path)
