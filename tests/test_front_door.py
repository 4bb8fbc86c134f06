"""What a stranger types first: each line of it works, from any folder, and mistakes get one sentence."""

import ast
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

import unbraid
from unbraid.core import UsageError
from unbraid.metrics import Score, mig
from unbraid.objectives import VAE, Batch, BetaVAE

WORLD = {"name": "toy", "places": 8}
SOURCE = Path(unbraid.__file__).parent


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> unbraid.Run:
    config = unbraid.RunConfig(data=WORLD, model="mlp", objective=BetaVAE(beta=4), steps=20, batch=8)
    return unbraid.fit(config, tmp_path_factory.mktemp("runs") / "mine")


def test_fit_returns_the_run_and_open_opens_it(run: unbraid.Run, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    opened = unbraid.open(run.path)
    images = opened.dataset.images(np.arange(4))
    z = opened.encode(images)
    assert np.allclose(z.mean, run.encode(torch.from_numpy(images)).mean)
    assert opened.decode(z.mean).shape == (4, 1, 16, 16)
    assert opened.sample(16).shape == (16, 1, 16, 16)
    assert opened.traverse(images[0], latents=[0, 3]).shape[:2] == (2, 11)
    assert list(opened.log["step"]) == [20]


def test_without_a_folder_a_run_gets_the_name_of_its_settings(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    settings = {"data": "toy", "model": "mlp", "objective": "vae", "steps": 2}
    run = unbraid.fit(settings)
    assert run.path == Path("runs/hand") / unbraid.RunConfig.from_dict(settings).folder_name


def test_a_run_evaluates_reports_and_exports(run: unbraid.Run, tmp_path: Path) -> None:
    table = run.evaluate(["mig", lambda rep: 0.25])
    values = table[table["part"] == ""].set_index("metric")["value"]
    assert values["lambda"] == 0.25
    assert set(values.index) == {"mig", "lambda"}
    assert run.report().name == "report.html"
    assert unbraid.report(run.path) == run.report()
    exported = unbraid.open(run.export(tmp_path / "folder"))
    images = run.dataset.images(np.arange(3))
    assert np.array_equal(exported.encode(images).mean, run.encode(images).mean)
    card = (tmp_path / "folder" / "README.md").read_text()
    assert "beta_vae on toy" in card
    assert "| 0 | mig |" in card
    assert unbraid.open(exported.path).export(exported.path) == exported.path  # once more, over itself


def test_an_export_is_refused_where_it_would_mix(run: unbraid.Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"an export needs a folder of its own; got .*notes\.txt"):
        run.export(tmp_path)


def test_half_a_run_is_not_exported(tmp_path: Path) -> None:
    config = unbraid.RunConfig("toy", "mlp", objective="vae", steps=9)
    half = unbraid.fit(config, tmp_path / "half", until=3)
    with pytest.raises(UsageError, match=r"trained to its end; got .*at step 3 of 9; go on with it first"):
        half.export(tmp_path / "out")


LABELS = np.random.default_rng(0).integers(4, size=(400, 2))


@pytest.mark.parametrize(
    ("codes", "labels"),
    [
        (LABELS * 2.0, LABELS),
        (torch.tensor(LABELS * 2.0, requires_grad=True), torch.from_numpy(LABELS)),
        (pd.DataFrame(LABELS * 2.0), pd.DataFrame(LABELS)),
        (LABELS * 2.0, {"a": LABELS[:, 0], "b": LABELS[:, 1]}),
    ],
)
def test_codes_and_labels_of_any_kind_are_scored_alike(codes: Any, labels: Any) -> None:
    scores = unbraid.score(codes, labels, metrics=["mig", partial(mig, bins=8)], floor=False)
    assert list(scores) == ["mig", "mig(bins=8)"]
    assert scores["mig"].value == pytest.approx(unbraid.score(LABELS * 2.0, LABELS, metrics=mig)["mig"].value, abs=1e-9)


def test_names_of_columns_are_names_of_latents_and_factors() -> None:
    codes = pd.DataFrame(LABELS * [1.0, 5.0], columns=["left", "right"])
    labels = pd.DataFrame({"shape": LABELS[:, 0], "size": LABELS[:, 1]})
    scores = unbraid.score(codes, labels, metrics=["mig", "kl_variance", "flatness", "dci_per_latent", "modularity"])
    assert set(scores["mig"].parts) == {"shape", "size"}
    assert {"left", "right"} <= set(scores["modularity"].parts)
    whole = pd.concat([codes, labels], axis=1)
    assert unbraid.score(whole, ["shape", "size"], metrics="mig")["mig"].value == scores["mig"].value
    z = whole.rename(columns={"left": "z0", "right": "z1"})
    assert unbraid.score(z, metrics="mig")["mig"].value == scores["mig"].value


def test_annotated_data_are_scored_by_columns_of_obs() -> None:
    obs = pd.DataFrame({"cell_type": LABELS[:, 0].astype(str), "batch": LABELS[:, 1]})
    data = SimpleNamespace(X=LABELS * 2.0, obs=obs, var_names=["g1", "g2"])
    scores = unbraid.score(data, ["cell_type"], metrics=["mig", "modularity"])
    assert set(scores["mig"].parts) == {"cell_type"}
    assert set(unbraid.score(data, metrics="mig")["mig"].parts) == {"cell_type", "batch"}
    with pytest.raises(UsageError, match="a column of obs, must be one of: cell_type, batch"):
        unbraid.score(data, ["celltype"], metrics="mig")


def test_kinds_are_said_as_on_the_command_line() -> None:
    angle = np.random.default_rng(0).integers(8, size=400)
    codes = np.stack([np.cos(angle * np.pi / 4), np.sin(angle * np.pi / 4)], axis=1)
    frame = pd.DataFrame({"z0": codes[:, 0], "z1": codes[:, 1], "angle": angle * 45})
    turned = [
        unbraid.score(codes, {"angle": angle * 45}, metrics="mcc", kinds={"angle": "circular:360"}),
        unbraid.score(frame, ["angle"], metrics="mcc", kinds={"angle": "circular:360"}),
    ]
    assert turned[0]["mcc"].value == turned[1]["mcc"].value


def test_files_are_scored_by_path(tmp_path: Path) -> None:
    np.savez(tmp_path / "codes.npz", code=LABELS * 2.0, factors=LABELS)
    assert unbraid.score(tmp_path / "codes.npz", metrics="mig")["mig"].value == pytest.approx(1, abs=0.02)


def test_anybodys_encoder_is_scored_in_one_line() -> None:
    table = unbraid.evaluate(lambda images: images.flatten(1)[:, ::32], WORLD, metrics=["mig", "r2"], floor=False)
    assert table["value"].notna().any()
    layer = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(256, 3), torch.nn.Dropout(0.5)).train()
    first, second = (unbraid.encode(layer, "toy") for _ in range(2))
    assert np.array_equal(first.code, second.code)  # dropout is off meanwhile
    assert layer.training
    layer(torch.rand(4, 1, 16, 16)).sum().backward()  # and it can be trained on
    model = unbraid.models.mlp((1, 16, 16), latents=2)
    unbraid.encode(model, "toy", np.arange(5))
    model(torch.rand(2, 1, 16, 16)).sum().backward()
    with_spread = unbraid.encode(lambda x: (x.mean((2, 3)), x.mean((2, 3)) - 3), "toy", np.arange(5))
    assert with_spread.logvar is not None


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        (lambda x: x.mean(), r"must return codes \[72, D\] for 72 images.*'lambda|<lambda>'.*got \[\]"),
        (lambda x: x.mean((2, 3))[:-1], r"got \[71, 1\]; return one row of codes for each image"),
        (lambda x: x.mean((2, 3)) * float("nan"), "codes must be finite; .*NaN or infinity in 72 rows"),
        (lambda x: "codes", "must return codes .* as tensor or array of numbers; .* returned str"),
        (3, "an encoder must be a function of images"),
    ],
)
def test_an_encoder_that_returns_no_codes_gets_one_sentence(encoder: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        unbraid.evaluate(encoder, "toy", metrics="mig")


def test_an_encoder_needs_a_dataset() -> None:
    with pytest.raises(UsageError, match=r"needs a dataset that it is scored on; got none; give one"):
        unbraid.evaluate(lambda x: x)


@pytest.mark.parametrize("run", [5, {}, ["x", "x"]])
def test_what_is_neither_a_run_nor_an_encoder_is_refused(run: Any) -> None:
    with pytest.raises(UsageError, match=r"an encoder must be a function of images .*; got .*; or give a run"):
        unbraid.evaluate(run)


def test_a_lambda_cannot_be_written_into_a_configuration(tmp_path: Path) -> None:
    config = unbraid.RunConfig("toy", "mlp", objective="vae", steps=2, metrics=[lambda rep: 1.0])
    with pytest.raises(UsageError, match="'lambda' is an object, a lambda, or defined in a notebook"):
        unbraid.fit(config, tmp_path / "run")


def test_settings_may_be_a_file(tmp_path: Path, run: unbraid.Run) -> None:
    assert unbraid.fit(run.path / "config.yaml", run.path).config == run.config
    with pytest.raises(UsageError, match=r"a settings file must exist; .*mine\.yaml does not"):
        unbraid.fit(tmp_path / "mine.yaml")
    with pytest.raises(UsageError, match=r"fit: config must be RunConfig or a mapping or Path or text; got None"):
        unbraid.fit(None)  # type: ignore[arg-type]


def test_what_is_given_in_the_wrong_place_is_refused(run: unbraid.Run) -> None:
    with pytest.raises(UsageError, match=r"an opened run has its dataset; .*give metrics by name"):
        unbraid.evaluate(run, ["mig"])
    with pytest.raises(UsageError, match="metrics are given by name, as functions, or as a list of them; got 3"):
        unbraid.score(LABELS * 1.0, LABELS, metrics=3)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"codes must be numbers \[N, D\]; got str"):
        run.decode("codes")


def test_a_model_reconstructs_and_an_objective_is_called(run: unbraid.Run) -> None:
    images = torch.rand(5, 1, 16, 16)
    assert run.model(images).shape == images.shape
    batch = Batch(images, torch.Generator().manual_seed(0), rows=72)
    assert set(VAE()(run.model, batch).of) == {"model"}


def test_datasets_work_under_a_data_loader_and_other_libraries_work_as_ours(tmp_path: Path) -> None:
    world = unbraid.load_dataset("toy")
    images, factors = next(iter(DataLoader(world, batch_size=8)))
    assert images.shape == (8, 1, 16, 16)
    assert images.max() <= 1
    assert factors.shape == (8, 3)
    assert len(list(world)) == len(world) == 72
    guest = TensorDataset(torch.rand(300, 1, 16, 16), torch.arange(300) % 3)
    ours = unbraid.load_dataset(guest, labels="digit")
    assert ours.space.names == ("digit",)
    assert ours.images(np.arange(4)).dtype == np.uint8
    config = unbraid.RunConfig("toy", "mlp", objective="vae", steps=2, batch=4)
    assert unbraid.fit(config, tmp_path / "run", dataset=guest).dataset.space.names == ()
    assert unbraid.evaluate(lambda x: x.mean((2, 3)), ours, metrics="r2")["value"].notna().any()


def test_a_run_on_data_that_were_given_asks_for_them(tmp_path: Path) -> None:
    guest = TensorDataset(torch.rand(200, 1, 16, 16), torch.arange(200) % 4)
    config = unbraid.RunConfig("toy", "mlp", objective="vae", steps=2, batch=4)
    unbraid.fit(config, tmp_path / "run", dataset=guest)
    opened = unbraid.open(tmp_path / "run")
    assert opened.sample(2).shape == (2, 1, 16, 16)
    with pytest.raises(UsageError, match=r"given to it, TensorDataset: 200 images.*dataset=…"):
        _ = opened.dataset
    labelled = unbraid.load_dataset(guest, labels="digit")
    assert unbraid.evaluate(tmp_path / "run", labelled, "r2")["value"].notna().any()
    unbraid.fit(config, tmp_path / "same", dataset=unbraid.load_dataset("toy"))
    assert len(unbraid.open(tmp_path / "same").dataset) == 72


def test_metrics_may_stand_third() -> None:
    assert list(unbraid.score(LABELS * 2.0, LABELS, "mcc", floor=False)) == ["mcc"]


def test_a_data_page_is_written_by_name(tmp_path: Path) -> None:
    assert unbraid.report.data_page("toy", str(tmp_path / "toy")).is_file()


def test_other_peoples_datasets_are_refused_with_a_sentence() -> None:
    wrong = TensorDataset(torch.randn(6, 1, 16, 16))
    with pytest.raises(UsageError, match=r"floats in \[0, 1\].*leave normalisation out"):
        unbraid.load_dataset(wrong)
    with pytest.raises(UsageError, match="a dataset must have rows"):
        unbraid.load_dataset(TensorDataset(torch.rand(0, 1, 4, 4)))
    with pytest.raises(UsageError, match=r"items with labels are \(image, label\)"):
        unbraid.load_dataset(_Bare(), labels="digit")


class _Bare:
    def __len__(self) -> int:
        return 3

    def __getitem__(self, row: int) -> np.ndarray:
        return np.zeros((1, 4, 4), dtype=np.uint8)


def test_a_study_runs_by_the_words_of_the_command_line(tmp_path: Path) -> None:
    statuses = unbraid.studies.run("beta-on-toy", scale="smoke", root=tmp_path, progress=False)
    assert {status.state for status in statuses} == {"done"}
    assert {status.state for status in unbraid.studies.status("beta-on-toy", scale="smoke", root=tmp_path)} == {"done"}
    assert len(unbraid.studies.table("beta-on-toy", scale="smoke", root=tmp_path))
    assert unbraid.report.write_study_report("beta-on-toy", scale="smoke", root=tmp_path).is_file()
    assert unbraid.studies.keep("beta-on-toy", tmp_path / "kept", scale="smoke", root=tmp_path) == len(statuses)


def test_a_script_without_a_main_guard_runs_a_study(tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    script.write_text(
        "import unbraid\n"
        "statuses = unbraid.studies.run('beta-on-toy', scale='smoke', root='here', only='seed=0')\n"
        "print([status.state for status in statuses])\n"
    )
    answer = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert set(ast.literal_eval(answer.stdout.strip())) == {"done"}


def test_things_show_what_they_are(run: unbraid.Run) -> None:
    assert repr(run.dataset).startswith("<toy: 128 images 1 x 16 x 16; factors x 8, y 8, brightness 2>")
    assert run.dataset._repr_html_().count("data:image/png;base64") == 1
    rep = unbraid.encode(run, run.dataset)
    assert repr(rep) == "<Representation: 128 rows, 10 latents; factors x 8, y 8, brightness 2>"
    scores = unbraid.score(rep, metrics=["mig", "udr"])
    assert repr(scores["mig"]).startswith("<Score mig 0.")
    assert "<table>" in scores._repr_html_()
    assert "missing" in repr(scores["udr"])
    assert "<table>" in scores["mig"]._repr_html_()
    assert "brightness" in rep._repr_html_()
    html = run._repr_html_()
    assert html.count("data:image/png;base64") == 1
    assert "beta_vae" in html
    assert repr(Score(0.5)) == "<Score 0.500>"


@pytest.mark.parametrize("file", sorted((SOURCE / "cli").glob("*.py")), ids=lambda file: file.stem)
def test_the_command_line_imports_nothing_private(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("unbraid"):
            parts = [*str(node.module).split("."), *(alias.name for alias in node.names)]
            private = [part for part in parts if part.startswith("_") and part != "__version__"]
            assert parts[:2] == ["unbraid", "cli"] or not private, f"{file.name}:{node.lineno} imports {private}"


def test_everything_promised_is_there() -> None:
    for name in unbraid.__all__:
        assert getattr(unbraid, name) is not None
    assert set(unbraid.__all__) <= set(dir(unbraid))
    with pytest.raises(AttributeError, match="module 'unbraid' has no attribute 'fitt'"):
        _ = unbraid.fitt


def test_presets_are_settings_to_begin_from() -> None:
    assert "pocket" in unbraid.presets()
    config = unbraid.RunConfig.from_dict({**unbraid.preset("pocket"), "seed": 3})
    assert (config.model.name, config.seed) == ("mlp", 3)
    with pytest.raises(UsageError, match="Did you mean 'pocket'"):
        unbraid.preset("pokcet")
