"""Codes as tables, labels that come later, and pictures of codes: by the command line and from Python."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import unbraid
from tests.cli.test_commands import refused, run
from unbraid.core import UsageError
from unbraid.evaluation import code_table, decode_to, evaluate, load_representation, read_scores
from unbraid.metrics import read_representation
from unbraid.store import LABELS_FILE, METRICS
from unbraid.training import Run, RunConfig, fit

COUNT = 60
DRAWS = np.random.default_rng(0)
X = DRAWS.integers(2, 14, COUNT)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on a folder of pictures without labels."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "pictures" / "sub").mkdir(parents=True)
    for k, x in enumerate(X):
        pixels = np.zeros((16, 20), np.uint8)
        pixels[:, x + 2] = 255
        Image.fromarray(pixels).save(folder / "pictures" / name_of(k))
    data = {"name": "image_folder", "path": str(folder / "pictures"), "resolution": 16, "fit": "pad"}
    fit(RunConfig(data, {"name": "mlp", "latents": 3, "hidden": 16}, objective="vae", steps=3), folder / "run")
    return folder


def name_of(k: int) -> str:
    return f"{'sub/' if k % 3 == 0 else ''}p{k:02d}.png"


def labels_in(folder: Path) -> Path:
    """Of most pictures, in another order, by their names."""
    rows = [(Path(name_of(k)).name, float(x), "left" if x < 8 else "right") for k, x in enumerate(X)]
    frame = pd.DataFrame(rows, columns=["picture", "place", "side"]).iloc[::-1].iloc[:50]
    frame.to_csv(folder / "later.csv", index=False, sep=";", decimal=",")
    return folder / "later.csv"


def test_codes_of_a_dataset_and_of_new_pictures_are_the_same(trained: Path, tmp_path: Path) -> None:
    run("encode", str(trained / "run"), "--out", str(tmp_path / "codes.csv"))
    table = pd.read_csv(tmp_path / "codes.csv")
    assert table.columns.tolist() == ["file", *(f"{part}{j}" for part in ("z", "logvar") for j in range(3))]
    assert table["file"].tolist() == sorted(name_of(k) for k in range(COUNT))
    run("encode", str(trained / "run"), "--out", str(tmp_path / "new.parquet"), "--images", str(trained / "pictures"))
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "new.parquet"), table, check_dtype=False, rtol=1e-4)
    one = code_table(trained / "run", trained / "pictures" / name_of(0), progress=False)
    assert one.iloc[0, 1:].to_numpy(float) == pytest.approx(table.iloc[-20, 1:].to_numpy(float), abs=1e-5)
    rep, left_out = read_representation(tmp_path / "codes.csv", labels=labels_in(tmp_path))
    assert rep.logvar is not None
    assert left_out == ["file", "picture"]
    assert rep.space.names == ("place", "side")


def test_a_dataset_without_files_has_numbers_of_rows(tmp_path: Path) -> None:
    trained = fit(RunConfig("toy", "mlp", objective="vae", steps=2), tmp_path / "run")
    table = code_table(trained, progress=False)
    assert table["row"].tolist() == list(range(72))
    assert table.columns[1] == "z0"


def test_codes_become_pictures(trained: Path, tmp_path: Path) -> None:
    run("encode", str(trained / "run"), "--out", str(tmp_path / "codes.csv"))
    arguments = (str(trained / "run"), str(tmp_path / "codes.csv"), "--out", str(tmp_path / "p"))
    assert "60 pictures" in run("decode", *arguments)
    assert sorted(path.name for path in (tmp_path / "p").iterdir()) == [f"p{k:02d}.png" for k in range(COUNT)]
    opened = Run(trained / "run")
    z = opened.encode(trained / "pictures" / "p01.png").mean
    pixels = np.asarray(Image.open(tmp_path / "p" / "p01.png"), dtype=float) / 255
    assert pixels == pytest.approx(opened.decode(z)[0, 0], abs=0.01)
    np.save(tmp_path / "z.npy", z)
    assert decode_to(opened, tmp_path / "z.npy", tmp_path / "z.npz") == 1
    assert np.load(tmp_path / "z.npz")["images"].shape == (1, 1, 16, 16)


def test_encode_and_decode_take_a_device_and_threads(trained: Path, tmp_path: Path) -> None:
    import torch

    before, seen = torch.get_num_threads(), []
    infer = type(Run(trained / "run").model).infer

    def watched(self: Any, *arguments: Any, **options: Any) -> Any:
        seen.append((torch.get_num_threads(), next(self.parameters()).device.type))
        return infer(self, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(Run(trained / "run").model), "infer", watched)
        for images in ((), ("--images", str(trained / "pictures"))):
            placed = ("--device", "cpu", "--threads", str(before + 1))
            run("encode", str(trained / "run"), "--out", str(tmp_path / "codes.csv"), *images, *placed)
    assert set(seen) == {(before + 1, "cpu")}
    assert torch.get_num_threads() == before
    np.save(tmp_path / "z.npy", np.zeros((1, 3)))
    commands = [
        ("encode", str(trained / "run"), "--out", str(tmp_path / "c.csv")),
        ("decode", str(trained / "run"), str(tmp_path / "z.npy"), "--out", str(tmp_path / "p")),
    ]
    for command in commands:
        assert "device must be" in refused(*command, "--device", "cpuu")
    assert "decode_to: threads must be at least 1" in thrown(trained, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"codes.csv", "z.npy"}
    run(*commands[1], "--device", "cpu", "--threads", "1")
    assert (tmp_path / "p").is_dir()


def thrown(trained: Path, folder: Path) -> str:
    with pytest.raises(UsageError) as caught:
        decode_to(trained / "run", folder / "z.npy", folder / "p", threads=0)
    return str(caught.value)


def test_a_run_encodes_its_own_dataset(trained: Path) -> None:
    opened = unbraid.open(trained / "run", device="cpu")
    rep = unbraid.encode(opened, progress=False)
    assert np.array_equal(rep.code, unbraid.encode(opened.model, opened.dataset, progress=False).code)
    by_folder = unbraid.encode(trained / "run", index=np.arange(5), device="cpu", progress=False)
    assert by_folder.code == pytest.approx(rep.code[:5], abs=1e-5)
    with pytest.raises(UsageError, match=r'encodes a dataset; give one: encode\(encoder, "dsprites"\)'):
        unbraid.encode(opened.model)


def test_what_cannot_be_encoded_or_decoded_is_refused_and_leaves_nothing(trained: Path, tmp_path: Path) -> None:
    folder = str(trained / "run")
    message = refused("encode", folder, "--out", str(tmp_path / "c.txt"))
    assert "the ending of --out must be one of: .csv, .parquet" in message
    arguments = ("encode", folder, "--out", str(tmp_path / "c.csv"), "--images")
    assert "got nowhere" in refused(*arguments, "nowhere")
    (tmp_path / "empty").mkdir()
    assert "must hold .png, .jpg or .jpeg files" in refused(*arguments, str(tmp_path / "empty"))
    np.save(tmp_path / "z.npy", np.zeros((4, 2)))
    codes = ("decode", folder, str(tmp_path / "z.npy"), "--out")
    assert "codes must have shape [N, 3]" in refused(*codes, str(tmp_path / "out"))
    np.save(tmp_path / "z.npy", np.zeros((4, 3)))
    assert "must be empty, or not there yet" in refused(*codes, str(trained))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "z.npy"]


def test_labels_that_came_later_take_the_place_of_none(trained: Path, tmp_path: Path) -> None:
    file = labels_in(tmp_path)
    shown = run("evaluate", str(trained / "run"), "--labels", str(file), "--metrics", "mig")
    assert "labels of later.csv: matched by 'picture'; 10 of 60 have none" in shown
    assert "side: categorical, 2 levels: left, right; missing in 10 of 60 rows" in shown
    assert "p (Holm)" in shown
    rep = load_representation(trained / "run")
    assert rep.space.names == ("place", "side")
    place = np.asarray(rep.space.factors[0].values or range(20))[rep.factors[:, 0].astype(int)]
    order = [int(Path(name).stem[1:]) for name in sorted(name_of(k) for k in range(COUNT))]
    assert rep.missing is not None
    known = ~rep.missing[:, 0]
    assert np.array_equal(place[known], X[order][known])
    evaluate(trained / "run", metrics="mig", rows=40, replace=True, progress=False)  # labels are related again
    again = load_representation(trained / "run")
    assert (len(again), again.space.names) == (40, ("place", "side"))


def test_deleting_the_note_of_labels_brings_the_datasets_own_back(trained: Path, tmp_path: Path) -> None:
    """And no score of the other labels stays."""
    folder = trained / "run"
    labels_in(tmp_path)
    evaluate(folder, labels=tmp_path / "later.csv", metrics=["mcc", "active_latents"], replace=True, progress=False)
    (folder / LABELS_FILE).write_text("[]")
    with pytest.raises(UsageError, match=r"labels.json must name a file and kinds; got \[\]; delete it"):
        evaluate(folder, metrics="active_latents", progress=False)
    (folder / LABELS_FILE).write_text("{")
    with pytest.raises(UsageError, match=r"labels.json must be JSON; .* delete it"):
        evaluate(folder, metrics="active_latents", progress=False)
    (folder / LABELS_FILE).unlink()
    evaluate(folder, metrics="active_latents", progress=False)
    assert len(load_representation(folder).space) == 0
    assert set(read_scores(folder)["metric"]) == {"active_latents"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("picture,place\nx.png,1\n", "labels in .* must be 60, one for each row, or name their rows; got 1 rows"),
        ("picture\np01.png\n", "must hold a label beside the names of rows"),
        ("picture,place\np01.png,1\np01.png,2\n", "must list each row once; got 'p01.png' twice"),
        ("<html>Log in</html>", "got a saved web page"),
    ],
)
def test_labels_of_something_else_are_refused_and_scores_stay(
    trained: Path, tmp_path: Path, content: str, message: str
) -> None:
    evaluate(trained / "run", metrics="active_latents", progress=False)
    before = (trained / "run" / METRICS).read_bytes()
    (tmp_path / "labels.csv").write_text(content)
    with pytest.raises(UsageError, match=message):
        evaluate(trained / "run", labels=tmp_path / "labels.csv", progress=False)
    assert (trained / "run" / METRICS).read_bytes() == before
    with pytest.raises(UsageError, match="labels of a file are related to a run; got an encoder"):
        evaluate(lambda images: images.mean(dim=(2, 3)), "toy", labels=tmp_path / "labels.csv", progress=False)


def test_a_table_of_scores_shows_value_and_floor_at_80_columns(trained: Path, tmp_path: Path) -> None:
    table = evaluate(trained / "run", labels=labels_in(tmp_path), metrics=["mig", "mcc"], progress=False)
    with pd.option_context("display.max_columns", 6, "display.width", 80):
        shown = repr(table)
    first = shown.splitlines()[0].split()
    assert first[:3] == ["metric", "value", "floor"]
    assert max(map(len, shown.splitlines())) <= 80
