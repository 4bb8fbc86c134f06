"""The ledger: pages that say what kept runs show, what is missing, and what deciding would cost."""

from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from tests.studies.samples import TINY, done, stand, tiny, written
from unbraid.report import PAPERS, write_ledger
from unbraid.report.ledger._figures import _over_layers, _trends
from unbraid.report.ledger._ledger import _overview
from unbraid.report.ledger._paper import _enough, _to_narrow, differing, read_paper
from unbraid.report.ledger._tables import row
from unbraid.studies import Claim, Verdict, archive_runs, load_study, plan, shipped

CLAIM = {"says": "it holds", "where_printed": "table 1", "kind": "larger", "metric": "mig", "smallest_effect": 0.1}
SIDES = {"larger": {"objective": "beta_vae"}, "smaller": {"objective": "vae"}}


def verdict(estimate: float, low: float, high: float) -> Verdict:
    return Verdict(Claim.of({**CLAIM, **SIDES}), "undecided", estimate, low, high, 6, "")


def test_all_five_papers_are_shipped() -> None:
    assert set(PAPERS) <= set(shipped())


def test_the_shipped_ledger_says_what_the_kept_runs_say() -> None:
    folder = Path(__file__).parents[2] / "docs" / "reproduce"
    papers = [read_paper(name, "pocket", folder / "runs") for name in PAPERS]
    made = "\n\n".join(_overview(papers)) + "\n"
    assert made == (folder / "README.md").read_text(encoding="utf-8"), "make it again: unbraid study ledger"


def test_without_runs_the_pages_say_what_is_missing(tmp_path: Path) -> None:
    page = write_ledger(tmp_path, ["dubois-2019"])
    assert page == tmp_path / "README.md"
    text = page.read_text()
    assert "| [dubois-2019](dubois-2019.md) | 0 of 23 | 0 | 0 | 7 |" in text
    assert "AAM rises from β = 1 to β = 4" in text
    assert "| 0/11 | 11 runs more |" in text
    paper = (tmp_path / "dubois-2019.md").read_text()
    assert "No run is kept yet" in paper
    assert "| VAE | 0.2 / — | 0.0007 / — |" in paper
    assert "Missing: vae (3); beta_vae beta 4.0 (8); beta_vae beta 50.0 (3)" in paper


def test_kept_runs_become_scores_pictures_and_verdicts(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        metrics=["mig", "assignment"],
        grid={"objective": ["vae", {"name": "beta_vae", "beta": 8.0}]},
        seeds=3,
        claims=[{**CLAIM, **SIDES, "smallest_effect": 5.0}],
        scales={"pocket": {"findings": ["What stands here was\nwritten by hand."]}},
    )
    study = load_study(file)
    assert done(study, tmp_path) == ["done"] * 6
    standing = stand(study, tmp_path)
    archive_runs(standing[:5], tmp_path / "ledger" / "runs")
    text = write_ledger(tmp_path / "ledger", [str(file)]).read_text()
    assert "5 of its 6 runs are kept" not in text
    assert "**undecided**" in text
    assert "5/6 | 1 runs more, about" in text
    archive_runs(standing, tmp_path / "ledger" / "runs")
    text = write_ledger(tmp_path / "ledger", [str(file)]).read_text()
    assert "**not reproduced**" in text  # no difference of two shares reaches 5
    page = (tmp_path / "ledger" / "tiny.md").read_text()
    assert "## Scores" in page
    for name in ("scores", "0-kl", "0-assignment", "0-traversals", "0-prior_traversals", "1-kl"):
        assert f"images/tiny-{name}.png" in page
        assert (tmp_path / "ledger" / "images" / f"tiny-{name}.png").stat().st_size > 1000
    assert "6 of 6 are kept" in page
    assert "## What we make of it\n\nWhat stands here was written by hand.\n" in page


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (verdict(0.2, -0.2, 0.6), "about 5 seeds in place of 3: 4 runs more, about 40"),
        (verdict(0.0, -0.15, 0.15), "about 4 seeds"),  # to be below 0.1 as a whole
        (verdict(0.1 - 1e-6, -0.2, 0.4), "hardly"),
    ],
)
def test_the_cost_of_a_verdict_is_told_in_seeds(found: Verdict, words: str) -> None:
    assert words in _to_narrow(found, 6, 2, 10.0)


def test_intervals_narrow_with_the_root_of_the_seeds_and_with_students_quantile() -> None:
    assert _enough(2.0, 3, resampled=True) == 12
    assert stats.t.ppf(0.975, 4) / 5**0.5 <= stats.t.ppf(0.975, 2) / 3**0.5 / 2 < stats.t.ppf(0.975, 3) / 2
    assert _enough(2.0, 3, resampled=False) == 5


def layered_frame() -> pd.DataFrame:
    """Two seeds of a three-layer and a one-layer model at two β."""
    rows = [
        {"metric": "m", "part": "", "layer": layer, "value": beta + layer + 0.1 * seed, "seed": seed}
        | {"run": f"{name}-{beta}-{seed}", "objective": name, "objective.beta": beta, "data.variant": "a"}
        for name, depth in (("layerwise", 3), ("beta_vae", 1))
        for beta in (1.0, 2.0)
        for seed in (0, 1)
        for layer in range(depth)
    ]
    return pd.DataFrame(rows)


def test_layered_runs_get_a_panel_per_beta_with_the_one_layer_model_dashed() -> None:
    ((name, caption, figure),) = _over_layers(layered_frame(), [])
    assert (name, caption) == ("layers-0", "m over layers; dashed, the one-layer model.")
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["β = 1", "β = 2"]
    for ax, beta in zip(figure.axes, (1.0, 2.0), strict=True):
        line, dashed = ax.lines
        assert list(dashed.get_ydata()) == pytest.approx([beta + 0.05] * 2)
        assert list(line.get_ydata()) == pytest.approx([beta + 0.05 + layer for layer in range(3)])


def test_trends_are_drawn_over_their_setting() -> None:
    asks = {"metric": "m", "axis": "objective.beta", "direction": "up", "where": {"objective": "beta_vae"}}
    trend = Claim.of({"says": "it rises", "kind": "trend", "smallest_effect": 0.5, **asks})
    ((name, _, figure),) = _trends(layered_frame(), [trend])
    assert name == "over-beta"
    assert list(figure.axes[0].lines[0].get_ydata()) == pytest.approx([1.05, 2.05])


def test_labels_name_what_differs(tmp_path: Path) -> None:
    runs = plan(tiny(tmp_path))
    assert list(dict.fromkeys(differing(runs).values())) == ["vae", "beta_vae beta 2.0", "beta_vae beta 8.0"]


def test_labels_leave_out_the_commonest_model_and_data(tmp_path: Path) -> None:
    hidden = {"name": "mlp", "latents": 3, "hidden": [16, 32]}
    blocks = [{"objective": ["vae"], "seeds": 3}, {"model": [hidden, "burgess"]}]
    runs = plan(tiny(tmp_path, grid=blocks, base={**TINY["base"], "data": {"name": "toy", "resolution": 32}}))
    found = list(dict.fromkeys(differing(runs).values()))
    assert found == ["vae", "beta_vae", "beta_vae, hidden 32", "beta_vae, burgess"]


def test_a_bar_in_a_cell_does_not_split_it() -> None:
    assert row(["a|b", "c"]) == "| a\\|b | c |"
