"""Run every attack and print what came of it: `python -m tests.hostile`; exit code 1 where something went wrong.

python -m tests.hostile              all of it, about ten minutes of one processor
python -m tests.hostile 20           every 20th bad input and array
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tests.hostile.cases import Case, Tally
from tests.hostile.commands import commands
from tests.hostile.files import files
from tests.hostile.functions import functions
from tests.hostile.scores import CHECKS, checked_scores
from tests.hostile.settings import settings

ROUNDS = 2
SHOWN = 200  # faults printed


def all_cases(folder: Path, every: int = 1, first: int = 0) -> Iterator[Case]:
    """Every n-th bad input of each kind, from the first on."""
    for make in (settings, files, functions, commands):
        place = folder / make.__name__
        place.mkdir()
        yield from islice(make(place), first, None, every)


def main(every: int) -> int:
    """Print the counts; how much went wrong."""
    began, tally = time.process_time(), Tally()
    with tempfile.TemporaryDirectory() as folder:
        for case in all_cases(Path(folder).resolve(), every):
            tally.add(case)
    print("\n".join(tally.lines()))
    checks = checked_scores(ROUNDS, every)
    for check in CHECKS:
        print(f"scores {check}: {checks.counts[check]:,}")
    faults = [*tally.faults, *checks.faults]
    print(
        f"{checks.counts.total():,} checks of scores, {len(checks.faults)} failed; {time.process_time() - began:.0f} s"
    )
    print("\n".join(faults[:SHOWN]))
    return len(faults)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1) > 0)
