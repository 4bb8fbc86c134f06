"""Optional libraries: what needs one that is not installed says which extra brings it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from unbraid.core.checks import UsageError, sentence

EXTRAS = {  # library -> the extra of pyproject.toml that installs it
    "torch": "train",
    "h5py": "train",
    "ray": "ray",
    "tensorboard": "tensorboard",
    "wandb": "wandb",
    "onnx": "onnx",
    "onnxruntime": "onnx",
    "starlette": "explore",
    "uvicorn": "explore",
    "ipywidgets": "notebook",
}


class MissingLibraryError(UsageError, ImportError):
    """An optional library is not installed; the message names the extra that brings it."""


@contextmanager
def naming_extras(what: str = "this") -> Iterator[None]:
    """Let the failed import of an optional library, which `what` needs, say which extra installs it; also a decorator.

    Raises:
        MissingLibraryError: the import of such a library failed; of others, the failure is passed on as it is.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library not in EXTRAS:
            raise
        raise MissingLibraryError(
            sentence(f"{what} needs {library}, which is not installed", do=f"pip install 'unbraid[{EXTRAS[library]}]'")
        ) from error
