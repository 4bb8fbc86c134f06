"""One bad input, and what came of it."""

from __future__ import annotations

import hashlib
import re
import signal
import threading
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from unbraid.core import UsageError

Outcome = Literal["refused", "accepted", "traceback", "hung", "wrongly accepted"]
SECONDS = 60  # more than any of them takes on a busy machine
RULE = re.compile(
    r"\b(must|needs?|takes?|cannot|unknown|is not there|are not there|holds?|starts? from|YAML reads|is damaged)\b"
)
LONGEST = 1200  # characters of a message
WHAT_IS_TAKEN = re.compile(
    r"\b(must (be|have|hold|say|lie|name|stay|exist|match|end|not)|takes|needs|numbered|one of)\b"
)


class Hung(BaseException):
    """Work takes too long; no handler of errors, of the system's say, may take it for one."""


@dataclass(frozen=True)
class Case:
    """A bad input.

    Args:
        area: where it is given: a command, a file, a function.
        what: the input, in words.
        run: gives it.
        refuse: whether it must be refused; else it may be taken as well.
        keeps: files that must stay as they are.
    """

    area: str
    what: str
    run: Callable[[], object]
    refuse: bool = False
    keeps: Sequence[Path] = ()


@dataclass
class Tally:
    """What came of cases: counts by area, and each that went wrong, in words."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, case: Case) -> None:
        """Run a case and note what came of it."""
        before = digests(case.keeps)
        outcome, message = result_of(case)
        self.counts[case.area, outcome] += 1
        if outcome in ("traceback", "hung", "wrongly accepted"):
            self.faults.append(f"{outcome}: {case.area}: {case.what}: {message}")
        if outcome == "refused":
            lacking = lacks(message)
            self.counts[case.area, "with all three parts"] += not lacking
            if lacking:
                self.faults.append(f"a message without {lacking}: {case.area}: {case.what}: {message}")
        if digests(case.keeps) != before:
            self.counts[case.area, "lost"] += 1
            self.faults.append(f"lost: {case.area}: {case.what}")

    def total(self, area: str, outcome: str) -> int:
        """How often something came of cases of an area, or of "all"."""
        return sum(n for (place, what), n in self.counts.items() if area in (place, "all") and what == outcome)

    def lines(self) -> Iterator[str]:
        """A table of the counts."""
        columns = ("refused", "with all three parts", "accepted", "wrongly accepted", "traceback", "hung", "lost")
        areas = sorted({area for area, _ in self.counts})
        yield f"{'':24}" + "".join(f"{column:>22}" for column in ("inputs", *columns))
        for area in (*areas, "all"):
            of_area = [
                sum(n for (a, c), n in self.counts.items() if area in (a, "all") and c == col) for col in columns
            ]
            inputs = sum(of_area[:1] + of_area[2:6])
            yield f"{area:24}" + "".join(f"{number:>22,}" for number in (inputs, *of_area))


def run_all(cases: Iterable[Case]) -> Tally:
    """Run cases one after the other."""
    tally = Tally()
    for case in cases:
        tally.add(case)
    return tally


def result_of(case: Case) -> tuple[Outcome, str]:
    """What came of a case, and the message."""
    try:
        with warnings.catch_warnings(), _limited():
            warnings.simplefilter("ignore")
            case.run()
    except UsageError as error:
        return "refused", str(error)
    except Hung as error:
        return "hung", str(error)
    except BaseException as error:
        return "traceback", f"{type(error).__name__}: {error}"
    return ("wrongly accepted", "") if case.refuse else ("accepted", "")


def lacks(message: str) -> str:
    """Which part of a message is not there; a rule that names what is taken says what to do."""
    if not RULE.search(message) and not re.match(r"[^;]{12,}; got ", message):
        return "a rule"
    clauses = [clause for clause in re.split(r"[;:.(]\s", message) if clause.strip()]
    if len(clauses) < 2 and "'" not in message:
        return "what came"
    if len(clauses) < 3 and not WHAT_IS_TAKEN.search(message):
        return "what to do"
    return "an end" if len(message) > LONGEST else ""


def digests(paths: Iterable[Path]) -> dict[Path, str]:
    """What files hold, by hash; one that is not there has none."""
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "" for path in paths}


@contextmanager
def _limited() -> Iterator[None]:
    """Raise `Hung` in a block that takes too long."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGALRM"):
        yield
        return

    def end(*_: object) -> None:
        raise Hung(f"more than {SECONDS} s")

    previous = signal.signal(signal.SIGALRM, end)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)
