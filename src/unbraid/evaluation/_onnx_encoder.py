"""An encoder in an ONNX file, ours or anybody's, as a function from images to codes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from unbraid.core import failure, naming_extras, require, require_known

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FLOATS = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(float16)": np.float16}


class OnnxEncoder:
    """Codes of images by an ONNX file: a function of float images [B, C, H, W] in [0, 1], for `unbraid.evaluate`.

    The file's one input takes images as [B, C, H, W], or as [B, H, W, C] where its own shape says so. Its outputs
    `mean` and `logvar` [B, D] are taken by these names, the only output where there is one, else the one that is named.

    Args:
        path: the file.
        output: name of the output that holds the codes, where there are several.

    Raises:
        UsageError: no file, no ONNX, other than one input of floats, or several outputs of which none is named.
    """

    def __init__(self, path: Path | str, output: str | None = None) -> None:
        self.path = Path(path)
        require(os.path.isfile(self.path), "an encoder's file must exist", self.path, "check the path")
        self._session = session_of(self.path)
        inputs, names = self._session.get_inputs(), [part.name for part in self._session.get_outputs()]
        require(
            len(inputs) == 1 and inputs[0].type in FLOATS,
            "an encoder in ONNX takes one input, images of floats",
            ", ".join(f"{part.name} of {part.type}" for part in inputs),
        )
        self._input = inputs[0]
        if output is not None:
            require_known(output, names, f"an output of {self.path.name}")
            self._outputs = [output]
        elif "mean" in names:
            self._outputs = [name for name in ("mean", "logvar") if name in names]
        else:
            do = "name one: --output NAME, or OnnxEncoder(path, output=NAME)"
            require(len(names) == 1, f"codes must be the only output of {self.path.name}, or be named", names, do)
            self._outputs = names

    @property
    def __name__(self) -> str:
        """The file's name, in messages."""
        return self.path.name

    def __call__(self, images: Tensor) -> tuple[np.ndarray, ...]:
        """Codes [B, D], or (mean, logvar)."""
        given = images.detach().cpu().numpy()
        rows, *sizes = self._input.shape
        if _fits(sizes, given.transpose(0, 2, 3, 1).shape[1:]) and not _fits(sizes, given.shape[1:]):
            given = given.transpose(0, 2, 3, 1)
        require(
            _fits(sizes, given.shape[1:]),
            f"{self.path.name} takes images {_written(sizes)}",
            _written(given.shape[1:]),
            "resize the data: --set data.resolution=…, or give others",
        )
        step = rows if isinstance(rows, int) else len(given)
        parts = [self._answer(given[start : start + step], step) for start in range(0, len(given), step)]
        means, *logvars = (np.concatenate(part) for part in zip(*parts, strict=True))
        return (means, *logvars)

    def _answer(self, images: np.ndarray, rows: int) -> list[Any]:
        """What the file makes of at most `rows` images; where it takes no fewer, the last one fills up."""
        filled = np.concatenate([images, np.repeat(images[-1:], rows - len(images), axis=0)])
        filled = np.ascontiguousarray(filled, dtype=FLOATS[self._input.type])
        return [part[: len(images)] for part in self._session.run(self._outputs, {self._input.name: filled})]


def session_of(path: Path) -> InferenceSession:
    """An ONNX file, open on the CPU.

    Raises:
        UsageError: it is damaged or no ONNX.
    """
    with naming_extras(f"{path.name}"):
        from onnxruntime import InferenceSession, SessionOptions
    options = SessionOptions()
    options.log_severity_level = 4
    try:
        return InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its own, one for each fault
        require(False, "an encoder must be an ONNX file", f"{path}: {failure(error)}"[:300], "export it again")
        raise


def _fits(sizes: Any, shape: Any) -> bool:
    """Whether images of this shape go into an input of these sizes, of which some may be free (text or None)."""
    return len(sizes) == len(shape) and all(a == b for a, b in zip(sizes, shape, strict=True) if isinstance(a, int))


def _written(sizes: Any) -> str:
    return " x ".join(str(size) if isinstance(size, int) else "any" for size in sizes)
