"""The card of any codes: what it says of codes whose truth is known, and what it does with what does not fit."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import unbraid
from tests.report.sample_run import write_run
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.report.codes._pictures import pictures_of, sheet_of
from unbraid.report.codes._sample import sample_of

ROWS = 600
Table = tuple[pd.DataFrame, Path]


def said(page: Path) -> str:
    """The words of a page, without its style and scripts."""
    text = re.sub(r"(?s)<(style|script)[^>]*>.*?</\1>", " ", page.read_text(encoding="utf-8"))
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def quick(codes: object, labels: object = None, **options: object) -> Path:
    return unbraid.card(codes, labels, **{"metrics": "mig", "progress": False, **options})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Table:
    """Codes with mixed labels, and a folder of images: z0 tells shape, z1 size, z2 and z3 angle, z4 nothing."""
    rng, folder = np.random.default_rng(0), tmp_path_factory.mktemp("card")
    shape, size = rng.integers(3, size=ROWS), rng.uniform(size=ROWS)
    angle = rng.uniform(0, 360, ROWS)
    z = [shape + 0.1 * rng.normal(size=ROWS), 3 * size, np.cos(np.radians(angle)), np.sin(np.radians(angle))]
    frame = pd.DataFrame(
        np.stack([*z, rng.normal(size=ROWS), np.zeros(ROWS)], axis=1), columns=[*map("z{}".format, range(6))]
    )
    frame.loc[17, "z4"] = 60.0
    frame["shape"] = np.array(["<b>cone</b>", "ball", "cube"])[shape]
    frame["size"] = np.where(np.arange(ROWS) % 4 == 0, np.nan, size)
    frame["angle"] = angle
    frame.insert(0, "file", [f"img-{row}.png" for row in range(ROWS)])
    (folder / "images").mkdir()
    for row in range(0, ROWS, 2):
        Image.fromarray(np.full((8, 8), row % 256, np.uint8)).save(folder / "images" / f"img-{row}.png")
    frame.to_csv(folder / "codes.csv", index=False)
    return frame, folder


@pytest.fixture(scope="module")
def page(table: Table) -> Path:
    return quick(table[1] / "codes.csv", kinds={"angle": "circular:360"}, images=table[1] / "images")


def test_it_says_what_each_latent_tells_and_what_it_does_not_know(page: Path) -> None:
    text = said(page)
    assert page.name == "codes-card.html"
    assert "The codes hold" in text
    for sentence in (r"z0 tells shape \(\d+%\)", r"z1 tells size \(\d+%\)", r"z2 tells angle \(\d\d%\)"):
        assert re.search(sentence, text), sentence
    assert "angle is spread over z" in text
    assert "z4 tells no label" in text
    assert "What z4 stands for: it varies, and no label here goes with it." in text
    assert "It does not see what else the best latent tells" in text


def test_it_warns_of_dead_latents_outliers_gaps_and_few_rows(page: Path) -> None:
    text = said(page)
    assert "Dead latent, varying next to nothing: z5." in text
    assert "Outliers: 1 row (17) more than 10 robust deviations from the median of z4." in text
    assert "size is known of 450 of 600 rows" in text
    assert "Few rows: 600 for 6 latents" in text
    assert "Images by their names; 300 of 600 rows have none." in text


def test_what_all_latents_tell_together_is_said_and_dead_ones_are_not_the_strongest(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    size = rng.integers(5, size=400)
    blend = rng.normal(size=400)
    codes = np.stack([size + blend, blend, 1e-9 * size], axis=1)  # neither tells it alone; the third is dead
    page = quick(codes, {"size": size}, metrics=["mig", "r2"], out=tmp_path / "card.html")
    assert "All latents together, by a line: R²&nbsp;1." in said(page)
    strongest = said(page).partition("Latents beside labels")[2]
    assert "z0" in strongest
    assert "z2" not in strongest
    assert "cut into 20 steps" not in said(page)
    assert '<b style="left: ' in page.read_text(encoding="utf-8"), "the floor is marked in the bar of a score"


def test_it_is_one_file_in_which_labels_are_only_text(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert page.stat().st_size < 5_000_000
    assert not re.search(r"""(src|href)=|url\((?!data:)|https?://""", text)
    assert "<b>cone</b>" not in text
    assert text.count("<circle") == ROWS
    assert "img-16.png (row 16) · shape" in text
    assert text.count('class="thumb seen"') > 20


def test_codes_that_know_nothing_tell_no_label(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    text = said(quick(rng.normal(size=(800, 3)), rng.integers(3, size=(800, 2)), out=tmp_path / "null.html"))
    assert "No latent tells a label" in text
    assert text.count("tells no label") == 3
    assert "floor 0.00" in text


def test_without_labels_there_is_a_card_that_says_so(tmp_path: Path) -> None:
    code = np.random.default_rng(1).normal(size=(200, 3)) * [1, 5, 2]
    text = said(unbraid.card(code, out=tmp_path / "bare.html", progress=False))
    assert "3 latents that vary, without labels" in text
    assert "Without labels nothing here says what a latent stands for" in text
    assert "Gaussian total correlation" in text or "gaussian total correlation" in text
    assert text.index("z1 ") < text.index("z2 ")  # the largest variance first
    one = said(unbraid.card(code[:, 0], out=tmp_path / "one.html", progress=False))
    assert "Map of the codes" not in one


def test_many_rows_latents_and_labels_are_told_of_in_part() -> None:
    rng = np.random.default_rng(1)
    labels = {f"label {k}": rng.integers(2, size=300) for k in range(26)}
    code = rng.normal(size=(300, 4096)) * np.linspace(1, 2, 4096)
    part = sample_of(Representation.from_arrays(code, labels), 200, 0)
    assert part.said == (
        "Everything is measured on 200 of the 300 rows, drawn at random (seed 0).",
        "Of 4,096 latents the 256 of the largest variance are told of and scored; the others only move the map. Name "
        "others as the latents to see them.",
        "Of 26 labels the first 24 are told of; name others to see them.",
    )
    assert part.rep.code.shape == (200, 256)
    assert len(part.rep.space) == 24
    assert part.rep.latent_names[-1] == f"z{part.latents[-1]}"
    assert part.latents.min() > 2000
    assert not part.dead


def test_labels_that_go_together_and_repeated_rows_are_said(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    first = rng.integers(4, size=400)
    second = np.where(rng.random(400) < 0.1, rng.integers(4, size=400), first)
    text = said(quick(first[:, None] * [1.0, 2.0], {"a": first, "b": second}, out=tmp_path / "card.html"))
    assert re.search(r"Labels that go together: b and a \(\d\d%\)", text)
    assert "Only 4 of 400 rows of codes differ" in text
    assert "Latents z0 and z1 are copies of each other." in text


def test_images_that_do_not_match_are_refused(table: Table, tmp_path: Path) -> None:
    code, folder = np.random.default_rng(0).normal(size=(200, 2)), table[1] / "images"
    rule = (
        r"images in .*images must be 200, one for each row of codes, or bear the names of rows; got 300; give a picture"
    )
    with pytest.raises(UsageError, match=rule):
        quick(code, images=folder, out=tmp_path / "card.html")
    with pytest.raises(UsageError, match=r"got 300, none by a name of a row"):
        pictures_of(folder, ["a", "b"], 2)
    with pytest.raises(UsageError, match=r"images must be 200, one for each row of codes; got 3\."):
        quick(code, images=np.zeros((3, 8, 8), np.uint8), out=tmp_path / "card.html")
    with pytest.raises(UsageError, match=r"images must be a folder, or an array .*; got shape \(5,\)"):
        pictures_of(np.zeros(5), None, 5)
    with pytest.raises(UsageError, match=r"images must have 1 or 3 channels; got shape \(2, 8, 8, 5\)"):
        pictures_of(np.zeros((2, 8, 8, 5)), None, 2)
    assert not (tmp_path / "card.html").exists()


def test_images_in_order_go_by_their_numbers(tmp_path: Path) -> None:
    for row in range(12):
        Image.fromarray(np.full((4, 4), row * 20, np.uint8)).save(tmp_path / f"frame{row}.png")
    pictures = pictures_of(tmp_path, None, 12)
    assert "by the numbers in their names" in pictures.said
    assert [np.asarray(pictures.read(row, 64)).max() for row in range(12)] == [row * 20 for row in range(12)]
    sheet = sheet_of(pictures, [3, 3, 11])
    assert sheet is not None
    assert sheet.places == {3: 0, 11: 1}
    assert sheet.style(4) == ""


@pytest.mark.parametrize("shape", [(2, 8, 6), (2, 8, 6, 3), (2, 3, 8, 6), (2, 1, 8, 6)])
def test_images_are_arrays_of_any_layout(shape: tuple[int, ...]) -> None:
    pictures = pictures_of(np.ones(shape), None, 2)
    assert pictures.read(1, 64).size == (6, 8)
    assert np.asarray(pictures.read(1, 64)).min() == 255


def test_nan_among_codes_is_refused(tmp_path: Path) -> None:
    code = np.zeros((200, 2))
    code[3, 1] = np.nan
    with pytest.raises(UsageError, match="code must"):
        quick(code, out=tmp_path / "card.html")


def test_what_belongs_to_runs_or_files_alone_is_refused(tmp_path: Path) -> None:
    code = np.zeros((200, 2))
    with pytest.raises(UsageError, match=r"only runs have layers; got layer 1; leave it out"):
        quick(code, layer=1)
    with pytest.raises(UsageError, match=r"code names an array or columns of a file; got codes that are no file"):
        quick(code, code="z")
    with pytest.raises(UsageError, match=r"a run has labels and images of its own; got others; give its codes"):
        quick(tmp_path, images="photos")


def test_a_run_has_a_card_of_all_layers_or_of_one(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", layers=(4, 3))
    page = quick(run, rows=200)
    assert page == run / "card.html"
    assert "latents of layers in a row: 4 + 3" in said(page).lower()
    text = said(quick(run, layer=1, rows=200, out=tmp_path / "one.html"))
    assert re.search(r"latents 3 ", text)


def test_a_card_does_not_take_the_place_of_what_is_no_page(tmp_path: Path) -> None:
    (tmp_path / "codes.npz").write_text("mine")
    with pytest.raises(UsageError, match=r"the page of a card must end in .html; got .*codes.npz; name"):
        unbraid.card(np.zeros((200, 2)), out=tmp_path / "codes.npz")
    assert (tmp_path / "codes.npz").read_text() == "mine"
