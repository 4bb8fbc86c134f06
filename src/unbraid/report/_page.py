"""Pages: templates filled in, pictures put inside, nothing fetched from anywhere."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure
from PIL import Image

from unbraid.figures._output import svg
from unbraid.figures._tiles import tile
from unbraid.report._wording import clock, number
from unbraid.store import whole_file

__all__ = ["drawing", "image_uri", "strip", "write_page"]

TEMPLATES = Path(__file__).with_name("templates")


def write_page(path: Path, template: str, **content: Any) -> Path:
    """Fill in a template and write it whole; every value is escaped unless it is `Markup`."""
    pages = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters.update(number=number, clock=clock)
    text = pages.get_template(template).render(**content)
    with whole_file(path) as aside:
        aside.write_text(text, encoding="utf-8")
    return path


def drawing(figure: Figure, name: str, alt: str) -> Markup:
    """A figure as an inline drawing whose ink follows the page."""
    return Markup(svg(figure, name=name, alt=alt))


def image_uri(pixels: np.ndarray) -> str:
    """An RGBA or RGB array as a data URI."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def strip(images: np.ndarray) -> str:
    """Images uint8 [S, C, H, W] side by side as a data URI, enlarged so that small ones stay crisp."""
    scale = max(1, round(128 / images.shape[2]))
    return image_uri(tile(images[None], gap=0, scale=scale)[..., :3])
