"""What a speedrun runs to: the loss on held-out rows, MIG above chance, and what a linear probe reads."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import torch

from unbraid.core import Spec
from unbraid.data import GroundTruthDataset
from unbraid.metrics import Representation, score
from unbraid.metrics._factors import targets
from unbraid.models import Model
from unbraid.objectives import Batch
from unbraid.training._build import new_objective
from unbraid.training._inputs import to_input

Symmetry = Mapping[str, tuple[str, Sequence[int]]]  # circular factor -> (the factor that decides, order per level)
LOSS_ROWS, BATCH = 512, 256


def held_out_loss(model: Model, beta: float, dataset: GroundTruthDataset) -> float:
    """Reconstruction error + beta KL, nats an image, of the first held-out rows under noise that is always the same."""
    objective = new_objective(Spec("beta_vae", {"beta": beta}), model, dataset)
    rows = np.arange(dataset.first_scored_row, len(dataset))[:LOSS_ROWS]
    generator, losses = torch.Generator().manual_seed(0), []
    training = model.training
    model.eval()
    with torch.inference_mode():
        for part in np.array_split(rows, max(1, len(rows) // BATCH)):
            batch = Batch(to_input(dataset.images(part), torch.device("cpu"), None), generator, dataset.training_rows)
            losses.append(float(objective.forward(model, batch, 0).of["model"]) * len(part))
    model.train(training)
    return sum(losses) / len(rows)


def mig_above(rep: Representation) -> float:
    """MIG above chance; 0 where it is missing."""
    return score(rep, metrics="mig", floor="quick", progress=False)["mig"].above or 0.0


def readable(rep: Representation, symmetry: Symmetry, unseen: Sequence[str] = ()) -> dict[str, float]:
    r"""How well a linear probe reads each factor from all latents, above its floor.

        above = (s - floor) / (1 - floor)

    s is the R^2 of a ridge regression (floor 0), or for categorical factors the accuracy of a logistic one (floor: the
    share of the most frequent class), fitted on the first half of the rows and taken on the second. Circular factors
    are read as sine and cosine; those in `symmetry` of as many times the angle as the object looks the same in a turn,
    by a probe for each kind of object, whose mean is taken.

    Args:
        rep: codes and factors of held-out rows in random order.
        symmetry: circular factor -> (factor, orders): orders[level of that factor] turns look the same.
        unseen: factors that no image shows.
    """
    code = rep.code.astype(np.float64)
    code = (code - code.mean(axis=0)) / np.maximum(code.std(axis=0), 1e-9)
    above = {}
    for k, factor in enumerate(rep.space.factors):
        if factor.name in unseen:
            continue
        if factor.name in symmetry:
            other, orders = symmetry[factor.name]
            kinds = rep.factors[:, rep.space.position(other)]
            angle = np.arctan2(*targets(rep, k).T)[:, None]
            turned = [np.hstack([np.sin(order * angle), np.cos(order * angle)]) for order in orders]
            parts = [_explained(code[kinds == kind], turned[kind][kinds == kind]) for kind in range(len(orders))]
            above[factor.name] = float(np.mean(parts))
        elif factor.kind == "categorical":
            above[factor.name] = _accuracy(code, rep.factors[:, k])
        else:
            above[factor.name] = _explained(code, targets(rep, k))
    return above


def _explained(code: np.ndarray, wanted: np.ndarray) -> float:
    """R^2 on the second half of the rows, all columns of `wanted` together."""
    from sklearn.linear_model import Ridge

    half = len(code) // 2
    left = wanted[half:] - Ridge().fit(code[:half], wanted[:half]).predict(code[half:]).reshape(-1, wanted.shape[1])
    return float(1 - np.square(left).sum() / np.square(wanted[half:] - wanted[half:].mean(axis=0)).sum())


def _accuracy(code: np.ndarray, wanted: np.ndarray) -> float:
    """Accuracy on the second half of the rows above that of always saying the most frequent class."""
    from sklearn.linear_model import LogisticRegression

    half = len(code) // 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a probe that has not quite converged is a probe
        value = LogisticRegression(max_iter=200).fit(code[:half], wanted[:half]).score(code[half:], wanted[half:])
    floor = np.bincount(wanted[half:]).max() / (len(code) - half)
    return float((value - floor) / (1 - floor))
