"""Methods × scores: rows of runs, baselines and floors, what is marked as best, and on what it was compared."""

import numpy as np
import pandas as pd
import pytest

from tests.studies.samples import scores
from unbraid.core import UsageError
from unbraid.studies import methods_table, methods_text


def runs(**groups: list[float | None]) -> pd.DataFrame:
    return scores(**groups).assign(metric="mig", rows=1000, data="toy", **{"model.latents": 6})


def baselines(frame: pd.DataFrame, **values: list[float]) -> pd.DataFrame:
    """The frame with rows of baselines, each with its values."""
    added = [
        runs(**{name: given}).assign(baseline=name, run=[f"{name} a-{seed}" for seed in range(len(given))])
        for name, given in values.items()
    ]
    return pd.concat([frame.assign(baseline=""), *added], ignore_index=True)


FAR, NEAR, LOW = [0.90, 0.91, 0.92], [0.89, 0.91, 0.93], [0.10, 0.11, 0.12]


def test_rows_are_methods_baselines_and_floors_and_nothing_is_rounded() -> None:
    frame = baselines(runs(a=[0.12345678, 0.3, 0.5], b=LOW), pca=[0.2]).assign(floor=0.05)
    table = methods_table(frame.assign(**{"axis/objective.beta": 0.000316}))
    assert table["method"].tolist() == ["a", "b", "pca", "chance"]
    assert table["kind"].tolist() == ["run", "run", "baseline", "chance"]
    assert table["runs"].tolist()[:3] == [3, 3, 1]
    assert table["mig"].tolist() == pytest.approx([np.mean([0.12345678, 0.3, 0.5]), 0.11, 0.2, 0.05], abs=1e-15)
    assert table["axis/objective.beta"].tolist()[0] == 0.000316
    assert table.loc[0, "mig interval"] == "Student's, few runs"


def test_the_best_is_marked_with_what_is_not_shown_to_be_worse() -> None:
    table = methods_table(baselines(runs(a=FAR, b=NEAR, c=LOW), pca=[0.91], ica=[0.2]))
    assert dict(zip(table["method"], table["mig best"], strict=True)) == {
        "a": True, "b": True, "c": False, "pca": True, "ica": False,
    }  # fmt: skip


def test_losses_are_best_where_they_are_low_and_descriptions_nowhere() -> None:
    frame = runs(a=FAR, c=LOW).assign(objective="vae")
    for metric, best in (("heldout/loss", [False, True]), ("log/kl", [False, False]), ("active_latents", [False] * 2)):
        table = methods_table(frame.assign(metric=metric), [metric])
        assert table[f"{metric} best"].tolist() == best
    assert not methods_table(runs(a=FAR, c=LOW).assign(metric="log/loss"), ["log/loss"])["log/loss best"].any()


def test_other_latents_are_compared_above_chance_and_else_not_at_all() -> None:
    frame = runs(a=FAR, b=LOW)
    frame["model.latents"] = [6] * 3 + [10] * 3
    assert not methods_table(frame)["mig best"].any()
    assert "no best of mig: data, latents, rows or weights differ" in methods_text(methods_table(frame)).notes[-1]
    above = frame.assign(above=[0.1, 0.11, 0.12, 0.5, 0.51, 0.52], floor=[0.2] * 3 + [0.3] * 3)
    table = methods_table(above)
    assert table["mig best"].tolist() == [False, True, False, False]
    assert table["method"].tolist()[2:] == ["chance at latents 6", "chance at latents 10"]
    assert table["mig"].tolist()[2:] == pytest.approx([0.2, 0.3])


def test_names_are_short_where_they_tell_combinations_apart() -> None:
    frame = baselines(runs(a=FAR, b=LOW), rotated_ica=[0.3])
    frame.loc[frame["baseline"] != "", ["label", "run"]] = ["rotated_ica of a", "rotated_ica a-0"]
    names = {f"{group}-{seed}": f"short {group}" for group in "ab" for seed in range(3)}
    assert methods_table(frame, names=names)["method"].tolist() == ["short a", "short b", "rotated_ica of short a"]
    same = dict.fromkeys(names, "short")
    assert methods_table(frame, names=same)["method"].tolist()[:2] == ["a", "b"]
    layered = pd.concat([runs(a=FAR).assign(layer=layer) for layer in (0, 1)])
    assert methods_table(layered)["method"].tolist() == ["a, layer 0", "a, layer 1"]


def test_cells_say_what_a_mean_does_not() -> None:
    frame = runs(
        a=[0.1, 0.11, 0.12, 0.5, 0.51, 0.52], b=[0.3] * 6, c=[0.1, 0.2, None], d=[0.25], e=[None], f=[12.0, 13.25]
    )
    text = methods_text(methods_table(frame))
    assert [row[2] for row in text.rows] == ["0.100…0.520†", "0.3=", "0.150 ± 0.635‡", "0.250", "—", "12.6 ± 7.9"]
    assert [row[1] for row in text.rows] == ["6", "6", "3", "1", "1", "2"]
    assert [note[0] for note in text.notes if note[0] in "†‡="] == ["†", "‡", "="]
    assert text.notes[0].endswith("of fewer than six runs it is wide")


def test_scores_that_are_not_there_are_refused() -> None:
    with pytest.raises(UsageError, match="score of the study"):
        methods_table(runs(a=FAR), ["sap"])
    with pytest.raises(UsageError, match="a table of methods needs a score of codes; got none; name others"):
        methods_table(runs(a=FAR).assign(metric="log/kl"))
