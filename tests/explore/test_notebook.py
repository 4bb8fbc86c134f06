"""One line in a notebook gives sliders that move the picture."""

import io

import numpy as np
import pytest
from PIL import Image

from unbraid.core import MissingLibraryError, UsageError
from unbraid.training import Run

widgets = pytest.importorskip("ipywidgets", reason="the extra notebook is not installed")


def parts(panel: object) -> tuple[list, list, object]:
    """Sliders, pictures and the button of a panel."""
    inside = [panel]
    for widget in inside:
        inside += getattr(widget, "children", ())
    kinds = (widgets.FloatSlider, widgets.Image, widgets.Button)
    sliders, images, buttons = ([widget for widget in inside if isinstance(widget, kind)] for kind in kinds)
    return sliders, images, buttons[0]


def pixels(image: object) -> np.ndarray:
    with Image.open(io.BytesIO(image.value)) as picture:  # type: ignore[attr-defined]
        return np.asarray(picture)[8::16, 8::16]


def test_a_slider_moves_the_picture_and_the_codes_are_those_of_the_image(run: Run) -> None:
    image = run.dataset.images(np.array([5]))
    sliders, (original, picture), _ = parts(run.explore(image))
    np.testing.assert_array_equal(pixels(original), image[0, 0])
    z = run.encode(image).mean
    expected = np.round(run.decode(z)[0, 0] * 255)
    np.testing.assert_array_equal(pixels(picture), expected)
    number = int(sliders[0].description.split()[0].removeprefix("z"))
    z[0, number] = sliders[0].value = sliders[0].max
    np.testing.assert_allclose(pixels(picture), np.round(run.decode(z)[0, 0] * 255), atol=1)
    assert not np.array_equal(pixels(picture), expected)


def test_the_button_takes_another_image_and_only_latents_in_use_have_sliders(run: Run) -> None:
    sliders, (original, _), button = parts(run.explore(latents=2))
    assert 1 <= len(sliders) <= 2
    before = original.value
    button.click()  # type: ignore[attr-defined]
    assert original.value != before
    with pytest.raises(UsageError, match="sliders start from one image; got 2 images; give images"):
        run.explore(run.dataset.images(np.arange(2)))
    with pytest.raises(UsageError, match="latents must be at least 1"):
        run.explore(latents=0)


def test_half_a_run_says_so_and_images_of_another_size_are_refused(half: Run) -> None:
    labels = [widget.value for widget in half.explore().children if isinstance(widget, widgets.Label)]
    assert labels == ["Half trained: step 3 of 9; these are the weights of its last checkpoint."]
    with pytest.raises(UsageError, match="resize them to 32x32"):
        half.explore(np.zeros((1, 1, 16, 16), np.uint8))


def test_without_the_library_the_extra_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(
        MissingLibraryError, match=r"run\.explore\(\) needs ipywidgets.*pip install 'unbraid\[notebook\]'"
    ):
        run.explore()


@pytest.mark.slow
def test_it_runs_in_a_notebook(run: Run) -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    cells = [f"import unbraid\nrun = unbraid.open({str(run.path)!r})", "run.explore()"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(notebook, timeout=300).execute()
    shown = [output["data"] for output in notebook.cells[1].outputs if "data" in output]
    assert "application/vnd.jupyter.widget-view+json" in shown[-1]
