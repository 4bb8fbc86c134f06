"""Sliders in a notebook: the latents of a run by hand, in one line."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image

from unbraid.core import naming_extras, require, rng
from unbraid.explore._explored import Explored, Latent, as_bytes
from unbraid.explore._frames import picture_of, shown
from unbraid.training import Run
from unbraid.training._images import as_images

WIDTH = 256  # pixels of each picture on the page
MOST = 12  # latents with a slider, most nats first


def sliders(run: Run, image: Any = None, *, latents: int = MOST) -> Any:
    """Sliders for the latents of a run and the image of their codes beside the original, for the end of a cell.

    Args:
        run: an opened run.
        image: where to start, as `Run.encode` takes it; a random image of the data when None, or the mean of the prior
            where they are not there.
        latents: how many get a slider: those of the most nats, at most this many, none that says less than 0.1 nat.

    Returns:
        a widget of ipywidgets, which shows itself.

    Raises:
        UsageError: several images, or images of another size.
    """
    with naming_extras("run.explore()"):
        import ipywidgets
    require(latents >= 1, "latents must be at least 1", latents)
    explored = Explored(run)
    chosen = sorted(explored.latents, key=lambda latent: -(latent.kl or 0.0))
    panel = _Panel(explored, [latent for latent in chosen if latent.active][:latents], ipywidgets)
    if image is None:
        panel.start(None)
    else:
        panel.encoded(image)
    return panel.whole


class _Panel:
    """Sliders, pictures, and what happens between them.

    Args:
        explored: the run.
        latents: those with a slider.
        widgets: the library.
    """

    def __init__(self, explored: Explored, latents: list[Latent], widgets: Any) -> None:
        self.explored, self.latents, self.draws = explored, latents, rng(0, 0, "explored in a notebook")
        self.z = np.zeros(explored.run.latents, dtype=np.float32)
        self.original, self.picture = (widgets.Image(format="png", width=WIDTH) for _ in range(2))
        self.sliders = [self._slider(latent, widgets) for latent in latents]
        another = widgets.Button(description="A random image")
        another.on_click(self.start)
        another.disabled = explored.dataset is None
        captions = [widgets.Label(text) for text in ("original", "by the sliders")]
        pairs = zip((self.original, self.picture), captions, strict=True)
        pictures = widgets.HBox([widgets.VBox(list(pair)) for pair in pairs])
        notices = [widgets.Label(notice) for notice in explored.notices]
        self.whole = widgets.VBox([*notices, pictures, another, widgets.VBox(self.sliders)])

    def start(self, _: Any) -> None:
        """Begin from a random image, or from the mean of the prior."""
        data = self.explored.dataset
        if data is None:
            self._placed(np.zeros(self.explored.run.latents, dtype=np.float32), None)
            return
        row = data.first_scored_row + int(self.draws.integers(len(data) - data.first_scored_row))
        self.encoded(data.images(np.array([row])))

    def encoded(self, images: Any) -> None:
        """Begin from one image."""
        pixels = as_images(images, self.explored.run.image_shape).numpy()
        require(len(pixels) == 1, "sliders start from one image", f"{len(pixels)} images", "give images[0]")
        self._placed(self.explored.encode(pixels).mean[0], as_bytes(pixels))

    def _placed(self, z: np.ndarray, image: np.ndarray | None) -> None:
        """Put the sliders at these codes [D], and show what they are of."""
        self.z = z.copy()
        self.original.layout.visibility = "hidden" if image is None else "visible"
        if image is not None:
            self.original.value = _png(image)
        for slider, latent in zip(self.sliders, self.latents, strict=True):
            slider.unobserve_all("value")
            slider.min, slider.max = min(slider.min, float(z[latent.number])), max(slider.max, float(z[latent.number]))
            slider.value = float(z[latent.number])
            slider.observe(self._moved(latent.number), "value")
        self._draw()

    def _slider(self, latent: Latent, widgets: Any) -> Any:
        nats = "" if latent.kl is None else f" · {latent.kl:.2f} nats"
        name = f"z{latent.number} {latent.label}".strip()
        return widgets.FloatSlider(
            min=latent.low,
            max=latent.high,
            step=(latent.high - latent.low) / 200,
            description=name,
            tooltip=name + nats,
            continuous_update=True,
            layout=widgets.Layout(width="32rem"),
            style={"description_width": "12rem"},
        )

    def _moved(self, number: int) -> Any:
        def follow(change: Any) -> None:
            self.z[number] = change["new"]
            self._draw()

        return follow

    def _draw(self) -> None:
        self.picture.value = _png(self.explored.decode(self.z[None]))


def _png(images: np.ndarray) -> bytes:
    """One image [1, C, H, W] as a PNG of whole pixels."""
    picture, stream = picture_of(shown(images)[0]), io.BytesIO()
    times = max(1, WIDTH // max(picture.size))
    picture.resize((picture.width * times, picture.height * times), Image.Resampling.NEAREST).save(stream, "png")
    return stream.getvalue()
