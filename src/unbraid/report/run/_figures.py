"""The figures of a run's report, as inline SVG; empty where the run has no arrays for one."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from unbraid.figures.curves import curves
from unbraid.figures.kl_per_latent import kl_per_latent
from unbraid.figures.matrix import matrix
from unbraid.figures.posterior_map import posterior_map
from unbraid.figures.reconstructions import reconstructions
from unbraid.figures.traversals import traversals
from unbraid.metrics._carried import Carried
from unbraid.metrics._places import means_over_places
from unbraid.report._page import figure_svg
from unbraid.report._text import number
from unbraid.report.run._data import RunData

__all__ = [
    "POSITIONS",
    "carried_bars",
    "curves_svg",
    "kl_svg",
    "logged_terms",
    "matrix_svg",
    "means_by_position",
    "positions_svg",
    "reconstructed",
    "reconstructions_svg",
    "thesis_bars",
    "traversals_svg",
]

NOT_CURVES = ("seconds", "lr", "images_per_second")
THESIS_BARS = {  # label of a bar chart beside the traversals -> array [D, K]; Tartu thesis, figure 12
    "|Spearman|": "spearman/correlation",
    "polynomial R²": "dci_per_latent/importance",
    "importance": "dci_joint/importance",
}
POSITIONS = (("posY", "posX"), ("y", "x"))  # names of the factors down and across the image
ROWS = 20  # latents in a traversal; half as many for each layer of a layered model


def reconstructions_svg(run: RunData) -> Markup:
    """Original images over their reconstructions, a row for each head."""
    originals, images = run.arrays.get("figures/originals"), reconstructed(run)
    if originals is None or not images:
        return Markup("")
    figure = reconstructions(originals, images)
    return figure_svg(figure, "reconstructions", f"{len(originals)} images, each over its reconstruction.")


def reconstructed(run: RunData) -> dict[str, np.ndarray]:
    """The reconstructions of each head by what its row is called; none where the run has no pictures."""
    heads = sorted(name for name in run.arrays if name.startswith("figures/reconstructions/"))
    return {
        f"layer {name.rpartition('/')[2]}" if len(heads) > 1 else "reconstruction": run.arrays[name] for name in heads
    }


def logged_terms(run: RunData) -> dict[str, np.ndarray]:
    """The step and the terms of the loss in the log, without columns that are empty or of the machine."""
    return {name: values for name, values in run.log.items() if name not in NOT_CURVES and np.isfinite(values).any()}


def curves_svg(run: RunData) -> list[Markup]:
    """One figure per term, so that a phone can put them below each other."""
    log = logged_terms(run)
    step = log.pop("step", np.empty(0))
    if len(step) < 2:
        return []
    figures = []
    for group in dict.fromkeys(name.partition("/")[0] for name in log):
        terms = {name: values for name, values in log.items() if name.partition("/")[0] == group}
        last = ", ".join(f"{name} {number(values[np.isfinite(values)][-1])}" for name, values in terms.items())
        figure = curves({"step": step, **terms}, columns=1)
        figures.append(figure_svg(figure, f"curve-{group}", f"{group} during training; at the end: {last}."))
    return figures


def traversals_svg(run: RunData, layer: int, knowledge: Carried | None) -> Markup:
    """Images as each of the first latents changes, with bar charts of what it carries."""
    bars = carried_bars(run, layer, knowledge)
    images = run.layer_array("figures/traversals", layer)
    if images is None:
        return Markup("")
    figure = traversals(
        images,
        run.arrays["figures/traversal_values"],
        run.layer_array("figures/traversal_latents", layer),
        run.layer_array("kl", layer),
        limit=ROWS if len(run.layers) == 1 else ROWS // 2,
        bars=bars,
        factors=run.factors,
    )
    alt = "Images as each of the first latents changes from low to high, one row per latent, largest KL first"
    alt += f", with bars for {', '.join(bars)} of each factor." if bars else "."
    return figure_svg(figure, f"traversals{layer}", alt)


def positions_svg(run: RunData, layer: int, kl: np.ndarray | None) -> Markup:
    """Posterior means over the positions of the shape, where the factors have positions."""
    means = means_by_position(run, layer)
    if means is None:
        return Markup("")
    figure = posterior_map(means, kl, columns=8, limit=8)
    return figure_svg(figure, f"positions{layer}", "Mean of each latent for every position of the shape, as heat maps.")


def means_by_position(run: RunData, layer: int) -> np.ndarray | None:
    """Posterior mean of each latent at each position of the shape [D, Y, X]; None where there are no positions."""
    names = next((pair for pair in POSITIONS if set(pair) <= set(run.factors)), None)
    codes = run.layer_codes(layer)
    if names is None or codes is None or run.levels is None or run.rep is None:
        return None
    if not all(run.rep.space.factors[run.factors.index(name)].size for name in names):  # no places, but distances
        return None
    places = run.levels[:, [run.factors.index(name) for name in names]]
    known = ~np.isnan(places).any(axis=1)
    (down, across), codes = places[known].T, codes[known]
    return means_over_places(codes, down, across)


def kl_svg(kl: np.ndarray | None, labels: list[str], layer: int) -> Markup:
    """Mean KL per latent, each labelled with the factors it carries."""
    if kl is None:
        return Markup("")
    first = ", ".join(f"z{d} {kl[d]:.2f}" for d in np.argsort(-kl, kind="stable")[:5])
    figure = kl_per_latent(kl, labels if any(labels) else None)
    return figure_svg(figure, f"kl{layer}", f"Mean KL per latent in nats, largest first: {first}.")


def matrix_svg(run: RunData, knowledge: Carried | None, layer: int) -> Markup:
    """What each latent knows of each factor beyond chance, in shares of the factor's entropy, as a heat map."""
    if knowledge is None:
        return Markup("")
    shares = knowledge.shares
    best = ", ".join(
        f"{factor} z{int(np.argmax(shares[:, k]))} {shares[:, k].max():.2f}" for k, factor in enumerate(run.factors)
    )
    figure = matrix(shares, run.factors, title="share of the factor’s entropy, beyond chance", largest=1.0)
    return figure_svg(figure, f"matrix{layer}", f"Share of each factor’s entropy that latents know; best: {best}.")


def thesis_bars(run: RunData, layer: int) -> dict[str, np.ndarray]:
    """The bar charts of the Tartu thesis beside the traversals of a layer: label -> table [D, K], where computed."""
    tables = {label: run.layer_array(name, layer) for label, name in THESIS_BARS.items()}
    return {label: table for label, table in tables.items() if table is not None}


def carried_bars(run: RunData, layer: int, knowledge: Carried | None) -> dict[str, np.ndarray]:
    """Bar charts beside the traversals: the thesis's where they were computed, else shares of each factor's entropy.

    Those of the thesis are shown where they have all factors: with gaps, some scores are of some factors alone.
    """
    bars = {label: table for label, table in thesis_bars(run, layer).items() if table.shape[1] == len(run.factors)}
    if bars or knowledge is None or not (knowledge.entropy > 0).any():
        return bars
    return {"share known": knowledge.shares}
