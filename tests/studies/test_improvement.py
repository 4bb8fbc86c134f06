"""Probability of improvement: pairs counted by hand, intervals that cover, and quantities that are not one."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from tests.studies.samples import scores
from unbraid.studies import improvement, improvements
from unbraid.studies._improvement import improvement_interval


def test_probability_of_improvement_counts_pairs() -> None:
    assert improvement(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == 1.0
    assert improvement(np.array([0.0, 1.0]), np.array([2.0, 3.0])) == 0.0
    assert improvement(np.array([1.0, 3.0]), np.array([1.0, 2.0])) == 0.625  # a tie counts one half: 2.5 of 4
    table = improvements(scores(a=[2.0, 3.0, 4.0], b=[0.0, 1.0, 2.5], c=[1.0]))
    row = table.iloc[0]
    assert (len(table), row["of"], row["over"]) == (1, "a", "b")
    assert row["probability"] == pytest.approx(8 / 9)
    assert row["low"] <= row["probability"] <= row["high"]


def test_all_of_three_higher_than_all_of_three_is_no_certainty() -> None:
    low, high = improvement_interval(1.0, 3, 3)
    assert high == 1.0
    assert low < 0.5
    assert improvement_interval(1.0, 6, 6)[0] > 0.6
    assert improvement_interval(0.0, 6, 6) == pytest.approx((0.0, 1 - improvement_interval(1.0, 6, 6)[0]))


@pytest.mark.parametrize("apart", [0.0, 1.0, 2.0])
def test_the_interval_covers_the_probability(apart: float) -> None:
    rng, truth, covered = np.random.default_rng(int(apart)), float(ndtr(apart / np.sqrt(2))), 0
    for _ in range(200):
        low, high = improvement_interval(improvement(rng.normal(apart, 1, 6), rng.normal(size=6)), 6, 6)
        covered += low <= truth <= high
    assert covered >= 0.92 * 200


def runs(metric: str, **settings: tuple[object, object]) -> pd.DataFrame:
    """Two methods of three runs each, which differ in some settings."""
    frame = scores(vae=[0.2, 0.3, 0.4], beta_vae=[0.5, 0.6, 0.7]).assign(metric=metric, rows=1000, data="toy")
    first = frame["objective"] == "vae"
    return frame.assign(**{name: np.where(first, *values) for name, values in settings.items()})


def compared(frame: pd.DataFrame) -> dict[str, object]:
    return dict(improvements(frame).iloc[0])


@pytest.mark.parametrize("metric", ["log/loss", "heldout/loss"])
def test_losses_of_two_objectives_are_not_compared(metric: str) -> None:
    row = compared(runs(metric))
    assert np.isnan(row["probability"])  # type: ignore[call-overload]
    assert row["reason"] == "the losses of two objectives, weights or worlds are not one quantity"
    same = runs(metric).assign(label=["a", "a", "a", "b", "b", "b"], objective="vae")
    assert compared(same)["probability"] == 0.0
    weighted = same.assign(**{"objective.beta": [1.0] * 3 + [4.0] * 3})
    assert compared(weighted)["reason"]


def test_nats_are_nats_and_reconstructions_those_of_one_likelihood() -> None:
    assert compared(runs("log/kl", **{"model.latents": (6, 10)}))["on"] == "value"
    assert compared(runs("log/reconstruction", **{"model.latents": (6, 10)}))["on"] == "value"
    for setting in ("model.likelihood", "data", "objective.reduction"):
        assert "another likelihood" in str(
            compared(runs("log/reconstruction", **{setting: ("one", "other")}))["reason"]
        )


@pytest.mark.parametrize(
    "settings",
    [{"model.latents": (6, 10)}, {"rows": (1000, 2000)}, {"data": ("toy", "dsprites")}, {"axis/model": ("a", "b")}],
)
def test_raw_scores_of_other_latents_rows_or_data_are_compared_above_chance_alone(
    settings: dict[str, tuple[object, object]],
) -> None:
    raw = runs("mig", **settings)
    row = compared(raw)
    assert np.isnan(row["probability"])  # type: ignore[call-overload]
    assert (
        row["reason"]
        == "raw values at other data, latents or rows do not compare, and not all runs have one above chance"
    )
    above = [0.9, 0.8, 0.7, 0.1, 0.2, 0.3]
    row = compared(raw.assign(above=above))
    assert (row["on"], row["probability"]) == ("above", 1.0)
    assert compared(raw.assign(above=[*above[:5], None]))["reason"]
    assert compared(runs("mig").assign(above=above))["on"] == "value"


def test_layers_are_compared_each_by_itself() -> None:
    frame = pd.concat([runs("mig").assign(layer=layer) for layer in (0, 1)])
    table = improvements(frame)
    assert table["layer"].tolist() == [0, 1]
    assert table["probability"].tolist() == [0.0, 0.0]
