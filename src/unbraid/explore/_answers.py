"""What the page asks of one run or two on the same image, answered with plain numbers, texts and packed images."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cached_property, lru_cache, partial
from typing import Any

import numpy as np
from PIL import Image

from unbraid.core import UsageError, require, rng
from unbraid.data import walk_along
from unbraid.data._files.pictures import opened, pixels_of, readable_picture
from unbraid.explore._explored import Explored
from unbraid.explore._facts import facts_of_data, facts_of_run
from unbraid.explore._frames import gif, npz, packed, picture_of, shown
from unbraid.explore._rows import RowFinder, level_text

KEPT_EXTREMES = 64  # latents whose extremes are not read again
EXTREMES = 8  # real images at each end of a latent
STEPS = 10  # images along a factor
MOST_FRAMES = 64  # decoded at once


class Answers:
    """Answers about runs; the first one's data give the images.

    Args:
        runs: one or two.
    """

    def __init__(self, runs: Sequence[Explored]) -> None:
        require(1 <= len(runs) <= 2, "one run or two are explored", f"{len(runs)} runs")
        self.runs = tuple(runs)
        self.data = next((run.dataset for run in runs if run.dataset is not None), None)
        self.finder = None if self.data is None else RowFinder(self.data)
        self._extremes_of = lru_cache(KEPT_EXTREMES)(partial(_extremes, self.runs))  # asked for often

    @cached_property
    def facts(self) -> dict[str, Any]:
        """All that does not change: the runs with their latents and matrix, and the factors of the data."""
        return {"runs": [facts_of_run(run) for run in self.runs], **facts_of_data(self.data, self.finder)}

    def start(self, asked: dict[str, Any]) -> dict[str, Any]:
        """An image of the data, by `row`, by `levels` of which `moved` moved last, or at `random`; else z = 0."""
        if asked.get("prior"):
            zero = [np.zeros((1, run.run.latents), dtype=np.float32) for run in self.runs]
            parts = [self._part(run, z, np.full_like(z, np.nan)) for run, z in zip(self.runs, zero, strict=True)]
            return {"row": None, "levels": None, "note": "", "runs": parts}
        data, finder = self._data()
        if "random" in asked:
            first = data.first_scored_row
            row = first + int(rng(whole(asked["random"]), 0, "explored row").integers(len(data) - first))
        else:
            row = finder.row(*_levels(asked)) if "levels" in asked else whole(asked.get("row"))
        levels = finder.levels(row)
        texts = [level_text(factor, level) for factor, level in zip(data.space.factors, levels, strict=True)]
        answer = self._on_image(data.images(np.array([row])))
        return {"row": row, "levels": levels, "texts": texts, **answer}

    def upload(self, content: bytes) -> dict[str, Any]:
        """A picture from a person's own file, PNG or JPEG, fitted to each run."""
        with readable_picture("picture", "the dropped file", "Give a PNG or a JPEG."):
            picture = opened(io.BytesIO(content))
            picture.load()
            pixels = pixels_of(picture, grey=self.runs[0].run.image_shape[0] == 1)
        return {"row": None, "levels": None, "texts": None, **self._on_image(pixels[None])}

    def decode(self, asked: dict[str, Any]) -> np.ndarray:
        """Images of codes `z` of one `run`, of the head that shows `layer`: uint8 [N, H, W, C]."""
        run, z = self._run(asked), self._z(asked)
        return shown(run.decode(z, run.head_of(self._layer(run, asked))))

    def extremes(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The real images lowest and highest on a latent, with their values and rows."""
        self._run(asked)
        return self._extremes_of(whole(asked.get("run", 0)), whole(asked.get("latent")))

    def walk(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Real images as one factor takes its levels from a row on, and how the codes of each run move with it."""
        data, _ = self._data()
        k = whole(asked.get("factor"))
        require(0 <= k < len(data.space), f"factors are numbered 0 to {len(data.space) - 1}", k)
        walked = self._walked(k, asked.get("row"))
        require(walked is not None, f"no two rows differ in {data.space.names[k]} alone", do="walk another factor")
        assert walked is not None
        images, factors = walked
        texts = [level_text(data.space.factors[k], float(level)) for level in factors[:, k]]
        parts = []
        for run in self.runs:
            mean = run.encode(self._fitted(images, run)[0]).mean
            parts.append({"codes": mean.tolist(), "reconstructions": packed(run.decode(mean))})
        return {"texts": texts, "original": packed(images), "runs": parts}

    def sample(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Codes drawn from the prior of one run and their images."""
        run = self._run(asked)
        z = run.sample(whole(asked.get("count", 12)), whole(asked.get("seed", 0)))
        return {"z": z.tolist(), "images": packed(run.decode(z))}

    def save(self, asked: dict[str, Any]) -> tuple[bytes, str]:
        """A file of what is on the page, and its type: a `gif` of codes' images, or an `npz` of codes."""
        if asked.get("kind") == "npz":
            arrays = asked.get("arrays")
            named = arrays if isinstance(arrays, dict) else {}
            require(named, "an npz holds named arrays", type(arrays).__name__)
            return npz({str(name)[:40]: _numbers(values) for name, values in named.items()}), "application/zip"
        require(asked.get("kind") == "gif", "gif or npz is saved here", asked.get("kind"))
        run, z = self._run(asked), self._z(asked)
        require(len(z) >= 2, "a film has at least 2 frames", len(z))
        return gif(run.decode(z, run.head_of(self._layer(run, asked)))), "image/gif"

    def _on_image(self, images: np.ndarray) -> dict[str, Any]:
        """What each run makes of one image [1, C, H, W] of any size."""
        fitted = [self._fitted(images, run) for run in self.runs]
        parts = []
        for run, (image, _) in zip(self.runs, fitted, strict=True):
            encoding = run.encode(image)
            parts.append({"input": packed(image), **self._part(run, encoding.mean, np.exp(0.5 * encoding.logvar))})
        notes = dict.fromkeys(note for _, note in fitted if note)
        return {"note": " ".join(notes), "runs": parts}

    def _part(self, run: Explored, z: np.ndarray, deviation: np.ndarray) -> dict[str, Any]:
        """Means, their spread, and the image of the means by each head."""
        heads = [packed(images) for images in run.decode_heads(z)]
        spread = [None if np.isnan(part) else float(part) for part in deviation[0]]
        return {"mean": z[0].tolist(), "spread": spread, "reconstructions": heads}

    def _fitted(self, images: np.ndarray, run: Explored) -> tuple[np.ndarray, str]:
        """Images as a run takes them, and a note where they had to be changed for it."""
        channels, height, width = run.run.image_shape
        if images.shape[1:] == (channels, height, width):
            return images, ""
        require(
            channels in (1, 3), "pictures have 1 or 3 channels", f"a model of {channels}", "choose a row of the data"
        )
        mode = "L" if channels == 1 else "RGB"
        fitted = [
            picture_of(frame).convert(mode).resize((width, height), Image.Resampling.BILINEAR)
            for frame in shown(images)
        ]
        pixels = np.stack([np.asarray(picture).reshape(height, width, channels) for picture in fitted])
        note = f"The image of {images.shape[3]}x{images.shape[2]} was fitted to {width}x{height}."
        if images.shape[2:] == (height, width):
            note = f"The image was turned {'grey' if channels == 1 else 'from grey into colour'}."
        return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)), note

    def _walked(self, k: int, row: Any) -> tuple[np.ndarray, np.ndarray] | None:
        """Images along a factor, from the row where that is possible, else from wherever the data let it walk."""
        data, _ = self._data()
        if row is not None:
            try:
                return walk_along(data, k, steps=STEPS, row=whole(row)) or walk_along(data, k, steps=STEPS)
            except UsageError:  # a row with missing levels
                pass
        return walk_along(data, k, steps=STEPS)

    def _data(self) -> tuple[Any, RowFinder]:
        require(self.data is not None, "that needs the data of the run", do=self.runs[0].without_data)
        assert self.finder is not None
        return self.data, self.finder

    def _run(self, asked: dict[str, Any]) -> Explored:
        number = whole(asked.get("run", 0))
        require(0 <= number < len(self.runs), f"runs are numbered 0 to {len(self.runs) - 1}", number)
        return self.runs[number]

    def _layer(self, run: Explored, asked: dict[str, Any]) -> int:
        layer = whole(asked.get("layer", len(run.layers) - 1))
        require(0 <= layer < len(run.layers), f"layers are numbered 0 to {len(run.layers) - 1}", layer)
        return layer

    def _z(self, asked: dict[str, Any]) -> np.ndarray:
        z = _numbers(asked.get("z"))
        require(
            z.ndim == 2 and 1 <= len(z) <= MOST_FRAMES, f"z holds 1 to {MOST_FRAMES} rows of codes", f"shape {z.shape}"
        )
        return z


def _extremes(runs: Sequence[Explored], number: int, latent: int) -> dict[str, Any]:
    """Real images at both ends of a latent of a run."""
    run = runs[number]
    ends = run.extremes(latent, EXTREMES)
    assert run.rep is not None
    require(run.dataset is not None, "extremes are real images", do=run.without_data)
    assert run.dataset is not None
    values = [np.round(run.rep.code[places, latent], 3).tolist() for places in ends]
    images = [packed(run.dataset.images(run.index[places])) for places in ends]
    rows = [run.index[places].tolist() for places in ends]
    return {"low": images[0], "high": images[1], "values": values, "rows": rows}


def whole(value: Any) -> int:
    """A whole number that came from a page."""
    require(isinstance(value, int) and not isinstance(value, bool), "a whole number is needed", f"{value!r:.40}")
    return int(value)


def _levels(asked: dict[str, Any]) -> tuple[list[float | None], int]:
    """Levels of all factors, and which one moved."""
    levels = asked.get("levels")
    plain = isinstance(levels, list) and all(level is None or isinstance(level, (int, float)) for level in levels)
    require(plain, "levels are numbers", f"{levels!r:.40}")
    return list(levels or []), whole(asked.get("moved", 0))


def _numbers(values: Any) -> np.ndarray:
    """Nested lists of numbers as float32."""
    try:
        return np.asarray(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise UsageError(f"codes must be lists of numbers; got {values!r:.40}; reload the page.") from error
