"""What latents know of factors and labels of any kind, each against the same factor shuffled."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from unbraid.evaluation import IN_USE
from unbraid.metrics import Representation, associations
from unbraid.metrics._bins import CONTINUOUS_BINS
from unbraid.metrics._carried import Carried, carried
from unbraid.report._associations import LabelRow, strongest
from unbraid.report._carriers import Carrier, carriers
from unbraid.report.run._data import RunData

INFORMATION = ("mig/information", "mmig/information", "aam/information", "modularity/information")
OWN_DATA = ("arrays", "image_folder", "celeba")


def carried_in(run: RunData, layer: int) -> Carried | None:
    """Information of the latents of a layer with the factors that vary; None without codes or factors.

    Scores that were computed have it already, where they exist; the floor is measured now. Latents that are not in use
    know nothing: their means still differ in the last digits, which samples do not show.
    """
    if run.rep is None or not run.factors:
        return None
    name, stored = _stored(run, layer)
    shape = (run.layers[layer], len(run.factors))
    information = stored if stored is not None and stored.shape == shape else None
    bins, factor_bins = (_option(name, option) for option in ("bins", "factor_bins"))
    if information is None:
        bins = factor_bins = 0
    known = carried(_part(run, layer), information, bins=bins or CONTINUOUS_BINS, factor_bins=factor_bins)
    return replace(known, information=np.where(in_use(run, layer)[:, None], known.information, 0.0))


def in_use(run: RunData, layer: int) -> np.ndarray:
    """Which latents of a layer say anything of images [D]; all of them where their KL is not known one by one."""
    kl, width = run.layer_array("kl", layer), run.layers[layer]
    unknown = kl is None or len(kl) != width or run.rep is None or run.rep.logvar is None
    return np.ones(width, dtype=bool) if unknown else np.asarray(kl) > IN_USE


def carriers_of(knowledge: Carried, factors: tuple[str, ...]) -> list[Carrier]:
    """One carrier for each factor."""
    return carriers(knowledge.information, factors, knowledge.entropy, knowledge.floor, knowledge.clear)


def label_rows(run: RunData, layer: int) -> list[LabelRow]:
    """The strongest associations of each label; empty where factors are those that images were made from."""
    if run.rep is None or not _has_labels(run, run.rep):
        return []
    return strongest(associations(_part(run, layer)))


def _has_labels(run: RunData, rep: Representation) -> bool:
    """Whether factors are labels of things that there are: given later, of own data, real-valued or missing."""
    real = run.config["data"]["name"] in OWN_DATA or bool(run.note.get("labels"))
    return bool(run.factors) and (real or rep.missing is not None or not all(rep.space.sizes))


def _part(run: RunData, layer: int) -> Representation:
    assert run.rep is not None
    return run.rep if len(run.layers) == 1 else run.rep.layer(layer)


def _stored(run: RunData, layer: int) -> tuple[str, np.ndarray | None]:
    """The name under which scores keep the information of a layer, and the table."""
    for name in INFORMATION:
        array = run.layer_array(name, layer)
        if array is not None:
            key = next(key for key, value in run.arrays.items() if value is array)
            return key, array
    return "", None


def _option(name: str, option: str) -> int:
    """A whole number among the options in the name of a score, 0 where it has none."""
    match = re.search(rf"[(, ]{option}=(\d+)", name)
    return int(match[1]) if match else 0
