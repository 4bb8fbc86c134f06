"""Figures as files: TrueType in PDF, text or paths in SVG, and the numbers that are drawn as CSV."""

import csv
import io
import re
import zlib
from xml.etree import ElementTree

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from unbraid.figures import Band, Estimate, comparison, figure_file, kl_per_latent, matrix, numbers_csv, progression
from unbraid.figures._notebook import ShownFigure

STRANGE = r"$\frac$"


def embedded_fonts(pdf: bytes) -> list[TTFont]:
    """The font programs inside a PDF, parsed."""
    fonts = []
    for number in re.findall(rb"/FontFile2 (\d+) 0 R", pdf):
        body = pdf[pdf.index(b"\n" + number + b" 0 obj") :]
        stream = body[body.index(b"stream\n") + 7 : body.index(b"\nendstream")]
        fonts.append(TTFont(io.BytesIO(zlib.decompress(stream))))
    return fonts


def test_a_pdf_embeds_truetype_and_no_type_3() -> None:
    pdf = figure_file(kl_per_latent(np.array([0.5, 2.0]), ["β of " + STRANGE, "größe"]), ".pdf")
    assert pdf.startswith(b"%PDF")
    assert b"/Type3" not in pdf
    assert b"/CIDFontType2" in pdf
    fonts = embedded_fonts(pdf)
    assert fonts
    assert all("glyf" in font for font in fonts)
    assert all(font["name"].getDebugName(1) in (None, "DejaVu Sans") for font in fonts if "name" in font)


def test_letters_of_an_svg_are_text_or_paths() -> None:
    figure = kl_per_latent(np.array([0.5, 2.0]), [STRANGE, "<b>"])
    text, paths = figure_file(figure, ".svg").decode(), figure_file(figure, ".svg", text="paths").decode()
    root = ElementTree.fromstring(text)
    assert STRANGE in "".join(root.itertext())
    assert root.get("width") == "345.6pt"
    assert "<text" in text
    assert "<text" not in paths
    assert "DejaVuSans-" in paths


def test_a_png_is_opaque_white_and_as_fine_as_asked() -> None:
    figure = kl_per_latent(np.array([0.5, 2.0]))
    picture = Image.open(io.BytesIO(figure_file(figure, ".png", dpi=100)))
    assert picture.size == tuple(np.round(figure.get_size_inches() * 100).astype(int))
    assert picture.convert("RGBA").getpixel((0, 0)) == (255, 255, 255, 255)


@pytest.mark.parametrize("suffix", [".pdf", ".svg", ".png"])
def test_the_same_figure_gives_the_same_bytes(suffix: str) -> None:
    assert len({figure_file(kl_per_latent(np.array([0.5, 2.0])), suffix) for _ in range(2)}) == 1


def rows(figure: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(numbers_csv(figure))))  # type: ignore[arg-type]


def test_the_numbers_are_those_of_the_bars_in_their_order() -> None:
    figure = kl_per_latent(np.array([0.5, 2.0, 1.0]), ["a,b", "", STRANGE], limit=2)
    assert rows(figure) == [
        {"latent": "z1", "kl": "2", "stands_for": ""},
        {"latent": "z2", "kl": "1", "stands_for": STRANGE},
    ]
    widths = [patch.get_width() for patch in figure.axes[0].patches]
    assert widths == [float(row["kl"]) for row in rows(figure)]


def test_a_number_that_is_missing_is_an_empty_cell() -> None:
    table = rows(matrix(np.array([[0.1, np.nan], [0.8, 0.2]]), ["posX", "scale"]))
    assert [row["value"] for row in table] == ["0.1", "", "0.8", "0.2"]


def test_means_runs_and_floors_have_rows_of_their_own() -> None:
    scores = {"mig": {"VAE": Estimate(0.3, 0.2, 0.4, [0.25, 0.35]), "PCA": Estimate(0.1, None, None)}}
    table = rows(comparison(scores, floors={"mig": {"VAE": 0.05}}, baselines=["PCA"]))
    assert [tuple(row.values()) for row in table] == [
        ("mig", "VAE", "mean", "0.3", "0.2", "0.4", "0.05"),
        ("mig", "VAE", "run", "0.25", "", "", ""),
        ("mig", "VAE", "run", "0.35", "", "", ""),
        ("mig", "PCA", "mean", "0.1", "", "", ""),
    ]


def test_bands_give_what_they_draw_at_each_place() -> None:
    band = Band([1, 2], [0.1, 0.3], [0.0, 0.2], [0.2, 0.4], [[], [0.2, 0.4]])
    table = rows(progression({"mig": {"VAE": band}}))
    assert [(row["x"], row["drawn"], row["value"], row["low"]) for row in table] == [
        ("1", "mean", "0.1", "0"),
        ("2", "mean", "0.3", ""),
        ("2", "run", "0.2", ""),
        ("2", "run", "0.4", ""),
    ]


def test_a_figure_without_numbers_has_no_csv() -> None:
    assert numbers_csv(ShownFigure()) == ""
