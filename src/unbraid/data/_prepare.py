"""Datasets made ready once, so that they are read from a file afterwards."""

from __future__ import annotations

from unbraid.core import UsageError, choices_of, load_entry, names, options_of, require_known
from unbraid.core.checked import checked
from unbraid.core.checks import sentence
from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._load import load_dataset


@checked
def prepare(dataset: str) -> GroundTruthDataset:
    """Draw a dataset into the data folder once, as far as it is not there yet, and open it.

    Stopped, the next call goes on (arm) or begins anew (dsprites). What is there already and whole is left alone.

    Args:
        dataset: its name: one that can be drawn beforehand, whose option `cache` can be `whole`.

    Raises:
        UsageError: an unknown dataset, one that needs no preparing, or no room in the data folder.
    """
    require_known(dataset, names("data"), "dataset")
    if not _can_be_whole(dataset):
        rule = f"{dataset} needs no preparing: its rows are made, or its files read, when it is opened"
        preparable = [name for name in names("data") if _can_be_whole(name)]
        raise UsageError(sentence(rule, do=f"what can be prepared: {', '.join(preparable)}"))
    return load_dataset(dataset, cache="whole")


def _can_be_whole(name: str) -> bool:
    cache = options_of(load_entry("data", name)).get("cache")
    return cache is not None and "whole" in (choices_of(cache.annotation) or ())
