"""Codes to compare a run with that cost no training: the untrained network, PCA, ICA, rotations of its own codes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pandas as pd

from unbraid.core import require_choice, rng
from unbraid.core.seeds import small
from unbraid.evaluation._encode import encode
from unbraid.evaluation._pictures import IN_USE, latent_kl
from unbraid.evaluation._rotations import independent, varimax, whitened
from unbraid.evaluation._stored import load_representation, save_representation
from unbraid.metrics import Representation
from unbraid.store import REPRESENTATION, RunDirectory, sole_writer
from unbraid.training import Run, new_model

Baseline = Literal["untrained", "pca", "ica", "rotated"]
BASELINES: tuple[Baseline, ...] = get_args(Baseline)
ROTATIONS = ("rotated_varimax", "rotated_ica")
OF_THE_DATA = ("pca", "ica")  # the same for every run with these data and as many latents
SHARED = ("untrained", *OF_THE_DATA)  # no objective has a part in them
WAIT_SECONDS = 3600.0  # for another process that makes the same codes
SAMPLE = 4096  # images that PCA and ICA are fitted on
BATCH = 512  # images projected at once


def chosen_baselines(names: Iterable[Baseline]) -> tuple[Baseline, ...]:
    """These names, one each.

    Raises:
        UsageError: one that is no baseline.
    """
    listed = list(names)
    for name in listed:
        require_choice(name, Baseline, "a baseline")
    return tuple(dict.fromkeys(listed))


def baseline_names(names: Iterable[Baseline]) -> list[str]:
    """Under which names baselines stand in tables: `rotated` is two of them.

    >>> baseline_names(["pca", "rotated"])
    ['pca', 'rotated_varimax', 'rotated_ica']
    """
    return [name for asked in names for name in (ROTATIONS if asked == "rotated" else (str(asked),))]


def lacks_baseline(table: pd.DataFrame, name: Baseline, ids: set[str]) -> bool:
    """Whether a table of baselines has not every score of these ids, under each name that the baseline stands for."""
    return any(not ids <= set(table["score_id"][table["baseline"] == row]) for row in baseline_names([name]))


def baseline_codes(
    run: Run,
    rep: Representation,
    index: np.ndarray,
    names: Iterable[Baseline],
    *,
    seed: int = 0,
    cache: Path | None = None,
) -> dict[str, tuple[Representation, str]]:
    """Codes of the rows of a run's own representation, by baseline, each with how they were made.

    Args:
        run: an opened run.
        rep: its codes.
        index: the row numbers of `rep` [N].
        names: `untrained`: the same network with its first weights. `pca`: as many principal components of the images
            as each layer has latents, of at most 4,096 images. `ica`: their independent components. `rotated`: the
            run's own latents in use, whitened, after varimax (`rotated_varimax`) and after ICA (`rotated_ica`).
        seed: of the sample of images and of ICA.
        cache: folder where codes that no objective has a part in are kept for other runs.

    Returns:
        name -> (representation, how it was made).

    Raises:
        UsageError: an unknown baseline.
    """
    codes: dict[str, tuple[Representation, str]] = {}
    for name in chosen_baselines(names):
        if name == "rotated":
            codes |= {turned: _rotated(rep, turned.removeprefix("rotated_"), seed) for turned in ROTATIONS}
        else:
            codes[name] = _kept(run, rep, index, name, seed, cache)
    return codes


def _kept(
    run: Run, rep: Representation, index: np.ndarray, name: str, seed: int, cache: Path | None
) -> tuple[Representation, str]:
    """Codes that no objective has a part in, read where they are kept and kept where they may be."""
    place = shared_place(run, rep, index, name, seed, cache)
    if place is None:
        return _made(run, rep, index, name, seed)
    with sole_writer(place.path, wait=WAIT_SECONDS):
        kept = place.derived(REPRESENTATION, lambda: load_representation(place))
        if kept is not None:
            return kept, str(place.read_note(REPRESENTATION).get("how", ""))
        made, how = _made(run, rep, index, name, seed)
        save_representation(place, made, index, {"how": how})
    return made, how


def shared_place(
    run: Run, rep: Representation, index: np.ndarray, name: str, seed: int, cache: Path | None
) -> RunDirectory | None:
    """The folder that a baseline's codes and scores have in common with other runs; None for those of one run alone.

    PCA and ICA are the same for runs with the same data, rows and latents; an untrained network also needs the same
    model, start and seed.
    """
    if cache is None or name not in SHARED:
        return None
    config = run.config
    asked = [name, config.data.to_dict(), list(rep.layers), seed, len(index), int(index.sum())]
    if name == "untrained":
        asked += [config.model.to_dict(), config.start, config.seed]
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    return RunDirectory(cache / f"{name}-{digest[:12]}")


def _made(run: Run, rep: Representation, index: np.ndarray, name: str, seed: int) -> tuple[Representation, str]:
    """Codes of the untrained network, or of the images alone."""
    if name != "untrained":
        return _of_images(run, rep, index, name, seed)
    first = new_model(run.config, run.dataset).to(run.device)
    return encode(first, run.dataset, index, device=run.device, progress=False), "its first weights"


def _of_images(run: Run, rep: Representation, index: np.ndarray, name: str, seed: int) -> tuple[Representation, str]:
    """Principal or independent components of the images, as many as each layer has latents."""
    from sklearn.decomposition import PCA

    sample = np.sort(rng(seed, 0, "images of baselines").permutation(len(index))[:SAMPLE])
    images = _flat(run, index[sample])
    most = min(max(rep.layers), *images.shape)
    fitted = PCA(most, svd_solver="randomized", random_state=small(seed)).fit(images)
    parts = [fitted.transform(_flat(run, index[at : at + BATCH])) for at in range(0, len(index), BATCH)]
    components = np.concatenate(parts)
    how = f"principal components of {len(sample):,} images, not whitened"
    layers = [components[:, :width] for width in rep.layers]
    if name == "ica":
        how = f"independent components of {most} whitened principal components of {len(sample):,} images"
        turned = [independent(layer, sample, seed) for layer in layers]
        layers = [code for code, _ in turned]
        how += "" if all(converged for _, converged in turned) else "; not converged"
    return _like(rep, layers), how


def _rotated(rep: Representation, how: str, seed: int) -> tuple[Representation, str]:
    """The run's own latents in use, layer by layer, whitened and turned; no labels are used."""
    layers, converged = [], True
    for number in range(len(rep.layers)):
        part = rep.layer(number)
        used = latent_kl(part) > IN_USE if part.logvar is not None else part.code.std(axis=0) > 0
        code = part.code[:, used]
        if code.shape[1] >= 2 and how == "varimax":
            code = varimax(whitened(code))
        elif code.shape[1] >= 2:
            code, good = independent(code, np.arange(len(code))[:: max(1, len(code) // 20_000)], seed)
            converged = converged and good
        layers.append(code if code.shape[1] else np.zeros((len(rep), 1), dtype=np.float32))
    return _like(rep, layers), f"latents in use, whitened, after {how}" + ("" if converged else "; not converged")


def _like(rep: Representation, layers: list[np.ndarray]) -> Representation:
    """Codes beside the factors of a representation."""
    code = np.concatenate(layers, axis=1).astype(np.float32)
    widths = [layer.shape[1] for layer in layers]
    return Representation.from_arrays(code, rep.factors, space=rep.space, missing=rep.missing, layers=widths)


def _flat(run: Run, index: np.ndarray) -> np.ndarray:
    """Images as rows of float32 pixels."""
    return run.dataset.images(index).reshape(len(index), -1).astype(np.float32) / 255
