"""The figures of a paper's page, drawn from kept scores and small pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from unbraid.figures import Estimate
from unbraid.figures.comparison import comparison
from unbraid.figures.kl_per_latent import kl_per_latent
from unbraid.figures.layer_scores import layer_scores
from unbraid.figures.matrix import matrix
from unbraid.figures.posterior_map import posterior_map
from unbraid.figures.progression import progression
from unbraid.figures.rank_agreement import rank_agreement as rank_figure
from unbraid.figures.sweep import sweep
from unbraid.figures.traversals import traversals
from unbraid.report.ledger._paper import Paper, shown
from unbraid.report.study._tables import _panels, whole_scores
from unbraid.studies import PICTURES, Claim, rank_agreement, selected, summary

__all__ = ["combination_figures", "study_figures"]

MOST_LINES = 6  # in one figure

Named = tuple[str, str, Figure]  # file name, caption, figure


def study_figures(paper: Paper) -> Iterator[Named]:
    """Scores with intervals, agreement of scores, scores over training; what has no runs is left out."""
    frame = paper.frame
    metrics = [key for key in dict.fromkeys(frame["metric"]) if not str(key).startswith("log/")]
    estimates = {metric: found for metric in metrics if (found := _estimates(frame, metric))}
    if estimates:
        yield "scores", "Scores: mean, 95 % interval over seeds, single runs.", comparison(estimates)
    table = _agreement(frame, list(estimates))
    if table is not None:
        caption = "Rank correlation between scores over all kept runs."
        yield "agreement", caption, rank_figure(table.to_numpy(float), list(table.columns))
    training = paper.training
    if len(training) and training["step"].nunique() >= 2:
        whole = training[(training["part"] == "") & (training["layer"] == 0)]
        lines = list(dict.fromkeys(whole["label"]))
        for start in range(0, len(lines), MOST_LINES):
            some = whole[whole["label"].isin(lines[start : start + MOST_LINES])]
            panels = _panels(summary(some.assign(line=some["label"]), by=("line", "step")), "step")
            yield f"progression-{start}", "Scores over training, mean and interval over seeds.", progression(panels)
    claims = [each.verdict.claim for each in paper.decisions]
    yield from _trends(frame, [claim for claim in claims if claim.kind == "trend"])
    if len(frame) and frame["layer"].nunique() > 1:
        yield from _over_layers(frame, [claim for claim in claims if claim.kind == "by_layer"])


def _trends(frame: pd.DataFrame, claims: Sequence[Claim]) -> Iterator[Named]:
    """What claims of a trend rest on, a figure per setting: the score, a line per objective."""
    for axis in dict.fromkeys(claim.asks["axis"] for claim in claims):
        asked = [claim for claim in claims if claim.asks["axis"] == axis and axis in frame]
        found = [selected(claim, frame, claim.asks["metric"], {}) for claim in asked]
        rows = pd.concat(found).drop_duplicates(["run", "metric"]) if found else frame[:0]
        if len(rows):
            means = summary(rows.assign(line=rows["objective"]), by=("line", axis))
            yield f"over-{axis.rpartition('.')[2]}", f"Scores over {axis}.", sweep(_panels(means, axis), axis)


def _over_layers(frame: pd.DataFrame, claims: Sequence[Claim]) -> Iterator[Named]:
    """Scores of layered models over their layers: a panel per β, a line per world, dashed for the one-layer model."""
    worlds = [key for key in frame if str(key).startswith("data.") and frame[key].nunique() > 1]
    frame = frame.assign(world=frame[worlds].astype(str).agg(" ".join, axis=1) if worlds else "")
    deep = frame.groupby("run")["layer"].transform("max") > 0
    wanted = [(metric, "") for metric in frame.loc[deep, "metric"].unique()]
    wanted += [(claim.asks["metric"], claim.part) for claim in claims]
    for number, (metric, part) in enumerate(dict.fromkeys(wanted)):
        rows = frame[(frame["metric"] == metric) & (frame["part"] == part) & frame["value"].notna()]
        baselines: dict[str, dict[str, float]] = {}
        for (beta, world), each in rows[~deep[rows.index]].groupby(["objective.beta", "world"], sort=False):
            baselines.setdefault(f"β = {beta:g}", {})[str(world)] = float(each["value"].mean())
        rows = rows[deep[rows.index]]
        if rows["layer"].nunique() < 2:
            continue
        means = summary(rows.assign(line=rows["world"]), by=("objective.beta", "line")).eval("layer = layer + 1")
        panels = {f"β = {beta:g}": _panels(each, "layer")[metric] for beta, each in means.groupby("objective.beta")}
        name = f"{metric}, {part}" if part else metric
        caption = f"{name} over layers; dashed, the one-layer model."
        yield f"layers-{number}", caption, layer_scores(panels, baselines)


def _estimates(frame: pd.DataFrame, metric: str) -> dict[str, Estimate]:
    """Group -> mean, interval and runs of one score; layers are groups of their own."""
    means = whole_scores(frame[frame["metric"] == metric])
    found = {}
    for _, row in means[means["mean"].notna()].iterrows():
        one = (frame["metric"] == metric) & (frame["part"] == "")
        one &= (frame["group"] == row["group"]) & (frame["layer"] == row["layer"])
        low, high = (None if pd.isna(row[end]) else float(row[end]) for end in ("low", "high"))
        values = frame.loc[one, "value"].dropna().to_numpy(float)
        found[str(row["label"])] = Estimate(float(row["mean"]), low, high, values)
    return found


def _agreement(frame: pd.DataFrame, metrics: list[str]) -> pd.DataFrame | None:
    """Rank correlations of the scores that differ between runs, None for fewer than two or four runs."""
    if frame["run"].nunique() < 4:
        return None
    whole = frame[(frame["part"] == "") & frame["metric"].isin(metrics)]
    varying = [metric for metric in metrics if whole.loc[whole["metric"] == metric, "value"].nunique() > 1]
    return rank_agreement(frame, varying) if len(varying) >= 2 else None


def combination_figures(paper: Paper) -> Iterator[tuple[str, list[Named]]]:
    """Label of each pictured combination, and the figures of its first kept run."""
    for number, each in enumerate(shown(paper)):
        pictures = read_pictures(each.folder / PICTURES)
        label = paper.labels[each.run.config.folder_name]
        if pictures:
            yield label, [(f"{number}-{name}", words, figure) for name, words, figure in _pictured(pictures)]


def read_pictures(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a kept run's pictures; none where the file is not there."""
    if not path.is_file():
        return {}
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def latent_names(pictures: Mapping[str, np.ndarray], layer: int) -> list[str]:
    """For each latent of a layer the factors it stands for, an empty text where it stands for none."""
    over = pictures.get(f"assignment/over/{layer}")
    if over is None:
        return [""] * len(pictures[f"kl/{layer}"])
    return [" + ".join(str(name) for name in pictures["factors"][row]) for row in over.astype(bool)]


def _pictured(pictures: Mapping[str, np.ndarray]) -> Iterator[Named]:
    """The figures of one run."""
    layer = int("kl/1" in pictures)  # of a layered run, the second layer
    kl, names = pictures[f"kl/{layer}"], latent_names(pictures, layer)
    yield "kl", "Dimension-wise KL, labelled with the factors assigned to each latent.", kl_per_latent(kl, names)
    if f"assignment/strength/{layer}" in pictures:
        table = matrix(pictures[f"assignment/strength/{layer}"], list(pictures["factors"]), largest=1.0, limit=12)
        yield "assignment", "Latent-to-factor assignment: information in shares of the factor's entropy.", table
    if "means_over_places" in pictures:
        figure = posterior_map(pictures["means_over_places"].astype(float), kl, limit=8)
        yield "map", "Posterior mean of each latent over the positions of the shape.", figure
    for name, words in (("traversals", "an image"), ("prior_traversals", "the mean of the prior")):
        if name in pictures:
            figure = traversals(pictures[name], pictures["values"], pictures["latents"], kl)
            yield name, f"Traversals of the first latents from {words}.", figure
