"""Small runs to explore, and a server for them inside the test's own process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from unbraid.explore import Explored, application
from unbraid.explore._answers import Answers
from unbraid.explore._serve import bound
from unbraid.training import Run, RunConfig, fit

TOY = {"name": "toy", "places": 8}


def small_run(folder: Path, steps: int = 150) -> Run:
    """A run on the toy world that has learned a little."""
    model = {"name": "mlp", "hidden": 64, "latents": 5}
    config = {"data": TOY, "model": model, "objective": "vae", "steps": steps, "batch": 32}
    return fit(RunConfig.from_dict(config), folder / "small one", progress=False)


def half_of_a_layered_run(folder: Path) -> Run:
    """A run of two layers on larger images, stopped at its third step of nine."""
    model = {"name": "towers", "latents": [4, 3], "width": 0.02}
    data = {"name": "toy", "places": 8, "size": 32}
    config = {"data": data, "model": model, "objective": "layerwise", "steps": 9, "batch": 8}
    return fit(RunConfig.from_dict(config), folder / "half", until=3, progress=False)


@contextmanager
def served(*runs: Run) -> Iterator[str]:
    """The address of an explorer of these runs, 127.0.0.1:PORT, until the block ends."""
    import uvicorn

    with bound(0) as taken:
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        app: Any = application(Answers([Explored(run) for run in runs]), {host, host.replace("127.0.0.1", "localhost")})
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield host
        finally:
            server.should_exit = True
            thread.join(20)
