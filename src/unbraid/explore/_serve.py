"""The explorer as a process: a port of this machine, a browser, until it is stopped."""

from __future__ import annotations

import socket
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from unbraid.core import UsageError, naming_extras, require
from unbraid.explore._answers import Answers
from unbraid.explore._explored import Explored
from unbraid.training import Run

HOST = "127.0.0.1"
PORT = 8470  # the same each time, so that an address with its state can be opened again
TRIED = 20  # further ports, where nobody asked for one


def serve(
    *runs: Run | Path | str,
    port: int | None = None,
    browser: bool = True,
    trust: bool = False,
    say: Callable[[str], Any] = print,
) -> None:
    """Serve the explorer of one run or two until it is interrupted; only this machine can reach it.

    Args:
        runs: opened runs or their directories; two are shown side by side, on the images of the first.
        port: of 127.0.0.1; 8470 when None, or the next free one.
        browser: open the page.
        trust: import code from elsewhere that a run's configuration names, as `package.module:Thing`.
        say: is given the address.

    Raises:
        UsageError: no runs or more than two, a folder that is no run, or a port that is in use.
    """
    require(1 <= len(runs) <= 2, "explore takes one run or two", f"{len(runs)} runs")
    require(port is None or 0 <= port <= 65_535, "a port lies in 0 .. 65535", port)
    with naming_extras("unbraid explore"):
        import uvicorn

        from unbraid.explore._server import application
    with bound(port) as taken:
        opened = [run if isinstance(run, Run) else Run(run, trust=trust) for run in runs]
        answers = Answers([Explored(run) for run in opened])
        number = taken.getsockname()[1]
        address = f"http://{HOST}:{number}/"
        app = application(answers, {f"{HOST}:{number}", f"localhost:{number}"})
        config = uvicorn.Config(app, log_level="error", lifespan="off", ws="none", timeout_graceful_shutdown=1)
        say(f"explore: {address}  (Ctrl-C ends it)")
        if browser:
            webbrowser.open(address)
        uvicorn.Server(config).run(sockets=[taken])


def bound(port: int | None) -> socket.socket:
    """A socket on this machine's own address.

    Raises:
        UsageError: the port is in use.
    """
    tried = [port] if port is not None else [*range(PORT, PORT + TRIED), 0]
    for number in tried:
        # said to be TCP: asyncio sends at once (TCP_NODELAY) only where it is, and every image is 40 ms late elsewhere
        taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((HOST, number))
            taken.listen(128)
        except OSError as error:
            taken.close()
            reason = error
            continue
        return taken
    raise UsageError(f"port {port} must be free; it is not ({reason.strerror}); leave --port out, or give another.")
