"""Pages in a browser without a window: what a run decodes there is what its model decodes, and phones can read them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import unbraid.report
from tests.browsers import MARKS, opened_browser
from tests.report.decoders import SHIPPED, of_other_layers, shipped
from tests.report.test_page_decoder import HALF, images
from tests.report.test_study_report import frame, write
from unbraid.report.run._decoder import page_layers
from unbraid.report.run._program import program_of
from unbraid.training import Run, RunConfig, fit
from unbraid.training._facts import RunFacts

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = MARKS
KNOBS = Path(unbraid.report.__file__).parent / "templates" / "knobs.js"
DECODE = """codes => {
  const {layers} = decoderIn(document.getElementById("decoder")), flat = [];
  for (const z of codes) {
    const x = decoded(layers, z);
    for (let c = 0; c < x.channels; c++) {
      for (let at = c; at < x.data.length; at += x.channels) flat.push(Math.min(1, Math.max(0, x.data[at])));
    }
  }
  return flat;
}"""
PIXELS = """canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"""
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with opened_browser() as window:
        yield window


@pytest.mark.parametrize("name", [*SHIPPED, "other layers"])
def test_the_page_decodes_as_torch_does(browser: Any, name: str) -> None:
    model = of_other_layers() if name == "other layers" else shipped(name)
    z = np.random.default_rng(1).normal(size=(3, model.widths[0])).astype(np.float32)
    program = program_of(page_layers(model, 0, RunFacts(model.image_shape)))
    text = json.dumps({"layers": program.layers, "z": [], "weights": program.encoded()})
    page = browser.new_page()
    page.set_content(
        f'<script type="application/json" id="decoder">{text}</script><script>{KNOBS.read_text()}</script>'
    )
    answer = np.array(page.evaluate(DECODE, z.tolist())).reshape(3, *model.image_shape)
    page.close()
    np.testing.assert_allclose(answer, images(model, z, 0), atol=HALF)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    config = RunConfig("toy", {"name": "mlp", "hidden": 32, "latents": 5}, objective="vae", steps=250, batch=32)
    run = fit(config, tmp_path_factory.mktemp("runs") / "run", progress=False)
    run.evaluate("active_latents", progress=False)
    return run


def set_to(page: Any, latent: int, value: float) -> None:
    script = "([slider, value]) => { slider.value = value; slider.dispatchEvent(new Event('input')); }"
    page.evaluate(script, [page.query_selector(f"input[data-latent='{latent}']"), value])


def shown(page: Any, run: Run) -> np.ndarray:
    """What the canvas shows [H, W], in 0 .. 255."""
    page.evaluate(DRAWN)
    return np.array(page.eval_on_selector("canvas", PIXELS)).reshape(*run.image_shape[1:], 4)[:, :, 0]


def test_knobs_combine_and_are_put_back(browser: Any, run: Run) -> None:
    complaints: list[str] = []
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.goto(run.report().as_uri())
    latents = page.eval_on_selector_all(".turn input", "all => all.map(one => Number(one.dataset.latent))")
    assert len(latents) >= 2
    held = json.loads(page.text_content("#decoder-0"))
    z = np.array(held["z"][0])
    first = shown(page, run)
    np.testing.assert_allclose(first, 255 * run.decode(z)[0, 0], atol=2)
    for latent, value in zip(latents, (2.5, -2.0), strict=False):
        set_to(page, latent, value)
        z[latent] = value
    np.testing.assert_allclose(shown(page, run), 255 * run.decode(z)[0, 0], atol=2)
    assert page.locator(".turn output").nth(1).inner_text() == "−2.00"
    page.locator(".turn input").nth(1).dblclick()
    z[latents[1]] = held["z"][0][latents[1]]
    np.testing.assert_allclose(shown(page, run), 255 * run.decode(z)[0, 0], atol=2)
    page.click(".mean")
    np.testing.assert_allclose(shown(page, run), 255 * run.decode(0 * z)[0, 0], atol=2)
    page.click(".back")
    np.testing.assert_array_equal(shown(page, run), first)
    page.click(".next")
    np.testing.assert_allclose(shown(page, run), 255 * run.decode(held["z"][1])[0, 0], atol=2)
    assert page.inner_text(".where") == "image 2 of 12"
    page.close()
    assert complaints == []


def test_the_page_is_read_on_a_phone_and_without_javascript(browser: Any, run: Run) -> None:
    address = run.report().as_uri()
    for script in (True, False):
        context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=script)
        page = context.new_page()
        page.goto(address)
        assert page.locator(".bench").is_visible() == script
        assert script or page.locator("noscript p").is_visible()  # a browser with scripts does not read what is in it
        assert page.locator("#traversals-0 svg").is_visible()
        if script:
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
        context.close()


def test_a_study_is_read_on_a_phone(browser: Any, tmp_path: Path) -> None:
    """Names of runs stood beside their scores, a letter a line: the page of 42 runs was 57,592 points long."""
    write(tmp_path / "report.html", frame())
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto((tmp_path / "report.html").as_uri())
    name = "objective=beta_tcvae/alpha 0.25/beta 0.5/gamma 0.25/form kl_plus/estimator batch"
    page.eval_on_selector_all(".grid th[scope=row]", "(all, name) => all.forEach(one => one.prepend(name))", name)
    widths = page.eval_on_selector_all(".grid th[scope=row]", "all => all.map(one => one.offsetWidth)")
    assert min(widths) > 300
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    label = page.eval_on_selector(".grid td.value", "one => getComputedStyle(one, '::before').content")
    assert "MIG" in label or "information" in label
    page.close()
