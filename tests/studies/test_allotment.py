"""Several runs at once: GPUs in turn, each run its own, and as many threads as there is room for, said in a line."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.studies.samples import statuses, tiny
from unbraid.core import UsageError
from unbraid.studies import RunJob, _local, allotted, jobs_of, run_local
from unbraid.training._threads import SAID


@pytest.fixture(autouse=True)
def _silent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SAID:
        monkeypatch.delenv(name, raising=False)


def places(jobs: int, cuda: int, **options: Any) -> list[str]:
    return list(allotted(jobs, cores=8, cuda=cuda, **options).places)


@pytest.mark.parametrize(
    ("jobs", "cuda", "options", "expected"),
    [
        (2, 0, {}, ["", ""]),
        (8, 8, {}, [f"cuda:{number}" for number in range(8)]),
        (3, 8, {}, ["cuda:0", "cuda:1", "cuda:2"]),
        (4, 2, {"gpus": 0.5}, ["cuda:0", "cuda:1", "cuda:0", "cuda:1"]),
        (3, 8, {"gpus": 0}, ["cpu"] * 3),
        (3, 8, {"device": "cpu"}, ["cpu"] * 3),
        (2, 2, {"device": "cuda"}, ["cuda:0", "cuda:1"]),
        (2, 4, {"device": "cuda:3", "gpus": 0.5}, ["cuda:3", "cuda:3"]),
    ],
)
def test_each_run_gets_a_gpu_of_its_own(jobs: int, cuda: int, options: Any, expected: list[str]) -> None:
    assert places(jobs, cuda, **options) == expected


@pytest.mark.parametrize(
    ("jobs", "cuda", "options", "message"),
    [
        (8, 1, {}, r"each run takes 1 of a GPU, so at most 1 run at once on 1 GPU; got --jobs 8; .* --gpus 0\.12"),
        (
            8,
            2,
            {"gpus": 0.5},
            r"takes 0\.5 of a GPU, so at most 4 run at once on 2 GPUs; got --jobs 8; lower it, or put",
        ),
        (8, 4, {"device": "cuda:0"}, r"at most 1 run at once on 1 GPU; got --jobs 8"),
        (1, 0, {"gpus": 1}, r"--gpus 1 needs a GPU that CUDA sees; got none here; leave it out"),
        (1, 0, {"device": "cuda"}, r"--device cuda needs a GPU that CUDA sees; got none here"),
        (1, 2, {"gpus": 2}, r"a run computes on one GPU, so --gpus is at most 1 without Ray; got 2"),
        (1, 2, {"gpus": -1}, r"--gpus must not be negative; got -1"),
        (1, 2, {"gpus": 1, "device": "cpu"}, r"--gpus are of CUDA; --device cpu is none; got 1; leave one of them out"),
        (1, 2, {"device": "cuda:2"}, r"--device must be one of: cuda:0, cuda:1; got 'cuda:2'"),
        (1, 2, {"device": "abacus"}, r"device must be one of this machine; got 'abacus'"),
        (0, 2, {}, r"jobs must be at least 1; got 0"),
    ],
)
def test_what_there_is_no_room_for_is_refused(jobs: int, cuda: int, options: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        allotted(jobs, cores=8, cuda=cuda, **options)


def test_threads_are_shared_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = allotted(4, cores=8, cuda=0)
    assert (shared.threads, shared.most) == (0, 2)
    assert shared.said == "4 runs at once, at most 2 threads each of 8 processors; --threads says how many"
    said = allotted(4, threads=3, cores=8, cuda=4)
    assert (said.threads, said.most) == (3, 0)
    assert said.said == "4 runs at once on cuda:0, cuda:1, cuda:2, cuda:3, 3 threads each"
    assert allotted(16, cores=8, cuda=0).said.startswith("16 runs at once, at most 1 thread each of 8")
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    asked = allotted(4, cores=8, cuda=0)
    assert (asked.threads, asked.most) == (0, 0)
    assert asked.said == "4 runs at once, as many threads each as the environment says"


class FakeProcess:
    """A run that is over after a few looks."""

    exitcode = 0

    def __init__(self) -> None:
        self.sentinel, self.looks = 0, 3

    def is_alive(self) -> bool:
        self.looks -= 1
        return self.looks > 0

    def join(self) -> None:
        pass

    def terminate(self) -> None:
        pass


def test_no_two_runs_at_once_are_on_one_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = tiny(tmp_path, seeds=4)
    at_once: list[set[str]] = []
    busy: dict[str, str] = {}

    def started(context: object, job: RunJob, place: str) -> _local.Worker:
        assert place not in busy, f"two runs on {place}"
        busy[place] = job.folder
        at_once.append(set(busy))
        answer: Any = SimpleNamespace(poll=lambda: True, recv=lambda: "done")
        return _local.Worker(FakeProcess(), job, answer, place)

    def told(outcome: str, job: RunJob | None) -> None:
        if job is not None:
            del busy[next(place for place, folder in busy.items() if folder == job.folder)]

    monkeypatch.setattr(_local, "_started", started)
    monkeypatch.setattr(_local, "wait", lambda sentinels, seconds: sentinels)
    jobs = jobs_of(study, statuses(study, tmp_path / "runs"))
    run_local(jobs, allotted(3, cores=8, cuda=3).places, told)
    assert len(at_once) == len(jobs) >= 6
    assert max(map(len, at_once)) == 3
    assert set().union(*at_once) == {"cuda:0", "cuda:1", "cuda:2"}


def test_the_device_reaches_the_run(tmp_path: Path) -> None:
    study = tiny(tmp_path, grid={}, seeds=1)
    told: list[str] = []
    run_local(
        jobs_of(study, statuses(study, tmp_path / "runs"), most=1),
        ["cuda:7"],
        lambda outcome, job: told.append(outcome) if job else None,
        retries=0,
    )
    assert told[0].startswith("UsageError: device must be one of this machine; got 'cuda:7'"), told
