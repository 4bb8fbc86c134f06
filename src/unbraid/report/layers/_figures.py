"""The figures of the Tartu thesis, drawn from the arrays of any number of layered runs and one-layer baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from unbraid.figures._bands import Band
from unbraid.figures.layer_reconstructions import layer_reconstructions
from unbraid.figures.layer_scores import layer_scores
from unbraid.figures.score_by_layer import score_by_layer
from unbraid.figures.traversals import traversals
from unbraid.report.layers._layer import NOTES
from unbraid.report.layers._runs import LayeredRun, factors_of
from unbraid.report.run._carriers import ACTIVE_NATS

__all__ = ["best_figures", "image_figures", "score_figures", "traversal_figures"]

Figures = dict[str, tuple[str, Figure]]  # file name -> caption and drawing
FIRST = 12  # latents shown of a layer without a price on its nats, where hundreds are active
WORDS = {
    "error": "Reconstruction error",
    "disentanglement": "Disentanglement",
    "completeness": "Completeness",
}


def score_figures(frame: pd.DataFrame, group: str) -> Figures:
    """Each score over the layers, a panel per β, a line per data; dashed lines are the one-layer runs of that β."""
    made: Figures = {}
    for (score, model, factors), part in frame.groupby(["score", "model", "factors"], sort=False):
        if part["value"].notna().any():
            of = {"all": "all factors", "group": group}[str(factors)]
            caption = WORDS[str(score)] + (f", {model} DCI, {of}" if model else ", a sum over pixels, of codes' means")
            name = "-".join(str(word).replace(" ", "-") for word in (score, model, factors) if word)
            made[name] = (f"{caption}.", _over_layers(part, WORDS[str(score)].lower(), bounded=bool(model)))
    return made


def _over_layers(part: pd.DataFrame, ylabel: str, bounded: bool) -> Figure:
    layered, flat = part[part["layers"] > 1], part[part["layers"] == 1]
    shown = layered if len(layered) else flat
    panels = {
        f"β = {beta:g}": {str(data): _band(rows) for data, rows in of_beta.groupby("data", sort=False)}
        for beta, of_beta in shown.groupby("beta")
    }
    baselines = {
        f"β = {beta:g}": {
            str(data): float(v) for data, v in of_beta.groupby("data", sort=False)["value"].mean().items()
        }
        for beta, of_beta in flat.groupby("beta")
    }
    figure = layer_scores(panels, baselines if len(layered) else None, ylabel=ylabel)
    for ax in figure.axes:
        ax.set_ylim(bottom=0, top=1 if bounded else None)
    return figure


def _band(rows: pd.DataFrame) -> Band:
    """Mean over seeds by layer, with the least and the largest where there are several."""
    by_layer = rows.groupby("layer")["value"]
    mean = by_layer.mean()
    if rows["seed"].nunique() < 2:
        return Band(mean.index.to_numpy(), mean.to_numpy())
    return Band(mean.index.to_numpy(), mean.to_numpy(), by_layer.min().to_numpy(), by_layer.max().to_numpy())


def image_figures(runs: Sequence[LayeredRun]) -> Figures:
    """Originals over the reconstructions of each layer, a block per β; a figure for each data and number of layers."""
    made: Figures = {}
    for (data, layers), several in _grouped(runs).items():
        arrays = {f"β = {run.beta:g}": run.material.arrays for run in reversed(several)}
        shown = {beta: each for beta, each in reversed(arrays.items()) if "figures/originals" in each}
        blocks = {beta: [each[f"figures/reconstructions/{n}"] for n in range(layers)] for beta, each in shown.items()}
        if blocks:
            originals = next(iter(shown.values()))["figures/originals"]
            caption = f"{data}: originals over what {_count(layers)} make of them, from codes' means."
            name = f"reconstructions-{_file(data)}-{layers}"
            made[name] = caption, layer_reconstructions(originals, blocks, images=5)
    return made


def best_figures(runs: Sequence[LayeredRun], group: Sequence[str]) -> Figures:
    """Heat maps of the best disentanglement of all factors and of the group, and that of each factor over layers."""
    factors = factors_of(runs)
    scored = {run: best for run in _first_seeds(runs) if (best := run.best(factors)) is not None}
    if not scored:
        return {}
    tables = {run.name: best for run, best in scored.items()}
    caption = "Best disentanglement score of each factor in each layer; a dash where no latent stands for the factor"
    made: Figures = {"best-all": (f"{caption}.", score_by_layer(tables, factors))}
    inside = [k for k, name in enumerate(factors) if name in group]
    if inside and len(inside) < len(factors):
        part = {name: table[:, inside] for name, table in tables.items()}
        figure = score_by_layer(part, [factors[k] for k in inside])
        made["best-group"] = (f"{caption}: the group.", figure)
    for data in dict.fromkeys(run.data for run in scored if run.layers > 1):
        of_data = {run: best for run, best in scored.items() if run.data == data}
        caption = f"{data}: best disentanglement score over the layers, by factor; dashed: one layer."
        made[f"best-by-layer-{_file(data)}"] = caption, _by_factor(of_data, factors)
    return made


def _by_factor(scored: Mapping[LayeredRun, np.ndarray], factors: Sequence[str]) -> Figure:
    layered = {run: best for run, best in scored.items() if run.layers > 1}
    places = np.arange(1, max(run.layers for run in layered) + 1)
    known = [k for k in range(len(factors)) if any(np.isfinite(best[:, k]).any() for best in scored.values())]
    panels = {
        factors[k]: {f"β = {run.beta:g}": Band(places[: run.layers], best[:, k]) for run, best in layered.items()}
        for k in known
    }
    baselines = {
        factors[k]: {f"β = {run.beta:g}": float(best[0, k]) for run, best in scored.items() if run.layers == 1}
        for k in known
    }
    figure = layer_scores(panels, baselines, ylabel="best score", columns=5)
    for ax in figure.axes:
        ax.set_ylim(0, 1)
    return figure


def traversal_figures(runs: Sequence[LayeredRun], layer: int) -> Figures:
    """Annotated traversals of layer number `layer` of each run (of the only one where there is one), and of the first.

    Limited to latents above 0.1 nat, largest KL first; of the first of several layers, which no KL holds down, the
    first twelve.
    """
    made: Figures = {}
    for run in _first_seeds(runs):
        shown = {0: 20} if run.layers == 1 else {0: FIRST, min(layer, run.layers - 1): 20}
        for number, limit in shown.items():
            figure = annotated(run, number, limit)
            if figure is not None:
                name = f"traversals-{_file(run.name)}-L{number + 1}"
                first = f", the first {limit} by KL" if number == 0 and run.layers > 1 else ""
                made[name] = (f"{run.name}: layer {number + 1}, latents above {ACTIVE_NATS:g} nat{first}.", figure)
    return made


def annotated(run: LayeredRun, layer: int, limit: int) -> Figure | None:
    """Traversals of one layer with KL and the thesis's three bar charts; None where no latent says 0.1 nat."""
    material = run.material
    images, kl = material.of_layer("figures/traversals", layer), material.of_layer("kl", layer)
    latents = material.of_layer("figures/traversal_latents", layer)
    if images is None or kl is None or latents is None or kl[latents].max() < ACTIVE_NATS:
        return None
    tables = {label: material.of_layer(name, layer) for label, name in NOTES.items()}
    return traversals(
        images,
        material.arrays["figures/traversal_values"],
        latents,
        kl,
        least_nats=ACTIVE_NATS,
        limit=limit,
        notes={label: table for label, table in tables.items() if table is not None},
        factors=material.factors,
    )


def _grouped(runs: Sequence[LayeredRun]) -> dict[tuple[str, int], list[LayeredRun]]:
    """The first seed of each, by data and number of layers."""
    groups: dict[tuple[str, int], list[LayeredRun]] = {}
    for run in _first_seeds(runs):
        groups.setdefault((run.data, run.layers), []).append(run)
    return groups


def _first_seeds(runs: Sequence[LayeredRun]) -> list[LayeredRun]:
    """Pictures show one run of each setting: the one with the lowest seed."""
    return list({run.name: run for run in sorted(runs, key=lambda run: -run.seed)}.values())[::-1]


def _count(layers: int) -> str:
    return f"{layers} layers" if layers > 1 else "one layer"


def _file(name: str) -> str:
    """A name without characters that are awkward in file names."""
    plain = name.replace("β = ", "beta")
    return "".join(c if c.isalnum() or c == "." else "-" for c in plain).replace("--", "-")
