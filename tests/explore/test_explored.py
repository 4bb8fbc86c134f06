"""What is asked of a run by hand has the right answer, with full, partial or no labels, and without the data."""

import io
import shutil
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from PIL import Image

from unbraid.core import Factor, FactorSpace, UsageError
from unbraid.data import load_dataset
from unbraid.explore import Explored
from unbraid.explore._answers import Answers
from unbraid.explore._carried import carried
from unbraid.explore._frames import gif, npz, packed, shown
from unbraid.explore._rows import RowFinder, level_text
from unbraid.metrics import Representation
from unbraid.training import Run, RunConfig, fit


@pytest.fixture(scope="module")
def explored(run: Run) -> Explored:
    return Explored(run)


@pytest.fixture(scope="module")
def answers(explored: Explored) -> Answers:
    return Answers([explored])


def test_sliders_stand_by_kl_and_range_over_the_aggregate_posterior(explored: Explored) -> None:
    latents = explored.latents
    kl = [latent.kl for latent in latents]
    assert kl == sorted(kl, reverse=True)
    assert [latent.active for latent in latents] == [value > 0.1 for value in kl]
    assert explored.rep is not None
    codes, first = explored.rep.code, latents[0]
    deviation = np.sqrt(codes[:, first.number].var() + np.exp(explored.rep.logvar[:, first.number]).mean())
    assert 3 * deviation < first.high - first.low < 8 * deviation
    assert sum(first.density) == pytest.approx(0.99, abs=0.02)


def test_nothing_is_written_into_the_folder_of_a_run(run: Run, explored: Explored) -> None:
    before = sorted(path.name for path in run.path.iterdir())
    Answers([Explored(run)]).start({"random": 3})
    assert sorted(path.name for path in run.path.iterdir()) == before


def test_codes_of_an_evaluation_are_used_unless_training_went_on(run: Run, tmp_path: Path) -> None:
    from unbraid.store import REPRESENTATION, RunDirectory

    run = Run(shutil.copytree(run.path, tmp_path / "run"))
    rep = Explored(run).rep
    assert rep is not None
    arrays = {"code": rep.code * 0 + 7, "factors": rep.factors, "logvar": rep.logvar, "index": np.arange(len(rep))}
    note: dict[str, Any] = {"step": 150, "layers": [5], "factors": [vars(factor) for factor in rep.space.factors]}
    folder = RunDirectory(run.path)
    for step, expected in ((150, True), (3, False)):
        folder.write_tensors(REPRESENTATION, arrays, {**note, "step": step})
        used = Explored(run).rep
        assert used is not None
        assert (used.code == 7).all() == expected


def test_the_matrix_is_one_where_a_latent_tells_all_and_about_zero_where_it_tells_nothing() -> None:
    draws = np.random.default_rng(0)
    factors = draws.integers(0, [4, 5], (4000, 2))
    code = np.stack([factors[:, 0] + 0.0, draws.normal(size=4000), -factors[:, 1]], axis=1)
    known = carried(Representation.from_arrays(code, factors, names=["a", "b"]))
    assert known.factors == ("a", "b")
    np.testing.assert_allclose(known.above, [[1, 0], [0, 0], [0, 1]], atol=0.01)
    assert known.labels == ("a", "", "b")


def test_the_matrix_takes_the_rows_whose_level_is_known() -> None:
    draws = np.random.default_rng(0)
    factors = draws.integers(0, [4, 5, 1, 3], (2000, 4)).astype(float)
    code = factors[:, :1] + 0.0
    factors[:1000, 0], factors[:1950, 1] = np.nan, np.nan  # of the second too few are left for a floor
    known = carried(Representation.from_arrays(code, factors, names=["a", "b", "one", "c"]))
    assert known.factors == ("a", "c")
    np.testing.assert_allclose(known.above, [[1, 0]], atol=0.02)
    alone = Representation.from_arrays(code, np.zeros((2000, 1), int), names=["one"])
    assert carried(alone).above.shape == (1, 0)


def test_a_row_is_found_by_its_levels(explored: Explored) -> None:
    finder = RowFinder(load_dataset("toy", places=8))
    row = finder.row([3.0, 5.0, 1.0], 0)
    assert finder.levels(row) == [3.0, 5.0, 1.0]
    with pytest.raises(UsageError, match="one level for each of the 3 factors; got 1 levels"):
        finder.row([1.0], 0)
    with pytest.raises(UsageError, match=r"a row must lie in 0 \.\. 127; got 128"):
        finder.levels(128)


def test_among_partly_known_labels_the_moved_factor_is_as_asked(tmp_path: Path) -> None:
    images = np.zeros((6, 1, 8, 8), np.uint8)
    levels = [[0, 0], [0, 3], [1, np.nan], [1, 3], [np.nan, 2], [np.nan, np.nan]]
    np.savez(tmp_path / "six.npz", images=images, factors=np.array(levels))
    finder = RowFinder(
        load_dataset(
            "arrays", path=str(tmp_path / "six.npz"), factor_names=["a", "b"], kinds={"a": "ordinal", "b": "ordinal"}
        )
    )
    at = [finder.row([1.0, 0.0], 0), finder.row([1.0, 2.0], 1), finder.row([None, 3.0], 1)]
    column = [finder.levels(row) for row in at]
    assert column[0][0] == finder.values(0)[1]
    assert finder.levels(2)[1] is None
    assert level_text(finder.space.factors[1], None) == "unknown"
    assert finder.levels(5) == [None, None]


def test_distances_of_levels_go_around_a_circle_and_not_between_categories(tmp_path: Path) -> None:
    factors = {"angle": np.arange(12) % 12, "colour": np.arange(12) % 3}
    space = {"angle": "circular:12", "colour": "categorical"}
    table = np.stack(list(factors.values()), axis=1)
    kinds = np.array(list(space.values()))
    images = np.zeros((12, 1, 8, 8), np.uint8)
    np.savez(tmp_path / "twelve.npz", images=images, factors=table, kinds=kinds)
    finder = RowFinder(load_dataset("arrays", path=str(tmp_path / "twelve.npz")))
    angles, colours = finder._distance(0, 11.0), finder._distance(1, 0.0)
    assert angles[0] < angles[9]
    assert set(colours) == {0.0, 1.0}


def test_levels_are_said_as_a_person_reads_them() -> None:
    space = FactorSpace(
        (Factor("s", 2, "categorical", labels=("square", "heart")), Factor("x", 2, unit="cm", values=(0, 2.5)))
    )
    assert [level_text(factor, 1.0) for factor in space.factors] == ["heart", "2.5 cm"]
    assert level_text(Factor("r", 0, "continuous", unit="m"), 0.123456) == "0.123 m"


def test_an_image_is_answered_with_its_codes_spread_and_pictures(run: Run, answers: Answers) -> None:
    answer = answers.start({"row": 5})
    image = run.dataset.images(np.array([5]))
    encoding = run.encode(image)
    (part,) = answer["runs"]
    np.testing.assert_allclose(part["mean"], encoding.mean[0], atol=1e-6)
    np.testing.assert_allclose(part["spread"], np.exp(0.5 * encoding.logvar[0]), atol=1e-6)
    assert part["reconstructions"] == [packed(answers.runs[0].decode(encoding.mean))]
    assert answer["runs"][0]["input"] == packed(image)
    assert answers.start({"levels": answer["levels"], "moved": 1})["row"] == 5
    assert answers.start({"random": 4})["row"] == answers.start({"random": 4})["row"]
    prior = answers.start({"prior": True})
    assert prior["runs"][0]["mean"] == [0.0] * 5
    assert prior["runs"][0]["spread"] == [None] * 5


def test_extremes_walks_and_samples_are_those_of_the_run(run: Run, answers: Answers) -> None:
    ends = answers.extremes({"latent": 2})
    column = answers.runs[0].rep.code[:, 2]  # type: ignore[union-attr]
    assert ends["values"][0][0] == pytest.approx(column.min(), abs=1e-3)
    assert ends["values"][1][0] == pytest.approx(column.max(), abs=1e-3)
    assert answers.extremes({"latent": 2, "run": 0}) is ends  # asked for at every rest of a slider, and read once
    walk = answers.walk({"factor": 0, "row": 5})
    assert walk["original"]["count"] == len(walk["texts"]) == len(walk["runs"][0]["codes"]) == 8
    assert answers.walk({"factor": 2, "row": None})["texts"] == ["0", "1"]
    drawn = answers.sample({"count": 3, "seed": 1})
    np.testing.assert_allclose(run.sample(3, seed=1), run.decode(np.array(drawn["z"])), atol=1e-6)


def test_layers_have_heads_of_their_own_and_half_a_run_says_so(half: Run) -> None:
    explored = Explored(half)
    assert explored.notices == ("Half trained: step 3 of 9; these are the weights of its last checkpoint.",)
    assert (explored.layers, explored.heads) == ((4, 3), 2)
    assert [latent.layer for latent in explored.latents] == [0] * 4 + [1] * 3
    answers = Answers([explored])
    with mock.patch.object(half.model, "generate", wraps=half.model.generate) as generate:
        heads = answers.start({"row": 0})["runs"][0]["reconstructions"]
    assert (len(heads), generate.call_count) == (2, 1)
    mean = answers.start({"row": 0})["runs"][0]["mean"]
    assert heads == [packed(explored.decode(np.array([mean]), head)) for head in (0, 1)]
    z = [[0.5] * 7]
    first, last = (answers.decode({"z": z, "layer": layer}) for layer in (0, 1))
    np.testing.assert_array_equal(last, shown(explored.decode(np.array(z), 1)))
    assert not np.array_equal(first, last)


def test_images_of_another_size_are_fitted_and_it_is_said(run: Run, half: Run) -> None:
    other = Answers([Explored(run), Explored(half)])
    answer = other.start({"row": 0})
    assert answer["note"] == "The image of 16x16 was fitted to 32x32."
    assert [part["input"]["shape"] for part in answer["runs"]] == [[16, 16, 1], [32, 32, 1]]
    stream = io.BytesIO()
    Image.new("RGBA", (40, 20), (255, 0, 0, 128)).save(stream, "png")
    answer = other.upload(stream.getvalue())
    assert answer["note"].startswith("The image of 40x20 was fitted to 16x16.")
    grey, note = other._fitted(np.full((1, 3, 16, 16), 80, np.uint8), other.runs[0])
    assert (grey.shape, int(grey.max()), note) == ((1, 1, 16, 16), 80, "The image was turned grey.")
    assert answer["row"] is None


def test_without_its_data_a_run_is_explored_from_the_prior(tmp_path: Path) -> None:
    data = {"name": "arrays", "path": str(tmp_path / "mine.npz")}
    np.savez(tmp_path / "mine.npz", images=np.random.default_rng(0).integers(0, 256, (20, 1, 16, 16)).astype(np.uint8))
    model = {"name": "mlp", "hidden": 8, "latents": 3}
    config = {"data": data, "model": model, "objective": "vae", "steps": 2, "batch": 4}
    fit(RunConfig.from_dict(config), tmp_path / "run", progress=False)
    known = Answers([Explored(Run(tmp_path / "run"))])
    assert known.facts["factors"] == []
    assert known.facts["runs"][0]["above"] == []
    (tmp_path / "mine.npz").unlink()
    answers = Answers([Explored(Run(tmp_path / "run"))])
    assert "which is not there" in answers.facts["runs"][0]["notices"][0]
    assert answers.facts["data"] is None
    assert [latent["low"] for latent in answers.facts["runs"][0]["latents"]] == [-3.0] * 3
    assert len(answers.start({"prior": True})["runs"][0]["mean"]) == 3
    for question, words in ((answers.start, {"row": 0}), (answers.walk, {"factor": 0})):
        with pytest.raises(UsageError, match="that needs the data of the run"):
            question(words)
    with pytest.raises(UsageError, match="extremes are real images"):
        answers.extremes({"latent": 0})


MISTAKES = [
    ("start", {"row": "5"}, "a whole number is needed; got '5'"),
    ("start", {"row": 128}, r"a row must lie in 0 \.\. 127"),
    ("start", {"levels": "ab", "moved": 0}, "levels are numbers"),
    ("decode", {"z": [[0.0] * 4]}, r"codes must have shape \[N, 5\]"),
    ("decode", {"z": [["a"] * 5]}, "codes must be lists of numbers"),
    ("decode", {"z": [[float("nan")] * 5]}, "codes must be finite"),
    ("decode", {"z": [[0.0] * 5] * 65}, "z holds 1 to 64 rows of codes"),
    ("decode", {"z": [[0.0] * 5], "run": 1}, "runs are numbered 0 to 0; got 1"),
    ("decode", {"z": [[0.0] * 5], "layer": 1}, "layers are numbered 0 to 0; got 1"),
    ("extremes", {"latent": 5}, "latents are numbered 0 to 4; got 5"),
    ("walk", {"factor": 3}, "factors are numbered 0 to 2; got 3"),
    ("sample", {"count": 65}, "between 1 and 64 images are drawn at once; got 65"),
    ("save", {"kind": "exe"}, "gif or npz is saved here; got exe"),
    ("save", {"kind": "npz", "arrays": []}, "an npz holds named arrays; got list"),
    ("save", {"kind": "gif", "z": [[0.0] * 5]}, "a film has at least 2 frames; got 1"),
]


@pytest.mark.parametrize(("name", "question", "words"), MISTAKES)
def test_questions_that_no_page_asks_are_refused(answers: Answers, name: str, question: dict, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        getattr(answers, name)(question)


def test_a_file_that_is_no_picture_is_refused(answers: Answers) -> None:
    message = r"the dropped file is not \(cannot identify image file\)\. Give a PNG or a JPEG"
    with pytest.raises(UsageError, match=message):
        answers.upload(b"%!PS-Adobe")


def test_one_run_or_two_are_explored() -> None:
    with pytest.raises(UsageError, match="one run or two are explored; got 0 runs"):
        Answers([])


def test_images_of_other_channels_show_the_first_and_files_are_whole() -> None:
    assert shown(np.zeros((2, 4, 3, 5), np.uint8)).shape == (2, 3, 5, 1)
    film = gif(np.arange(3 * 64, dtype=np.uint8).reshape(3, 1, 8, 8))
    with Image.open(io.BytesIO(film)) as picture:
        assert (picture.format, picture.size, picture.n_frames) == ("GIF", (256, 256), 4)  # type: ignore[attr-defined]
    with np.load(io.BytesIO(npz({"z": [[1, 2]]})), allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["z"], [[1, 2]])
