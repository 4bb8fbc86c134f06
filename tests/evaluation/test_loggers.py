"""Loggers: real files of real services, and a run that is the same with and without them."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch import Tensor, nn

from unbraid.core import UsageError
from unbraid.evaluation import WRITERS, Loggers
from unbraid.evaluation._loggers import Writer, tiled
from unbraid.store import MODEL, RunDirectory
from unbraid.training import LogRow, RunConfig, Training, fit, together

SETTINGS = {
    "data": {"name": "toy", "places": 12},
    "model": {"name": "mlp", "latents": 3, "hidden": 16},
    "objective": "vae",
    "steps": 40,
    "batch": 16,
}
CONFIG = RunConfig.from_dict(SETTINGS)


def logged(folder: Path, *names: str, config: RunConfig = CONFIG) -> RunDirectory:
    with Loggers(names) as loggers:
        return fit(config, folder, callback=loggers, log_every=10).folder


class Notes(Writer):
    """Keeps what it is given."""

    def open(self, training: Training) -> None:
        self.calls: list[tuple[str, int, str]] = []

    def scalars(self, step: int, row: LogRow) -> None:
        self.calls.append(("scalars", step, ",".join(row)))

    def image(self, step: int, name: str, pixels: np.ndarray) -> None:
        assert pixels.dtype == np.uint8
        assert pixels.shape[0] in (1, 3)
        self.calls.append(("image", step, name))

    def histogram(self, step: int, name: str, values: np.ndarray) -> None:
        self.calls.append(("histogram", step, name))

    def graph(self, whole: nn.Module, images: Tensor) -> None:
        assert whole(images)[0].shape == images.shape
        self.calls.append(("graph", 0, ""))

    def close(self) -> None:
        self.calls.append(("close", 0, ""))


def test_a_service_gets_the_graph_each_row_the_pictures_and_the_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unbraid.evaluation._loggers.WRITERS", {"json": Notes})
    seen: list[int] = []
    with Loggers(["json"]) as loggers:
        see = lambda training, row: seen.append(training.step)  # noqa: E731
        run = fit(CONFIG, tmp_path / "run", callback=together(loggers, see), log_every=10).folder
    calls = loggers._writers[0].calls  # type: ignore[attr-defined]
    assert [call[0] for call in (calls[0], calls[-1])] == ["graph", "close"]
    assert [step for kind, step, _ in calls if kind == "scalars"] == [10, 20, 30, 40]
    assert {name for kind, _, name in calls if kind == "image"} == {"reconstructions/0", "traversals/0"}
    assert any(name.startswith("weights/decoder") for kind, _, name in calls if kind == "histogram")
    assert seen == list(range(41))
    assert run.read_status()["state"] == "done"


def test_a_watched_run_is_the_same_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unbraid.evaluation._loggers.WRITERS", {"json": Notes})
    dropout = {"model": {"name": "osnabrueck", "dropout": 0.3}, "data": {"name": "toy", "resolution": 28}, "steps": 12}
    for settings in (SETTINGS, {**SETTINGS, **dropout}):
        config = RunConfig.from_dict(settings)
        plain = fit(config, tmp_path / config.id / "plain", log_every=4).folder.read_tensors(MODEL)
        with Loggers(["json"]) as loggers:
            watched = fit(config, tmp_path / config.id / "watched", callback=loggers, log_every=4).folder.read_tensors(
                MODEL
            )
        assert all(np.array_equal(plain[name], watched[name]) for name in plain)


def test_tiles_keep_rows_and_columns() -> None:
    images = np.arange(2 * 3 * 1 * 2 * 2).reshape(2, 3, 1, 2, 2)
    page = tiled(images)
    assert page.shape == (1, 4, 6)
    assert np.array_equal(page[:, 2:4, 2:4], images[1, 1])


def test_unknown_services_and_missing_extras_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="--log must be one of: tensorboard, wandb; got 'tensorbord'"):
        Loggers(["tensorbord"])
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(
        UsageError, match=r"--log wandb needs wandb, which is not installed; pip install 'unbraid\[wandb\]'"
    ):
        Loggers(["wandb"])
    assert set(WRITERS) == {"tensorboard", "wandb"}


@pytest.mark.filterwarnings("ignore")
def test_tensorboard_files_hold_scalars_images_histograms_and_the_graph(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run = logged(tmp_path / "run", "tensorboard")
    events: Any = EventAccumulator(str(run / "tensorboard")).Reload()
    tags = events.Tags()
    assert {"loss/model", "reconstruction", "kl"} <= set(tags["scalars"])
    losses = {event.step: event.value for event in events.Scalars("loss/model")}
    assert losses == {row["step"]: pytest.approx(row["loss/model"]) for row in run.read_log()}
    assert set(tags["images"]) == {"reconstructions/0", "traversals/0"}
    assert events.Images("reconstructions/0")[-1].encoded_image_string[1:4] == b"PNG"
    assert any(name.startswith("weights/") for name in tags["histograms"])
    assert tags["graph"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_wandb_writes_an_offline_run_with_everything(tmp_path: Path) -> None:
    pytest.importorskip("wandb")
    run = logged(tmp_path / "run", "wandb")
    folder = next((run / "wandb").glob("offline-run-*"))
    assert next(folder.glob("*.wandb")).stat().st_size > 1000
    names = [path.name for path in (folder / "files").rglob("*.png")]
    assert any("reconstructions" in str(path) for path in (folder / "files").rglob("*.png")), names
    assert "aten::" in (folder / "files" / "graph.txt").read_text()
