"""The style: transparent, adaptive, deterministic, without pyplot."""

import sys

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from unbraid.figures._images import image_grid
from unbraid.figures._output import png, svg
from unbraid.figures._style import INK, canvas, shortened, styled


@styled
def drawing() -> Figure:
    figure, axes = canvas(1, 2)
    axes[0, 0].plot([1, 2, 3], label="<loss> & co")
    axes[0, 0].legend()
    axes[0, 1].imshow(np.eye(3))
    return figure


def test_the_ink_follows_the_page() -> None:
    text = svg(drawing(), name="one", alt='rows < "columns"')
    assert "currentColor" in text
    assert INK not in text
    assert 'aria-label="rows &lt; &quot;columns&quot;"' in text
    assert "<style" not in text


def test_ids_of_two_drawings_never_meet() -> None:
    first, second = svg(drawing(), name="one"), svg(drawing(), name="two")
    ids = [set(part.split('id="')[1:]) for part in (first, second)]
    named = [{tail.split('"')[0] for tail in part} for part in ids]
    assert named[0]
    assert not named[0] & named[1]
    assert all(name.startswith("one-") for name in named[0])


def test_same_figure_same_bytes() -> None:
    assert svg(drawing()) == svg(drawing())
    assert png(drawing(), dpi=40) == png(drawing(), dpi=40)


def test_matplotlib_settings_and_pyplot_stay_untouched() -> None:
    before = dict(matplotlib.rcParams)
    pyplot = "matplotlib.pyplot" in sys.modules
    svg(drawing())
    assert dict(matplotlib.rcParams) == before
    assert ("matplotlib.pyplot" in sys.modules) == pyplot


def test_tile_puts_each_image_in_its_place() -> None:
    images = np.arange(4, dtype=np.uint8).reshape(2, 2, 1, 1, 1) * np.ones((1, 1, 1, 3, 3), np.uint8)
    grid = image_grid(images, gap=1)
    assert grid.shape == (8, 8, 4)
    assert grid[1, 5, 0] == 1
    assert grid[5, 1, 0] == 2
    assert grid[3, 3, 3] == 0


def test_tile_shows_colour_and_two_channels() -> None:
    assert image_grid(np.zeros((1, 2, 3, 4, 4), np.uint8)).shape == (4, 8, 4)
    assert (image_grid(np.full((1, 1, 2, 4, 4), 9, np.uint8))[..., 2] == 0).all()
    assert image_grid(np.zeros((1, 1, 6, 4, 4), np.uint8)).shape == (4, 4, 4)


def test_long_labels_are_cut() -> None:
    assert shortened(["floor_hue", "a very long factor name"], 10) == ["floor_hue", "a very lo…"]
