"""Do kept runs come out again? The same runs trained once more, beside the kept ones: `python -m benchmarks.again`.

Options: `--root` (folder of the studies' folders, runs/again), `--archive` (reproductions), `--out` (docs/reproduce).
It trains nothing: `unbraid study run STUDY --root runs/again` does. Whatever finished runs are there are compared with
the kept ones of the same name, per study and metric, in again.csv and again.md; called again, it counts more of them.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from unbraid.core.tables import markdown_table
from unbraid.store import CONFIG
from unbraid.studies import RunFolder, RunRecord
from unbraid.studies._collect import logged
from unbraid.studies._kept_runs import CONFIGS, KeptRuns

ROOT = Path(__file__).resolve().parents[1]
EQUAL = 1e-6  # as far as scores may differ and be called equal
KEYS = ["study", "run", "metric", "layer", "part"]


def values_of(study: str, record: RunRecord) -> pd.DataFrame:
    """Every score of a run, parts included, and the losses of the last tenth of its log."""
    scores = record.scores()
    assert scores is not None
    losses = pd.DataFrame(logged(record))
    both = pd.concat([scores, losses], ignore_index=True) if len(losses) else scores
    return both.assign(study=study, run=record.name)[[*KEYS, "value"]].astype({"value": "float64"})


def pairs(root: Path, archive: Path) -> Iterator[tuple[str, RunRecord, RunRecord]]:
    """Study, kept run and the same run trained again, of those that are done."""
    for folder in sorted(path for path in archive.iterdir() if (path / CONFIGS).is_file()):
        for name, kept in sorted(KeptRuns(folder).records().items()):
            again = RunFolder(root / folder.name / name)
            if (
                (again.folder / CONFIG).is_file()
                and again.status().get("state") == "done"
                and again.scores() is not None
            ):
                yield folder.name, kept, again


def compared(root: Path, archive: Path) -> tuple[pd.DataFrame, dict[str, set[str]]]:
    """One row per score: kept and again; and which versions stand on each side."""
    frames, versions = [], {"kept": set[str](), "again": set[str]()}
    for study, kept, again in pairs(root, archive):
        sides = [values_of(study, record) for record in (kept, again)]
        frames.append(sides[0].merge(sides[1], on=KEYS, suffixes=("_kept", "_again")))
        for side, record in (("kept", kept), ("again", again)):
            status = record.status()
            stated = {**status.get("versions", {}), "on": status.get("device", "cpu")}
            versions[side].add(
                ", ".join(f"{name} {stated[name]}" for name in ("unbraid", "torch", "on") if name in stated)
            )
    columns = [*KEYS, "value_kept", "value_again"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns), versions


def summary(scores: pd.DataFrame) -> pd.DataFrame:
    """One row per study and metric: how far the scores themselves, without parts, agree."""
    rows = []
    for (study, metric), part in scores[scores["part"] == ""].groupby(["study", "metric"]):
        kept, again = part["value_kept"].to_numpy(float), part["value_again"].to_numpy(float)
        both = ~np.isnan(kept) & ~np.isnan(again)
        missing = np.isnan(kept) & np.isnan(again)
        difference = np.abs(kept - again)[both]
        equal = int((difference <= EQUAL).sum() + missing.sum())
        rows.append(
            {
                "study": study,
                "metric": metric,
                "runs": part["run"].nunique(),
                "scores": len(part),
                "equal": equal / len(part),
                "median_difference": float(np.median(difference)) if both.any() else None,
                "largest_difference": float(difference.max()) if both.any() else None,
                "correlation": correlation(kept[both], again[both]),
                "missing_in_one": int((np.isnan(kept) != np.isnan(again)).sum()),
            }
        )
    return pd.DataFrame(rows)


def correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    """Pearson's, None where there are too few values or one side does not vary."""
    if len(one) < 3 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(np.corrcoef(one, other)[0, 1])


def page(table: pd.DataFrame, kept: dict[str, int], scores: pd.DataFrame, versions: dict[str, set[str]]) -> str:
    """The page: how many runs, what trained them, and the table."""
    again = scores.groupby("study")["run"].nunique()
    counts = "; ".join(f"{study} {again.get(study, 0)} of {count}" for study, count in kept.items())
    whole = scores[scores["part"] == ""]
    neither = whole[["value_kept", "value_again"]].isna().all(axis=1)
    same = (whole["value_kept"] - whole["value_again"]).abs().le(EQUAL) | neither
    runs = same.groupby([whole["study"], whole["run"]]).all()
    trained = {side: "; ".join(sorted(stated)) for side, stated in versions.items()}
    rows = [[_cell(value) for value in row] for row in table.itertuples(index=False)]
    equal = f"{same.mean():.1%} of the scores are equal within 1e-6"
    equal += f", and {int(runs.sum())} of {len(runs)} runs in every score."
    return f"""# Kept runs, trained again

`python -m benchmarks.again`; the numbers are again.csv. What rests on the kept runs: [claim by claim](README.md).

Runs trained again, of those kept: {counts}.
Kept: {trained["kept"]}. Again: {trained["again"]}.

{equal}
A score that is missing on both sides counts as equal. The configurations are the same, for a run's name is the hash of
its configuration. With the same version, machine and number of threads a run comes out bit for bit; where one of them
differs, sums are rounded otherwise and training carries that on; and a GPU draws other noise from the same seed, so
that its runs are as far from the kept ones as those of another seed.
Runs that have since taken the place of the kept ones were compared before they did (`--archive` of an earlier commit).
`log/…` are means over the last tenth of the training log.

{markdown_table([str(name).replace("_", " ") for name in table.columns], rows)}
"""


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return "—"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=ROOT / "runs" / "again")
    parser.add_argument("--archive", type=Path, default=ROOT / "reproductions")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "reproduce")
    asked = parser.parse_args()
    scores, versions = compared(asked.root, asked.archive)
    if not len(scores):
        print(f"no finished runs of kept studies in {asked.root}; unbraid study run STUDY --root {asked.root}")
        return
    table = summary(scores)
    kept = {path.parent.name: len(KeptRuns(path.parent).lines) for path in sorted(asked.archive.glob(f"*/{CONFIGS}"))}
    table.to_csv(asked.out / "again.csv", index=False, float_format="%.6g")
    text = page(table, kept, scores, versions)
    (asked.out / "again.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
