"""The command line in a process of its own."""

import sys

# begun in the background, as by nohup or setsid, a process ignores Ctrl-C, and so do its children
CODE = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from unbraid.cli import main; main()"


def command(*line: str) -> list[str]:
    """What starts `unbraid` with these words, so that it can be interrupted however the tests were started."""
    return [sys.executable, "-c", CODE, *line]
