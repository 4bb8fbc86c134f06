"""Scores over layers."""

from unbraid.figures._bands import Band
from unbraid.figures.layer_scores import layer_scores

LAYERS = Band([1, 2, 3, 4, 5], [0.2, 0.5, 0.3, 0.2, 0.1])


def sample() -> tuple[tuple, dict]:
    panels = {f"β = {beta}": {"boxheadsimple": LAYERS, "boxheadsimple2": LAYERS} for beta in (0.5, 5)}
    return (panels, {"β = 5": {"boxheadsimple2": 0.25}}), {"ylabel": "disentanglement"}


def test_layers_are_named_and_the_baseline_is_dashed_in_its_colour() -> None:
    (panels, baselines), options = sample()
    axes = layer_scores(panels, baselines, **options).axes
    assert [label.get_text() for label in axes[0].get_xticklabels()] == ["L1", "L2", "L3", "L4", "L5"]
    dashed = axes[1].lines[-1]
    assert list(dashed.get_ydata()) == [0.25, 0.25]
    assert dashed.get_color() == axes[1].lines[1].get_color()
    assert axes[0].get_ylim() == axes[1].get_ylim()
