"""A dataset by its name: the options of its entry and those of every dataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unbraid.core import Spec, check_options, context_of, naming_extras, options_of, require
from unbraid.core.spec import require_context
from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._views.map_style import MapStyle
from unbraid.data._views.view import view

# Options younger than the first kept runs, of every dataset ("") and of single ones. A run is named by its complete
# configuration; at their defaults they are left out of it, so that older runs keep their names.
YOUNGER: dict[str, tuple[str, ...]] = {"": ("split", "merge"), "xysquares": ("size",), "image_folder": ("fit",)}


def load_dataset(spec: Any, **options: Any) -> GroundTruthDataset:
    """Open a dataset by name, with its own options and those of `view`; what is open already is taken as it is.

    Args:
        spec: its name, `package.module:thing` for one from elsewhere, a mapping with `name` and options, a function or
            class that makes it; or a dataset: one of ours, or any map-style one, such as torchvision's, without factors
            or, with `labels="digit"`, with its label as a factor of that name.
        options: further options; they win over those of `spec`.

    Raises:
        UsageError: an unknown name, option or choice (the nearest is named), or whatever the dataset itself refuses.

    >>> load_dataset("toy", every={"x": 2}).space.sizes
    (3, 6, 2)
    """
    if isinstance(spec, GroundTruthDataset):
        return view(spec, **check_options(options_of(view), options, spec.name))
    if _is_map_style(spec):
        labels = options.pop("labels", None)
        return load_dataset(MapStyle(spec, labels=labels), **options)
    spec = Spec.of(spec)
    entry, given = spec.entry("data"), {**spec.options, **options}
    of_entry, of_view = options_of(entry), options_of(view)
    check_options({**of_view, **of_entry}, given, spec.name, context_of(entry))
    require_context(entry, (), spec.name)
    with naming_extras(spec.name):
        dataset = entry(**{key: value for key, value in given.items() if key in of_entry})
    require(
        isinstance(dataset, GroundTruthDataset),
        f"a dataset must be an unbraid.data.GroundTruthDataset; {spec.name} makes none",
        type(dataset).__name__,
        "see docs/add-a-dataset.md",
    )
    dataset.spec = Spec(spec.name, {key: value for key, value in given.items() if key in of_entry}, spec.thing)
    return view(dataset, **{key: value for key, value in given.items() if key in of_view and key not in of_entry})


def _is_map_style(given: Any) -> bool:
    """Whether it is an open dataset of another library."""
    return (
        not isinstance(given, (str, Mapping, list, tuple, type))
        and hasattr(given, "__getitem__")
        and hasattr(given, "__len__")
    )


def complete_data(spec: Spec) -> Spec:
    """The same Spec with every default of the entry and of `view` written out, but for those of younger options."""
    entry = spec.entry("data")
    parameters = {**options_of(view), **options_of(entry)}
    given = check_options(parameters, spec.options, spec.name, context_of(entry))
    options = {key: given.get(key, p.default) for key, p in parameters.items()}
    younger = {*YOUNGER[""], *YOUNGER.get(spec.name, ())}
    unsaid = {key for key in younger & set(options) if options[key] == parameters[key].default}
    return Spec(spec.name, {key: value for key, value in options.items() if key not in unsaid}, spec.thing)
