"""The page in a real browser without a window: what a hand, or the keyboard alone, can do with it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.browsers import MARKS, opened_browser
from tests.explore.samples import served
from unbraid.training import Run

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("uvicorn", reason="the extra explore is not installed")
pytestmark = MARKS
Open = Callable[..., Any]
DROP = """() => {
  const data = new DataTransfer();
  data.items.add(new File(["no"], "a.txt"));
  document.dispatchEvent(new DragEvent("drop", {dataTransfer: data, cancelable: true}));
}"""
SLIDE = """slider => {
  for (let i = 0; i < 80; i++) {
    slider.value = i % 2 ? slider.min : slider.max;
    slider.dispatchEvent(new Event("input"));
  }
}"""
ASKED = "path => performance.getEntriesByType('resource').filter(one => one.name.endsWith(path)).length"
OUTLINE = "getComputedStyle(document.activeElement.closest('.button') ?? document.activeElement).outlineStyle"
PATIENCE = 120_000  # milliseconds, for a crowded machine


@pytest.fixture(scope="module")
def runs(run: Run, half: Run) -> tuple[Run, Run]:
    return run, half


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with opened_browser() as window:
        yield window


@pytest.fixture(scope="module")
def host(runs: tuple[Run, Run]) -> Iterator[str]:
    with served(runs[0]) as address:
        yield address


@pytest.fixture
def opened(browser: Any, host: str) -> Iterator[Open]:
    """Opens the page; at the end of a test nothing may have been complained of in the console."""
    pages, complaints = [], []

    def open_page(state: str = "", where: str = host, quiet: bool = True, **options: Any) -> Any:
        page = browser.new_page(**{"viewport": {"width": 1280, "height": 900}, **options})
        page.set_default_timeout(PATIENCE)
        if quiet:
            page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        pages.append(page)
        page.goto(f"http://{where}/{state}")
        page.wait_for_selector("body[data-ready=yes]")
        return page

    yield open_page
    for page in pages:
        page.close()
    assert complaints == []


def pixels(page: Any, place: str = "#picture-0") -> np.ndarray:
    """The red channel of a canvas [H, W], once nothing is on its way any more."""
    page.wait_for_load_state("networkidle")
    script = (
        "c => [c.width, ...c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((_, i) => i % 4 === 0)]"
    )
    columns, *values = page.eval_on_selector(place, script)
    return np.array(values).reshape(-1, columns)


def codes(page: Any) -> dict[str, float]:
    """The values of the sliders by latent."""
    script = "all => Object.fromEntries(all.map(s => [s.id, Number(s.value)]))"
    return dict(page.eval_on_selector_all("#sliders input[type=range]", script))


def image_of(run: Run, page: Any, number: int = 0) -> np.ndarray:
    """What the run makes of the codes that the sliders show."""
    z = np.array([codes(page)[f"z-{number}-{latent}"] for latent in range(run.latents)], dtype=np.float32)
    return np.round(run.decode(z)[0, 0] * 255)


def first_slider(page: Any) -> str:
    return "#" + page.eval_on_selector("#sliders input[type=range]", "s => s.id")


def test_a_slider_changes_the_picture_and_is_put_back(opened: Open, runs: tuple[Run, Run]) -> None:
    page = opened("#row=5")
    np.testing.assert_allclose(pixels(page), image_of(runs[0], page), atol=1)
    page.wait_for_timeout(400)  # longer than sliders must rest before a film is made
    assert page.evaluate(f"({ASKED})('/extremes')") == 1  # a change makes it once
    np.testing.assert_array_equal(pixels(page, ".mini canvas"), runs[0].dataset.images(np.array([5]))[0, 0])
    before, slider, start = pixels(page), first_slider(page), codes(page)
    page.focus(slider)
    page.keyboard.press("End")
    page.wait_for_function("z => location.hash.includes(`z0=${z}:`)", arg=slider.split("-")[-1])
    assert not np.array_equal(pixels(page), before)
    np.testing.assert_allclose(pixels(page), image_of(runs[0], page), atol=1)
    page.keyboard.press("Backspace")
    assert codes(page) == pytest.approx(start)
    page.keyboard.press("Home")
    page.dblclick(slider)
    assert codes(page) == pytest.approx(start)
    page.keyboard.press("ArrowRight")
    page.click("#reset")
    assert codes(page) == pytest.approx(start)
    np.testing.assert_array_equal(pixels(page), before)
    kl = page.eval_on_selector_all(".latent .nats", "all => all.map(n => parseFloat(n.textContent))")
    assert kl == sorted(kl, reverse=True)
    assert page.eval_on_selector_all("details .nats", "all => all.every(n => parseFloat(n.textContent) <= 0.1)")


def test_an_address_opens_the_same_picture_again(opened: Open) -> None:
    page = opened("#row=17")
    page.focus(first_slider(page))
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.get_by_role("tab", name="From the prior").click()
    page.wait_for_function("() => location.hash.includes('film=prior') && location.hash.includes('z0=')")
    again = opened(page.url.partition("/#")[2].join(("#", "")))
    np.testing.assert_allclose(pixels(page), pixels(again), atol=1)  # the address keeps four decimals
    assert again.get_by_role("tab", name="From the prior").get_attribute("aria-selected") == "true"
    strange = opened("#row=1e9&latent=77&film=none&z0=99:1~x:y&layer=-1")
    assert "Row" in strange.inner_text("#where")


def test_factors_choose_the_image(opened: Open, runs: tuple[Run, Run]) -> None:
    page = opened("#row=0")
    page.focus("#factor-1")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.getElementById('where').textContent.startsWith('Row 6 ')")
    np.testing.assert_array_equal(pixels(page, ".mini canvas"), runs[0].dataset.images(np.array([6]))[0, 0])
    page.click("#random")
    page.wait_for_function("() => !document.getElementById('where').textContent.startsWith('Row 6 ')")
    page.click("#prior")
    page.wait_for_function("() => document.getElementById('where').textContent.startsWith('From the mean')")
    assert set(codes(page).values()) == {0.0}


def test_a_picture_of_ones_own_is_encoded_and_a_wrong_file_gets_a_message(
    opened: Open, runs: tuple[Run, Run], tmp_path: Path
) -> None:
    page = opened(quiet=False)  # the browser itself notes a refusal
    image = runs[0].dataset.images(np.array([40]))[0, 0]
    Image.fromarray(image).save(tmp_path / "mine.png")
    page.set_input_files("#file", tmp_path / "mine.png")
    page.wait_for_function("() => document.getElementById('where').textContent.startsWith('From your own')")
    z = runs[0].encode(image[None, None]).mean[0]
    assert list(codes(page).values()) == pytest.approx([z[int(name.split("-")[-1])] for name in codes(page)], abs=1e-4)
    (tmp_path / "notes.png").write_text("no picture")
    page.set_input_files("#file", tmp_path / "notes.png")
    page.wait_for_function("() => document.getElementById('problem').textContent.includes('Give a PNG or a JPEG')")
    page.click("#random")
    page.wait_for_function("() => document.getElementById('problem').textContent === ''")
    page.evaluate(DROP)
    page.wait_for_function("() => document.getElementById('problem').textContent.includes('must be readable')")


def test_the_matrix_selects_a_latent_and_films_show_what_it_does(opened: Open, runs: tuple[Run, Run]) -> None:
    page = opened("#row=5")
    rows = page.locator("#matrices tbody tr")
    rows.last.get_by_role("button").click()
    name = rows.last.get_by_role("button").inner_text()
    page.wait_for_function("n => document.getElementById('film').textContent.includes(`lowest on ${n}`)", arg=name)
    assert page.locator("#sliders [aria-pressed=true]").inner_text() == name
    assert page.locator(".cells").count() == 3
    page.locator(".cells").nth(1).get_by_role("button").first.click()  # the real image lowest on it
    latent = int(name[1:])
    all_z = runs[0].encode(runs[0].dataset.images(np.arange(128))).mean[:, latent]
    page.wait_for_function(
        "n => document.getElementById('where').textContent.startsWith(`Row ${n} `)", arg=int(all_z.argmin())
    )
    page.get_by_title("Walk along y").click()
    page.wait_for_function("() => document.querySelector('.chart svg')?.getAttribute('aria-label').includes('along y')")
    assert page.locator(".chart polyline").count() >= 2
    page.get_by_role("tab", name="From one image").click()
    page.wait_for_selector(".morph input")
    page.locator(".cells button").last.click()
    page.get_by_role("button", name="End here").click()
    page.get_by_role("button", name="Begin here").click()
    page.get_by_role("tab", name="From the prior").click()
    page.wait_for_function("() => document.getElementById('film').textContent.includes('seed 0')")
    page.get_by_role("button", name="Draw again").click()
    page.wait_for_function("() => document.getElementById('film').textContent.includes('seed 1')")
    assert page.inner_text("#problem") == ""


def test_what_is_on_the_page_is_saved(opened: Open) -> None:
    page = opened("#row=5")
    page.wait_for_selector(".cells")
    contents = {}
    for kind in ("png", "gif", "npz", "mp4"):
        with page.expect_download() as saved:
            page.click(f"#save-{kind}")
        contents[kind] = Path(saved.value.path()).read_bytes()
        assert saved.value.suggested_filename.startswith("small-one")
    with Image.open(io.BytesIO(contents["png"])) as picture:
        assert picture.size == (11 * 160, 2 * 160)
    with Image.open(io.BytesIO(contents["gif"])) as picture:
        assert picture.n_frames > 2  # type: ignore[attr-defined]
    with np.load(io.BytesIO(contents["npz"]), allow_pickle=False) as arrays:
        assert {name: arrays[name].shape for name in arrays} == {
            "z": (5,),
            "mean": (5,),
            "deviation": (5,),
            "film": (11, 5),
        }
    assert contents["mp4"][4:8] == b"ftyp"


def test_the_keyboard_alone_suffices(opened: Open) -> None:
    page = opened("#row=5")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    reached = set()
    page.evaluate("document.activeElement.blur()")
    script = "(e => e.id || e.getAttribute('role') || e.className)(document.activeElement)"
    for _ in range(90):
        page.keyboard.press("Tab")
        name = page.evaluate(script)
        if page.evaluate("document.activeElement !== document.body"):  # from the last one it goes around
            reached.add(name)
            assert page.evaluate(OUTLINE) in ("solid", "auto"), name
    sliders = set(page.eval_on_selector_all("#sliders > div > .latent input", "all => all.map(s => s.id)"))
    assert (
        sliders | {"random", "prior", "file", "factor-0", "reset", "save-png", "tab", "name", "factor", "cell"}
        <= reached
    )
    page.focus("#films [aria-selected=true]")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.textContent === 'Along a factor'")
    assert page.get_by_role("tab", name="Along a factor").get_attribute("aria-selected") == "true"
    names = page.eval_on_selector_all(
        "input, button", "all => all.filter(e => !(e.ariaLabel || e.textContent || e.labels?.length)).length"
    )
    assert names == 0


def test_two_runs_stand_side_by_side_and_layers_are_tabs(opened: Open, runs: tuple[Run, Run]) -> None:
    with served(*runs) as both:
        page = opened("#row=5", where=both)
        assert "Half trained: step 3 of 9" in page.inner_text("#notices")
        assert "fitted to 32x32" in page.inner_text("#where")
        assert (pixels(page).shape, pixels(page, "#picture-1").shape) == ((16, 16), (32, 32))
        assert "No latent of half here says more than 0.1 nat." in page.inner_text("#matrices")
        page.get_by_role("tab", name="Along a factor").click()
        page.wait_for_function("() => document.getElementById('film').textContent.includes('No latent here says more')")
        page.get_by_role("tab", name="Layer 1").click()
        page.wait_for_selector("#z-1-4", state="attached")
        assert {name for name in codes(page) if name.startswith("z-1")} == {"z-1-4", "z-1-5", "z-1-6"}
        before = pixels(page, "#picture-1")
        page.eval_on_selector_all("details", "all => all.forEach(d => d.open = true)")
        page.focus("#z-1-4")
        page.keyboard.press("End")
        page.wait_for_function("() => location.hash.includes('z1=4:')")
        assert not np.array_equal(pixels(page, "#picture-1"), before)
        page.close()  # before the server does


@pytest.mark.parametrize("columns", [390, 1280])
def test_it_fits_the_screen_in_the_light_and_in_the_dark(opened: Open, columns: int, tmp_path: Path) -> None:
    papers = []
    for scheme in ("light", "dark"):
        page = opened("#row=5", viewport={"width": columns, "height": 844}, color_scheme=scheme)
        page.wait_for_selector(".cells")
        assert page.evaluate("document.documentElement.scrollWidth") == columns
        papers.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        page.screenshot(path=tmp_path / f"{scheme}.png", full_page=True)
        small = page.eval_on_selector_all(
            "button", "all => all.filter(b => b.offsetParent && b.getBoundingClientRect().height < 24).length"
        )
        assert small == 0
    assert papers[0] != papers[1]


def test_a_browser_that_closes_in_the_middle_of_a_film_leaves_the_others_alone(opened: Open) -> None:
    page, other = opened(), opened("#row=9")
    page.eval_on_selector(first_slider(page), SLIDE)
    page.close()
    other.click("#random")
    other.wait_for_function("() => !document.getElementById('where').textContent.startsWith('Row 9 ')")
    assert other.inner_text("#problem") == ""
