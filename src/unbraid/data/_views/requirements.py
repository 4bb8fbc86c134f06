"""What a view needs of the dataset that it shows."""

from __future__ import annotations

from unbraid.core import require
from unbraid.data._dataset import GroundTruthDataset, known_rows


def require_levels(dataset: GroundTruthDataset, view: str) -> None:
    """Raise `UsageError` unless the dataset has factors and each of them levels, in every row."""
    require(
        len(dataset.space) and min(dataset.space.sizes) >= 1,
        f"{view} needs a dataset whose factors have levels",
        f"{dataset.name} with sizes {dataset.space.sizes}",
        "use a world with known factors",
    )
    gaps = 0 if dataset.complete else len(dataset) - len(known_rows(dataset))
    require(not gaps, f"{view} needs the levels of every row", f"{gaps} rows of {dataset.name} with missing levels")


def require_uniform_draw(dataset: GroundTruthDataset, view: str) -> None:
    """Raise `UsageError` where a dataset draws rows its own way: a view that renumbers them would draw other ones."""
    require(
        dataset.draw is None,
        f"{view} needs a dataset whose rows are drawn uniformly",
        f"{dataset.name}, which draws them its own way",
        f"leave out {view}, or the draw: dataset.with_info(draw=None)",
    )
