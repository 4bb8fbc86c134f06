"""Entries are names of their packages, and are taken live: as functions, classes, partials and instances."""

import re
import subprocess
import sys
from functools import partial
from importlib import import_module

import numpy as np
import pytest

from unbraid.core import KINDS, Spec, UsageError, load_entry, name_of, names
from unbraid.core.entries import PACKAGE, entry_files
from unbraid.data import load_dataset, toy, view
from unbraid.data import xysquares as squares
from unbraid.metrics import mig, score
from unbraid.models import Flat, likelihoods, mlp
from unbraid.objectives import BetaVAE, FactorVAE, Schedule


def package(kind: str) -> object:
    return import_module(f"unbraid.{KINDS[kind].replace('/', '.')}")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_entry_is_a_name_of_its_package(kind: str) -> None:
    files = entry_files(KINDS[kind])
    assert sorted(files.values()) == names(kind)
    for name, file in files.items():
        assert getattr(package(kind), name) is load_entry(kind, file)
        assert name in dir(package(kind))
        assert name_of(load_entry(kind, file)) == file


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_package_says_its_entries_to_type_checkers(kind: str) -> None:
    text = (PACKAGE / KINDS[kind] / "__init__.py").read_text(encoding="utf-8")
    path = f"unbraid.{KINDS[kind].replace('/', '.')}"
    for name, file in entry_files(KINDS[kind]).items():
        assert re.search(rf"    from {path}\.{file} import \(?\s*{name} as {name}\b", text)


@pytest.mark.parametrize(
    "code",
    [
        "import unbraid.metrics.mig; from unbraid.metrics import mig; assert callable(mig)",
        "from unbraid.metrics import mig; import unbraid.metrics.mig; assert callable(unbraid.metrics.mig)",
        "from unbraid.metrics import score; import numpy as np, unbraid.metrics;"
        "score(np.eye(9), np.arange(9), metrics=['mig', 'mcc']);"
        "assert callable(unbraid.metrics.mig) and callable(unbraid.metrics.mcc)",
        "import unbraid.figures.matrix, unbraid.figures; assert callable(unbraid.figures.matrix)",
    ],
)
def test_an_entry_is_meant_in_any_order_of_imports(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


def test_one_entry_imports_no_other() -> None:
    code = "import sys; from unbraid.metrics import mig; sys.exit('unbraid.metrics.sap' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_name_of_a_package() -> None:
    with pytest.raises(ImportError, match="cannot import name 'gim'"):
        exec("from unbraid.metrics import gim")


def outside(rep: object, *, strength: float = 1.0) -> float:
    return strength


def test_functions_and_partials_become_specs() -> None:
    assert Spec.of(mig) == Spec("mig")
    assert Spec.of(partial(mig, bins=5)) == Spec("mig", {"bins": 5})
    assert Spec.of({"name": mig, "bins": 5}) == Spec("mig", {"bins": 5})
    assert Spec.of(outside) == Spec(f"{__name__}:outside")
    assert Spec.of(partial(outside, strength=2.0)).to_dict() == {"name": f"{__name__}:outside", "strength": 2.0}


def test_what_no_name_leads_to_is_used_but_not_written() -> None:
    spec = Spec.of(lambda rep: 0.5)
    assert spec.name == "lambda"
    with pytest.raises(UsageError, match=r"must name an entry that can be imported; 'lambda' .* module of its own"):
        spec.to_dict()


def test_a_partial_gives_options_by_name() -> None:
    with pytest.raises(UsageError, match="must give options by name; got positional arguments"):
        Spec.of(partial(mig, 3))


def test_instances_remember_what_they_were_built_with() -> None:
    assert Spec.of(BetaVAE(beta=8)) == Spec("beta_vae", {"beta": 8})
    assert Spec.of(BetaVAE) == Spec("beta_vae")
    assert Spec.of(FactorVAE((10,), gamma=3.0)) == Spec("factor_vae", {"gamma": 3.0})
    ramp = Schedule(0.0, 4.0, 100)
    assert Spec.of(BetaVAE(beta=ramp)).options == {"beta": ramp}
    assert Spec.of(mlp((1, 8, 8), latents=3)) == Spec("mlp", {"latents": 3})
    assert Spec.of(toy(places=4)) == Spec("toy", {"places": 4})


def test_an_instance_made_by_hand_is_refused() -> None:
    made = mlp((1, 8, 8), latents=2)
    by_hand = Flat((1, 8, 8), made.trunk, 256, made.decoder, 2)
    with pytest.raises(UsageError, match=r"must know how it was built; this Flat was made by hand"):
        Spec.of(by_hand)


def test_datasets_remember_their_views() -> None:
    asked = {"places": 4, "every": {"x": 2}}
    dataset = load_dataset("toy", **asked)
    assert dataset.spec == Spec("toy", asked) == view(toy(places=4), every={"x": 2}).spec
    assert np.array_equal(load_dataset(dataset.spec).images(np.arange(5)), dataset.images(np.arange(5)))
    assert view(dataset, every={"x": 2}).spec is None  # thinned twice
    assert dataset.with_info(name="mine").spec is None
    assert squares().spec == Spec("xysquares")


def test_a_class_as_an_option_is_written_by_its_name() -> None:
    model = mlp((1, 8, 8), likelihood=likelihoods.MSE)
    assert type(model.generate(model.infer(__import__("torch").rand(2, 1, 8, 8))[0].z)[0]) is likelihoods.MSE
    spec = Spec("mlp", {"likelihood": likelihoods.MSE})
    from unbraid.core import complete

    assert complete("models", spec).options["likelihood"] == "mse"


def test_a_score_by_a_live_metric() -> None:
    from unbraid.metrics import Representation

    rep = Representation.from_arrays(np.arange(200.0)[:, None] % 5, np.arange(200) % 5)
    scores = score(rep, metrics=[mig, partial(mig, bins=5)])
    assert list(scores) == ["mig", "mig(bins=5)"]


def test_two_live_metrics_of_one_name_are_refused() -> None:
    labels = np.arange(200) % 5
    with pytest.raises(UsageError, match="each metric must have a name of its own; got two that are called 'lambda'"):
        score(labels, labels, metrics=[lambda rep: 0.0, lambda rep: 1.0])


def test_arrays_and_tensors_are_scored() -> None:
    import torch

    labels = np.random.default_rng(0).integers(4, size=(400, 2))
    codes = torch.tensor(labels, dtype=torch.float32, requires_grad=True) * 2
    assert score(codes, torch.from_numpy(labels), metrics=mig)["mig"].value == pytest.approx(1, abs=0.03)
    with pytest.raises(UsageError, match="a Representation holds its labels and kinds"):
        score(__import__("unbraid").Representation.from_arrays(labels, labels), labels)
