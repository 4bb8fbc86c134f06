"""Figures for papers from the files of runs, studies and datasets."""

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from matplotlib.figure import Figure
from typer.testing import CliRunner

from tests.report.sample_run import write_run
from tests.report.test_layers_report import scored_run
from tests.studies.samples import tiny
from unbraid.cli import main
from unbraid.cli._app import app
from unbraid.core import UsageError, names
from unbraid.report import figure, save_figure
from unbraid.report.paper import drawing, takes
from unbraid.store import ARRAYS, METRICS, RunDirectory
from unbraid.studies import Study, planned_runs
from unbraid.studies._worker import score_ids

OF_ONE_RUN = ("curves", "kl_per_latent", "matrix", "posterior_map", "reconstructions", "traversals")
OF_LAYERS = ("layer_reconstructions", "layer_scores", "score_by_layer")
OF_SCORES = ("comparison", "progression", "rank_agreement", "sweep")
OF_DATA = ("contact_sheet", "distances", "factor_importance", "factor_walks")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("one") / "run")


@pytest.fixture(scope="module")
def layered(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("layered")
    return [scored_run(folder / "deep", (6, 5), beta=4.0), scored_run(folder / "flat", (6,), beta=4.0)]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two methods of two seeds, with floors; the first of each with a baseline."""
    folder = tmp_path_factory.mktemp("several")
    return [several(folder / f"{beta}-{seed}", beta, seed) for beta in (1.0, 4.0) for seed in (0, 1)]


def several(folder: Path, beta: float, seed: int) -> Path:
    run = RunDirectory(write_run(folder))
    settings = run.read_config()
    settings["phases"][0]["objective"]["beta"] = beta
    settings["seed"] = seed
    (run / "config.yaml").unlink()
    run.write_config(settings)
    table = run.read_table(METRICS)
    worth = table["value"] + 0.01 * beta + 0.003 * seed * np.where(table["metric"] == "mig", 1, -2)
    run.write_table(METRICS, table.assign(value=worth, floor=0.02, score_id=""))
    pca = table[table["metric"] == "mig"].assign(baseline="pca", value=0.05, floor=None, score_id="")
    run.write_table("baselines.parquet", pca)
    return folder


def given(name: str, run: Path, layered: list[Path], runs: list[Path]) -> list[Any]:
    return [run] if name in OF_ONE_RUN else layered if name in OF_LAYERS else ["toy"] if name in OF_DATA else runs


def test_every_figure_is_drawn_from_files_and_nothing_else_is() -> None:
    assert sorted([*OF_ONE_RUN, *OF_LAYERS, *OF_SCORES, *OF_DATA, "stress"]) == names("figures")
    folder = Path(drawing("stress").__code__.co_filename).parent
    assert sorted(path.stem for path in folder.glob("[!_]*.py")) == names("figures")
    assert {name: takes(name) for name in ("traversals", "layer_scores", "comparison")} == {
        "traversals": "RUN",
        "layer_scores": "RUN...",
        "comparison": "STUDY or RUN...",
    }


OPTIONS = {"progression": {"of": "log"}, "sweep": {"over": "objective.beta"}, "layer_reconstructions": {}}


@pytest.mark.parametrize("name", [name for name in names("figures") if name != "stress"])
def test_each_draws_from_files(name: str, run: Path, layered: list[Path], runs: list[Path]) -> None:
    chosen = layered[:1] if name == "layer_reconstructions" else given(name, run, layered, runs)
    options = {"pairs": 50} if name in ("distances", "factor_importance") else OPTIONS.get(name, {})
    drawn = figure(name, *chosen, width="double", **options)
    assert isinstance(drawn, Figure)
    assert drawn.get_figwidth() == pytest.approx(7.2)
    assert drawn.numbers  # type: ignore[attr-defined]


def written(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_command_writes_the_figure_and_its_numbers(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "kl.pdf"
    line = [
        "figure",
        "kl_per_latent",
        str(run),
        "-o",
        str(out),
        "--width",
        "single",
        "--set",
        "limit=3",
        "--set",
        "named=false",
    ]
    said = CliRunner().invoke(app, line)
    assert said.exit_code == 0, said.output
    assert said.output == f"written: {out}\nwritten: {out.with_suffix('.csv')}\n"
    assert out.read_bytes().startswith(b"%PDF")
    arrays = RunDirectory(run).read_tensors(ARRAYS)
    assert [row["latent"] for row in written(out.with_suffix(".csv"))] == ["z0", "z1", "z2"]
    assert [float(row["kl"]) for row in written(out.with_suffix(".csv"))] == pytest.approx(arrays["kl/0"][:3])


def test_an_svg_says_what_its_letters_are(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "kl.svg"
    line = ["figure", "kl_per_latent", str(run), "-o", str(out), "--text", "paths"]
    assert f"written: {out} (letters as paths)" in CliRunner().invoke(app, line).output
    assert "<text" not in out.read_text()


def test_traversals_start_from_an_image_or_the_prior(run: Path, tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"needs the array 'figures/prior_traversals' of the run; got none in .*; unbraid"
    ):
        figure("traversals", run, start="prior")
    files = RunDirectory(write_run(tmp_path / "run"))
    arrays = dict(files.read_tensors(ARRAYS))
    arrays["figures/prior_traversals/0"] = 255 - arrays["figures/traversals/0"][:3]
    files.write_tensors(ARRAYS, arrays)
    drawn = figure("traversals", files.path, start="prior", every=3)
    assert [label.get_text() for label in drawn.axes[0].get_yticklabels()] == ["z0", "z1", "z2"]
    assert [row["value"] for row in drawn.numbers][:4] == [-3.0, -1.5, 0.0, 1.5]  # type: ignore[attr-defined]
    assert drawn.numbers[0]["brightness"] > 0.5  # type: ignore[attr-defined]


def test_methods_stand_above_baselines_with_chance_beside_them(runs: list[Path]) -> None:
    drawn = figure("comparison", *runs, metrics=["mig"])
    groups = [label.get_text() for label in drawn.axes[0].get_yticklabels()]
    assert groups == ["beta_vae beta 1.0", "beta_vae beta 4.0", "pca"]
    means = {row["group"]: row for row in drawn.numbers if row["drawn"] == "mean"}  # type: ignore[attr-defined]
    assert means["beta_vae beta 4.0"]["value"] == pytest.approx(0.4021 + 0.04 + 0.0015)
    assert means["beta_vae beta 4.0"]["floor"] == pytest.approx(0.02)
    assert means["pca"]["value"] == pytest.approx(0.05)
    assert figure("comparison", *runs, baselines=False, floors=False).axes[0].get_yticks().tolist() == [0, 1]


def scored_study(folder: Path) -> Study:
    """A study of three runs that are done, with scores at two steps; nothing is trained."""
    study = tiny(folder, "smoke", every=5)
    for number, planned in enumerate(planned_runs(study)):
        run = RunDirectory(folder / "runs" / "tiny" / planned.name)
        run.write_config(planned.config.to_dict())
        run.write_status(state="done", step=10, steps=10)
        (score_id,) = score_ids(planned.config, study.rows)
        row = {"layer": 0, "metric": "mig", "part": "", "value": 0.1 * number, "reason": None, "score_id": score_id}
        run.write_table(METRICS, pd.DataFrame([row]))
        run.write_table("progression.parquet", pd.DataFrame([{"step": step, **row} for step in (5, 10)]))
    return study


def test_a_study_is_drawn_from_its_finished_runs(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"a figure of a study needs finished runs; got none of tiny in .*; unbraid study"
    ):
        figure("comparison", tiny(tmp_path, "smoke", every=5), root=tmp_path / "nowhere")
    study = scored_study(tmp_path)
    drawn = figure("comparison", study, root=tmp_path / "runs")
    labels = ["vae", "beta_vae beta 2.0", "beta_vae beta 8.0"]
    assert [label.get_text() for label in drawn.axes[0].get_yticklabels()] == labels
    assert [row["value"] for row in drawn.numbers if row["drawn"] == "mean"] == pytest.approx([0, 0.1, 0.2])  # type: ignore[attr-defined]
    bands = figure("progression", tmp_path / "tiny.yaml", scale="smoke", root=tmp_path / "runs")
    assert [(row["line"], row["x"]) for row in bands.numbers][:2] == [("vae", 5.0), ("vae", 10.0)]  # type: ignore[attr-defined]


def test_names_that_look_like_mathematics_are_drawn_as_they_are(tmp_path: Path) -> None:
    strange = r"$\frac$"
    files = RunDirectory(write_run(tmp_path / "run"))
    note = files.read_note("representation.safetensors")
    note["factors"] = yaml.safe_load(yaml.safe_dump(note["factors"]).replace("posX", strange))
    files.write_tensors("representation.safetensors", files.read_tensors("representation.safetensors"), note)
    drawn = figure("matrix", files.path, width="single")
    assert strange in [label.get_text() for label in drawn.axes[0].get_xticklabels()]
    for path in (tmp_path / "a.pdf", tmp_path / "a.svg", tmp_path / "a.png"):
        save_figure(drawn, path)
    assert strange in (tmp_path / "a.svg").read_text()


def test_any_table_of_a_score_is_a_heat_map(layered: list[Path]) -> None:
    drawn = figure("matrix", layered[0], table="dci_joint/importance", layer=1)
    assert [row["value"] for row in drawn.numbers][:3] == [0.8, 0.0, 0.0]  # type: ignore[attr-defined]
    message = r"matrix needs the array 'dci/importance' of the run; got none in .*; unbraid evaluate .* --metrics dci\."
    with pytest.raises(UsageError, match=message):
        figure("matrix", layered[0], table="dci/importance")
    with pytest.raises(UsageError, match=r"a table of latents and factors must be one of: information, .*got 'dci'"):
        figure("matrix", layered[0], table="dci")
    with pytest.raises(
        UsageError, match=r"matrix needs a table of latents and factors \[6, 5\]; got .*latents of shape"
    ):
        figure("matrix", layered[0], table="figures/traversal_latents")


def test_layers_are_drawn_by_score_by_factor_and_for_a_group(layered: list[Path]) -> None:
    drawn = figure("layer_scores", *layered, group=["posX", "posY"])
    assert [row["value"] for row in drawn.numbers if row["drawn"] == "mean"] == pytest.approx([1, 1])  # type: ignore[attr-defined]
    assert [row["drawn"] for row in drawn.numbers][-1] == "one layer"  # type: ignore[attr-defined]
    by_factor = figure("layer_scores", *layered, score="best")
    assert "posX" in [ax.get_title(loc="left") for ax in by_factor.axes]
    assert figure("layer_scores", *layered, score="error").numbers[0]["value"] == 10.0  # type: ignore[attr-defined]
    heat = figure("score_by_layer", *layered, group=["posX", "posY"])
    assert {row["factor"] for row in heat.numbers} == {"posX", "posY"}  # type: ignore[attr-defined]


def test_a_setting_is_swept_by_what_else_differs(runs: list[Path], tmp_path: Path) -> None:
    drawn = figure("sweep", *runs, over="objective.beta", metrics=["mig"])
    means = [(row["line"], row["x"]) for row in drawn.numbers if row["drawn"] == "mean"]  # type: ignore[attr-defined]
    assert means == [("beta_vae", 1.0), ("beta_vae", 4.0)]
    other = RunDirectory(several(tmp_path / "other", 4.0, 0))
    settings = other.read_config()
    settings["data"]["resolution"] = 64
    (other / "config.yaml").unlink()
    other.write_config(settings)
    with pytest.raises(
        UsageError, match=r"sweep needs runs that differ in the setting alone; got none in 2 runs; add some"
    ):
        figure("sweep", runs[0], other.path, over="objective.beta")


def test_the_answers_to_stress_are_drawn_from_their_table(tmp_path: Path) -> None:
    lines = ["stressor,strength,seed,metric,value,floor,above,reason"]
    lines += [f"noise,{s},{seed},mig,{0.9 - s},0.1,{0.8 - s}," for s in (0.0, 0.5) for seed in (0, 1)]
    (tmp_path / "stress.csv").write_text("\n".join([*lines, "rotation,0.0,0,sap,0.5,,,"]) + "\n")
    drawn = figure("stress", tmp_path, stressors=["noise"])
    assert [(row["score"], row["of"], row["value"]) for row in drawn.numbers] == [  # type: ignore[attr-defined]
        ("mig", "value", 0.9),
        ("mig", "value", 0.4),
        ("mig", "above", 0.8),
        ("mig", "above", pytest.approx(0.3)),
    ]
    with pytest.raises(
        UsageError, match=r"a metric of .*stress\.csv must be one of: mig, sap; got 'mgi'; Did you mean 'mig'"
    ):
        figure("stress", tmp_path, metrics=["mgi"])
    (tmp_path / "stress.csv").write_text("stressor,strength\nnoise,1\n")
    with pytest.raises(UsageError, match=r"must have columns .*; got no seed, metric, .*; write it by unbraid stress"):
        figure("stress", tmp_path)
    with pytest.raises(
        UsageError, match=r"stress needs the stress.csv of a folder; got none in .*; unbraid stress --out"
    ):
        figure("stress", tmp_path / "nowhere")


@pytest.mark.parametrize("name", OF_ONE_RUN[1:])
def test_a_run_that_was_not_evaluated_says_which_command_does(name: str, run: Path, tmp_path: Path) -> None:
    files = RunDirectory(tmp_path / "bare run")
    files.write_config(RunDirectory(run).read_config())
    with pytest.raises(
        UsageError, match=rf"{name} needs the array '.*' of the run; got none in .*; unbraid evaluate '.*bare run'"
    ):
        figure(name, files.path)


def test_what_a_run_lacks_is_said(run: Path, layered: list[Path], runs: list[Path], tmp_path: Path) -> None:
    bare = RunDirectory(tmp_path / "bare")
    bare.write_config(RunDirectory(run).read_config())
    unknown = write_run(tmp_path / "unknown", factors=False)
    wrong: list[tuple[tuple[Any, ...], dict[str, Any], str]] = [
        (("curves", bare.path), {}, r"curves needs the training log of a run; got none in .*bare; train it"),
        (("comparison", bare.path), {}, r"comparison needs scores; got none of .*bare; unbraid evaluate .*bare"),
        (("progression", bare.path), {"of": "log"}, r"progression needs training logs; got none of .*bare; train"),
        (("progression", run), {}, r"progression needs scores noted on the way; got none of .*; draw .* --set of=log"),
        (("progression", run), {"of": "log", "layer": 3}, r"layer must be one that was noted; got 3; count from 0"),
        (("progression", run), {"of": "log", "metrics": ["mig"]}, r"noted must be one of: log/reconstruction, .*'mig'"),
        (("rank_agreement", run), {}, r"two scores that differ between runs, and 4 runs; got 1 runs of .*; add runs"),
        (("sweep", *runs), {}, r"sweep needs a setting with three values or more; got .*--set over=objective.beta"),
        (("sweep", *runs), {"over": "objective.gamma"}, r"a setting that varies must be one of: objective.beta; got"),
        (("matrix", unknown), {}, r"matrix needs factors; got none in .*unknown; evaluate it with --labels FILE"),
        (("posterior_map", unknown), {}, r"posterior_map needs factors with positions .*; got no factors in"),
        (("traversals", run), {"layer": 1}, r"traversals: layer must lie in 0 .. 0; got 1; leave it out: .* one layer"),
        (("traversals", layered[0]), {"layer": 2}, r"traversals: layer must lie in 0 .. 1; got 2; count from 0"),
        (("layer_scores", run), {}, r"layer_scores needs a run of several latent layers; got one layer in .*; add one"),
        (("score_by_layer", layered[1]), {}, r"score_by_layer needs a run of several latent layers; got one layer"),
        (("layer_scores", layered[0]), {"group": ["px"]}, r"a factor of the group must be one of: .*got 'px'"),
        (
            ("layer_scores", layered[0]),
            {"group": ["posX"]},
            r"scores of a group need two factors; got 'posX'; name more",
        ),
        (("score_by_layer", layered[0]), {"group": ["px"]}, r"a factor of the group must be one of: .*got 'px'"),
        (
            ("layer_reconstructions", *layered),
            {},
            r"one dataset and one number of layers; got dsprites, 1 layers; dsprites, 2 layers",
        ),
        (("curves", run), {"terms": ["kll"]}, r"a term of the log must be one of: .*got 'kll'; Did you mean 'kl'"),
        (
            ("comparison", *runs),
            {"metrics": ["mgi"]},
            r"a score of 4 runs must be one of: mig, sap.*Did you mean 'mig'",
        ),
        (("comparison", runs[0], runs[0]), {}, r"runs side by side must differ; got .*, as .*; leave one out"),
    ]
    for args, options, message in wrong:
        with pytest.raises(UsageError, match=message):
            figure(*args, **options)


def test_best_scores_over_layers_are_of_one_dataset(layered: list[Path], tmp_path: Path) -> None:
    other = scored_run(tmp_path / "other", (6, 5), fixed=True)
    with pytest.raises(
        UsageError, match=r"the best scores are those of one dataset; got azimuth .*, azimuth .*; draw one"
    ):
        figure("layer_scores", layered[0], other, score="best")


def test_a_layered_run_without_the_scores_says_how_to_get_them(tmp_path: Path) -> None:
    deep = write_run(tmp_path / "deep", (6, 5))
    for name, metric in (("layer_scores", "dci_joint"), ("score_by_layer", "best_disentanglement")):
        with pytest.raises(UsageError, match=rf"{name} needs the array .*; unbraid evaluate .*deep --metrics {metric}"):
            figure(name, deep)


def test_data_without_factors_have_no_distances(tmp_path: Path) -> None:
    np.save(tmp_path / "images.npy", np.zeros((20, 1, 8, 8), np.uint8))
    from unbraid.data import load_dataset

    dataset = load_dataset({"name": "arrays", "path": str(tmp_path / "images.npy")})
    assert isinstance(figure("contact_sheet", dataset), Figure)
    with pytest.raises(UsageError, match=r"distances needs factors; got none in arrays; give labels with the data"):
        figure("distances", dataset)
    with pytest.raises(UsageError, match=r"factor_walks needs factors; got none in arrays"):
        figure("factor_walks", dataset)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (["traversal", "RUN"], "a figure must be one of: comparison, .*; got 'traversal'; Did you mean 'traversals'"),
        (
            ["traversals", "RUN", "RUN"],
            "traversals is drawn from one run at a time; got .*, .*; draw one file for each",
        ),
        (["traversals"], "traversals is drawn from one run at a time; got none"),
        (["distances", "toy", "toy"], "distances is drawn from one dataset, or a run of it, at a time; got toy, toy"),
        (["comparison"], "comparison is drawn from a study or from runs; got none; give a study's name"),
        (["layer_scores"], "layer_scores is drawn from runs; got none; give their folders"),
        (["traversals", "RUN", "-o", "fig.eps"], r"must end in \.pdf, \.svg, \.png; got 'fig\.eps'; name it fig\.pdf"),
        (
            ["traversals", "RUN", "--width", "wide"],
            "--width must be one of single, .*, or inches; got 'wide'; leave it",
        ),
        (["traversals", "RUN", "--width", "1"], "the width of a column must be 2 to 40 inches; got 1"),
        (
            ["traversals", "RUN", "--set", "limits=2"],
            "traversals: unknown option 'limits'; it takes .*Did you mean 'limit'",
        ),
        (["traversals", "RUN", "--set", "limit"], "--set takes KEY=VALUE"),
        (["traversals", "RUN", "--set", "start=mean"], "traversals.start must be one of: image, prior; got 'mean'"),
        (["traversals", "nowhere"], "nowhere"),
        (["kl_per_latent", "RUN", "--text", "outlines"], "--text must be one of: text, paths; got 'outlines'"),
        (["distances", "dsprite"], "data must be one of: .*Did you mean 'dsprites'"),
    ],
)
def test_mistakes_end_in_a_sentence_and_2(
    line: list[str], message: str, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["unbraid", "figure", *(str(run) if word == "RUN" else word for word in line)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    said = " ".join(capsys.readouterr().err.split())
    assert re.search(message, said), said
    assert not list(tmp_path.iterdir())
