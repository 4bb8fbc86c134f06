"""The command line: `unbraid --help`. Each command imports what it needs when it runs."""

from __future__ import annotations

import contextlib
import os
import sys

from unbraid.cli._app import app
from unbraid.core import UsageError, find_code_in, naming_extras

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line; a person's mistake becomes one sentence, never a traceback."""
    from unbraid.cli._console import errors

    try:
        with naming_extras():
            _find_code_here()
            app(prog_name="unbraid", standalone_mode=True)
    except UsageError as mistake:
        errors.print(f"unbraid: {mistake}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)
    except KeyboardInterrupt:
        errors.print("unbraid: stopped.", highlight=False)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)


def _find_code_here() -> None:
    """Let `package.module:Thing` be found in the folder a command is given in."""
    with contextlib.suppress(FileNotFoundError):  # that folder was deleted
        find_code_in(os.getcwd())
