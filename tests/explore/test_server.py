"""The explorer answers its own page on this machine, refuses others in words, and is stopped like any command."""

import http.client
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="the extra explore is not installed")
pytest.importorskip("uvicorn", reason="the extra explore is not installed")

from tests.children import command
from tests.explore.samples import served
from unbraid.core import MissingLibraryError, UsageError
from unbraid.explore import serve
from unbraid.explore._answers import Answers
from unbraid.explore._serve import PORT, bound
from unbraid.training import Run

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def run_folder(run: Run) -> Path:
    return run.path


@pytest.fixture(scope="module")
def host(run: Run) -> Iterator[str]:
    with served(run) as address:
        yield address


def answer(host: str, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes, dict]:
    connection = http.client.HTTPConnection(host, timeout=60)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body, named)
        response = connection.getresponse()
        return response.status, response.read(), dict(response.getheaders())
    finally:
        connection.close()


def asked(host: str, path: str, question: object, **headers: str) -> tuple[int, bytes, dict]:
    return answer(host, "POST", path, json.dumps(question).encode(), Content_Type="application/json", **headers)


def test_the_page_and_its_parts_are_there_and_load_nothing_from_elsewhere(host: str) -> None:
    status, page, headers = answer(host, "GET", "/")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'; script-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert b"http://" not in page
    assert b"https://" not in page
    for part, kind in (("/page.js", "javascript"), ("/page.css", "css"), ("/facts", "json")):
        status, _, headers = answer(host, "GET", part)
        assert status == 200
        assert kind in headers["content-type"]


def test_images_are_bytes_and_answers_are_json(host: str) -> None:
    status, image, _ = asked(host, "/decode", {"z": [[0.0] * 5]})
    assert (status, len(image)) == (200, 16 * 16)
    status, content, _ = asked(host, "/start", {"row": 3}, Origin=f"http://{host}", Sec_Fetch_Site="same-origin")
    assert (status, json.loads(content)["row"]) == (200, 3)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
    ],
)
def test_other_hosts_and_pages_of_others_are_refused(host: str, headers: dict[str, str]) -> None:
    for status, said, _ in (answer(host, "GET", "/facts", **headers), asked(host, "/start", {"row": 0}, **headers)):
        assert (status, said) == (403, b"unbraid explore answers its own page on this machine alone.\n")


@pytest.mark.parametrize(
    "path", ["/../pyproject.toml", "/page/../../_serve.py", "/%2e%2e/_serve.py", "/etc/passwd", "/docs"]
)
def test_other_paths_are_not_there(host: str, path: str) -> None:
    assert answer(host, "GET", path)[0] == 404


def test_bad_questions_are_answered_in_words(host: str) -> None:
    status, said, _ = asked(host, "/start", {"row": 9999})
    assert (status, json.loads(said)["error"]) == (400, "a row must lie in 0 .. 127; got 9999.")
    assert answer(host, "POST", "/start", b"{", Content_Type="application/json")[:2] == (
        400,
        b'{"error":"a question must be JSON."}',
    )
    assert b"must be a mapping" in asked(host, "/start", [1])[1]
    status, said, _ = answer(
        host, "POST", "/start", b"{}", Content_Type="text/plain"
    )  # what a form of another site sends
    assert (status, said) == (415, b'{"error":"application/json is expected."}')
    assert (
        b"must be readable"
        in answer(host, "POST", "/upload", b"no picture", Content_Type="application/octet-stream")[1]
    )
    assert answer(host, "GET", "/start")[0] == 405


def test_what_is_too_large_is_refused_before_it_is_kept(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unbraid.explore._server.LARGEST", 1000)
    status, said, _ = answer(host, "POST", "/upload", bytes(5000), Content_Type="application/octet-stream")
    assert (status, said) == (413, b'{"error":"at most 1,000 bytes are taken."}')


def test_a_fault_of_ours_is_one_line(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answers, "_z", lambda self, asked: 1 / 0)
    status, said, _ = asked(host, "/decode", {})
    assert status == 500
    assert json.loads(said)["error"].startswith("a fault of unbraid, not yours: ZeroDivisionError")


def test_a_browser_that_closes_in_the_middle_disturbs_nobody(host: str) -> None:
    name, port = host.split(":")
    for sent in (b"", b"{}"):  # the body does not come, or comes half
        with socket.create_connection((name, int(port)), timeout=20) as connection:
            head = (
                f"POST /decode HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n"
            )
            connection.sendall(head.encode() + sent)
    assert asked(host, "/decode", {"z": [[0.0] * 5]})[0] == 200


def test_an_image_does_not_wait_for_an_acknowledgement() -> None:
    with bound(0) as taken, socket.create_connection(taken.getsockname()):
        accepted, _ = taken.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP  # else asyncio leaves TCP_NODELAY out: 40 ms an image


def test_two_explorers_share_no_port() -> None:
    with bound(None) as first, bound(None) as second:
        ports = [taken.getsockname() for taken in (first, second)]
        assert {name for name, _ in ports} == {"127.0.0.1"}
        assert ports[0][1] >= PORT
        assert ports[0] != ports[1]
        with pytest.raises(
            UsageError, match=rf"port {ports[0][1]} must be free; it is not .*; leave --port out, or give"
        ):
            bound(ports[0][1])


def test_mistakes_are_said_before_anything_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="explore takes one run or two; got 3 runs"):
        serve("a", "b", "c")
    with pytest.raises(UsageError, match=r"a port lies in 0 \.\. 65535; got 99999"):
        serve("a", port=99999)
    with pytest.raises(UsageError, match=r"a run folder must hold config\.yaml"):
        serve(tmp_path, port=0)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(MissingLibraryError, match=r"unbraid explore needs uvicorn.*pip install 'unbraid\[explore\]'"):
        serve(tmp_path)


def test_the_package_is_called_like_the_command(tmp_path: Path) -> None:
    import unbraid

    with pytest.raises(UsageError, match=r"a run folder must hold config\.yaml"):
        unbraid.explore(tmp_path, port=0)  # type: ignore[operator]


@pytest.mark.slow
def test_the_command_serves_until_it_is_stopped(run_folder: Path) -> None:
    line = command("explore", str(run_folder), "--no-browser", "--port")
    with subprocess.Popen([*line, "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        host = said.split("http://")[1].split("/")[0]
        assert answer(host, "GET", "/facts")[0] == 200
        port = host.split(":")[1]
        second = subprocess.run([*line, port], capture_output=True, text=True, check=False)
        assert (second.returncode, f"port {port} must be free" in " ".join(second.stderr.split())) == (2, True)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert "Traceback" not in (process.stderr.read() if process.stderr else "")
