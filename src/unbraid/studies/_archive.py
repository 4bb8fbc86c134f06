"""Keeping what finished runs say, without weights: into an archive, a folder that holds one of kept runs per study."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from unbraid.store import REPRESENTATION, sole_writer, whole_file
from unbraid.studies._kept_codes import KeptCodes, write_codes
from unbraid.studies._kept_runs import (
    BASELINES,
    CHECKS,
    CONFIGS,
    LOG,
    PROGRESS,
    RUN,
    SCORES,
    SHARED,
    THUMBNAILS,
    KeptRuns,
)
from unbraid.studies._learning_order import importance_names
from unbraid.studies._provenance import read_provenance, write_provenance
from unbraid.studies._record import RunFolder, RunRecord
from unbraid.studies._status import RunStatus
from unbraid.studies._study import Study
from unbraid.studies._thumbnails import packed
from unbraid.studies._udr_scores import names_across_seeds

WAIT_SECONDS = 300.0  # for another process that keeps runs in the same archive
DATE = (1980, 1, 1, 0, 0, 0)  # of files in the archive of thumbnails: the same runs, the same bytes


def archive_runs(study: Study, statuses: Sequence[RunStatus], archive: Path) -> int:
    """Keep what the finished runs of a study say; how many are new, or say something new.

    Each run's configuration, status, scores, checks, log, thumbnails and some codes go to the study's folder in the
    archive, and so does what was measured for several runs at once. Runs that the archive has already, of any study,
    are left alone.
    """
    done = {status.run.name: status.record for status in statuses if status.state == "done"}
    folders = [record for record in done.values() if isinstance(record, RunFolder)]
    if not folders:
        return 0
    with sole_writer(archive, WAIT_SECONDS):
        kept = KeptRuns(archive / study.name)
        there = kept.records()
        new = [
            record for record in folders if _says(record) != _says(there.get(record.name)) or _has_more(record, kept)
        ]
        names = [*names_across_seeds(study, statuses), *importance_names(statuses)]
        measured = {name: record.shared(name) for name in names for record in folders}
        shared = kept.shared | {name: content for name, content in measured.items() if content is not None}
        if new or shared != kept.shared:
            _write(kept, {record.name: record for record in new}, shared)
        _keep_provenance(study, {record.folder.parent for record in folders}, kept.folder)
    return len(new)


def _keep_provenance(study: Study, folders: Iterable[Path], kept: Path) -> None:
    """Write what is recorded of the claims beside the kept runs, with what is recorded there already."""
    known = read_provenance(study, [kept])
    record = read_provenance(study, [kept, *sorted(folder for folder in folders if folder.name == study.name)])
    if record is not None and record != known:
        write_provenance(study, record, kept)


def _says(record: RunRecord | None) -> str:
    """All that a record says but thumbnails, as text that is equal where they say the same."""
    if record is None:
        return ""
    tables = [record.scores(), record.baselines(), record.checks(), record.progress(), pd.DataFrame(record.log())]
    plain = [None if table is None else table.dropna(axis=1, how="all").to_csv(index=False) for table in tables]
    return json.dumps([record.config(), record.status(), *plain], sort_keys=True)


def _has_more(record: RunFolder, kept: KeptRuns) -> bool:
    """Whether a run has codes of which none are kept."""
    return record.files.has(REPRESENTATION) and record.name not in kept.codes


def _write(kept: KeptRuns, new: Mapping[str, RunRecord], shared: Mapping[str, Any]) -> None:
    """Replace the files, the one that names the runs last: a run whose rows are not all there is not there."""
    folder = kept.folder
    _write_table(folder / SCORES, kept.scores | {name: run.scores() for name, run in new.items()})
    _write_table(folder / BASELINES, kept.baselines | {name: run.baselines() for name, run in new.items()})
    _write_table(folder / CHECKS, kept.checks | {name: run.checks() for name, run in new.items()})
    _write_table(folder / PROGRESS, kept.progress | {name: run.progress() for name, run in new.items()})
    _write_table(folder / LOG, kept.log | {name: pd.DataFrame(run.log()) for name, run in new.items()})
    _write_thumbnails(kept, new)
    reps = {name: run.representation() for name, run in new.items()}
    write_codes(folder, kept.codes | {name: KeptCodes.of(rep) for name, rep in reps.items() if rep is not None})
    if shared:
        _write_lines(folder / SHARED, [{"name": name, "content": content} for name, content in sorted(shared.items())])
    lines = kept.lines | {
        name: {"run": name, "config": run.config(), "status": run.status()} for name, run in new.items()
    }
    _write_lines(folder / CONFIGS, [lines[name] for name in sorted(lines)])


def _write_table(path: Path, tables: Mapping[str, pd.DataFrame | None]) -> None:
    """One Parquet table of the rows of all runs, in the order of their names; none where there are no rows."""
    parts = []
    for name, table in sorted(tables.items()):
        if table is not None and len(table):
            parts.append(pa.Table.from_pandas(table.assign(**{RUN: name}), preserve_index=False))
    if parts:
        whole = pa.concat_tables([part.replace_schema_metadata() for part in parts], promote_options="permissive")
        with whole_file(path) as aside:
            pq.write_table(whole, aside, compression="zstd")


def _write_thumbnails(kept: KeptRuns, new: Mapping[str, RunRecord]) -> None:
    """The archive of thumbnails, with those of the new runs in place of theirs."""
    files: dict[str, bytes] = {}
    for name in sorted({*kept.lines, *new}):
        of_run = packed(new[name].thumbnails()) if name in new else kept.thumbnail_files(name)
        files |= {f"{name}.{ending}": content for ending, content in of_run.items()}
    with whole_file(kept.folder / THUMBNAILS) as aside, zipfile.ZipFile(aside, "w") as archive:
        for name, content in files.items():
            compression = zipfile.ZIP_STORED if name.endswith(".webp") else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, DATE), content, compression, compresslevel=9)


def _write_lines(path: Path, lines: Sequence[Mapping[str, Any]]) -> None:
    """One JSON object a line."""
    with whole_file(path) as aside:
        aside.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
