"""A small file server on 127.0.0.1 that can resume, and can misbehave when asked to."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves `server.files`; /cut/… breaks off half-way, /plain/… ignores Range, /html/… says that it is a page,
    /lost/… is not there, /else/… answers with the whole file as if it were the part that was asked for, /endless/…
    sends more and more.
    """

    def do_GET(self) -> None:
        self.server.requests.append((self.path, self.headers.get("Range")))
        mode, _, name = self.path.strip("/").rpartition("/")
        body = self.server.files.get(name)
        if body is None or mode == "lost":
            self.send_error(404)
            return
        body = b"x" * len(body) if mode == "wrong" else body
        wanted = self.headers.get("Range")
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and mode not in ("plain", "html") else 0
        if start >= len(body):
            self.send_error(416)
            return
        start, partial = (0, bool(start)) if mode == "else" else (start, bool(start))
        self.send_response(206 if partial else 200)
        if partial:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        if mode == "endless":
            self.end_headers()
            self.wfile.write(body * 20)
            return
        self.send_header("Content-Length", str(len(body) - start))
        if mode == "html":
            self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        rest = body[start:]
        self.wfile.write(rest[: (len(rest) + 1) // 2] if mode == "cut" else rest)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def served(**files: bytes) -> Iterator[tuple[str, list]]:
    """Address of a server of these files, and the list of (path, Range) it was asked for."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.files, server.requests = {name.replace("__", "."): body for name, body in files.items()}, []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server.requests
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
