"""Lines with bands, in panels."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from unbraid.core import UsageError
from unbraid.figures._bands import Band, band_panels, draw_band
from unbraid.figures._style import canvas

LINE = Band([1, 2, 4], [0.1, 0.2, 0.3], [0.0, 0.1, 0.2], [0.2, 0.3, 0.4])


def test_a_group_keeps_its_colour_in_every_panel() -> None:
    figure, axes = band_panels({"one": {"a": LINE, "b": LINE}, "two": {"b": LINE}}, 2)
    assert axes[0].lines[1].get_color() == axes[1].lines[0].get_color()
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b"]


@pytest.mark.parametrize("length", [3, 12, 20, 40])
def test_a_legend_stays_inside_its_figure(length: int) -> None:
    name = "ada_gvae beta 0.000316, latents 25 box_blur"[:length]
    bands = {f"{k} {name}": LINE for k in range(6)}
    figure, _ = band_panels({"one": bands, "two": bands, "three": bands}, 3)
    FigureCanvasAgg(figure).draw()
    assert figure.legends[0].get_window_extent().x1 <= figure.bbox.x1


def test_one_group_needs_no_key() -> None:
    figure, axes = band_panels({"one": {"a": LINE}, "two": {"a": LINE}, "three": {"a": LINE}}, 2)
    assert not figure.legends
    assert len(axes) == 3


def test_a_single_place_shows_its_interval() -> None:
    ax = canvas()[1][0, 0]
    draw_band(ax, Band([1], [0.5], [0.4], [0.6]), "red")
    assert list(ax.lines[0].get_ydata()) == [0.4, 0.6]


def test_missing_values_leave_a_gap() -> None:
    ax = canvas()[1][0, 0]
    draw_band(ax, Band([1, 2], [0.5, np.nan]), "red")
    assert not ax.collections


def test_runs_with_two_peaks_are_points_in_a_gap_of_the_band() -> None:
    ax = canvas()[1][0, 0]
    band = Band([1, 2, 3], [0.5, 0.4, 0.3], [0.4, 0.0, 0.2], [0.6, 0.8, 0.4], [[], [0.1, 0.1, 0.7, 0.7], []])
    draw_band(ax, band, "red")
    corners = ax.collections[0].get_paths()
    assert not any(np.isclose(path.vertices[:, 0], 2.0).any() for path in corners)
    line, points = ax.lines
    assert list(line.get_markevery()) == [True, False, True]
    assert (list(points.get_xdata()), list(points.get_ydata())) == ([2, 2, 2, 2], [0.1, 0.1, 0.7, 0.7])


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(UsageError, match="one middle for each place"):
        draw_band(canvas()[1][0, 0], Band([1, 2], [0.5]), "red", "a")
    with pytest.raises(UsageError, match="band 'a': points for each place; got 1 for 2"):
        draw_band(canvas()[1][0, 0], Band([1, 2], [0.5, 0.5], points=[[0.1]]), "red", "a")
    with pytest.raises(UsageError, match="at least one named band"):
        band_panels({"one": {}}, 2)
