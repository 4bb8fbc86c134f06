"""Devices: images held where they fit, no wait between two rows of the log, bfloat16 and compiled networks."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from tests.training.test_fit import RESUMED, config, same, weights
from unbraid.core import UsageError, names
from unbraid.data import in_memory, load_dataset
from unbraid.store import CHECKPOINT, CONFIG, LOG, STATUS, RunDirectory
from unbraid.training import DivergedError, RunConfig, Training, fit, new_model
from unbraid.training import _inputs as inputs
from unbraid.training import _training as training
from unbraid.training._inputs import Inputs, to_input
from unbraid.training._networks import in_bfloat16, networks

CPU = torch.device("cpu")
TOY = {"name": "toy", "standardize": True}


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    """A CPU that holds images as another device does."""
    monkeypatch.setattr(inputs, "free_bytes", lambda device: 1 << 30)


@pytest.fixture
def deferred(monkeypatch: pytest.MonkeyPatch) -> None:
    """A CPU for whose values one waits as for another device's."""
    monkeypatch.setattr(training, "reads_at_once", lambda device: False)


@pytest.mark.parametrize("data", ["toy", TOY])
def test_images_held_on_the_device_are_those_that_are_sent(data: object, room: None) -> None:
    dataset = load_dataset(data)
    rows = np.array([3, 70, 3, 0])
    held, sent = Inputs(dataset, CPU, hold=True), Inputs(dataset, CPU)
    assert held.held is not None
    assert held.held.dtype == torch.uint8
    assert sent.held is None
    assert torch.equal(held(rows), sent(rows))
    assert torch.equal(held(rows), to_input(dataset.images(rows), CPU, dataset.standardisation))


@pytest.mark.parametrize(("free", "held"), [(72 * 16 * 16 * 2, True), (72 * 16 * 16 * 2 - 1, False), (0, False)])
def test_images_are_held_where_half_of_the_free_memory_takes_them(
    free: int, held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "free_bytes", lambda device: free)
    assert (Inputs(load_dataset("toy"), CPU, hold=True).held is not None) == held


def test_a_run_sees_the_same_rows_wherever_the_images_lie(
    tmp_path: Path, room: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = fit(config(), tmp_path / "held", progress=False)
    few = config(steps=4, batch=17)  # 68 of 72 images: not worth sending them all
    assert Training(RunDirectory(tmp_path / "few"), few, held.dataset, CPU, 9, 9.0).inputs.held is None
    assert Training(RunDirectory(tmp_path / "all"), config(), held.dataset, CPU, 9, 9.0).inputs.held is not None
    monkeypatch.setattr(inputs, "free_bytes", lambda device: 0)
    sent = fit(config(), tmp_path / "sent", progress=False)
    assert same(weights(held.folder), weights(sent.folder))


@pytest.mark.parametrize("case", ["plateau rate", "critic", "two phases"])
def test_values_that_are_read_later_are_the_same(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {**config().to_dict(), **RESUMED[case]}
    if "objective" in RESUMED[case]:
        settings["phases"] = [{"steps": 40, "objective": RESUMED[case]["objective"]}]
        del settings["objective"]
    chosen = RunConfig.from_dict(settings)
    at_once = fit(chosen, tmp_path / "at once", log_every=7, progress=False)
    monkeypatch.setattr(training, "reads_at_once", lambda device: False)
    later = fit(chosen, tmp_path / "later", log_every=7, progress=False)
    assert same(weights(at_once.folder), weights(later.folder))
    timeless = [name for name in at_once.log.columns if name not in ("seconds", "images_per_second")]
    assert at_once.log[timeless].equals(later.log[timeless])


def test_values_are_read_with_the_log_alone(tmp_path: Path, deferred: None, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[int] = []
    read = Training._read
    monkeypatch.setattr(Training, "_read", lambda self: (reads.append(self.step), read(self))[1])
    fit(config(), tmp_path / "run", log_every=20, checkpoint_seconds=1e9, progress=False)
    assert reads == [20, 40, 40]  # and at the end, when there is nothing left


def test_a_loss_that_is_not_finite_names_its_step_also_when_it_is_read_later(tmp_path: Path, deferred: None) -> None:
    wild = config(optimizer={"name": "sgd", "lr": 1.0e6}, steps=60)
    with pytest.raises(DivergedError, match=r"must stay finite; at step (\d) it was: loss/model (nan|inf).*checkpoint"):
        fit(wild, tmp_path / "run", log_every=50, progress=False)
    assert not RunDirectory(tmp_path / "run").has(CHECKPOINT)


def test_a_run_in_bfloat16_is_another_run_that_learns_the_same(tmp_path: Path) -> None:
    narrow, plain = config(precision="bfloat16"), config()
    assert narrow.id != plain.id
    assert "precision" not in plain.to_dict()
    assert RunConfig.from_dict(narrow.to_dict()) == narrow
    runs = [fit(one, tmp_path / one.precision, progress=False) for one in (narrow, plain)]
    losses = [float(run.log["loss/model"].iloc[-1]) for run in runs]
    assert losses[0] != losses[1]
    assert losses[0] == pytest.approx(losses[1], rel=0.01)
    assert all(value.dtype == np.float32 for value in weights(runs[0].folder).values())
    with pytest.raises(UsageError, match=r"holds another run; got differences in precision"):
        fit(plain, runs[0].folder.path, progress=False)


def test_a_precision_that_is_not_known_is_refused() -> None:
    with pytest.raises(UsageError, match="precision must be one of: float32, bfloat16"):
        config(precision="float16")


@pytest.mark.parametrize("model", ["mlp", "towers"])
def test_networks_in_bfloat16_put_out_float32(model: str) -> None:
    options = {"name": "towers", "latents": [4, 3], "width": 0.125} if model == "towers" else "mlp"
    dataset = load_dataset({"name": "toy", "resolution": 32})
    narrow = new_model(config(model=options), dataset)
    plain = copy.deepcopy(narrow)
    in_bfloat16(narrow)
    x = torch.rand(16, 1, 32, 32)  # enough for its batch norm
    for one, other in zip(narrow.infer(x), plain.infer(x), strict=True):
        assert one.posterior.mean.dtype == torch.float32
        assert not torch.equal(one.posterior.mean, other.posterior.mean)
        torch.testing.assert_close(one.posterior.mean, other.posterior.mean, atol=0.05, rtol=0.05)
    assert narrow(x).dtype == torch.float32


def test_a_copy_of_a_model_in_bfloat16_computes_with_its_own_weights() -> None:
    model = new_model(config(), load_dataset("toy"))
    in_bfloat16(model)
    twin = copy.deepcopy(model)
    nn.init.zeros_(twin.head.weight), nn.init.zeros_(twin.head.bias)  # type: ignore[arg-type]
    x = torch.rand(2, 1, 16, 16)
    assert twin.infer(x)[0].z.abs().max() == 0
    assert model.infer(x)[0].z.abs().max() > 0


def test_a_compiled_run_goes_on_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    monkeypatch.setattr(nn.Module, "compile", lambda module: compiled.append(type(module).__name__))
    assert len(networks(new_model(config(), load_dataset("toy")))) == 3
    fit(config(), tmp_path / "run", until=10, compiled=True, progress=False)
    assert compiled == ["Sequential", "Sequential", "Linear"]
    fit(config(), tmp_path / "run", until=20, progress=False)
    assert len(compiled) == 6
    assert json.loads((tmp_path / "run" / STATUS).read_text())["compiled"] is True
    fit(config(), tmp_path / "run", compiled=False, progress=False)
    assert len(compiled) == 6
    assert "compiled" not in (tmp_path / "run" / CONFIG).read_text()
    assert (tmp_path / "run" / LOG).exists()


# --- where there is an accelerator: `pytest -m gpu`

CUDA = torch.device("cuda")
QUIET = 8  # steps


@contextmanager
def refusing_waits() -> Iterator[None]:
    """Make each synchronisation with CUDA an error meanwhile."""
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.gpu
@pytest.mark.parametrize("hold", [True, False])
@pytest.mark.parametrize("objective", [name for name in names("objectives") if name != "layerwise"])
def test_no_step_waits_for_the_device(objective: str, hold: bool, tmp_path: Path) -> None:
    posterior = "full" if objective == "hyperprior_vae" else "diagonal"
    model = {"name": "mlp", "hidden": 16, "posterior": posterior, "likelihood": "mse"}
    chosen = config(objective=objective, steps=1000, model=model, data=TOY)
    run = Training(RunDirectory(tmp_path), chosen, in_memory(load_dataset(TOY)), CUDA, 1000, 1e9)
    run.inputs = Inputs(run.dataset, CUDA, hold)
    assert (run.inputs.held is not None) == hold
    run.model.train()
    run._step()
    with refusing_waits():
        for _ in range(QUIET):
            run._step()
    run._read()
    assert len(run.position.since_log["loss/model"]) == QUIET + 1


@pytest.mark.gpu
def test_the_check_of_waits_can_fail() -> None:
    with pytest.raises(RuntimeError, match="synchroniz"), refusing_waits():
        torch.ones(1, device=CUDA).item()


@pytest.mark.gpu
@pytest.mark.parametrize(("precision", "compiled"), [("float32", True), ("bfloat16", False), ("bfloat16", True)])
def test_a_run_in_bfloat16_or_compiled_agrees_on_the_device(precision: str, compiled: bool, tmp_path: Path) -> None:
    plain = fit(config(steps=400), tmp_path / "plain", device=CUDA, log_every=40, progress=False)
    other = config(steps=400, precision=precision)
    run = fit(other, tmp_path / "other", device=CUDA, compiled=compiled, log_every=40, progress=False)
    losses = [float(one.log["loss/model"].tail(3).mean()) for one in (run, plain)]
    assert losses[0] == pytest.approx(losses[1], rel=0.02)
