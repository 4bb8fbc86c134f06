"""The rows that checks look at, the same for all runs with these data, in batches as training has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from unbraid.core import Spec, UsageError, derive, rng
from unbraid.data import GroundTruthDataset, draw_partners, load_dataset
from unbraid.objectives import Batch, Pairing
from unbraid.training import Run, to_input

ROWS = 2_000
SEED = 0  # of rows and noise: not the run's, so that runs are compared on the same rows and draws


@dataclass(frozen=True)
class FixedRows:
    """Rows of a dataset.

    Args:
        dataset: where they come from.
        index: row numbers [N], in random order.
        trained_on: the dataset that training drew from.
        seen: whether training drew from these rows too.
    """

    dataset: GroundTruthDataset
    index: np.ndarray
    trained_on: GroundTruthDataset
    seen: bool

    @property
    def note(self) -> str:
        """How many they are, and whether training saw them."""
        return f"{len(self.index):,} rows {'seen in training' if self.seen else 'held out from training'}"

    def batches(self, size: int, pairing: Pairing, device: torch.device) -> Iterator[Batch]:
        """All rows, in batches of about `size`, each with partners of its own and a stream of noise of its own."""
        parts = np.array_split(np.arange(len(self.index)), max(1, len(self.index) // size))
        others = rng(SEED, 0, "independent rows of checks").permutation(self.index)
        for number, part in enumerate(parts):
            generator = torch.Generator(device).manual_seed(derive(SEED, number, "noise of checks"))
            partner = others[part] if pairing is Pairing.INDEPENDENT else None
            if pairing is Pairing.SPARSE:
                partner = draw_partners(self.dataset, self.index[part], rng(SEED, number, "partners of checks"))
            beside = None if partner is None else self._images(partner, device)
            yield Batch(self._images(self.index[part], device), generator, self.trained_on.training_rows, beside)

    def _images(self, index: np.ndarray, device: torch.device) -> torch.Tensor:
        return to_input(self.dataset.images(index), device, self.dataset.standardisation)


def fixed_rows(run: Run) -> FixedRows:
    """At most 2,000 rows: of those held out from training where the data have such rows, else of those trained on."""
    trained_on = run.dataset_as_it_lies()
    first = trained_on.first_scored_row
    held = None if first else _held_out(trained_on)
    dataset = trained_on if held is None else held.with_info(standardisation=trained_on.standardisation)
    index = first + rng(SEED, 0, "rows of checks").permutation(len(dataset) - first)[:ROWS]
    return FixedRows(dataset, index, trained_on, seen=not first and held is None)


def _held_out(dataset: GroundTruthDataset) -> GroundTruthDataset | None:
    """The rows that the data leave for testing by their options; None without such, or where their files are not."""
    other = None if dataset.spec is None else _other_part(dataset.spec)
    try:
        return None if other is None else load_dataset(other)
    except UsageError:
        return None


def _other_part(spec: Spec) -> Spec | None:
    """The data that these leave out by their options."""
    held = spec.options.get("held_out")
    if held and held.get("part", "train") == "train":
        return spec.with_options({"held_out": {**held, "part": "test"}})
    return None
