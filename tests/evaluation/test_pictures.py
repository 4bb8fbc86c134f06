"""Traversals: from an image's code and from the prior's mean."""

import numpy as np
import torch

from unbraid.core import Spec, build
from unbraid.data import load_dataset
from unbraid.evaluation import encode
from unbraid.evaluation._pictures import FROM_PRIOR, VALUES, pictures, to_images


def test_traversals_from_the_prior_pass_through_its_mean() -> None:
    torch.manual_seed(0)
    dataset, cpu = load_dataset("toy"), torch.device("cpu")
    model = build("models", Spec("mlp", {"latents": 7, "hidden": 8}), image_shape=dataset.image_shape)
    found = pictures(model, dataset, encode(model, dataset, device=cpu), cpu, seed=0)
    rows, images = found["figures/prior_traversals/0"], found["figures/traversals/0"]
    latents = len(found["figures/traversal_latents/0"])
    assert images.shape == (latents, len(VALUES), *dataset.image_shape)
    assert rows.shape[0] == min(latents, FROM_PRIOR)
    with torch.inference_mode():
        centre = to_images(model.generate(torch.zeros(1, 7))[0].mean, dataset)[0]
    middle = int(np.flatnonzero(VALUES == 0)[0])
    assert (rows[:, middle] == centre).all()
    assert (images[: len(rows), middle] != rows[:, middle]).any()
