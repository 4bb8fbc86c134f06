"""Golden values of datasets: each file has one check, chosen by its family."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tests.golden.harness import Check
from unbraid.data import load_dataset

CheckFile = Callable[[Path, dict[str, Any]], str]


def checks(folder: Path, expected: dict[str, Any]) -> Iterator[Check]:
    """One check per case in `expected`; a family without code is skipped, by name."""
    known = {"dsprites": dsprites_overlap, **_rooms()}
    for case, entry in expected["cases"].items():
        check = known.get(entry.get("family", ""))
        yield Check(f"datasets/{case}", partial(check, folder / entry["file"], entry) if check else None)


def dsprites_overlap(file: Path, entry: dict[str, Any]) -> str:
    """Rendered images against real ones: mean overlap per shape above 0.999, each above 0.98."""
    with np.load(file, allow_pickle=False) as arrays:
        real, codes = arrays["imgs"] > 0, arrays["latents_classes"][:, -5:]
    world = load_dataset("dsprites", cache="never")
    ours = world.images(world.space.index(codes))[:, 0] > 0
    overlap = (ours & real).sum(axis=(1, 2)) / (ours | real).sum(axis=(1, 2))
    words = []
    for level, shape in enumerate(world.space.factors[0].labels):
        of_shape = overlap[codes[:, 0] == level]
        if len(of_shape) and (of_shape.mean() <= 0.999 or of_shape.min() <= 0.98):
            words.append(f"{shape}: mean IoU {of_shape.mean():.5f}, min {of_shape.min():.4f} (bars 0.999 and 0.98)")
    return "; ".join(words)


def _rooms() -> dict[str, CheckFile]:
    """Checks of the worlds rendered in three dimensions."""
    if importlib.util.find_spec("tests.golden.boxhead") is None:
        return {}
    return importlib.import_module("tests.golden.boxhead").CHECKS
