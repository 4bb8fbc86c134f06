"""Training curves."""

import numpy as np
import pytest

from tests.figures.samples import log
from unbraid.core import UsageError
from unbraid.figures.curves import MOST, curves


def sample() -> tuple[tuple, dict]:
    return (log(80),), {}


def test_layers_and_players_share_a_panel() -> None:
    step = np.arange(5.0)
    figure = curves({"step": step, "loss/model": step, "loss/critic": step, "kl/0": step, "kl/1": step, "rec": step})
    assert [ax.get_title(loc="left") for ax in figure.axes if ax.get_visible()] == ["loss", "kl", "rec"]
    assert [text.get_text() for text in figure.axes[1].get_legend().get_texts()] == ["0", "1"]


def test_a_long_log_is_thinned_and_keeps_its_mean() -> None:
    step = np.arange(3000.0)
    line = curves({"step": step, "loss": 2 * step}).axes[0].lines[-1]
    assert len(line.get_xdata()) == MOST
    assert np.mean(line.get_xdata()) == pytest.approx(step.mean())


def test_the_first_outliers_do_not_set_the_scale() -> None:
    loss = np.ones(100) + np.linspace(1, 0, 100)
    loss[0] = 1000
    assert curves({"step": np.arange(100.0), "loss": loss}).axes[0].get_ylim()[1] < 3


def test_the_outliers_of_one_term_do_not_hide_another() -> None:
    loss = np.ones(100) + np.linspace(1, 0, 100)
    loss[0] = 1000
    terms = {"total_correlation": loss, "total_correlation/reference": np.where(np.arange(100) % 33 == 9, 7.0, np.nan)}
    bottom, top = curves({"step": np.arange(100.0), **terms}).axes[0].get_ylim()
    assert bottom < 1
    assert 7 < top < 20
    losses = {"loss/model": 50 * loss, "loss/critic": loss / 4}
    assert curves({"step": np.arange(100.0), **losses}).axes[0].get_ylim()[0] < 0.3


def test_a_term_logged_once_or_never_is_no_crash() -> None:
    step = np.arange(3.0)
    curves(
        {"step": step, "once": np.array([np.nan, 1.0, np.nan]), "never": np.full(3, np.nan)}
    ).draw_without_rendering()


def test_a_log_without_columns_is_refused() -> None:
    with pytest.raises(UsageError, match="must have a column 'step'"):
        curves({"loss": np.zeros(2)})
    with pytest.raises(UsageError, match="columns beside the step"):
        curves({"step": np.zeros(2)})
