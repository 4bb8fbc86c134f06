"""Figures for a column of a paper: as wide as it is, nothing cut off, nothing across its neighbour."""

import importlib

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from unbraid.core import UsageError, load_entry, names
from unbraid.figures import COLUMNS, canvas, column
from unbraid.figures._column import panels_beside

PIXEL = 1.5
NEEDS_MORE = {"traversals"}  # with three bar charts; see below for what it says


def drawn(name: str, width: str | float | None) -> Figure:
    args, options = importlib.import_module(f"tests.figures.test_{name}").sample()
    with column(width):  # type: ignore[arg-type]
        return load_entry("figures", name)(*args, **options)  # type: ignore[no-any-return]


def texts(figure: Figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]  # type: ignore[attr-defined]


def shown(figure: Figure) -> list[Text]:
    """Texts that are drawn: not those of hidden axes, nor ticks beyond the ends of an axis."""
    figure.draw_without_rendering()
    hidden = {id(text) for ax in figure.axes if not ax.get_visible() for text in ax.findobj(Text)}
    ticks = {
        id(text)
        for ax in figure.axes
        for axis in (ax.xaxis, ax.yaxis)
        for tick in axis.get_major_ticks() + axis.get_minor_ticks()
        for text in (tick.label1, tick.label2)
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
    }
    return [text for text in texts(figure) if id(text) not in hidden | ticks]


@pytest.mark.parametrize("name", names("figures"))
def test_in_a_single_column_no_text_is_cut_off_or_meets_another(name: str) -> None:
    figure = drawn(name, "double" if name in NEEDS_MORE else "single")
    width, height = figure.get_size_inches() * figure.dpi
    boxes = [(text.get_text(), text.get_window_extent()) for text in shown(figure) if text.get_rotation() in (0, 90)]
    for label, box in boxes:
        assert box.x0 >= -PIXEL, label
        assert box.x1 <= width + PIXEL, label
        assert box.y0 >= -PIXEL, label
        assert box.y1 <= height + PIXEL, label
    for number, (label, box) in enumerate(boxes):
        for other, second in boxes[:number]:
            across = min(box.x1, second.x1) - max(box.x0, second.x0)
            down = min(box.y1, second.y1) - max(box.y0, second.y0)
            assert min(across, down) <= PIXEL, (label, other)


@pytest.mark.parametrize("name", names("figures"))
def test_a_double_column_is_filled_with_letters_of_the_usual_size(name: str) -> None:
    figure = drawn(name, "double")
    assert figure.get_figwidth() == pytest.approx(COLUMNS["double"])
    assert min((text.get_fontsize() for text in shown(figure)), default=8) >= 4.5


def test_the_width_is_that_of_the_column_and_of_no_figure_after_it() -> None:
    with column(4.25):
        assert canvas(width=9.0)[0].get_figwidth() == 4.25
        assert panels_beside(3, 2.0) == 2
    assert canvas(width=9.0)[0].get_figwidth() == 9.0
    assert panels_beside(3, 2.0) == 3


@pytest.mark.parametrize(
    ("width", "message"),
    [
        ("tripple", r"the width of a column must be one of: None, single, text, double, slide; got 'tripple'"),
        (0.5, r"the width of a column must be 2 to 40 inches; got 0.5; take single, .* or inches"),
        (float("nan"), r"must be 2 to 40 inches; got nan"),
    ],
)
def test_what_is_no_width_is_refused(width: str | float, message: str) -> None:
    with pytest.raises(UsageError, match=message), column(width):  # type: ignore[arg-type]
        pass


def test_what_has_no_room_says_how_much_it_needs() -> None:
    with pytest.raises(
        UsageError, match=r"traversals: 12 values need 6.5 inches; got 3.5; take a wider column, or leave"
    ):
        drawn("traversals", "single")
    with pytest.raises(UsageError, match=r"stress: 2 stressors need 2.2 inches; got 2; take a wider column, or fewer"):
        drawn("stress", 2.0)
