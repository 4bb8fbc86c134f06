"""The ledger: pages that say what kept runs show, what is missing, and what deciding would cost."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tests.studies.samples import TINY, done, statuses, tiny, written
from unbraid.core import UsageError
from unbraid.report import kept_papers, write_ledger
from unbraid.report.ledger._figures import _over_layers, _trends
from unbraid.report.ledger._labels import long_lists, with_short_lists
from unbraid.report.ledger._pages import overview_page, paper_page
from unbraid.report.ledger._paper import Paper, read_paper, read_papers
from unbraid.report.study._decisions import _cost_of_seeds
from unbraid.studies import (
    Claim,
    Effect,
    NotTestableError,
    TooFewRunsError,
    Verdict,
    archive_runs,
    differing,
    load_study,
    planned_runs,
)
from unbraid.studies.claims import matches, sides

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "reproductions"
CODES = "codes.safetensors"
OPTIONAL = ("progress.parquet", "shared.jsonl", "checks.parquet", "baselines.parquet", "provenance.json", CODES)
PAPERS = ["abdi-2019", "dubois-2019", "michlo", "osnabrueck-2021", "tartu-boxhead"]

CLAIM = {"says": "it holds", "where_printed": "table 1", "kind": "larger", "metric": "mig", "smallest_effect": 0.1}
LIKE_THEN = ("larger", "no_better", "best", "best_sum", "least", "above", "nowhere_above")
SIDES = {"larger": {"objective": "beta_vae"}, "smaller": {"objective": "vae"}}


def verdict(estimate: float, low: float, high: float, to_decide: int | None) -> Verdict:
    effect = Effect(estimate, low, high, 6, "")
    return Verdict(Claim.of({**CLAIM, **SIDES}), "undecided", effect, to_decide=to_decide)


@pytest.fixture(scope="module")
def papers() -> list[Paper]:
    return [paper for name in PAPERS for paper in read_papers(name, "pocket", KEPT)]


def test_the_papers_are_the_studies_of_papers_that_have_kept_runs(tmp_path: Path) -> None:
    assert kept_papers(KEPT) == PAPERS
    (tmp_path / "michlo").mkdir()
    (tmp_path / "another").mkdir()
    assert kept_papers(tmp_path) == ["michlo"]
    with pytest.raises(UsageError, match="a ledger needs kept runs of a paper; got none in"):
        write_ledger(archive=tmp_path / "none", out=tmp_path / "pages")


def test_the_shipped_ledger_says_what_the_kept_runs_say(papers: list[Paper]) -> None:
    page = ROOT / "docs" / "reproduce" / "README.md"
    assert overview_page(papers) == page.read_text(encoding="utf-8"), "make it again: unbraid study ledger"


def test_estimates_of_scores_that_are_read_as_then_are_those_of_version_0_1() -> None:
    first = Path(__file__).parent / "first-edition"  # the study files that the kept runs were made for
    papers = [read_paper(load_study(first / f"{name}.yaml"), KEPT) for name in PAPERS]
    lines = (Path(__file__).parent / "verdicts-0.1.jsonl").read_text(encoding="utf-8").splitlines()
    earlier = {(line["study"], line["says"]): line for line in map(json.loads, lines)}
    assert len(earlier) == 43
    compared = 0
    for paper in papers:
        for decision in paper.decisions:
            claim = replace(decision.verdict.claim, reads="value")
            then = earlier.get((paper.study.name, claim.says))
            otherwise = claim.kind not in LIKE_THEN or claim.metrics[0].startswith(("heldout/", "best_disentanglement"))
            if then is None or otherwise:
                continue  # other losses, no value in place of a missing one, layers and methods as strata
            assert (decision.done, decision.runs) == (then["runs"], then["runs"])
            about = [
                status for status in paper.done if any(matches(side, status.run.settings) for side in sides(claim))
            ]
            if any(status.record.status()["versions"]["unbraid"] != "0.1.0" for status in about):
                continue  # trained anew since
            try:
                effect = claim.effect(paper.counted_frame)
            except (NotTestableError, TooFewRunsError):  # across numbers of latents; a value in place of none
                continue
            assert effect.estimate == pytest.approx(then["estimate"], rel=0, abs=1e-9)  # SciPy 1.15: 2e-11 off
            compared += 1
    assert compared >= 15


def test_kept_runs_and_pages_are_small_and_say_what_they_should() -> None:
    for name in PAPERS:
        files = {path.name: path.stat().st_size for path in (KEPT / name).iterdir()}
        assert {"configs.jsonl", "scores.parquet", "log.parquet", "thumbnails.zip"} <= set(files)
        assert set(files) <= {"configs.jsonl", "scores.parquet", "log.parquet", "thumbnails.zip", *OPTIONAL}
        assert files.pop(CODES, 0) <= 4_000_000
        assert sum(files.values()) < 2_000_000
    pages = [path for path in (ROOT / "docs" / "reproduce").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in pages) < 3_000_000


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "reproduce").glob("*.md")), ids=lambda page: page.name)
def test_every_link_and_picture_of_the_shipped_pages_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)\)", text)
    assert targets
    assert not [target for target in targets if not (page.parent / target).is_file()]
    if page.stem in PAPERS:
        assert text.count("![") in (2, 3)


def test_without_runs_the_pages_say_what_is_missing(tmp_path: Path) -> None:
    page = write_ledger(["dubois-2019"], archive=tmp_path / "none", out=tmp_path)
    assert page == tmp_path / "README.md"
    text = page.read_text()
    assert "| [dubois-2019](dubois-2019.md) | 0 of 56 | 0 | 0 | 0 | 7 | 0 |" in text
    assert "AAM rises from β = 1 to β = 4" in text
    assert "| 0/20 |" in text
    paper = (tmp_path / "dubois-2019.md").read_text()
    assert "No run is kept yet" in paper
    assert "**Unfinished.** Made at 0 of 56 runs." in paper
    assert "To decide: 20 runs more." in paper
    assert "| VAE | 0.2 / — | 0.0007 / — |" in paper
    assert "Missing: beta_vae beta 0.25 (10); beta_vae beta 1.0 (10); beta_vae beta 12.5 (10)" in paper


def test_kept_runs_that_a_study_no_longer_plans_are_shown_and_not_counted(papers: list[Paper], tmp_path: Path) -> None:
    by_name = {paper.name: paper for paper in papers}
    dubois = by_name["dubois-2019"]
    assert (len(dubois.statuses), len(dubois.done), len(dubois.earlier)) == (56, 56, 23)
    assert "41 of its 50 runs are there" not in {decision.verdict.reason for decision in dubois.decisions}
    assert {decision.runs for decision in dubois.decisions} == {10, 20, 50}
    page = paper_page(dubois, [], further=False)
    assert "23 kept runs are *earlier*" in page
    assert "| beta_vae beta 50.0, earlier (beta 200 in the paper's units) | 3 |" in page
    squares = by_name["michlo"]
    assert (len(squares.done), len(squares.earlier)) == (102, 60)
    assert not set(squares.drawn_frame["run"]) & {status.run.name for status in squares.earlier}


def test_a_study_is_judged_at_each_scale_by_the_runs_of_that_scale(papers: list[Paper]) -> None:
    by_name = {paper.name: paper for paper in papers}
    pocket, arm = by_name["abdi-2019"], by_name["abdi-2019-arm"]
    assert (pocket.beside, arm.beside) == (("abdi-2019-arm",), ("abdi-2019",))
    earlier = {status.run.name for status in pocket.earlier}
    assert len(earlier) == 18
    assert not earlier & {status.run.name for status in arm.statuses}
    assert {"arm"} == {str(status.run.config.data.name) for status in arm.done}
    assert {status.run.name for status in arm.earlier} == earlier
    assert "[abdi-2019-arm](abdi-2019-arm.md)" in paper_page(pocket, [], further=False)


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
    runs, kept = statuses(study, tmp_path), tmp_path / "kept"
    archive_runs(study, runs[:5], kept)
    text = write_ledger([str(file)], archive=kept, out=tmp_path / "ledger").read_text()
    assert "5 of its 6 runs are kept" not in text
    assert "**undecided**" in text
    assert "| 5/6 |" in text
    assert "To decide: 1 run more, about" in (tmp_path / "ledger" / "tiny.md").read_text()
    archive_runs(study, runs, kept)
    text = write_ledger([str(file)], archive=kept, out=tmp_path / "ledger").read_text()
    assert "**not testable at this scale**" in text  # no run of this study was checked, so none counts
    page = (tmp_path / "ledger" / "tiny.md").read_text()
    assert "## Scores" in page
    further = (tmp_path / "ledger" / "tiny-figures.md").read_text()
    for name, text in (("scores", page), ("0", further), ("1", further)):
        assert f"(figures/tiny/{name}.png)" in text
        assert (tmp_path / "ledger" / "figures" / "tiny" / f"{name}.png").stat().st_size > 1000
    for shown in ("KL of each latent", "information of latents on factors", "from an image", "the mean of the prior"):
        assert further.count(shown) == 4  # two pictures, each with its text and its caption
    assert "6 of 6 are kept" in page
    assert page.index("## What these runs can tell") < page.index("## Claims") < page.index("## Scores")
    assert "## What we make of it\n\nWhat stands here was written by hand.\n" in page


def test_what_deciding_takes_is_told_in_seeds_with_control_spread_and_hours(tmp_path: Path) -> None:
    about, nothing = statuses(tiny(tmp_path), tmp_path), pd.DataFrame()
    told = _cost_of_seeds(verdict(0.2, -0.2, 0.6, 9), about, nothing, 600.0)
    assert told.startswith(
        "control: none is declared; spread between seeds: —; n: 2 an arm; about 9 seeds an arm for 80"
    )
    assert "21 runs more, about 3 h 30 min of one core here (as the logs say; hours of a GPU differ)" in told
    untold = _cost_of_seeds(verdict(0.1, -0.2, 0.4, None), about, nothing, None)
    assert untold.endswith("from these it cannot be told how many seeds would decide it")


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
    (picture,) = _over_layers(layered_frame(), [])
    assert (picture.name, picture.caption) == ("layers-0", "m over layers; dashed, the one-layer model.")
    (figure,) = picture.figures
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["β = 1", "β = 2"]
    for ax, beta in zip(figure.axes, (1.0, 2.0), strict=True):
        line, dashed = ax.lines
        assert list(dashed.get_ydata()) == pytest.approx([beta + 0.05] * 2)
        assert list(line.get_ydata()) == pytest.approx([beta + 0.05 + layer for layer in range(3)])


def test_trends_are_drawn_over_their_setting() -> None:
    asks = {"metric": "m", "axis": "objective.beta", "direction": "up", "where": {"objective": "beta_vae"}}
    trend = Claim.of({"says": "it rises", "kind": "trend", "smallest_effect": 0.5, **asks})
    (picture,) = _trends(layered_frame(), [trend], {})
    assert picture.name == "over-beta"
    assert list(picture.figures[0].axes[0].lines[0].get_ydata()) == pytest.approx([1.05, 2.05])


def test_labels_name_what_differs(tmp_path: Path) -> None:
    runs = planned_runs(tiny(tmp_path))
    assert list(dict.fromkeys(differing(runs).values())) == ["vae", "beta_vae beta 2.0", "beta_vae beta 8.0"]


def test_labels_leave_out_the_commonest_model_and_data(tmp_path: Path) -> None:
    hidden = {"name": "mlp", "latents": 3, "hidden": [16, 32]}
    blocks = [{"objective": ["vae"], "seeds": 3}, {"model": [hidden, "burgess"]}]
    runs = planned_runs(tiny(tmp_path, grid=blocks, base={**TINY["base"], "data": {"name": "toy", "resolution": 32}}))
    labels = list(dict.fromkeys(differing(runs).values()))
    assert labels == ["vae", "beta_vae", "beta_vae, hidden 32", "beta_vae, burgess"]


def test_long_lists_in_the_names_of_scores_are_printed_once() -> None:
    names = ["mig", "dci_joint(group=[a, b, c])", "dci_joint(group=[a, b])", "sap(group=[x, y, z])"]
    lists = long_lists(names)
    assert lists == {"[a, b, c]": "[a, …]", "[x, y, z]": "[x, …]"}
    assert with_short_lists("dci_joint(group=[a, b, c]): 0.1", lists) == "dci_joint(group=[a, …]): 0.1"
    assert long_lists([*names, "mig(group=[a, c, d])"]) == {"[x, y, z]": "[x, …]"}  # two lists that would look alike
