"""Images as notebooks show them: a row of them as one picture inside the page."""

from __future__ import annotations

import base64
import io

import numpy as np


def image_row_html(images: np.ndarray, what: str) -> str:
    """Images uint8 [N, C, H, W] side by side as an HTML picture; empty where they have neither 1 nor 3 channels.

    >>> image_row_html(np.zeros((2, 1, 4, 4), np.uint8), "black")[:44]
    '<img alt="black" src="data:image/png;base64,'
    """
    from PIL import Image

    row = np.concatenate(list(images), axis=2).transpose(1, 2, 0)  # [H, W * N, C]
    if row.shape[2] not in (1, 3):
        return ""
    stream = io.BytesIO()
    Image.fromarray(row[:, :, 0] if row.shape[2] == 1 else row).save(stream, "png")
    return f'<img alt="{what}" src="data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}">'
