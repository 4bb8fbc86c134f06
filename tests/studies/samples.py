"""Small studies for the tests."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from unbraid.studies import RunJob, RunStatus, Study, jobs_of, load_study, planned_runs, run_job, run_statuses

TINY: dict[str, Any] = {
    "name": "tiny",
    "base": {
        "data": {"name": "toy", "places": 12},
        "model": {"name": "mlp", "latents": 3, "hidden": 16},
        "objective": "beta_vae",
        "steps": 20,
        "batch": 16,
    },
    "grid": {"objective": ["vae", {"name": "beta_vae", "beta": [2.0, 8.0]}]},
    "seeds": 2,
    "metrics": ["mig"],
    "scales": {"paper": {}, "pocket": {}, "smoke": {"base": {"steps": 10}, "seeds": 1}},
}


def written(folder: Path, **changes: Any) -> Path:
    """The tiny study with some keys changed, as a file."""
    path = folder / f"{changes.get('name', 'tiny')}.yaml"
    path.write_text(yaml.safe_dump({**TINY, **changes}), encoding="utf-8")
    return path


def tiny(folder: Path, scale: str = "pocket", **changes: Any) -> Study:
    """The tiny study with some keys changed."""
    return load_study(written(folder, **changes), scale)


def statuses(study: Study, root: Path, archive: Path | None = None) -> list[RunStatus]:
    """Where all its runs stand."""
    return run_statuses(study, planned_runs(study), root, archive)


def done(study: Study, root: Path) -> list[str]:
    """Do all of a study's work in this process; what each run came to."""
    return [run_job(job) for job in jobs_of(study, statuses(study, root), threads=1)]


def run_here(jobs: Sequence[RunJob], *_: Any) -> None:
    """In place of `run_local`: the same in this process, without the seconds that another takes to import."""
    for job in jobs:
        run_job(job)


def scores(**groups: list[float | None]) -> pd.DataFrame:
    """A tidy frame with one metric, `m`: group -> one value per seed."""
    rows = [
        {"metric": "m", "part": "", "layer": 0, "value": value, "seed": seed, "run": f"{name}-{seed}"}
        | {"group": name, "label": name, "objective": name}
        for name, values in groups.items()
        for seed, value in enumerate(values)
    ]
    return pd.DataFrame(rows)
