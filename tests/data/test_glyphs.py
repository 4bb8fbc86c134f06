import hashlib
import math
import subprocess
import sys

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.data import load_dataset
from unbraid.data._files.packages import PACKAGES, Package
from unbraid.data._scenes.glyph_raster import COSINES, TURN, UNIT, filled, turned
from unbraid.data._scenes.outlines import FINE, flattened

LEVELS = {"character": 0, "typeface": 0, "weight": 0, "size": 5, "rotation": 3, "posX": 0, "posY": 0}


def polygon(*points):
    """In pixels."""
    return (np.array(points) * UNIT).astype(np.int64)


def square(low, high):
    return polygon((low, low), (high, low), (high, high), (low, high))


def one(*polygons, size=4):
    return filled([polygons], size)[0].tolist()


def image(dataset, **levels):
    row = np.array([[{**LEVELS, **levels}[name] for name in dataset.space.names]])
    return dataset.images(dataset.space.index(row))[0, 0].astype(int)


def test_a_square_of_whole_pixels_fills_them_and_no_other():
    assert one(square(1, 3)) == [[0, 0, 0, 0], [0, 255, 255, 0], [0, 255, 255, 0], [0, 0, 0, 0]]
    assert one(square(1, 3)[::-1]) == one(square(1, 3))  # whichever way round


def test_parts_of_pixels_count_by_their_area():
    quarter = 64  # round(255 / 4)
    assert one(square(0.5, 1.5), size=2) == [[quarter, quarter], [quarter, quarter]]
    assert one(polygon((0.25, 0), (0.75, 0), (0.75, 2), (0.25, 2)), size=2) == [[128, 0], [128, 0]]
    triangle = np.array(one(polygon((0, 0), (4, 4), (0, 4))))
    assert np.diag(triangle).tolist() == [128] * 4  # cut in half: 127.5, up
    assert np.array_equal(np.tril(triangle, -1), 255 * np.tri(4, 4, -1, int))
    assert not np.triu(triangle, 1).any()


def test_a_hole_is_wound_against_its_outline_and_an_overlap_is_no_hole():
    ring = one(square(0, 4), square(1, 3)[::-1])
    assert ring == [[255] * 4, [255, 0, 0, 255], [255, 0, 0, 255], [255] * 4]
    assert one(square(0, 3), square(1, 4)) == [[255] * 3 + [0], [255] * 4, [255] * 4, [0] + [255] * 3]


def test_several_shapes_are_filled_at_once_and_what_lies_outside_is_cut_off():
    both = filled([[square(1, 3)], [square(-5, 2)]], 4)
    assert both[0].tolist() == one(square(1, 3))
    assert both[1].tolist() == [[255, 255, 0, 0], [255, 255, 0, 0], [0] * 4, [0] * 4]
    assert not filled([[square(5, 9)]], 4).any()


def test_a_growing_angle_turns_counter_clockwise_on_the_screen():
    right = np.array([[100, 0], [0, 0]])
    assert turned(right, (0, 0), 100, 8 * UNIT, 0).tolist() == [[8 * UNIT, 0], [0, 0]]
    up_right = turned(right, (0, 0), 100, 8 * UNIT, 45)[0] / UNIT
    np.testing.assert_allclose(up_right, [8 / math.sqrt(2), -8 / math.sqrt(2)], atol=1 / UNIT)  # y runs down
    assert turned(right, (0, 0), 100, 8 * UNIT, 90).tolist() == [[0, -8 * UNIT], [0, 0]]
    assert turned(right, (50, 0), 100, 8 * UNIT, -90).tolist() == [[0, 4 * UNIT], [0, -4 * UNIT]]
    for degrees, cosine in COSINES.items():
        assert abs(cosine - TURN * math.cos(math.radians(degrees))) < 0.51


def test_curves_become_lines_whose_ends_lie_on_them():
    (points,) = flattened([("moveTo", ((0, 0),)), ("qCurveTo", ((8, 16), (16, 0))), ("closePath", ())])
    assert len(points) == 9
    middle = points[4] / FINE  # at t = 1/2: a quarter of both ends, half of the control point
    assert middle.tolist() == [8, 8]
    on = points / FINE
    np.testing.assert_allclose(on[:, 1], on[:, 0] * 2 - on[:, 0] ** 2 / 8)  # the parabola
    (chain,) = flattened([("moveTo", ((0, 0),)), ("qCurveTo", ((0, 2), (4, 2), (4, 0))), ("closePath", ())])
    assert (chain[8] / FINE).tolist() == [2, 2]  # implied between the two control points
    (around,) = flattened([("qCurveTo", ((1, 1), (-1, 1), (-1, -1), (1, -1), None)), ("closePath", ())])
    assert (around[[0, 8, 16, 24, 32]] / FINE).tolist() == [[1, 0], [0, 1], [-1, 0], [0, -1], [1, 0]]


def test_an_i_without_serifs_is_the_bar_that_its_font_draws():
    """DejaVu Sans: the capital I runs from 201 to 403 of 2048 across an advance of 604, and up to 1493."""
    data = load_dataset("glyphs")
    letter = image(data, character=8)
    pixels = 30 / 2048
    assert letter.sum() / 255 == pytest.approx(202 * 1493 * pixels**2, rel=0.01)
    rows, columns = np.flatnonzero(letter.sum(1)), np.flatnonzero(letter.sum(0))
    height, middle = 1493 * pixels, 21
    assert (rows[0], rows[-1]) == (math.floor(middle - height / 2), math.ceil(middle + height / 2) - 1)
    assert (columns[0], columns[-1]) == (19, 22)  # 201 and 403 less 302, times 30 / 2048: 1.48 either way of 21
    assert letter[21, 19:23].tolist() == [123, 255, 255, 123]  # 378.75 / 256 become 379, of which 123 lie here


def test_each_factor_does_what_its_name_says():
    data = load_dataset("glyphs")
    assert len(data) == 26 * 4 * 2 * 6 * 7 * 12 * 12 == 1_257_984
    assert [factor.kind for factor in data.space.factors] == ["categorical"] * 2 + ["ordinal"] * 5
    plain = image(data)
    assert np.array_equal(np.roll(plain, (4, 2), (0, 1)), image(data, posX=1, posY=2))  # whole pixels, two apart
    assert image(data, weight=1).sum() > 1.2 * plain.sum()
    assert image(data, size=0).sum() == pytest.approx(plain.sum() / 4, rel=0.02)  # half as large
    assert image(data, rotation=6).sum() == pytest.approx(plain.sum(), rel=0.01)
    turned_left, turned_right = image(data, rotation=6), image(data, rotation=0)
    assert centre_of_top(turned_left) < centre_of_top(plain) < centre_of_top(turned_right)
    assert data.space.factors[5].values[:2] == (21.0, 23.0)
    assert data.space.factors[0].labels[:3] == ("A", "B", "C")


def centre_of_top(letter):
    return np.average(np.arange(64), weights=letter[np.flatnonzero(letter.sum(1))[0]])


def test_at_half_the_size_everything_is_half_as_large():
    large, small = load_dataset("glyphs"), load_dataset("glyphs", size=32)
    for levels in ({}, {"character": 16, "rotation": 1, "posX": 7, "posY": 11, "weight": 1}):
        means = image(large, **levels).reshape(32, 2, 32, 2).mean(axis=(1, 3))
        assert np.abs(means - image(small, **levels)).max() <= 12  # both are rounded to 1/256 of their own pixels
    assert small.space.factors[5].values[:2] == (10.5, 11.5)


@pytest.mark.parametrize("characters", ["capitals", "small", "digits"])
def test_no_glyph_is_cut_by_its_window(characters):
    data = load_dataset("glyphs", characters=characters, size=32)
    font = data._outlines[1][1]  # the widest: bold, with serifs
    for character in set(data.space.factors[0].labels):
        shape, centre = font[character], (font[character].advance // 2, font[data._upright].height // 2)
        for degrees in (-45, -30, 0, 45):
            reach = max(np.abs(turned(part, centre, shape.em, 15 * UNIT, degrees)).max() for part in shape.polygons)
            assert reach <= data._window * UNIT / 2


@pytest.mark.parametrize(
    ("characters", "typefaces", "digest"), [("digits", 4, "133dd22fd60379d6"), ("capitals", 1, "a03cf2e587f5e68a")]
)
def test_glyphs_are_the_same_to_the_bit_everywhere(characters, typefaces, digest):
    """Whatever the machine: outlines, turns and coverage are whole numbers. The last typefaces have the most curves."""
    data = load_dataset("glyphs", characters=characters, size=32)
    rows = np.arange(0, len(data), math.prod(data.space.sizes[3:]))
    rows = rows[data.factors(rows)[:, 1] >= 4 - typefaces]
    data.images(rows)
    assert data._drawn.sum() == len(rows)
    assert hashlib.sha256(data._glyphs[data._drawn].tobytes()).hexdigest()[:16] == digest


def test_fonts_are_read_when_an_image_is_asked_for_and_matplotlib_never():
    code = (
        "import sys, numpy, unbraid; data = unbraid.load_dataset('glyphs'); before = 'fontTools' in sys.modules; "
        "data.images(numpy.arange(2)); print(before, 'fontTools' in sys.modules, 'matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "False"]


def test_fonts_that_are_missing_or_others_are_refused(monkeypatch, tmp_path):
    package = PACKAGES["glyphs"]
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path))
    monkeypatch.setitem(PACKAGES, "glyphs", Package(package.name, package.install, str(tmp_path / "no"), package.files))
    with pytest.raises(
        UsageError, match=r"glyphs needs the file .*DejaVuSans.ttf; .* Install the package matplotlib \("
    ):
        load_dataset("glyphs")
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    monkeypatch.setitem(PACKAGES, "glyphs", Package(package.name, package.install, str(fonts), package.files))
    real = package.place()
    assert real is not None
    for name, _, size in package.files:
        (fonts / name).write_bytes((real / name).read_bytes() if name != "STIXGeneral.ttf" else bytes(size))
    with pytest.raises(
        UsageError, match=r"STIXGeneral.ttf of the package matplotlib must be the known file; got sha256"
    ):
        load_dataset("glyphs")
    (fonts / "STIXGeneral.ttf").write_bytes((real / "STIXGeneral.ttf").read_bytes()[:-1])
    with pytest.raises(UsageError, match=r"got 448,227 bytes instead of 448,228; install matplotlib again"):
        load_dataset("glyphs")
