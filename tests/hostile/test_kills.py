"""Killed anywhere, and four at once: every end is the same."""

import hashlib
import multiprocessing
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.data.served import served
from tests.hostile.files import CONFIG
from tests.hostile.kills import killed_before, operations_of
from tests.studies.samples import TINY, done, statuses, tiny
from unbraid.data._files.cache import prepared_array
from unbraid.data._files.fetch import fetched
from unbraid.data._files.sources import SourceFile
from unbraid.evaluation import evaluate, read_scores
from unbraid.store import RunDirectory, is_left_over
from unbraid.studies import collect
from unbraid.training import RunConfig, fit

pytestmark = pytest.mark.slow
KILLS = 100
LONG = RunConfig.from_dict({**CONFIG.to_dict(), "phases": [{"steps": 16, "objective": "vae"}]})
STUDY: dict[str, Any] = {
    "base": {**TINY["base"], "data": {"name": "toy", "places": 6}, "steps": 4},
    "grid": {},
    "seeds": 2,
    "every": 2,
    "metrics": ["active_latents"],
}
BODY = bytes(range(256)) * 4000


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed loses nothing that it has written, whether the disk has it or not."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def points(count: int) -> list[int]:
    """Where to kill work of so many operations, 100 times."""
    return [number * count // KILLS for number in range(KILLS)]


def left_overs(folder: Path) -> list[str]:
    return [file.name for file in folder.rglob("*") if is_left_over(file.name)]


def test_training_killed_a_hundred_times_ends_bit_for_bit_the_same(tmp_path: Path) -> None:
    def train(folder: Path) -> None:
        fit(LONG, folder, checkpoint_seconds=0.0, log_every=2, progress=False)

    count = operations_of(lambda: train(tmp_path / "counted"))
    assert count >= KILLS
    weights = (tmp_path / "counted" / "model.safetensors").read_bytes()
    for operation in points(count):
        folder = tmp_path / f"run-{operation}"
        with killed_before(operation):
            train(folder)
        train(folder)
        assert (folder / "model.safetensors").read_bytes() == weights
        assert [row["step"] for row in RunDirectory(folder).read_log()] == list(range(2, 17, 2))
        assert not left_overs(folder) or operation == 0
        shutil.rmtree(folder)


def test_evaluation_killed_a_hundred_times_never_keeps_scores_of_other_weights(tmp_path: Path) -> None:
    first = tmp_path / "first"
    fit(CONFIG, first, until=2, progress=False)
    evaluate(first, metrics=["kl_variance", "active_latents"], floor=False, progress=False)
    stale = values(first)
    fit(CONFIG, first, progress=False)

    def scored(folder: Path) -> dict[tuple[str, str], float]:
        for metric in ("kl_variance", "active_latents"):  # each writes arrays and table
            evaluate(folder, metrics=metric, floor=False, progress=False)
        return values(folder)

    truth = scored(Path(shutil.copytree(first, tmp_path / "truth")))
    assert stale["kl_variance", ""] != truth["kl_variance", ""]  # else stale scores would pass
    count = operations_of(lambda: scored(Path(shutil.copytree(first, tmp_path / "counted"))))
    for number in range(KILLS):
        folder = Path(shutil.copytree(first, tmp_path / f"run-{number}"))
        with killed_before(number % count):
            scored(folder)
        assert values(folder).items() <= truth.items()
        if number < count:  # the same place again ends the same
            assert scored(folder) == truth
        shutil.rmtree(folder)


def values(folder: Path) -> dict[tuple[str, str], float]:
    table = read_scores(folder)
    return {(row.metric, row.part): row.value for row in table.itertuples() if row.value == row.value}


def test_a_study_killed_a_hundred_times_ends_with_the_same_table(tmp_path: Path) -> None:
    study, kills = tiny(tmp_path, **STUDY), 0
    done(study, tmp_path / "whole")
    table = collect(study, statuses(study, tmp_path / "whole"))
    while kills < KILLS:  # one study after the other, each killed again and again on the way to its end
        root, ended = tmp_path / f"root-{kills}", False
        while not ended and kills < KILLS:
            operation = 6 + kills % 11
            with killed_before(operation) as count:
                done(study, root)
            ended = count[0] <= operation
            kills += not ended
        assert set(done(study, root)) <= {"done"}
        after = collect(study, statuses(study, root))
        assert after.drop(columns="note").equals(table.drop(columns="note"))
        shutil.rmtree(root)


def four(work: Callable[..., None], *arguments: Any) -> None:
    """Do some work in four processes at once; each is given its number."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.hostile.test_kills"])
    processes = [context.Process(target=work, args=(number, *arguments)) for number in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(300)
    assert [process.exitcode for process in processes] == [0] * 4


METRICS = ["active_latents", "kl_variance", "dimension_wise_kl", "gaussian_total_correlation"]


def _evaluate(number: int, folder: Path) -> None:
    evaluate(folder, metrics=METRICS[number], floor=False, progress=False)


def test_four_that_evaluate_one_run_lose_no_score(tmp_path: Path) -> None:
    fit(CONFIG, tmp_path / "run", progress=False)
    four(_evaluate, tmp_path / "run")
    assert set(read_scores(tmp_path / "run")["metric"]) == set(METRICS)


def _study(number: int, folder: Path) -> None:
    study = tiny(folder, **STUDY)
    while not all(status.state == "done" for status in statuses(study, folder / "root")):
        assert set(done(study, folder / "root")) <= {"done", "busy"}


def test_four_that_run_one_study_end_with_the_same_table(tmp_path: Path) -> None:
    study = tiny(tmp_path, **STUDY)
    done(study, tmp_path / "alone")
    four(_study, tmp_path)
    tables = [collect(study, statuses(study, tmp_path / root)).drop(columns="note") for root in ("alone", "root")]
    assert tables[0].equals(tables[1])


def _prepare(number: int, path: Path) -> None:
    array = prepared_array(path, (500, 1000), np.uint8, lambda array: array.fill(7))
    assert array.min() == array.max() == 7


def test_four_that_prepare_one_array_have_it(tmp_path: Path) -> None:
    four(_prepare, tmp_path / "a.npy")


def _fetch(number: int, at: str, folder: Path) -> None:
    checksum = "md5:" + hashlib.md5(BODY, usedforsecurity=False).hexdigest()
    file = fetched(SourceFile("a.bin", (f"{at}/a.bin",), checksum, len(BODY)), folder)
    assert file.read_bytes() == BODY


def test_four_that_fetch_one_file_have_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with served(a__bin=BODY) as (at, requests):
        four(_fetch, at, tmp_path)
    assert len(requests) == 1
