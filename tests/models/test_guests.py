"""Models from outside the package: they train with what they declare, or are told what is missing."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.objectives._loop import GENTLE
from unbraid.core import UsageError, names
from unbraid.models import likelihood, start_at_mean, start_small
from unbraid.store import MODEL, RunDirectory
from unbraid.training import RunConfig, fit

MODELS = ("Bare", "Telling", "Full", "TwoLayers")
GUESTS = "tests.models.guests"
SINGLE_LATENTS = ("ada_gvae", "ada_mlvae", "beta_tcvae")


def run_of(folder: Path, model: Any, objective: str = "vae", **changes: Any) -> RunDirectory:
    model = f"{GUESTS}:{model}" if isinstance(model, str) and ":" not in model and model[0].isupper() else model
    options = {"name": objective, **GENTLE.get(objective, {})}
    settings = {"data": "toy", "model": model, "objective": options, "steps": 3, "batch": 8, **changes}
    return fit(RunConfig.from_dict(settings), folder).folder


def refusal(model: str, objective: str) -> str:
    """What an objective says against a guest, or ''."""
    if objective == "hyperprior_vae" and model != "Full":
        return "needs a model with a full posterior covariance; got posterior=diagonal"
    if objective in SINGLE_LATENTS and model == "Full":
        return "needs a model with a diagonal posterior covariance; got posterior=full"
    if objective == "layerwise" and model != "TwoLayers":
        return f"Layerwise needs a model of several latent layers; got {model} with one"
    return ""


@pytest.mark.parametrize("objective", names("objectives"))
@pytest.mark.parametrize("model", MODELS)
def test_a_guest_trains_with_every_objective_or_is_told_what_it_lacks(
    model: str, objective: str, tmp_path: Path
) -> None:
    message = refusal(model, objective)
    if message:
        with pytest.raises(UsageError, match=message):
            run_of(tmp_path / "run", model, objective)
    else:
        assert run_of(tmp_path / "run", model, objective).read_status()["state"] == "done"


@pytest.mark.parametrize("start", ["mean", "small"])
def test_a_start_needs_the_decoders_and_the_likelihood(start: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"needs the model to name its decoders; got Bare; set self\.decoders"):
        run_of(tmp_path / "bare", "Bare", start=start)
    assert run_of(tmp_path / "telling", "Telling", start=start).read_status()["state"] == "done"


@pytest.mark.parametrize("start", [start_small, start_at_mean])
def test_a_refused_start_says_what_is_missing_and_changes_nothing(start: Any) -> None:
    from tests.models.guests import Telling

    model = Telling((1, 4, 4))
    before = {key: value.clone() for key, value in model.state_dict().items()}
    model.likelihood = ""
    with pytest.raises(UsageError, match=r"name its likelihood; got Telling; set self\.likelihood in the model"):
        start(model, 0.0)
    model.likelihood, model.decoders = "bernoulli", (torch.nn.Flatten(),)
    with pytest.raises(UsageError, match="needs decoders with a dense or convolutional layer; got Telling"):
        start(model, 0.0)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())


def test_what_every_model_must_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Nameless must set widths and image_shape; set them in its __init__"):
        run_of(tmp_path / "nameless", "Nameless")
    with pytest.raises(UsageError, match=r"a model must be a subclass of unbraid\.models\.Model; got Flatten"):
        run_of(tmp_path / "other", "torch.nn:Flatten")


def test_a_promised_full_covariance_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"posteriors of the class FullGaussian.*got DiagonalGaussian; let model\.infer"
    ):
        run_of(tmp_path / "run", "Boasting", "hyperprior_vae")


def test_dropout_of_any_kind_is_seeded_at_each_step(tmp_path: Path) -> None:
    ends = []
    for disturbance in (0, 1):
        torch.manual_seed(disturbance)
        ends.append(run_of(tmp_path / str(disturbance), "Dropped").read_tensors(MODEL))
    assert all(np.array_equal(value, ends[1][key]) for key, value in ends[0].items())


@pytest.mark.parametrize("model", ["mlp", {"name": "towers", "latents": [4, 2], "width": 0.05}])
def test_a_likelihood_from_outside_serves_any_model(model: Any, tmp_path: Path) -> None:
    options = {"name": model} if isinstance(model, str) else model
    data = {"name": "toy", "resolution": 32}
    for number, given in enumerate((f"{GUESTS}:Cauchy", {"name": f"{GUESTS}:Cauchy", "scale": 0.1})):
        run = run_of(tmp_path / str(number), {**options, "likelihood": given}, data=data, start="small")
        assert run.read_config()["model"]["likelihood"] == given
        assert run.read_status()["state"] == "done"


def test_a_likelihood_with_options_is_another_run_and_another_error() -> None:
    x, output = torch.zeros(1, 1, 1, 1), torch.full((1, 1, 1, 1), 2.0)
    errors = [float(likelihood({"name": f"{GUESTS}:Cauchy", "scale": scale}, output).error(x)) for scale in (1, 4)]
    assert errors == pytest.approx([np.log(5.0), np.log(2.0)])
    configs = [
        RunConfig.from_dict(
            {"data": "toy", "model": {"name": "mlp", "likelihood": given}, "objective": "vae", "steps": 1}
        )
        for given in ("box_blur", {"name": "box_blur", "radius": 3})
    ]
    assert configs[0].id != configs[1].id


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("bernouli", r"likelihood must be one of: bernoulli.*Did you mean 'bernoulli'"),
        (f"{GUESTS}:no_likelihood", r"subclass of unbraid\.models\.Likelihood; got .*no_likelihood, a function"),
        ({"name": "box_blur", "raduis": 3}, r"likelihood box_blur: unknown option 'raduis'; it takes radius, weight"),
        ({"radius": 3}, r"likelihood (bernoulli|gaussian_sigmoid): unknown option 'radius'; it takes no options"),
    ],
)
@pytest.mark.parametrize("model", ["mlp", "towers"])
def test_a_wrong_likelihood_is_refused_before_the_first_step(
    model: str, given: Any, message: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=message):
        run_of(tmp_path / "run", {"name": model, "likelihood": given}, data={"name": "toy", "resolution": 32})
