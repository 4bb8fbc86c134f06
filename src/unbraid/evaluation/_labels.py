"""Labels that came after training: related to the codes of a run, and kept in its folder in place of its factors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from unbraid.core import Labels, UsageError, require
from unbraid.core.places import expanded, read_json
from unbraid.data import GroundTruthDataset
from unbraid.metrics import Representation
from unbraid.metrics._files import labels_of_file, with_labels
from unbraid.store import LABELS_FILE, RunDirectory

LABELS = "labels"  # key of notes: the labels that codes and arrays stand beside, where they are not the dataset's own


def labels_noted(folder: RunDirectory) -> dict[str, Any] | None:
    """The file of labels that is taken in place of the dataset's own, its kinds, and how its rows were matched.

    Raises:
        UsageError: the note is damaged.
    """
    if not folder.has(LABELS_FILE):
        return None
    place = folder / LABELS_FILE
    try:
        note = read_json(place.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{place} must be JSON; {error}; delete it for the dataset's own labels.") from error
    whole = isinstance(note, dict) and isinstance(note.get("file"), str) and isinstance(note.get("kinds"), dict)
    require(whole, f"{place} must name a file and kinds", f"{note!r:.80}", "delete it for the dataset's own labels")
    return dict(note)


def relabelled(
    rep: Representation,
    index: np.ndarray,
    dataset: GroundTruthDataset,
    file: Path | str,
    kinds: Mapping[str, str] | None,
) -> tuple[Representation, dict[str, Any]]:
    """The codes of rows `index` [N] of a dataset with labels of a file, and what to note of them.

    Args:
        rep: codes of these rows.
        index: their numbers.
        dataset: whose rows they are; a table may name them by their files.
        file: a table or a file of arrays: one row per image of the dataset in its order, or with a column of names.
        kinds: of labels whose kind is not to be decided.

    Raises:
        UsageError: no such file, labels of other rows, no label of any row that was encoded.
    """
    path = expanded(file)
    known, left_out, said = labels_of_file(path, dataset.names, len(dataset), None, kinds, rep.latent_names)
    missing = None if known.missing is None else known.missing[index]
    require(missing is None or not missing.all(), f"{path} must label rows that were encoded", "none of them")
    labelled = with_labels(rep, Labels(known.factors[index], missing, known.space))
    note = {"file": str(path.resolve()), "matched": said, "left_out": list(left_out), "kinds": dict(kinds or {})}
    return labelled, note
