"""Manipulation checks and evaluation-mode losses: whether a run is what its configuration says, before it is judged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from unbraid.core import UsageError, require, rng
from unbraid.core.checked import checked
from unbraid.evaluation._critic_share import critic_share
from unbraid.evaluation._encode import encode
from unbraid.evaluation._fixed_rows import ROWS, SEED, FixedRows, fixed_rows
from unbraid.evaluation._held import held
from unbraid.evaluation._held_out import DRAWS, HeldOut, held_out
from unbraid.evaluation._pictures import IN_USE, latent_kl
from unbraid.evaluation._probe import probe_above_floor
from unbraid.evaluation._traversal_reading import likeness, reading
from unbraid.metrics import Representation
from unbraid.objectives import Objective, aggregate_total_correlation, total_correlation
from unbraid.store import CHECKS, CRITICS, LOG, MODEL, RunDirectory
from unbraid.training import Run, folder_of, load_critics, new_objective

MOST_IMAGES = 100_000  # of those trained on, for the reference of critics
VERSION = 2  # of what is computed: a table of another version is made again
REFERENCE = "aggregate posterior"  # of critics: tables with another are made again, those without a critic are not
COLUMNS = ["check", "layer", "part", "value", "reason", "note"]
CHECK_NAMES = (
    "check/active_latents",
    "check/reconstruction_share",
    "check/probe_above",
    "check/plateau",
    "check/critic_share",
    "heldout/loss",
    "heldout/reconstruction",
    "heldout/kl",
    "heldout/head",
    "traversals",
)

Row = dict[str, Any]


@checked
def checks(
    run: Run | Path | str, *, dataset: Any = None, device: torch.device | str | None = None, trust: bool = False
) -> pd.DataFrame:
    """What decides whether a trained run may be judged, and its losses in evaluation mode; kept in its folder.

    All are taken on the same at most 2,000 rows for all runs with these data: rows held out from training where the
    data name such rows (`split`, `held_out`), else rows of those trained on, and `note` says which.

    - `check/active_latents`: latents whose posterior KL is above .01 nat, of each layer.
    - `check/reconstruction_share`: squared error of reconstructions from posterior means over that of the rows' mean
      image, of each image head.
    - `check/probe_above`: how well a linear probe reads the factors from the latents in use, above its floor: the mean
      over factors, with the factors as parts; of each layer.
    - `check/plateau`: |a - b| / |b| with a and b the mean logged loss over the last fifth of the steps of the last
      phase and over the fifth before.
    - `check/critic_share`: the critic's estimate of the total correlation over that of the codes of all images trained
      on (of 100,000 of them where there are more), by their posteriors; only of objectives with a critic.
    - `heldout/loss`: the objective at the end of its schedules, with penalties; `heldout/reconstruction`, summed over
      pixels and heads in the units of the likelihood; `heldout/kl`, nats, of all layers; with several image heads
      `heldout/head` of each. Dropout is off, batch norm takes its running statistics, one draw of the posterior a row.
    - `traversals`: the mean, over factors, of how much of what is seen along the clearest traversal of each layer looks
      like a change of that factor alone (see `unbraid.evaluation._traversal_reading`); the factors are its parts.

    Args:
        run: an open run, or its directory.
        dataset: the data it was trained on, where they are no longer where they were.
        device: as found when None.
        trust: import code from elsewhere that the run's configuration names, as `package.module:Thing`.

    Returns:
        a table with columns check, layer, part, value (null where missing), reason (why), note, and digest: of the
        weights, log and rows that it was computed from. One that is there is made again only when these changed.

    Raises:
        UsageError: a run that was not trained to its end, or whose data are not there.
    """
    opened = run if isinstance(run, Run) else Run(run, device, dataset, trust=trust)
    folder = opened.folder
    require(
        folder.has(MODEL),
        "checks need a run trained to its end",
        str(folder.path),
        "the same train command goes on with it",
    )
    with held(opened):
        return _checked(opened)


def _checked(opened: Run) -> pd.DataFrame:
    """The table that is there, where it is of these weights, log and rows, else made now."""
    folder, digest = opened.folder, checks_digest(opened.folder)
    there = folder.derived(CHECKS, lambda: folder.read_table(CHECKS))
    if there is not None and set(there.get("digest", ())) == {digest}:
        return there
    opened.require_same_weights()
    table = pd.DataFrame([*_of_rows(opened), _plateau(opened)], columns=COLUMNS)
    table = table.astype({"value": "float64", "layer": "int64"}).assign(digest=digest)
    folder.write_table(CHECKS, table)
    return table


def checks_digest(run: Run | RunDirectory | Path | str) -> str:
    """What the checks of a run are computed from, as a hash: weights, log, number and choice of rows."""
    folder = folder_of(run)
    whole = hashlib.sha256(repr((VERSION, ROWS, SEED, DRAWS)).encode())
    if folder.has(CRITICS) or (folder.has(LOG) and b"loss/critic" in (folder / LOG).read_bytes()):
        whole.update(REFERENCE.encode())
    for name in (MODEL, CRITICS, LOG):
        if folder.has(name):
            whole.update(name.encode() + (folder / name).read_bytes())
    return whole.hexdigest()[:16]


def _of_rows(run: Run) -> Iterator[Row]:
    """The checks and losses that are taken on rows."""
    rows = fixed_rows(run)
    objective = new_objective(run.config.phases[-1].objective, run.model, rows.trained_on)
    ready = load_critics(run.folder, objective, run.device)
    reason = "" if ready else f"the critic's weights were not kept ({CRITICS}); train again"
    try:
        losses = held_out(run, objective, rows, own_loss=ready)
    except UsageError as error:  # rows held out that have no partners
        reason, losses = str(error), held_out(run, objective, rows, own_loss=False)
    rep = Representation.from_arrays(
        losses.mean.astype(np.float32),
        rows.dataset.factors(rows.index),
        logvar=losses.logvar.astype(np.float32),
        space=rows.dataset.space,
        layers=run.model.widths,
    )
    yield from _of_layers(rep, rows)
    yield from _of_traversals(run, rep, rows)
    for head, share in enumerate(losses.share if losses.share is not None else [None]):
        equal = "all images are equal" if share is None else ""
        yield _row("check/reconstruction_share", share, layer=head, reason=equal, note=rows.note)
    if objective.players():
        yield _critic_share(run, objective, losses, ready, rows)
    draws = f"{rows.note}, {DRAWS} draw of the posterior each"
    yield _row("heldout/loss", losses.loss, reason=reason, note=draws)
    yield _row("heldout/reconstruction", losses.heads.sum(), note=draws)
    yield _row("heldout/kl", losses.kl.sum(), note=rows.note)
    if len(losses.heads) > 1:
        for head, of_head in enumerate(losses.heads):
            yield _row("heldout/head", of_head, layer=head, note=draws)


def _of_layers(rep: Representation, rows: FixedRows) -> Iterator[Row]:
    """Latents in use, and what a linear probe reads from them, of each layer."""
    for layer in range(len(rep.layers)):
        part = rep.layer(layer)
        used = latent_kl(part) > IN_USE
        note = f"of {part.latents}; {rows.note}"
        yield _row("check/active_latents", float(used.sum()), layer=layer, note=note)
        known = dict.fromkeys(rep.space.names, 0.0)  # where no latent is in use there is nothing to read
        if used.any():
            codes = part.code[:, used]
            known = probe_above_floor(
                Representation.from_arrays(codes, part.factors, space=part.space, missing=part.missing), SEED
            )
        mean = float(np.mean(list(known.values()))) if known else None
        reason = "" if known else "no factor that a probe could be above its floor in"
        yield _row("check/probe_above", mean, layer=layer, reason=reason, note=rows.note)
        for name, above in known.items():
            yield _row("check/probe_above", above, layer=layer, part=name)


def _of_traversals(run: Run, rep: Representation, rows: FixedRows) -> Iterator[Row]:
    """Which factor's change alone the traversals of each layer look like."""
    for layer in range(len(rep.layers)):
        shares = likeness(run.model, rows.dataset, rep, rows.index, layer, run.device)
        if shares is None or np.isnan(shares).all():
            reason = "no images that differ from a row in one factor alone"
            yield _row("traversals", None, layer=layer, reason=reason)
            continue
        clearest = reading(shares)
        seen = ~np.isnan(clearest)
        yield _row("traversals", clearest[seen].mean(), layer=layer, note=f"{len(shares)} latents, from 8 images")
        for name, share in zip(np.array(rep.space.names)[seen], clearest[seen], strict=True):
            yield _row("traversals", share, layer=layer, part=str(name))


def _critic_share(run: Run, objective: Objective, losses: HeldOut, ready: bool, rows: FixedRows) -> Row:
    """The critic's estimate of the total correlation over the reference, the estimate from the log where need be."""
    name, log = "check/critic_share", run.log
    if run.model.posterior != "diagonal" or len(run.model.widths) > 1:
        return _row(name, None, reason="the reference needs one layer with a diagonal posterior")
    if ready:
        with torch.inference_mode():
            z = torch.from_numpy(losses.z).to(run.device, torch.float32)
            logits = objective.players()["critic"].module(z)
        estimate, how = float(total_correlation(logits)), rows.note
    elif "total_correlation" in log:
        estimate = float(log["total_correlation"].tail(max(1, len(log) // 10)).mean())
        how = "the estimate as logged over the last tenth of training: the critic's weights were not kept"
    else:
        return _row(name, None, reason="neither the critic's weights nor its estimates were kept")
    reference, error, rows_of = _reference(run, rows)
    note = f"{estimate:.3g} of {reference:.3g} ± {error:.2g} nats, by the posteriors of {rows_of:,} images; {how}"
    return _row(name, critic_share(estimate, reference), note=note)


def _reference(run: Run, rows: FixedRows) -> tuple[float, float, int]:
    """Total correlation of the codes of the images trained on, its standard error, and of how many images."""
    index = np.arange(rows.trained_on.training_rows)
    if len(index) > MOST_IMAGES:
        index = np.sort(rng(SEED, 0, "images of the reference").choice(index, MOST_IMAGES, replace=False))
    rep = encode(run, rows.trained_on, index, progress=False)
    assert rep.logvar is not None
    posteriors = (torch.from_numpy(part).to(run.device) for part in (rep.code, rep.logvar))
    return (*aggregate_total_correlation(*posteriors), len(index))


def _plateau(run: Run) -> Row:
    """How much the logged loss still moved at the end."""
    steps, log = run.config.phases[-1].steps, run.log
    name, begin = "check/plateau", run.config.steps - steps
    if "loss/model" not in log:
        return _row(name, None, reason="no logged loss")
    at = (log["step"] - begin) / steps
    last, before = log["loss/model"][at > 0.8], log["loss/model"][(at > 0.6) & (at <= 0.8)]
    if not len(last) or not len(before) or before.mean() == 0:
        return _row(name, None, reason=f"{len(log)} rows of the log are too few for fifths of the training")
    value = abs(last.mean() - before.mean()) / abs(before.mean())
    return _row(name, value, note=f"logged loss {before.mean():.5g}, then {last.mean():.5g}")


def _row(check: str, value: Any, *, layer: int = 0, part: str = "", reason: str = "", note: str = "") -> Row:
    """One row of the table; a value that is no number is missing."""
    if value is not None and not np.isfinite(value):
        value, reason = None, "not finite"
    return dict(zip(COLUMNS, (check, layer, part, value, reason, note), strict=True))
