"""Views: what may be asked of every dataset, whatever its entry — resolution, thinning, standardisation."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Mapping
from typing import Any

from unbraid.core import Spec, check_options, load_entry, options_of
from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._views.resized import Resized
from unbraid.data._views.restricted import Thinned, drawn_correlated, without_combinations

MEASURED_ROWS = 20_000  # rows whose statistics stand for all of a larger set


def load_dataset(spec: Spec | str | Mapping[str, Any], **options: Any) -> GroundTruthDataset:
    """Open a dataset by name, with its own options and those of `view`.

    >>> load_dataset("toy", every={"x": 2}).space.sizes
    (3, 6, 2)
    """
    spec = Spec.of(spec)
    entry, given = load_entry("data", spec.name), {**spec.options, **options}
    own, common = options_of(entry), options_of(view)
    check_options({**common, **own}, given, spec.name)
    dataset = entry(**{key: value for key, value in given.items() if key in own})
    return view(dataset, **{key: value for key, value in given.items() if key in common and key not in own})


def complete_data(spec: Spec) -> Spec:
    """The same Spec with every default of the entry and of `view` written out."""
    parameters: dict[str, inspect.Parameter] = {
        **options_of(view),
        **options_of(load_entry("data", spec.name)),
    }
    given = check_options(parameters, spec.options, spec.name)
    return Spec(spec.name, {key: given.get(key, p.default) for key, p in parameters.items()})


def view(
    dataset: GroundTruthDataset,
    *,
    resolution: int | None = None,
    every: Mapping[str, int] | None = None,
    held_out: Mapping[str, Any] | None = None,
    correlated: Mapping[str, Any] | None = None,
    standardize: bool = False,
) -> GroundTruthDataset:
    """A dataset seen through the given options; with none, the dataset itself.

    Args:
        dataset: any dataset.
        resolution: height and width in pixels; a whole division of the original size averages areas, other sizes
            are resampled bilinearly with antialiasing. None keeps the original.
        every: factor name -> n keeps only every n-th level of that factor (complete grids only).
        held_out: factor name -> levels, and `part`: `train` leaves out the rows in which every named factor has one
            of these levels, `test` keeps only those; like {shape: [0], posX: [0, 1], part: train}.
        correlated: `factors` (two names), `sigma` (default 0.2) and `slope` (default 1): training draws rows with
            p(a, b) ~ exp(-(a - slope b)^2 / (2 sigma^2)), a and b scaled to 0 .. 1.
        standardize: training subtracts the mean and divides by the deviation of each channel, as measured here.
    """
    if every:
        dataset = Thinned(dataset, every)
    if held_out:
        levels = {name: chosen for name, chosen in held_out.items() if name != "part"}
        dataset = without_combinations(dataset, levels, held_out.get("part", "train"))
    if correlated:
        options = check_options(options_of(_correlated), correlated, "correlated")
        dataset = _correlated(dataset, **options)
    if resolution is not None and dataset.image_shape[1:] != (resolution, resolution):
        dataset = Resized(dataset, resolution)
    return standardized(dataset) if standardize else dataset


def _correlated(
    dataset: GroundTruthDataset, *, factors: list[str], sigma: float = 0.2, slope: float = 1.0
) -> GroundTruthDataset:
    return drawn_correlated(dataset, factors, sigma, slope)


def standardized(dataset: GroundTruthDataset) -> GroundTruthDataset:
    """The same dataset with its own channel statistics as `standardisation`."""
    from unbraid.data._statistics import channel_statistics

    rows = MEASURED_ROWS if len(dataset) > MEASURED_ROWS else None
    measured = copy.copy(dataset)
    measured.standardisation = channel_statistics(dataset, rows=rows)
    return measured
