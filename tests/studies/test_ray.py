"""A real Ray cluster of two nodes on this machine, one of which is killed: nothing is lost, nothing is doubled."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.studies.samples import TINY, done, statuses, tiny
from unbraid.core import UsageError
from unbraid.store import RunDirectory
from unbraid.studies import RunJob, collect, jobs_of, run_ray

LONG = {"base": {**TINY["base"], "steps": 2000}, "grid": {"objective": ["vae", "beta_vae"]}}
LOOPBACK = "127.0.0.1"


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"--on ray needs ray, which is not installed; pip install 'unbraid\[ray\]'"):
        run_ray([], lambda outcome, job: None)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # Ray then stays on the loopback address
    pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    head = {"num_cpus": 0, "node_ip_address": LOOPBACK, "include_dashboard": False}
    made = Cluster(initialize_head=True, head_node_args=head)
    yield made
    made.shutdown()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_node_killed_in_the_middle_costs_no_run_and_doubles_none(cluster: Any, tmp_path: Path) -> None:
    nodes = [cluster.add_node(num_cpus=1, node_ip_address=LOOPBACK) for _ in range(2)]
    study, root = tiny(tmp_path, **LONG), tmp_path / "runs"
    told: list[tuple[str, str]] = []
    killed: list[float] = []

    def on_outcome(outcome: str, job: RunJob | None) -> None:
        if job is not None:
            told.append((outcome, job.folder))
        underway = [path for path in root.glob("tiny/*/status.json") if '"running"' in path.read_text()]
        if len(underway) >= 2 and not killed:
            killed.append(time.monotonic())
            cluster.remove_node(nodes[0], allow_graceful=False)

    run_ray(jobs_of(study, statuses(study, root), threads=1), on_outcome, address=cluster.address)
    assert killed
    assert sorted(folder for outcome, folder in told if outcome == "done") == sorted(
        str(run.folder) for run in statuses(study, root)
    )
    assert [run.state for run in statuses(study, root)] == ["done"] * 4
    for run in statuses(study, root):
        steps = [row["step"] for row in RunDirectory(run.folder).read_log()]
        assert steps == sorted(set(steps)) == list(range(100, 2001, 100))
    done(study, tmp_path / "alone")
    assert collect(study, statuses(study, root)).equals(collect(study, statuses(study, tmp_path / "alone")))


def test_an_address_without_a_cluster_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise ConnectionError("no answer")

    monkeypatch.setitem(sys.modules, "ray", SimpleNamespace(is_initialized=lambda: False, init=refuse))
    with pytest.raises(
        UsageError, match=r"--ray-address must name a running cluster; got '127\.0\.0\.1:1' \(no answer\)"
    ):
        run_ray([], lambda outcome, job: None, address="127.0.0.1:1")
    with pytest.raises(UsageError, match=r"--gpus must not be negative; got -1"):
        run_ray([], lambda outcome, job: None, gpus=-1)
