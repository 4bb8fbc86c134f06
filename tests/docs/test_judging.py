"""The page about judging: its examples run, and it says what the engine does."""

import doctest
from pathlib import Path

from unbraid.studies.claims import CHECKS, DEFAULT, VERDICTS
from unbraid.studies.claims._comparisons import TWO_PEAKS

PAGE = (Path(__file__).parents[2] / "docs" / "judging.md").read_text(encoding="utf-8")


def test_its_examples_run() -> None:
    code = PAGE.replace("```pycon", "").replace("```", "")
    report: list[str] = []
    results = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(
        doctest.DocTestParser().get_doctest(code, {}, "judging", None, None), out=report.append
    )
    assert results.attempted > 20
    assert not results.failed, "".join(report)


def test_it_names_every_verdict_check_and_rule() -> None:
    assert all(f"| {word} |" in PAGE for word in VERDICTS)
    for check in CHECKS:
        bounds = DEFAULT[check]
        assert f"| `{check}` |" in PAGE
        shown = next(line for line in PAGE.splitlines() if line.startswith(f"| `{check}`"))
        assert all(f"{bound:g}" in shown for bound in (bounds.least, bounds.most) if bound is not None)
    assert all(f"**{number}. " in PAGE for number in range(1, 14))
    assert f"fewer than {TWO_PEAKS} runs with two peaks" in PAGE
