"""An export is what others need and nothing else; its ONNX files answer as the model does, and are scored like runs."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from typer.testing import CliRunner

import unbraid
from unbraid.cli import app
from unbraid.core import MissingLibraryError, Spec, UsageError, build, names
from unbraid.evaluation import OnnxEncoder, _onnx
from unbraid.training import Run, RunConfig, fit

onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")
runtime = pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")
IMAGES = np.random.default_rng(0).integers(0, 256, (300, 1, 16, 16)).astype(np.uint8)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run on standardised images of a file."""
    folder = tmp_path_factory.mktemp("started")
    np.savez(folder / "mine.npz", images=IMAGES, factors=np.arange(300)[:, None] % 5)
    data = {"name": "arrays", "path": str(folder / "mine.npz"), "standardize": True}
    model = {"name": "mlp", "hidden": 8, "latents": 3, "likelihood": "mse"}
    return fit(
        RunConfig.from_dict({"data": data, "model": model, "objective": "vae", "steps": 5, "batch": 8}), folder / "run"
    )


@pytest.fixture(scope="module")
def exported(trained: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    trained.evaluate("mig")
    return trained.export(tmp_path_factory.mktemp("out") / "folder", licence="cc-by-4.0", onnx=True)


def test_an_export_has_the_layout_of_a_hub(trained: Run, exported: Path) -> None:
    card = (exported / "README.md").read_text()
    assert card.startswith("---\nlibrary_name: unbraid\nlicense: cc-by-4.0\n")
    for part in (
        "| layer | metric | value | floor | above | variant |",
        "| 0 | mig |",
        "`encoder.onnx` takes",
        "vae on",
    ):
        assert part in card
    assert json.loads((exported / "config.json").read_text()) == trained.config.to_dict()
    assert not [path.name for path in exported.iterdir() if path.suffix in (".pkl", ".pt", ".bin")]
    opened = unbraid.open(exported)
    assert np.array_equal(opened.encode(IMAGES[:3]).mean, trained.encode(IMAGES[:3]).mean)


def test_a_card_says_that_no_licence_is_given(trained: Run, tmp_path: Path) -> None:
    card = (trained.export(tmp_path / "out") / "README.md").read_text()
    assert "license:" not in card
    assert "None is given for the weights" in card
    with pytest.raises(UsageError, match=r"named as hubs write it, such as apache-2\.0; got 'My own: terms'"):
        trained.export(tmp_path / "out", licence="My own: terms")


@pytest.mark.parametrize("name", ["config.yaml", "status.json", "model.safetensors"])
def test_an_export_without_one_of_its_files_says_which(trained: Run, tmp_path: Path, name: str) -> None:
    (trained.export(tmp_path / "out") / name).unlink()
    with pytest.raises(
        UsageError, match=rf"an export must hold .*; got .*out without {name}; copy or download the whole"
    ):
        unbraid.open(tmp_path / "out")


def test_a_damaged_export_is_refused_in_words(trained: Run, tmp_path: Path) -> None:
    file = trained.export(tmp_path / "out") / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(UsageError, match=r"model\.safetensors is damaged"):
        _ = unbraid.open(tmp_path / "out").model


def test_onnx_files_answer_as_the_run_does_for_any_number_of_images(trained: Run, exported: Path) -> None:
    session = runtime.InferenceSession(exported / "encoder.onnx")
    mean, logvar = session.run(None, {"images": IMAGES[:7].astype(np.float32) / 255})
    encoding = trained.encode(IMAGES[:7])  # which standardises, and so does the file
    np.testing.assert_allclose(mean, encoding.mean, atol=1e-5)
    np.testing.assert_allclose(logvar, encoding.logvar, atol=1e-5)
    (images,) = runtime.InferenceSession(exported / "decoder.onnx").run(None, {"z": mean})
    np.testing.assert_allclose(images, trained.decode(mean), atol=1e-5)


def test_an_onnx_encoder_scores_as_its_run_does(trained: Run, exported: Path) -> None:
    ours = trained.evaluate(["mig", "r2"]).set_index(["metric", "part"])["value"]
    theirs = unbraid.evaluate(str(exported / "encoder.onnx"), trained.dataset, metrics=["mig", "r2"])
    np.testing.assert_allclose(theirs.set_index(["metric", "part"])["value"], ours, atol=1e-4)


def test_the_command_line_exports_and_scores_an_encoder(trained: Run, tmp_path: Path) -> None:
    def said(*words: object) -> str:
        result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    out = tmp_path / "out"
    assert f"written: {out}" in said("export", trained.path, out, "--onnx", "--licence", "mit")
    data = ("--data", "arrays", "--set", f"data.path={trained.config.data.options['path']}")
    words = ("evaluate", "--encoder", out / "encoder.onnx", *data, "--metrics", "mig", "--out", tmp_path / "table.csv")
    assert "mig" in said(*words)
    assert (tmp_path / "table.csv").read_text().startswith("metric,value,floor")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), r"takes a run, or an encoder in its place; unbraid evaluate RUN, or"),
        (("run", "--encoder", "a.onnx"), "takes a run, or an encoder in its place"),
        (
            ("--encoder", "a.onnx"),
            "an encoder needs a dataset that it is scored on; got none; give one: --data dsprites",
        ),
        (("--encoder", "a.onnx", "--data", "toy"), r"an encoder's file must exist; got a\.onnx"),
        (("--encoder", "a.onnx", "--data", "toy", "--out", "a.txt"), "the ending of --out"),
    ],
)
def test_mistakes_on_the_command_line(words: tuple[str, ...], expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        CliRunner().invoke(app, ["evaluate", *words], catch_exceptions=False, standalone_mode=False)


class Two(nn.Module):
    """Two outputs of which none is called mean."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x.mean((1, 3)), x.amax((1, 3))


def test_encoders_of_others_are_read_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "two.onnx"
    _onnx._trace(Two().eval(), torch.rand(2, 1, 16, 16), path, "x", ["a", "b"])
    with pytest.raises(
        UsageError, match=r"must be the only output of two\.onnx, or be named; got \['a', 'b'\]; name one"
    ):
        OnnxEncoder(path)
    with pytest.raises(UsageError, match=r"an output of two\.onnx"):
        OnnxEncoder(path, "c")
    images = torch.rand(3, 1, 16, 16)
    (codes,) = OnnxEncoder(path, "b")(images)
    np.testing.assert_allclose(codes, images.amax((1, 3)))
    with pytest.raises(UsageError, match=r"two\.onnx takes images 1 x 16 x 16; got 3 x 16 x 16; resize the data"):
        OnnxEncoder(path, "a")(torch.rand(3, 3, 16, 16))


def by_hand(path: Path, operation: str, kind: int, sizes: list[int | None], **options: object) -> Path:
    """An ONNX file of one operation."""
    node = onnx.helper.make_node(operation, ["x"], ["y"], **options)
    ends = [onnx.helper.make_tensor_value_info("x", kind, sizes), onnx.helper.make_tensor_value_info("y", kind, None)]
    graph = onnx.helper.make_graph([node], "g", ends[:1], ends[1:])
    onnx.save(onnx.helper.make_model(graph, ir_version=8, opset_imports=[onnx.helper.make_opsetid("", 13)]), path)
    return path


def test_an_encoder_with_a_fixed_batch_and_channels_last_takes_any_number_of_images(tmp_path: Path) -> None:
    sizes = [2, 5, 4, 3]
    path = by_hand(tmp_path / "last.onnx", "ReduceMean", onnx.TensorProto.FLOAT, sizes, axes=[1, 2], keepdims=0)
    images = torch.rand(5, 3, 5, 4)
    (codes,) = OnnxEncoder(path)(images)
    np.testing.assert_allclose(codes, images.mean((2, 3)), rtol=1e-5)


def test_what_is_no_encoder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.onnx").write_bytes(b"no model")
    with pytest.raises(UsageError, match=r"must be an ONNX file; got .*no\.onnx: .*; export it again"):
        OnnxEncoder(tmp_path / "no.onnx")
    by_hand(tmp_path / "whole.onnx", "Identity", onnx.TensorProto.INT64, [None])
    with pytest.raises(UsageError, match=r"takes one input, images of floats; got x of tensor\(int64\)"):
        OnnxEncoder(tmp_path / "whole.onnx")


def test_a_file_that_answers_otherwise_is_not_kept(
    trained: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = _onnx._trace
    monkeypatch.setattr(_onnx, "_trace", lambda network, *rest: trace(nn.Sequential(network, Scaled()).eval(), *rest))
    with pytest.raises(
        UsageError, match=r"encoder\.onnx must answer as the model does, within 1e-05; got other numbers"
    ):
        trained.export(tmp_path / "out", onnx=True)
    assert not (tmp_path / "out" / "encoder.onnx").exists()


class Scaled(nn.Module):
    """Means a little larger."""

    def forward(self, both: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        return both[0] * 1.001, both[1]


def test_a_model_of_operations_that_onnx_lacks_is_named(
    trained: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Run, "standardised", lambda self, x: torch.linalg.pinv(x))
    with pytest.raises(UsageError, match=r"must be made of operations that ONNX has; got .*pinv.*export without onnx"):
        trained.export(tmp_path / "out", onnx=True)


def test_without_the_library_the_extra_is_named(trained: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingLibraryError, match=r"an ONNX file needs onnx.*pip install 'unbraid\[onnx\]'"):
        trained.export(tmp_path / "out", onnx=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", names("models"))
def test_every_model_is_written_as_onnx(name: str, tmp_path: Path) -> None:
    shape = (3, 64, 64) if name in ("boxhead_large", "towers") else (1, 64, 64)
    model = build("models", Spec(name), image_shape=shape).eval()
    z, images = torch.randn(5, sum(model.widths)), torch.rand(5, *shape)
    plain = torch.nn.Module()
    plain.standardised, plain.displayed, plain.model = (lambda x: x), (lambda mean: mean.clamp(0, 1)), model  # type: ignore[assignment]
    for network, given in ((_onnx._Encoder(plain), images), (_onnx._Decoder(plain), z)):  # type: ignore[arg-type]
        outputs = ["mean", "logvar"] if given is images else ["images"]
        _onnx._trace(network.eval(), given[:2], tmp_path / "part.onnx", "x", outputs)
        _onnx._require_equal(network, given, tmp_path / "part.onnx", name)
