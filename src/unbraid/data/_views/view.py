"""Views: what may be asked of every dataset, whatever its entry — resolution, thinning, splitting, standardisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unbraid.core import check_options, options_of
from unbraid.core.checked import checked
from unbraid.core.values import Pixels
from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._views.correlated import drawn_correlated
from unbraid.data._views.held_out import without_combinations
from unbraid.data._views.merged import Merged
from unbraid.data._views.resized import Resized
from unbraid.data._views.split import split_rows
from unbraid.data._views.standardized import standardized
from unbraid.data._views.thinned import Thinned


@checked
def view(
    dataset: GroundTruthDataset,
    *,
    resolution: Pixels | None = None,
    every: Mapping[str, int] | None = None,
    held_out: Mapping[str, Any] | None = None,
    correlated: Mapping[str, Any] | None = None,
    standardize: bool = False,
    split: Mapping[str, Any] | None = None,
    merge: Mapping[str, Any] | None = None,
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
        split: `train` (rows that are trained on; the others are scored), `rows` (drawn at random; default all), `pairs`
            (drawn so that objectives of pairs find partners; default false) and `seed` (default 0); like
            {rows: 4096, train: 3072}. It comes after `every` and `held_out`. `train` may be a share: {train: 0.9}.
        merge: factor name -> number of classes of neighbouring levels, or the class of each level: {orientation: 16}
            counts 40 angles as 16. It comes last.
    """
    asked = {key: value for key, value in locals().items() if key != "dataset" and value}
    spec = dataset.spec
    if every:
        dataset = Thinned(dataset, every)
    if held_out:
        levels = {name: chosen for name, chosen in held_out.items() if name != "part"}
        dataset = without_combinations(dataset, levels, held_out.get("part", "train"))
    if split:
        dataset = split_rows(dataset, **check_options(options_of(split_rows), split, "split"))
    if correlated:
        options = check_options(options_of(drawn_correlated), correlated, "correlated")
        dataset = drawn_correlated(dataset, **options)
    if resolution is not None and dataset.image_shape[1:] != (resolution, resolution):
        dataset = Resized(dataset, resolution)
    dataset = standardized(dataset) if standardize else dataset
    dataset = Merged(dataset, merge) if merge else dataset
    again = set(asked) & set(spec.options) if spec is not None else ()  # thinned twice is in no configuration
    dataset.spec = None if spec is None or again else spec.with_options(asked)
    return dataset
