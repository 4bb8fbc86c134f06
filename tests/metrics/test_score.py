"""Scoring with several metrics, what they declare, and the split they share."""

import sys
from types import ModuleType

import numpy as np
import pytest

from tests.metrics.codes import on_grid, rng
from unbraid.core import Spec, UsageError
from unbraid.metrics import DEFAULT, Properties, Representation, Score, properties, score
from unbraid.metrics._split import some_rows, train_test


def test_scores_by_name_spec_and_mapping() -> None:
    scores = score(on_grid(10, 20), metrics=["mig", Spec("mig", {"bins": 10}), {"name": "aam", "bins": 30}])
    assert list(scores) == ["mig", "mig(bins=10)", "aam(bins=30)"]
    assert "30" in scores["aam(bins=30)"].variant
    assert (
        list(score(on_grid(10, 20), metrics="mig")) == list(score(on_grid(10, 20), metrics={"name": "mig"})) == ["mig"]
    )


def test_each_score_carries_the_question_it_answers_however_often_another_is_named() -> None:
    rep = on_grid(10, 20)
    scores = score(rep, metrics=["mig", "mig", "mig", "active_latents"])
    assert list(scores) == ["mig", "active_latents"]
    assert [s.spec for s in scores.values()] == [Spec("mig"), Spec("active_latents")]
    assert scores["active_latents"].value == 2.0
    assert score(rep, metrics="dimension_wise_kl")["dimension_wise_kl"].spec == Spec(
        "dimension_wise_kl"
    )  # missing ones too


def test_a_metric_at_its_defaults_has_one_name_however_they_are_written() -> None:
    rep = on_grid(10, 20)
    written = ["mig", Spec("mig", {"bins": 20}), {"name": "mig", "bins": 20, "factor_bins": 0}]
    assert list(score(rep, metrics=written)) == ["mig"]
    labels = [Spec("downstream_accuracy", {"labels": labels}) for labels in ((10, 100, 1_000), [10, 100, 1_000])]
    assert list(score(rep, metrics=labels)) == ["downstream_accuracy"]
    few = [Spec("downstream_accuracy", {"labels": labels}) for labels in ((10, 20), [10, 20])]
    assert list(score(rep, metrics=few)) == ["downstream_accuracy(labels=[10, 20])"]


def test_what_cannot_be_scored_is_missing_with_its_reason() -> None:
    scores = score(on_grid(10, 20), metrics=["mig", "dimension_wise_kl"])
    assert scores["mig"].value == pytest.approx(1)
    assert scores["dimension_wise_kl"].value is None
    assert "log-variances" in scores["dimension_wise_kl"].reason


def test_unknown_names_and_options_stop_before_anything_is_computed() -> None:
    calls: list[str] = []
    with pytest.raises(UsageError, match="Did you mean 'mig'"):
        score(on_grid(10, 20), metrics=["aam", "mgi"], progress=lambda name, *_: calls.append(name))
    with pytest.raises(UsageError, match="unknown option 'bin'; it takes bins, factor_bins"):
        score(on_grid(10, 20), metrics={"name": "mig", "bin": 3})
    assert not calls


def test_progress_and_seeds() -> None:
    calls: list[tuple[str, int, int]] = []
    rep = on_grid(10, 20)
    first = score(rep, metrics=["infom", "mig"], seed=3, progress=lambda *call: calls.append(call))
    assert calls == [("infom", 0, 2), ("mig", 1, 2), ("", 2, 2)]
    assert score(rep, metrics="infom", seed=3)["infom"].value == first["infom"].value


def test_defaults_leave_out_what_takes_minutes_or_several_runs() -> None:
    assert not {"dci", "udr"} & set(DEFAULT)
    assert {"mig", "mig_posterior", "infom"} <= set(DEFAULT)


def test_outside_metrics_are_scored_and_must_declare_themselves_to_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("elsewhere")

    def half(rep: Representation, *, share: float = 0.5) -> Score:
        return Score(share, variant="always")

    half.__module__ = "elsewhere"
    module.half = half  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "elsewhere", module)
    scores = score(on_grid(10, 20), metrics=["elsewhere:half", {"name": "elsewhere:half", "share": 0.25}])
    assert {name: s.value for name, s in scores.items()} == {"elsewhere:half": 0.5, "elsewhere:half(share=0.25)": 0.25}
    with pytest.raises(UsageError, match="must define PROPERTIES"):
        properties("elsewhere:half")
    assert isinstance(properties("mig"), Properties)


def test_scores_hold_finite_numbers_only() -> None:
    with pytest.raises(UsageError, match="finite or missing"):
        Score(float("nan"))
    with pytest.raises(UsageError, match="part 'x' of a score must be finite or left out; got inf"):
        Score(0.0, {"x": float("inf")})


def test_splits_are_disjoint_and_keep_their_ratio() -> None:
    rep = on_grid(10, 30)
    train, test = train_test(rep, rng(), train_rows=1000, test_rows=500)
    assert (len(train), len(test)) == (200, 100)
    assert len(np.unique(np.concatenate([train.code, test.code]), axis=0)) == 300
    train, test = train_test(rep, rng(), train_rows=20, test_rows=10)
    assert (len(train), len(test)) == (20, 10)
    assert train_test(rep, rng(), test=test) == (rep, test)
    assert len(some_rows(rep, rng(), 7)) == 7
    assert some_rows(rep, rng(), 300) is rep


def test_one_layer_is_scored_as_if_it_stood_alone() -> None:
    whole = on_grid(10, 20)
    noise = rng().normal(size=whole.code.shape)
    layered = Representation.from_arrays(
        np.concatenate([noise, whole.code], axis=1), whole.factors, space=whole.space, layers=(2, 2)
    )
    assert score(layered, metrics="mig", layer=1)["mig"].value == pytest.approx(1)
    assert score(layered, metrics="mig", layer=0)["mig"].value < 0.1
    with pytest.raises(UsageError, match=r"layer must lie in 0 \.\. 1; got 2"):
        score(layered, metrics="mig", layer=2)
