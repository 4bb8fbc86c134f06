"""The command line: `unbraid --help`. Each command imports what it needs when it runs."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import NoReturn

from unbraid.cli._app import app
from unbraid.core import UsageError, failure, find_code_in, naming_extras
from unbraid.core.checks import sentence

__all__ = ["app", "main"]

FAULT = 70  # exit code of a fault of ours: EX_SOFTWARE of sysexits.h


def main() -> None:
    """Run the command line; a person's mistake becomes one sentence, a fault of ours one line and a file."""
    from unbraid.cli._console import complain, write_anything

    write_anything()
    try:
        with naming_extras():
            _find_code_here()
            app(prog_name="unbraid", standalone_mode=True)
    except UsageError as mistake:
        complain(str(mistake))
        sys.exit(2)
    except KeyboardInterrupt:
        complain("stopped.")
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
    except MemoryError:
        complain("this machine has too little memory for that; take fewer rows, smaller images or a smaller model.")
        sys.exit(FAULT)
    except OSError as error:  # a file that is named by a person, or a disk
        if error.filename is None and error.errno is None:
            _end_of_fault(error)
        complain(_refused(error))
        sys.exit(2)
    except Exception as error:  # what no check caught
        _end_of_fault(error)


def _end_of_fault(error: Exception) -> NoReturn:
    """One line, the traceback in a file, and the exit code of a fault of ours."""
    from unbraid.cli._console import complain

    complain(f"a fault of unbraid, not yours: {failure(error):.300}; please report {_kept(error)}.")
    sys.exit(FAULT)


def _refused(error: OSError) -> str:
    """What the system refused, as a message of three parts."""
    what = f"'{error.filename}'" if error.filename is not None else "a file"
    return sentence(
        f"{what} must be readable or writable",
        f"the system's '{error.strerror}'",
        "choose another place, change its permissions, or free some space",
    )


def _kept(error: Exception) -> str:
    """Keep the traceback in a file; where it is, or the command it came from where nothing can be written."""
    text = "".join(traceback.format_exception(error))
    command = " ".join(map(repr, sys.argv[1:]))
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="unbraid-", suffix=".txt", delete=False, encoding="utf-8", errors="backslashreplace"
        ) as file:
            file.write(f"unbraid {command}\n\n{text}")
        return str(Path(file.name))
    except OSError:
        return f"the command: unbraid {command}"


def _find_code_here() -> None:
    """Let `package.module:Thing` be found in the folder a command is given in."""
    with contextlib.suppress(FileNotFoundError):  # that folder was deleted
        find_code_in(os.getcwd())
