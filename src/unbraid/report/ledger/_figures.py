"""The figures of a paper's page, drawn from kept scores and thumbnails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from unbraid.figures.comparison import comparison
from unbraid.figures.kl_per_latent import kl_per_latent
from unbraid.figures.layer_scores import layer_scores
from unbraid.figures.matrix import matrix
from unbraid.figures.posterior_map import posterior_map
from unbraid.figures.rank_agreement import rank_agreement
from unbraid.figures.traversals import traversals
from unbraid.report.ledger._labels import with_short_lists
from unbraid.report.ledger._paper import Paper, first_of_each
from unbraid.report.study._figures import (
    agreement_table,
    bands_over,
    estimates,
    figure_over_setting,
    figures_over_training,
)
from unbraid.studies import Claim, is_score

__all__ = ["Picture", "combination_pictures", "study_pictures"]


@dataclass(frozen=True)
class Picture:
    """One picture of a page: the name of its file, its caption, and its figures, one below the other."""

    name: str
    caption: str
    figures: tuple[Figure, ...]


def study_pictures(paper: Paper) -> Iterator[Picture]:
    """Scores, what claims rest on, agreement of scores, scores over training; what has no runs is left out."""
    lists = paper.long_lists
    whole = paper.drawn_frame
    frame = whole.assign(metric=[with_short_lists(name, lists) for name in whole["metric"]])
    metrics = [name for name in dict.fromkeys(frame["metric"]) if is_score(name)]
    scores = estimates(frame, metrics)
    if scores:
        caption = "Scores: mean, Student's 95 % interval over seeds, single runs; runs in two groups as dots alone."
        yield Picture("scores", caption, (comparison(scores),))
    claims = [decision.verdict.claim for decision in paper.decisions]
    yield from _trends(whole, [claim for claim in claims if claim.kind == "trend"], lists)
    if len(frame) and frame["layer"].nunique() > 1:
        about = [
            (with_short_lists(claim.metrics[0], lists), claim.part) for claim in claims if claim.kind == "by_layer"
        ]
        yield from _over_layers(frame, about)
    table = agreement_table(frame, list(scores))
    if table is not None:
        caption = "Rank correlation between scores over all kept runs."
        yield Picture("agreement", caption, (rank_agreement(table.to_numpy(float), list(table.columns)),))
    training = paper.training.assign(metric=[with_short_lists(name, lists) for name in paper.training["metric"]])
    if progressions := figures_over_training(training):
        caption = "Scores over training: mean, Student's 95 % interval over seeds; runs in two groups as dots."
        yield Picture("progression", caption, tuple(progressions))


def _trends(frame: pd.DataFrame, claims: Sequence[Claim], lists: Mapping[str, str]) -> Iterator[Picture]:
    """What claims of a trend rest on, a figure per setting: the score, a line per objective."""
    for axis in dict.fromkeys(claim.asks["axis"] for claim in claims):
        about = [claim for claim in claims if claim.asks["axis"] == axis and axis in frame]
        parts = [claim.scores(frame).rows(claim.asks["metric"]) for claim in about]
        rows = pd.concat(parts).drop_duplicates(["run", "metric"]) if parts else frame[:0]
        if len(rows):
            rows = rows.assign(metric=[with_short_lists(name, lists) for name in rows["metric"]])
            figure = figure_over_setting(rows, axis, rows["objective"])
            yield Picture(f"over-{axis.rpartition('.')[2]}", f"Scores over {axis}.", (figure,))


def _over_layers(frame: pd.DataFrame, about: Sequence[tuple[str, str]]) -> Iterator[Picture]:
    """Scores of layered models over their layers: a panel per β, a line per world, dashed for the one-layer model.

    First those (metric, part) that claims are `about`, then every other score.
    """
    worlds = [key for key in frame if str(key).startswith("data.") and frame[key].nunique() > 1]
    frame = frame.assign(world=frame[worlds].astype(str).agg(" ".join, axis=1) if worlds else "")
    deep = frame.groupby("run")["layer"].transform("max") > 0
    wanted = [*about, *((str(metric), "") for metric in frame.loc[deep, "metric"].unique())]
    for number, (metric, part) in enumerate(dict.fromkeys(wanted)):
        rows = frame[(frame["metric"] == metric) & (frame["part"] == part) & frame["value"].notna()]
        baselines = _baselines(rows[~deep[rows.index]])
        rows = rows[deep[rows.index]]
        if rows["layer"].nunique() < 2:
            continue
        by_beta = rows.assign(line=rows["world"], layer=rows["layer"] + 1).groupby("objective.beta")
        panels = {f"β = {beta:g}": bands_over(group, "layer")[metric] for beta, group in by_beta}
        name = f"{metric}, {part}" if part else metric
        caption = f"{name} over layers; dashed, the one-layer model."
        yield Picture(f"layers-{number}", caption, (layer_scores(panels, baselines),))


def _baselines(rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """β -> world -> mean score of the one-layer models."""
    baselines: dict[str, dict[str, float]] = {}
    for (beta, world), group in rows.groupby(["objective.beta", "world"], sort=False):
        baselines.setdefault(f"β = {beta:g}", {})[str(world)] = float(group["value"].mean())
    return baselines


def combination_pictures(paper: Paper) -> Iterator[tuple[str, Picture]]:
    """Label of each combination that has thumbnails, and the picture of its first kept run."""
    for number, status in enumerate(first_of_each(paper)):
        thumbnails = status.record.thumbnails()
        if thumbnails:
            captions, figures = zip(*run_figures(thumbnails), strict=True)
            yield paper.labels[status.run.name], Picture(str(number), "; ".join(captions) + ".", figures)


def latent_names(thumbnails: Mapping[str, np.ndarray], layer: int) -> list[str]:
    """For each latent of a layer the factors it stands for, an empty text where it stands for none."""
    over = thumbnails.get(f"assignment/over/{layer}")
    if over is None:
        return [""] * len(thumbnails[f"kl/{layer}"])
    return [" + ".join(str(name) for name in thumbnails["factors"][row]) for row in over.astype(bool)]


def run_figures(thumbnails: Mapping[str, np.ndarray]) -> Iterator[tuple[str, Figure]]:
    """The figures of one run with what they show; of a layered one, of its second layer."""
    layer = int("kl/1" in thumbnails)
    kl, names = thumbnails[f"kl/{layer}"], latent_names(thumbnails, layer)
    yield "KL of each latent, with the factors assigned to it", kl_per_latent(kl, names)
    if f"assignment/strength/{layer}" in thumbnails:
        strength = thumbnails[f"assignment/strength/{layer}"]
        table = matrix(strength, list(thumbnails["factors"]), largest=1.0, limit=12)
        yield "information of latents on factors, in shares of a factor's entropy", table
    if "means_over_places" in thumbnails:
        means = thumbnails["means_over_places"].astype(float)
        yield "posterior mean of each latent over the positions of the shape", posterior_map(means, kl, limit=8)
    for name, start in (("traversals", "an image"), ("prior_traversals", "the mean of the prior")):
        if name in thumbnails:
            figure = traversals(thumbnails[name], thumbnails["values"], thumbnails["latents"], kl)
            yield f"traversals of the first latents from {start}", figure
