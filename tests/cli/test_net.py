"""The last net of the command line, and text that a terminal would obey."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import unbraid.cli as cli
from unbraid.cli import _console
from unbraid.cli._console import say
from unbraid.cli._text_table import TextTable
from unbraid.core import UsageError
from unbraid.core.printable import printable

ESCAPES = "a\x1b[31mred\x07\u202egnp.exe"


def ended(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    """The exit code of the command line where it raises that."""

    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert isinstance(caught.value.code, int)
    return caught.value.code


def test_a_fault_of_ours_is_one_line_and_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert ended(monkeypatch, ZeroDivisionError("by\nzero")) == 70
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("unbraid: a fault of unbraid, not yours: ZeroDivisionError: by zero (test_net.py, line ")
    (file,) = tmp_path.iterdir()
    assert str(file) in said
    assert "Traceback (most recent call last)" in file.read_text()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "absent"))
    assert ended(monkeypatch, RecursionError("deep")) == 70
    assert "please report the command: unbraid" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (MemoryError(), 70, "unbraid: this machine has too little memory for that; take fewer rows"),
        (UsageError(f"a rule; got {ESCAPES} [/b]."), 2, r"unbraid: a rule; got a\x1b[31mred\x07\u202egnp.exe [/b]."),
        (KeyboardInterrupt(), 130, "unbraid: stopped."),
        (
            PermissionError(13, "Permission denied", "/a/b"),
            2,
            "unbraid: '/a/b' must be readable or writable; got the sys",
        ),
        (
            OSError(28, "No space left on device"),
            2,
            "unbraid: a file must be readable or writable; got the system's 'No",
        ),
        (OSError("no errno"), 70, "unbraid: a fault of unbraid, not yours: OSError: no errno"),
    ],
)
def test_other_ends_are_a_line_each(
    error: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, error) == code
    assert capsys.readouterr().err.startswith(said)


@pytest.mark.parametrize("text", ["[/b]", "[red]x[/red]", ":smile:", "[link=x]", "[", "\\[b]"])
def test_brackets_are_text(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    say(text)
    _console.console.print(TextTable([text], [[text]], title=text))
    assert capsys.readouterr().out.count(text) == 4


def test_control_characters_are_shown_and_not_sent(capsys: pytest.CaptureFixture[str]) -> None:
    say(ESCAPES)
    _console.console.print(TextTable([ESCAPES], [[ESCAPES]], title=ESCAPES))
    assert not set(capsys.readouterr().out) & set("\x1b\x07\u202e")
    assert printable("β-VAE, 日本, 👩‍🔬\n\t") == "β-VAE, 日本, 👩‍🔬\n\t"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_knows_few_signs_shows_a_question_mark(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", out)
    _console.write_anything()
    say("β-VAE → 3")
    out.flush()
    assert b"?-VAE ? 3" in out.buffer.getvalue()  # type: ignore[attr-defined]


@pytest.mark.slow
def test_the_whole_command_on_an_ascii_terminal() -> None:
    command = [sys.executable, "-m", "unbraid", "list", "objectives"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
