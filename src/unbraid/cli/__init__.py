"""The command line: `unbraid --help`. Each command imports what it needs when it runs."""

from __future__ import annotations

import sys

from unbraid.cli._app import app
from unbraid.core import UsageError

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line; a person's mistake becomes one sentence, never a traceback."""
    from unbraid.cli._console import errors

    try:
        app(standalone_mode=True)
    except UsageError as mistake:
        errors.print(f"unbraid: {mistake}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)
    except KeyboardInterrupt:
        errors.print("unbraid: stopped.", highlight=False)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
