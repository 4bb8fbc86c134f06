"""Pages: templates filled in, figures and images put inside, nothing fetched from anywhere."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from matplotlib.figure import Figure
from PIL import Image

from unbraid.figures import svg
from unbraid.figures._images import image_grid
from unbraid.report._text import number
from unbraid.store import whole_file

__all__ = ["figure_svg", "image_uri", "page_text", "strip_uri", "write_page", "write_text"]

EXACT_BYTES = 60_000  # larger images are photographs or noise, where a page of many would grow to tens of megabytes
QUALITY = 82
EMBEDDED = re.compile(r'(<image [^<>]*href=")data:image/png;base64,([A-Za-z0-9+/=\s]+)')  # not in a label's text
TEMPLATES = Path(__file__).with_name("templates")


def write_page(path: Path, template: str, **content: Any) -> Path:
    """Fill in a template, see `page_text`, and write it whole."""
    return write_text(path, page_text(template, **content))


def page_text(template: str, **content: Any) -> str:
    """A template of `templates/` filled in; every value is escaped unless it is `Markup`."""
    pages = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["number"] = number
    pages.filters["marked"] = marked
    return pages.get_template(template).render(**content)


def write_text(path: Path, text: str) -> Path:
    """Write a page whole, and return its path."""
    with whole_file(path) as aside:
        aside.write_text(text, encoding="utf-8")
    return path


def marked(text: str) -> Markup:
    """A paragraph of a study file: `**words**` strong, `words` in backticks code, everything else escaped."""
    strong = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", str(escape(text)))
    return Markup(re.sub(r"`(.+?)`", r"<code>\1</code>", strong))


def figure_svg(figure: Figure, name: str, alt: str) -> Markup:
    """A figure as an inline SVG element whose ink follows the page; images inside it as `image_uri` gives them."""
    text = svg(figure, name=name, alt=alt)
    return Markup(EMBEDDED.sub(lambda match: match[1] + _recoded(match[2]), text))


def image_uri(pixels: np.ndarray) -> str:
    """An RGBA or RGB array as a data URI: PNG where that is small, WebP where it is not."""
    buffer = io.BytesIO()
    image = Image.fromarray(pixels)
    image.save(buffer, format="PNG", optimize=True)
    kind = "png"
    if buffer.tell() > EXACT_BYTES:
        buffer, kind = io.BytesIO(), "webp"
        image.save(buffer, format="WEBP", quality=QUALITY)
    return f"data:image/{kind};base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def strip_uri(images: np.ndarray) -> str:
    """Images uint8 [S, C, H, W] side by side as a data URI, enlarged so that small ones stay crisp."""
    scale = max(1, 96 // images.shape[2])
    return image_uri(image_grid(images[None], gap=0, scale=scale)[..., :3])


def _recoded(encoded: str) -> str:
    """The data URI of a PNG given in base64, see `image_uri`."""
    return image_uri(np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded)), formats=("PNG",))))
