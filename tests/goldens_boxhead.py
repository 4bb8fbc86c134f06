"""Golden values of the rooms rendered in three dimensions, by family."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from unbraid.data.boxhead import render

COLUMNS = ("wall_hue", "floor_hue", "box_hue", "box_size", "azimuth")
OFF = 8  # of 255


def boxhead(file: Path, entry: dict[str, Any]) -> str:
    """Against mesh renderings: mean absolute error below 0.002, at most 2 % of pixels off, no image above 0.005."""
    errors, off = boxhead_errors(file)
    bars = (("mean MAE", errors.mean(), 0.002), ("pixels off", off.mean(), 0.02), ("worst MAE", errors.max(), 0.005))
    return "; ".join(f"{what} {value:.5f} (bar {bar})" for what, value, bar in bars if not value < bar)


def boxhead_masked(file: Path, entry: dict[str, Any]) -> str:
    """Against published images where they could be recovered: mean error below 0.003, no image above 0.005."""
    errors, _ = boxhead_errors(file)
    bars = (("mean MAE", errors.mean(), 0.003), ("worst MAE", errors.max(), 0.005))
    return "; ".join(f"{what} {value:.5f} (bar {bar})" for what, value, bar in bars if not value < bar)


def boxhead_errors(file: Path) -> tuple[np.ndarray, np.ndarray]:
    """Mean absolute error (of 1) and share of pixels with a channel more than 8/255 off, per image, inside `valid`."""
    with np.load(file, allow_pickle=False) as arrays:
        values = np.column_stack([*(arrays[name] for name in COLUMNS), arrays["eye_hues"]])
        theirs = arrays["images"].transpose(0, 3, 1, 2).astype(np.int64)
        valid = arrays["valid"] if "valid" in arrays else np.ones((len(theirs), *theirs.shape[2:]), bool)
    apart = np.abs(render(values) - theirs)
    pixels = valid.sum(axis=(1, 2))
    errors = (apart * valid[:, None]).sum(axis=(1, 2, 3)) / (3 * pixels) / 255
    return errors, ((apart.max(axis=1) > OFF) & valid).sum(axis=(1, 2)) / pixels


CHECKS: dict[str, Callable[[Path, dict[str, Any]], str]] = {"boxhead": boxhead, "boxhead_masked": boxhead_masked}
