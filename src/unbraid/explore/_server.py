"""The page and its answers over HTTP, for browsers on this machine and for no other site that is open in them."""

from __future__ import annotations

import mimetypes
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unbraid.core import UsageError, failure
from unbraid.core.places import read_json
from unbraid.explore._answers import Answers

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

PAGE = Path(__file__).with_name("page")
FILES = ("index.html", "page.css", *sorted(path.name for path in PAGE.glob("*.js")))
LARGEST = 20_000_000  # bytes of a request: a photograph
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' blob: data:; connect-src 'self'; media-src blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
JSON, BYTES = "application/json", "application/octet-stream"


def application(answers: Answers, hosts: set[str]) -> Starlette:
    """The web application.

    Args:
        answers: of the runs to explore.
        hosts: the values of the header Host that are answered, such as 127.0.0.1:8470; another one, or an Origin that
            is none of them, belongs to a page of somebody else, and is refused.
    """
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.routing import Route

    routes = [Route("/", _file("index.html"))]
    routes += [Route(f"/{name}", _file(name)) for name in FILES[1:]]
    routes.append(Route("/facts", _asked(lambda _: answers.facts), methods=["GET"]))
    for name in ("start", "extremes", "walk", "sample"):
        routes.append(Route(f"/{name}", _asked(getattr(answers, name)), methods=["POST"]))
    routes.append(Route("/upload", _asked(answers.upload, BYTES), methods=["POST"]))
    routes.append(Route("/decode", _asked(lambda asked: (answers.decode(asked).tobytes(), BYTES)), methods=["POST"]))
    routes.append(Route("/save", _asked(answers.save), methods=["POST"]))
    app = Starlette(routes=routes, exception_handlers={HTTPException: _refusal, Exception: _fault})
    app.add_middleware(_OnlyThisPage, hosts=hosts)
    return app


class _OnlyThisPage:
    """Lets requests through that come from this page on this machine.

    Args:
        app: what answers them.
        hosts: see `application`.
    """

    def __init__(self, app: ASGIApp, hosts: set[str]) -> None:
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse other hosts (a name that somebody points at this machine) and other origins (pages of others)."""
        from starlette.responses import Response

        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get("origin")
        foreign = headers.get("host") not in self.hosts
        foreign |= origin is not None and origin not in {f"http://{host}" for host in self.hosts}
        foreign |= headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
        if not foreign:
            return await self.app(scope, receive, send)
        refused = Response("unbraid explore answers its own page on this machine alone.\n", 403, HEADERS)
        await refused(scope, receive, send)


def _file(name: str) -> Callable[[Request], Awaitable[Response]]:
    """A part of the page."""
    from starlette.responses import Response

    kind = mimetypes.guess_type(name)[0] or "text/html"

    async def answer(_: Request) -> Response:
        return Response((PAGE / name).read_bytes(), 200, HEADERS, media_type=kind)

    return answer


def _asked(answer: Callable[[Any], Any], kind: str = JSON) -> Callable[[Request], Awaitable[Response]]:
    """A question in JSON (or bytes) answered in JSON, or with bytes of a type."""
    from starlette.concurrency import run_in_threadpool
    from starlette.exceptions import HTTPException
    from starlette.responses import JSONResponse, Response

    async def respond(request: Request) -> Response:
        question: Any = None
        if request.method == "POST":
            if (
                request.headers.get("content-type", "").partition(";")[0] != kind
            ):  # what forms of other sites cannot send
                raise HTTPException(415, f"{kind} is expected.")
            content = await _content(request)
            question = content if kind == BYTES else _read(content)
        try:
            given = await run_in_threadpool(answer, question)
        except UsageError as error:
            return JSONResponse({"error": str(error)}, 400, HEADERS)
        if isinstance(given, tuple):
            return Response(given[0], 200, HEADERS, media_type=given[1])
        return JSONResponse(given, 200, HEADERS)

    return respond


async def _content(request: Request) -> bytes:
    """The body, refused once it is larger than any that the page sends."""
    from starlette.exceptions import HTTPException
    from starlette.requests import ClientDisconnect

    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > LARGEST:
                raise HTTPException(413, f"at most {LARGEST:,} bytes are taken.")
            parts.append(part)
    except ClientDisconnect as error:  # a browser that closed meanwhile
        raise HTTPException(400, "the request was not sent to its end.") from error
    return b"".join(parts)


def _read(content: bytes) -> dict[str, Any]:
    """A question as a mapping."""
    from starlette.exceptions import HTTPException

    try:
        question = read_json(content)
    except ValueError as error:
        raise HTTPException(400, "a question must be JSON.") from error
    if not isinstance(question, dict):
        raise HTTPException(400, "a question must be a mapping.")
    return question


async def _refusal(_: Request, error: Any) -> Response:
    """What is wrong with a question."""
    from starlette.responses import JSONResponse

    return JSONResponse({"error": error.detail}, error.status_code, HEADERS)


async def _fault(_: Request, error: Exception) -> Response:
    """What no check caught."""
    from starlette.responses import JSONResponse

    return JSONResponse({"error": f"a fault of unbraid, not yours: {failure(error):.300}"}, 500, HEADERS)
