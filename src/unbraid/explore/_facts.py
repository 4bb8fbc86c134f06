"""What the page must know before it asks anything: plain numbers and texts."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from unbraid.data import GroundTruthDataset
from unbraid.explore._explored import Explored
from unbraid.explore._rows import RowFinder, level_text
from unbraid.report._text import entry_title

MOST_LATENTS = 400  # with a slider each; a page of more is of no use to anybody


def facts_of_run(explored: Explored) -> dict[str, Any]:
    """A run: what it is, its latents in the order of their sliders, and what they carry."""
    config = explored.run.config
    objective = config.phases[-1].objective
    beta = objective.options.get("beta")
    weight = f" (β = {beta:g})" if isinstance(beta, (int, float)) else ""
    known = explored.carried
    return {
        "name": explored.run.path.name or str(explored.run.path),
        "path": str(explored.run.path),
        "title": f"{entry_title('objectives', objective.name)}{weight}",
        "about": f"{config.model.name} · {config.data.name} · {config.steps:,} steps · seed {config.seed}",
        "shape": list(explored.run.image_shape),
        "layers": list(explored.layers),
        "heads": explored.heads,
        "latents": [asdict(latent) for latent in explored.latents[:MOST_LATENTS]],
        "factors": list(known.factors) if known else [],
        "above": [[_finite(share) for share in row] for row in known.above] if known else [],
        "encoded": 0 if explored.rep is None else len(explored.rep),
        "notices": list(explored.notices),
    }


def facts_of_data(data: GroundTruthDataset | None, finder: RowFinder | None) -> dict[str, Any]:
    """The data: their name, rows and factors with the values that sliders take."""
    if data is None or finder is None:
        return {"data": None, "factors": []}
    factors = []
    for k, factor in enumerate(data.space.factors):
        values = finder.values(k)
        texts = [level_text(factor, value) for value in values]
        factors.append({"name": factor.name, "kind": factor.kind, "values": values, "texts": texts})
    return {"data": {"name": data.name, "rows": len(data), "source": data.source}, "factors": factors}


def _finite(share: float) -> float | None:
    return round(float(share), 4) if math.isfinite(share) else None
