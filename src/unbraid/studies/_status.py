"""Where a study stands: which of its runs are done, running, failed or left, wherever they were trained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from unbraid.evaluation import read_scores
from unbraid.store import ARRAYS, CONFIG, LOG, METRICS, MODEL, REPRESENTATION, STATUS, RunDirectory, in_use
from unbraid.studies._plan import Planned
from unbraid.studies._study import Study
from unbraid.studies._thumbnails import PICTURES, small_pictures
from unbraid.studies._worker import FOREIGN, PROGRESSION, Job, same_run, score_ids

TOGETHER = "together"  # folder beside the runs: scores of several runs together
KEPT = (CONFIG, STATUS, METRICS, PROGRESSION, LOG)


@dataclass(frozen=True)
class Standing:
    """One planned run and where it stands.

    Args:
        run: the planned run.
        folder: its run directory (which may not be there yet), or the archive that holds its results.
        state: done, running, failed or left; foreign where the folder holds something else.
        step: finished steps.
        message: why it failed.
    """

    run: Planned
    folder: Path
    state: str
    step: int
    message: str = ""


def standings(study: Study, runs: Iterable[Planned], root: Path, archive: Path | None = None) -> list[Standing]:
    """Look at every run's folder, at the same run in other studies' folders, and in the archive of kept results."""
    others = sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    folders = [root / study.name, *(path for path in others if path.name != study.name)]
    return [_standing(study, run, folders, archive) for run in runs]


def _standing(study: Study, run: Planned, folders: Sequence[Path], archive: Path | None) -> Standing:
    """The folder that is furthest, of those that hold this run."""
    places = [folder / run.config.folder_name for folder in folders]
    places += [archive / run.config.folder_name] if archive is not None else []
    there = [RunDirectory(place) for place in places if (place / CONFIG).is_file()]
    own = [found for found in there if same_run(found, run.config)]
    for found in own:
        if is_done(found, study, run):
            return Standing(run, found.path, "done", run.config.steps)
    own = [found for found in own if found.path.parent != archive]
    if not own:
        foreign = any(found.path == places[0] for found in there)
        message = FOREIGN.format(folder=places[0]) if foreign else ""
        return Standing(run, places[0], "foreign" if foreign else "left", 0, message)
    best = max(own, key=lambda found: (found.has(MODEL), int(found.read_status().get("step", 0))))
    status = best.read_status()
    state = "running" if in_use(best.path) else "failed" if status.get("state") == "failed" else "left"
    return Standing(run, best.path, state, int(status.get("step", 0)), str(status.get("message", "")))


def is_done(found: RunDirectory, study: Study, run: Planned) -> bool:
    """Whether a folder holds the run trained to its end, with every score that the study asks for."""
    if found.read_status().get("state") != "done" or not found.has(METRICS):
        return False
    if study.every and not found.has(PROGRESSION):
        return False
    return score_ids(run.config, study.rows) <= set(read_scores(found).get("score_id", ()))


def jobs_of(study: Study, standing: Sequence[Standing], threads: int) -> list[Job]:
    """What workers are given for the runs that are not done; a folder that holds something else is left alone."""
    return [
        Job(each.run.config.to_dict(), str(each.folder), study.rows, study.every, threads)
        for each in standing
        if each.state not in ("done", "foreign")
    ]


def archive_runs(standing: Sequence[Standing], archive: Path) -> int:
    """Copy what a finished run says (no weights) into an archive, with small pictures; how many were new.

    That is its configuration, status, log and scores, and at most 100 kB of arrays that figures are drawn from.
    """
    new = 0
    for each in standing:
        target = RunDirectory(archive / each.run.config.folder_name)
        if each.state != "done" or target.path == each.folder:
            continue
        changed = False
        for name in KEPT:
            source = each.folder / name
            if source.is_file() and not (target.has(name) and (target / name).read_bytes() == source.read_bytes()):
                target.write_bytes(name, source.read_bytes())
                changed = True
        run = RunDirectory(each.folder)
        if (changed or not target.has(PICTURES)) and run.has(ARRAYS) and run.has(REPRESENTATION):
            target.write_bytes(PICTURES, small_pictures(run))
        new += changed
    for folder in {each.folder.parent for each in standing} - {archive}:
        for file in (folder / TOGETHER).glob("*.json"):
            RunDirectory(archive / TOGETHER).write_bytes(file.name, file.read_bytes())
    return new
