"""Evaluating a run: encode once, score, and keep the arrays that figures are drawn from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from unbraid.core import Progress, Spec, complete, require, rng, shown
from unbraid.core.checked import checked
from unbraid.core.values import Count, Seed, Threads
from unbraid.data import load_dataset
from unbraid.evaluation._baselines import BASELINES as BASELINES_OF_A_RUN
from unbraid.evaluation._baselines import Baseline, baseline_codes, chosen_baselines, lacks_baseline, shared_place
from unbraid.evaluation._encode import encode
from unbraid.evaluation._held import WAIT_SECONDS, held, joined, require_no_more_rows, unfinished
from unbraid.evaluation._labels import LABELS, labels_noted, relabelled
from unbraid.evaluation._onnx_encoder import OnnxEncoder
from unbraid.evaluation._pictures import latent_kl, pictures
from unbraid.evaluation._reconstruction import reconstruction_errors
from unbraid.evaluation._shared_scores import shared_scores
from unbraid.evaluation._stored import (
    WEIGHTS,
    disown,
    load_representation,
    read_arrays,
    save_representation,
    stored_baselines,
    stored_scores,
    without_source,
)
from unbraid.metrics import (
    DEFAULT,
    FLOOR,
    FloorChoice,
    Interval,
    MetricLike,
    Representation,
    Score,
    intervals,
    score,
    specs_of,
)
from unbraid.store import (
    ARRAYS,
    BASELINES,
    LABELS_FILE,
    METRICS,
    REPRESENTATION,
    RunDirectory,
    sole_writer,
    weights_digest,
)
from unbraid.training import Run, threads_for, torch_threads

WHOLE = 200_000  # rows: smaller datasets are encoded whole, larger ones by as many rows drawn without replacement


@checked
def evaluate(
    run: Any,
    dataset: Any = None,
    metrics: MetricLike | Iterable[MetricLike] | None = None,
    *,
    rows: Count = WHOLE,
    seed: Seed = 0,
    interval: bool = False,
    floor: FloorChoice = "quick",
    baselines: Iterable[Baseline] | bool = (),
    device: torch.device | str | None = None,
    threads: Threads | None = None,
    labels: Path | str | None = None,
    kinds: Mapping[str, str] | None = None,
    trust: bool = False,
    replace: bool = False,
    progress: Progress | bool | None = True,
) -> pd.DataFrame:
    """Score a run, or anybody's encoder on a dataset.

    Of a run, its representation, metrics and picture arrays are kept in its folder, and what is there of the same
    weights is used again. One process at a time does so: others wait. Scores of a run whose training has not ended say
    so in their note.

    >>> table = evaluate(lambda images: images.mean(dim=(2, 3)), "toy", metrics=["mig", "r2"])
    >>> list(table[table["part"] == ""]["metric"])
    ['mig', 'r2']

    Args:
        run: an open run, or its directory; or an encoder: see `encode`, or an ONNX file that holds one.
        dataset: what `load_dataset` takes: the images that an encoder is scored on; of a run, the data it was trained
            on, where they are no longer where they were.
        metrics: see `score`; the configuration's own when None, else every default score.
        rows: a dataset of at most this many rows is encoded whole; a larger one by this many distinct rows.
        seed: of row choice, random metrics and pictures.
        interval: also the 95 % interval of each score over rows and seeds, at some twenty times the work.
        floor: which scores get a floor (see `unbraid.metrics.score`): quick ones, all (True), none (False), or all
            by a number of permutations. Floors of the quick default scores take some 15 s of one processor on 10,000
            rows and 10 latents, and 45 s on 200,000.
        baselines: of a run, also score codes to compare it with that cost no training, and keep that table beside its
            own: untrained, pca, ica, rotated (see `baseline_codes`); True for all of them. They are rows of the table
            with their name in its column `baseline`.
        device: as found when None.
        threads: that torch computes with; when None, as OMP_NUM_THREADS says, else those that the run was trained with.
        labels: of a run, a file of labels that came later (a table, or arrays; see `read_representation`): one row
            per image of its dataset in order, or with a column of their names. They take the place of the dataset's
            own from now on; deleting `labels.json` in the folder of the run brings these back.
        kinds: of these labels, where a kind is not to be decided: {"angle": "circular:360"}.
        trust: import code from elsewhere that the run's configuration names, as `package.module:Thing`.
        replace: of a run, let scores on fewer rows take the place of those that are there.
        progress: True shows bars; a function is called with ("encoding", rows done, rows in all), then with (metric,
            metrics done, metrics in all).

    Returns:
        a tidy table: layer, metric, part ("" for the score itself), value (null where missing), low and high (with
        `interval`), floor, floor_error, above, p and permutations (of the score itself, where it has a floor), variant,
        reason, note, rows, and `score_id`: see there; with `baselines`, a column of that name, "" for the run itself.

    Raises:
        UsageError: no run and no encoder, an encoder without a dataset, an unknown metric; a run that another process
            holds, whose weights changed since it was opened, or that is scored on more rows already.
    """
    if metrics is not None:
        metrics = list(specs_of(metrics).values())  # refused before anything is read or encoded
    run = OnnxEncoder(run) if isinstance(run, (Path, str)) and Path(run).suffix == ".onnx" else run
    if not isinstance(run, (Run, Path, str)):
        require(labels is None, "labels of a file are related to a run", "an encoder", "score(codes, labels)")
        rule = "an encoder must be a function of images [B, C, H, W]"
        require(callable(run), rule, f"{run!r:.100}", "or give a run, or its folder")
        do = 'give one: evaluate(encoder, "dsprites")'
        require(dataset is not None, "an encoder needs a dataset that it is scored on", "none", do)
        data = load_dataset(dataset)
        with torch_threads(threads), shown(progress, "encoding") as show:
            rep = encode(
                run, data, chosen_rows(len(data), rows, seed, data.first_scored_row), device=device, progress=show
            )
            frame, _ = score_layers(rep, metrics, seed=seed, interval=interval, floor=floor, progress=show)
        return frame
    mixed = isinstance(run, Run) and dataset is not None
    require(not mixed, "an opened run has its dataset", "another one", "give metrics by name: evaluate(run, metrics=…)")
    given = [] if baselines is True or not baselines else baselines
    right = isinstance(given, Iterable) and not isinstance(given, (str, bytes, Mapping))
    require(right, "baselines must be True or a list of names", f"{baselines!r:.100}", "see `baseline_codes` for them")
    names = BASELINES_OF_A_RUN if baselines is True else chosen_baselines(given)
    opened = run if isinstance(run, Run) else Run(run, device, dataset, trust=trust)
    with held(opened), torch_threads(threads_for(opened.folder, threads)), shown(progress, "encoding") as show:
        if labels is not None:
            relate(opened, labels, kinds, rows=rows, seed=seed, progress=show)
        frame = _evaluated(opened, metrics, rows, seed, interval, floor, replace, show)
        if not names:
            return frame
        compared = score_baselines(opened, names, metrics=metrics, rows=rows, seed=seed, floor=floor, progress=show)
    return pd.concat([frame.assign(baseline=""), compared], ignore_index=True)


def _evaluated(
    opened: Run,
    metrics: Any,
    rows: int,
    seed: int,
    interval: bool,
    floor: FloorChoice,
    replace: bool,
    progress: Progress | None,
) -> pd.DataFrame:
    """Score a run and keep what was computed."""
    folder = opened.folder
    specs = specs_of(metrics if metrics is not None else opened.config.metrics or DEFAULT)
    if not replace:
        require_no_more_rows(opened, list(specs), rows)
    rep = represent(opened, rows=rows, seed=seed, progress=progress)
    source: dict[str, Any] = {WEIGHTS: weights_digest(folder), "rows": rows, "seed": seed}
    if (noted := labels_noted(folder)) is not None:
        source[LABELS] = noted
    drawn = folder.derived(ARRAYS, lambda: _arrays_of(folder, source))
    if drawn is None:
        drawn = drawn_arrays(opened, rep, seed)
    frame, arrays = score_layers(rep, specs.values(), seed=seed, interval=interval, floor=floor, progress=progress)
    ids = frame["metric"].map({name: score_id(spec, rows, seed) for name, spec in specs.items()})
    frame.insert(list(frame.columns).index("note"), "score_id", ids)
    whole = frame["part"] == ""
    frame.loc[whole, "note"] = [joined(note, unfinished(opened)) for note in frame.loc[whole, "note"]]
    folder.write_tensors(ARRAYS, {**drawn, **arrays}, source)
    folder.write_table(METRICS, _merged(folder, frame.assign(**{WEIGHTS: source[WEIGHTS]})))
    return frame


def _arrays_of(folder: RunDirectory, source: Mapping[str, Any]) -> dict[str, np.ndarray] | None:
    """The stored arrays, where they are of these weights and rows; of earlier versions they stay beside their codes."""
    note = folder.read_note(ARRAYS)
    return read_arrays(folder) or None if note in (source, {}) else None


@checked
def score_baselines(
    run: Run,
    names: Iterable[Baseline],
    *,
    metrics: MetricLike | Iterable[MetricLike] | None = None,
    rows: Count = WHOLE,
    seed: Seed = 0,
    floor: FloorChoice = "quick",
    cache: Path | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Score the baselines of a run on its own rows, and keep the table in its folder; what is there is not made again.

    Args:
        run: an opened run.
        names: of the baselines, see `baseline_codes`.
        metrics: as in `evaluate`, and so are rows, seed and floor.
        rows: encode at most this many.
        seed: of row choice and random metrics.
        floor: which scores get a floor.
        cache: folder for the codes and scores that no objective has a part in, where several runs share them.
        progress: called with (baseline and metric, metrics done, metrics in all).

    Returns:
        the tidy table of `evaluate` with a column `baseline`.
    """
    with held(run):
        return _compared(run, chosen_baselines(names), metrics, rows, seed, floor, cache, progress)


def _compared(
    run: Run,
    names: tuple[Baseline, ...],
    metrics: Any,
    rows: int,
    seed: int,
    floor: FloorChoice,
    cache: Path | None,
    progress: Progress | None,
) -> pd.DataFrame:
    """Score the baselines that are not scored yet, and keep the table."""
    specs = specs_of(metrics if metrics is not None else run.config.metrics or DEFAULT)
    rep = represent(run, rows=rows, seed=seed, progress=progress)
    ids = {name: score_id(spec, rows, seed) for name, spec in specs.items()}
    there = run.folder.derived(BASELINES, lambda: stored_baselines(run.folder))
    there = stored_baselines(run.folder) if there is None else there
    wanted = [name for name in names if lacks_baseline(there, name, set(ids.values()))]
    index = run.folder.read_tensors(REPRESENTATION)["index"]
    for name, (code, how) in baseline_codes(run, rep, index, wanted, seed=seed, cache=cache).items():
        measure = partial(_scores_of, code, seed=seed, floor=floor, progress=progress)
        place = shared_place(run, rep, index, name, seed, cache)
        frame = shared_scores(place, specs, ids, floor, measure)
        variant = frame["variant"].where(frame["variant"] == "", frame["variant"] + "; ") + how
        scored = frame.assign(baseline=name, variant=variant, **{WEIGHTS: weights_digest(run.folder)})
        old = there[(there["baseline"] != name) | ~there["score_id"].isin(ids.values())]
        there = pd.concat([old, scored], ignore_index=True) if len(old) else scored
    if wanted:
        run.folder.write_table(BASELINES, there)
    return without_source(there[there["score_id"].isin(ids.values())])


def _scores_of(rep: Representation, specs: Iterable[MetricLike], **options: Any) -> pd.DataFrame:
    """The table of `score_layers` alone."""
    return score_layers(rep, specs, **options)[0]


def drawn_arrays(run: Run, rep: Representation, seed: int) -> dict[str, np.ndarray]:
    """What figures show beside scores: pictures, reconstruction error of each head, KL of each latent, by layer."""
    run.require_same_weights()
    index = run.folder.read_tensors(REPRESENTATION)["index"]
    kl = {f"kl/{layer}": latent_kl(rep.layer(layer)) for layer in range(len(rep.layers))}
    arrays = pictures(run.model, run.dataset, rep, run.device, seed)
    errors = reconstruction_errors(run.model, run.dataset, rep, index, run.device, seed)
    return {**arrays, **errors, **kl}


def score_id(spec: MetricLike, rows: int, seed: int) -> str:
    """What a score is of, as JSON: the metric with every option, rows and seed; equal ids, equal scores."""
    metric = complete("metrics", Spec.of(spec))
    return json.dumps({"name": metric.name, **metric.options, "rows": rows, "seed": seed}, sort_keys=True)


@checked
def represent(run: Run, *, rows: Count = WHOLE, seed: Seed = 0, progress: Progress | None = None) -> Representation:
    """The stored representation of a run, encoded now when it is missing, damaged, of other weights or other rows.

    Where labels of a file were related to the run (see `relate`), with these.
    """
    with held(run):
        folder = run.folder
        source: dict[str, Any] = {"rows": rows, "seed": seed, "step": folder.read_status().get("step")}
        source |= {WEIGHTS: weights_digest(folder), LABELS: labels_noted(folder)}
        there = folder.derived(REPRESENTATION, lambda: _codes_of(folder, source))
        if there is not None:
            return there
        index = chosen_rows(len(run.dataset), rows, seed, run.dataset.first_scored_row)
        run.require_same_weights()
        rep = encode(run.model, run.dataset, index, device=run.device, progress=progress)
        if source[LABELS] is not None:
            rep, _ = relabelled(rep, index, run.dataset, source[LABELS]["file"], source[LABELS]["kinds"])
        disown(folder)
        _forget_other_labels(folder, source[LABELS])
        save_representation(folder, rep, index, {**source, "source": run.dataset.source})
        return rep


@checked
def relate(
    run: Run,
    labels: Path | str,
    kinds: Mapping[str, str] | None = None,
    *,
    rows: Count = WHOLE,
    seed: Seed = 0,
    progress: Progress | None = None,
) -> Representation:
    """Take labels of a file in place of those of a run's dataset, from now on: they are noted in `labels.json`.

    What was scored on others goes. Deleting that file brings the dataset's own back. Arguments as in `evaluate`.

    Raises:
        UsageError: no such file, labels of other rows; what is there stays then.
    """
    with held(run):
        rep = represent(run, rows=rows, seed=seed, progress=progress)
        folder = run.folder
        index, note = folder.read_tensors(REPRESENTATION)["index"], folder.read_note(REPRESENTATION)
        labelled, noted = relabelled(rep, index, run.dataset, labels, kinds)
        for scored in (METRICS, BASELINES, ARRAYS):  # first, so that no kill leaves scores of other labels
            (folder / scored).unlink(missing_ok=True)
        folder.write_text(LABELS_FILE, json.dumps(noted, indent=1, ensure_ascii=False))
        save_representation(folder, labelled, index, {**note, LABELS: noted})
        return labelled


def _codes_of(folder: RunDirectory, source: Mapping[str, Any]) -> Representation | None:
    """The stored representation, where it was made so; one of an earlier version does not say of which weights."""
    note = folder.read_note(REPRESENTATION)
    keys = ("rows", "seed", WEIGHTS if WEIGHTS in note else "step", LABELS)
    return load_representation(folder) if all(note.get(key) == source[key] for key in keys) else None


def _forget_other_labels(folder: RunDirectory, labels: Mapping[str, Any] | None) -> None:
    """Remove what was scored on other labels than these."""
    notes = (folder.derived(name, partial(folder.read_note, name)) for name in (REPRESENTATION, ARRAYS))
    if any(note is not None and note.get(LABELS) != labels for note in notes):
        for scored in (METRICS, BASELINES, ARRAYS):
            (folder / scored).unlink(missing_ok=True)


def chosen_rows(available: int, most: int, seed: int, first: int = 0) -> np.ndarray:
    """Every row from `first` on, in order, when there are at most `most`, else `most` distinct ones, sorted."""
    if first:
        return first + chosen_rows(available - first, most, seed)
    if available <= most:
        return np.arange(available)
    stream = rng(seed, 0, "evaluation rows")
    if available < 50 * most:
        return np.sort(stream.permutation(available)[:most])
    drawn = np.unique(stream.integers(available, size=2 * most))  # far fewer collisions than rows are left over
    return np.sort(stream.permutation(drawn)[:most])


def score_layers(
    rep: Representation,
    metrics: MetricLike | Iterable[MetricLike] | None,
    *,
    seed: int,
    interval: bool = False,
    floor: FloorChoice = "quick",
    progress: Progress | None = None,
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Score each latent layer by itself: a tidy table, and the scores' arrays as `<metric>/<array>/<layer>`."""
    specs = specs_of(DEFAULT if metrics is None else metrics).values()
    tables: list[dict[str, Any]] = []
    arrays: dict[str, np.ndarray] = {}
    for layer in range(len(rep.layers)):
        part = rep if len(rep.layers) == 1 else rep.layer(layer)
        if interval:
            scored = intervals(part, specs, seed=seed, floor=floor, progress=progress)
        else:
            scores = score(part, metrics=specs, seed=seed, floor=floor, progress=progress)
            scored = {name: Interval(plain) for name, plain in scores.items()}
        for name, interval_of in scored.items():
            tables += _rows(layer, name, interval_of, len(rep))
            arrays |= {f"{name}/{key}/{layer}": np.asarray(array) for key, array in interval_of.score.arrays.items()}
    return pd.DataFrame(tables, columns=COLUMNS).astype(dict.fromkeys(FLOOR, "float64")), arrays


COLUMNS = ["metric", "value", "floor", "layer", "low", "high", "floor_error", "p", "permutations", "variant"]
COLUMNS += ["reason", "note", "above", "part", "rows"]  # pandas leaves out the middle where a terminal is narrow


def note_missing(folder: Path | str, metrics: Iterable[MetricLike], reason: str, *, rows: int, seed: int = 0) -> None:
    """Write that scores are missing, and why, beside those that are there."""
    run = RunDirectory(folder)
    lines = [
        _rows(0, name, Interval(Score(None, reason=reason)), 0)[0] | {"score_id": score_id(spec, rows, seed)}
        for name, spec in specs_of(metrics).items()
    ]
    table = pd.DataFrame(lines).assign(**{WEIGHTS: weights_digest(run)})
    with sole_writer(run.path, WAIT_SECONDS):
        run.write_table(METRICS, _merged(run, table))


def _rows(layer: int, name: str, scored: Interval, count: int) -> list[dict[str, Any]]:
    """A score and its parts as rows of the tidy table."""
    score = scored.score
    rows = []
    for part, value in {"": score.value, **score.parts}.items():
        low, high = scored.ends(part)
        cells = {"metric": name, "part": part, "value": value, "layer": layer, "low": low, "high": high, "rows": count}
        cells |= {column: None if part else getattr(score, column) for column in FLOOR}
        cells |= {"variant": score.variant, "reason": score.reason, "note": "" if part else "; ".join(scored.notes)}
        rows.append({column: cells[column] for column in COLUMNS})
    return rows


def _merged(run: RunDirectory, frame: pd.DataFrame) -> pd.DataFrame:
    """The new rows, and the stored ones of metrics that were not asked for now."""
    old = run.derived(METRICS, lambda: stored_scores(run))
    if old is None:
        return frame
    kept = old[~old["metric"].isin(set(frame["metric"]))]
    return pd.concat([kept, frame], ignore_index=True) if len(kept) else frame
