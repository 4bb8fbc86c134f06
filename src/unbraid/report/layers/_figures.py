"""The figures of the Tartu thesis, drawn from the arrays of any number of layered runs and one-layer baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from unbraid.figures import Band
from unbraid.figures.layer_reconstructions import layer_reconstructions
from unbraid.figures.layer_scores import layer_scores
from unbraid.figures.score_by_layer import score_by_layer
from unbraid.figures.traversals import traversals
from unbraid.report._carriers import ACTIVE_NATS
from unbraid.report.layers._runs import LayeredRun, factors_of
from unbraid.report.run._data import RunData
from unbraid.report.run._figures import thesis_bars

__all__ = [
    "best_figures",
    "best_of_each",
    "by_factor",
    "image_figures",
    "over_layers",
    "score_figures",
    "traversal_figures",
]

Captioned = dict[str, tuple[str, Figure]]  # file name -> caption and figure
FIRST = 12  # latents shown of a layer without a price on its nats, where hundreds are active


def score_figures(frame: pd.DataFrame, group: str) -> Captioned:
    """Each score over the layers, a panel per β, a line per data; dashed lines are the one-layer runs of that β."""
    figures: Captioned = {}
    for (score, model, factors), rows in frame.groupby(["score", "model", "factors"], sort=False):
        if rows["value"].notna().any():
            title = "Reconstruction error" if score == "error" else str(score).capitalize()
            of = {"all": "all factors", "group": group}[str(factors)]
            rest = f", {model} DCI, {of}" if model else ", a sum over pixels, from posterior means"
            name = "-".join(str(key).replace(" ", "-") for key in (score, model, factors) if key)
            figures[name] = (f"{title}{rest}.", over_layers(rows, title.lower(), bounded=bool(model)))
    return figures


def over_layers(rows: pd.DataFrame, ylabel: str, bounded: bool) -> Figure:
    """A score over the layers, from its rows of `scores_of`; `bounded` is drawn from 0 to 1."""
    layered, flat = rows[rows["layers"] > 1], rows[rows["layers"] == 1]
    shown = layered if len(layered) else flat
    panels = {
        f"β = {beta:g}": {str(data): _band(of_data) for data, of_data in of_beta.groupby("data", sort=False)}
        for beta, of_beta in shown.groupby("beta")
    }
    baselines = {
        f"β = {beta:g}": {
            str(data): float(mean) for data, mean in of_beta.groupby("data", sort=False)["value"].mean().items()
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


def image_figures(runs: Sequence[LayeredRun], images: int = 5) -> Captioned:
    """Originals over the reconstructions of each layer, a block per β; a figure for each data and number of layers."""
    figures: Captioned = {}
    for (data, layers), several in _grouped(runs).items():
        arrays = {f"β = {run.beta:g}": run.files.arrays for run in reversed(several)}
        drawn = {beta: named for beta, named in reversed(arrays.items()) if "figures/originals" in named}
        blocks = {beta: [named[f"figures/reconstructions/{n}"] for n in range(layers)] for beta, named in drawn.items()}
        if blocks:
            originals = next(iter(drawn.values()))["figures/originals"]
            caption = f"{data}: originals over the reconstructions of {_count(layers)}, from posterior means."
            name = f"reconstructions-{_file(data)}-{layers}"
            figures[name] = caption, layer_reconstructions(originals, blocks, images=images)
    return figures


def best_figures(runs: Sequence[LayeredRun], group: Sequence[str]) -> Captioned:
    """Heat maps of the best disentanglement of all factors and of the group, and that of each factor over layers."""
    factors, scored = factors_of(runs), best_of_each(runs)
    if not scored:
        return {}
    tables = {run.name: best for run, best in scored.items()}
    caption = "Best disentanglement score of each factor in each layer; a dash where no latent stands for the factor"
    figures: Captioned = {"best-all": (f"{caption}.", score_by_layer(tables, factors))}
    inside = [k for k, name in enumerate(factors) if name in group]
    if inside and len(inside) < len(factors):
        part = {name: table[:, inside] for name, table in tables.items()}
        figure = score_by_layer(part, [factors[k] for k in inside])
        figures["best-group"] = (f"{caption}: the group.", figure)
    for data in dict.fromkeys(run.data for run in scored if run.layers > 1):
        of_data = {run: best for run, best in scored.items() if run.data == data}
        caption = f"{data}: best disentanglement score over the layers, by factor; dashed: one layer."
        figures[f"best-by-layer-{_file(data)}"] = caption, by_factor(of_data, factors)
    return figures


def best_of_each(runs: Sequence[LayeredRun]) -> dict[LayeredRun, np.ndarray]:
    """Best disentanglement of each factor in each layer [L, K], of the first seed of each setting that has it."""
    return {run: best for run in _first_seeds(runs) if (best := run.best(factors_of(runs))) is not None}


def by_factor(scored: Mapping[LayeredRun, np.ndarray], factors: Sequence[str]) -> Figure:
    """Best score of each factor over the layers, a panel for each factor, a line for each β, one layer dashed."""
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


def traversal_figures(runs: Sequence[LayeredRun], layer: int) -> Captioned:
    """Annotated traversals of layer number `layer` of each run (of the only one where there is one), and of the first.

    Limited to latents above 0.1 nat, largest KL first; of the first of several layers, which no KL holds down, the
    first twelve.
    """
    figures: Captioned = {}
    for run in _first_seeds(runs):
        shown = {0: 20} if run.layers == 1 else {0: FIRST, min(layer, run.layers - 1): 20}
        for number, limit in shown.items():
            figure = annotated_traversals(run.files, number, limit)
            if figure is not None:
                name = f"traversals-{_file(run.name)}-L{number + 1}"
                first = f", the first {limit} by KL" if number == 0 and run.layers > 1 else ""
                caption = f"{run.name}: layer {number + 1}, latents above {ACTIVE_NATS:g} nat{first}."
                figures[name] = caption, figure
    return figures


def annotated_traversals(files: RunData, layer: int, limit: int) -> Figure | None:
    """Traversals of one layer with KL and the thesis's three bar charts; None where no latent says 0.1 nat."""
    images, kl = files.layer_array("figures/traversals", layer), files.layer_array("kl", layer)
    latents = files.layer_array("figures/traversal_latents", layer)
    if images is None or kl is None or latents is None or kl[latents].max() < ACTIVE_NATS:
        return None
    return traversals(
        images,
        files.arrays["figures/traversal_values"],
        latents,
        kl,
        least_nats=ACTIVE_NATS,
        limit=limit,
        bars=thesis_bars(files, layer),
        factors=files.factors,
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
