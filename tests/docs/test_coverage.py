"""`python -m benchmarks.coverage`: what it writes, and that it goes on where it stopped."""

from pathlib import Path

import pytest

from benchmarks import coverage
from benchmarks._coverage_page import ALARMS, WANTED, total, write_page
from benchmarks._known_codes import CODES, codes_of
from benchmarks._table import Table, lines_of
from unbraid.metrics import DEFAULT

DOCS = Path(__file__).resolve().parents[2] / "docs" / "coverage"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "GROUPS", {"brisk": ("mcc", "spearman")})
    monkeypatch.setattr(coverage, "BLOCK", {"brisk": 4})
    monkeypatch.setattr(coverage, "TRUTH", {"brisk": 6})
    monkeypatch.setattr(coverage, "CODES", ("noisy",))
    monkeypatch.setattr(coverage, "PLAN", (coverage.Step("brisk", 150, 4),))


def test_a_block_is_written_once_and_the_next_beside_it(
    small: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        coverage.main(["--out", str(tmp_path)])
    monkeypatch.setattr(coverage, "PLAN", (coverage.Step("brisk", 150, 8),))
    coverage.main(["--out", str(tmp_path)])
    lines = lines_of(tmp_path / "coverage.csv")
    assert [(line["score"], line["first"], line["replicates"]) for line in lines] == [
        ("mcc", "0", "4"),
        ("spearman", "0", "4"),
        ("mcc", "4", "4"),
        ("spearman", "4", "4"),
    ]
    assert len(lines_of(tmp_path / "truth.csv")) == 2
    assert len(lines_of(tmp_path / "alarms.csv")) == 2 * 2 * 3  # blocks, how, scores and their table
    page = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "| `mcc` | 150 | 1 | 8 |" in page
    assert "| all brisk | 150 | paired | 4 |" in page


def test_a_block_that_is_measured_anew_takes_the_place_of_its_lines(
    small: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage, "GROUPS", {"brisk": ("mcc",)})
    coverage.main(["--out", str(tmp_path)])
    Table(tmp_path / "alarms.csv", coverage.FALSE).drop(score="all brisk")  # as of a group that has grown
    monkeypatch.setattr(coverage, "GROUPS", {"brisk": ("mcc", "spearman")})
    coverage.main(["--out", str(tmp_path)])
    assert sorted(line["score"] for line in lines_of(tmp_path / "coverage.csv")) == ["mcc", "spearman"]
    assert len(lines_of(tmp_path / "alarms.csv")) == 2 * 3


def test_no_block_is_begun_when_the_time_is_over(small: None, tmp_path: Path) -> None:
    coverage.main(["--out", str(tmp_path), "--minutes", "0"])
    assert not lines_of(tmp_path / "coverage.csv")


def test_two_codes_of_a_law_share_their_rows_and_not_their_noise() -> None:
    for name in CODES:
        first, second = codes_of(name, 120, 0)
        assert (first.factors == second.factors).all()
        assert not (first.code == second.code).any()
        assert (codes_of(name, 120, 0)[0].code == first.code).all()


def test_every_default_score_is_in_a_group_or_needs_a_grid() -> None:
    grouped = [name for names in coverage.GROUPS.values() for name in names]
    assert len(grouped) == len(set(grouped))
    assert set(DEFAULT) - set(grouped) == {"flatness", "linearity"}


def test_a_table_reads_what_it_wrote(tmp_path: Path) -> None:
    table = Table(tmp_path / "some.csv", ["score", "rows", "note"])
    table.add(score="mig", rows=500)
    again = Table(tmp_path / "some.csv", ["score", "rows", "note"])
    assert again.lines == [{"score": "mig", "rows": "500", "note": ""}]
    assert again.has(score="mig", rows=500)
    assert not again.has(score="mig", rows=2000)


def test_the_committed_tables_hold_what_the_pages_claim() -> None:
    """Intervals cover as wanted and single scores cry wolf in at most 1 of 20, over all that was measured."""
    covering, false = lines_of(DOCS / "coverage.csv"), lines_of(DOCS / "alarms.csv")
    assert total(covering, "covered") / total(covering, "replicates") >= WANTED
    scored = [line for line in false if not line["score"].startswith("all ")]
    assert total(scored, "alarms") / total(scored, "comparisons") <= ALARMS
    tables = [line for line in false if line["score"].startswith("all ")]
    count = total(tables, "comparisons")
    assert total(tables, "holm") <= ALARMS * count + 2 * (ALARMS * (1 - ALARMS) * count) ** 0.5


def test_no_block_stands_twice_in_the_committed_tables() -> None:
    for name in ("coverage", "alarms"):
        keys = [
            tuple(line[part] for part in coverage.BLOCK_OF if part in line) for line in lines_of(DOCS / f"{name}.csv")
        ]
        assert len(keys) == len(set(keys))


def test_the_committed_page_is_made_of_the_committed_tables(tmp_path: Path) -> None:
    for name in ("coverage.csv", "alarms.csv"):
        (tmp_path / name).write_bytes((DOCS / name).read_bytes())
    write_page(tmp_path)
    assert (tmp_path / "summary.md").read_text(encoding="utf-8") == (DOCS / "summary.md").read_text(encoding="utf-8")
