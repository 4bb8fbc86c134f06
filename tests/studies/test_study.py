"""Study files: what they say, and what they are refused for."""

from pathlib import Path

import pytest

from tests.studies.samples import TINY, tiny, written
from unbraid.core import UsageError
from unbraid.studies import SCALES, load_study, plan, shipped, unmatched


def test_scales_change_what_they_name(tmp_path: Path) -> None:
    study = tiny(tmp_path, "smoke")
    assert study.base["steps"] == 10
    assert study.base["batch"] == 16
    assert study.seeds == (0,)
    assert study.rows == 50_000


def test_findings_stand_at_the_top_of_a_file_and_a_scales_in_their_place(tmp_path: Path) -> None:
    scales = {"pocket": {}, "smoke": {"findings": ["of two\nruns"]}}
    assert tiny(tmp_path, findings=["of all"], scales=scales).findings == ("of all",)
    assert tiny(tmp_path, "smoke", findings=["of all"], scales=scales).findings == ("of two runs",)


def test_a_scale_says_that_it_only_explores_and_smoke_always_does(tmp_path: Path) -> None:
    scales = {"paper": {}, "pocket": {"explore": "three\nseeds"}, "smoke": {}}
    assert tiny(tmp_path, "paper", scales=scales).explore == ""
    assert tiny(tmp_path, "pocket", scales=scales).explore == "three seeds"
    assert "nothing more" in tiny(tmp_path, "smoke", scales=scales).explore


def test_a_scales_entry_replaces_the_base_entry_with_its_options(tmp_path: Path) -> None:
    scales = {"pocket": {"base": {"model": {"name": "burgess"}}}}
    assert tiny(tmp_path, scales=scales).base["model"] == {"name": "burgess"}
    scales = {"pocket": {"base": {"model": {"latents": 5}}}}
    assert tiny(tmp_path, scales=scales).base["model"] == {"name": "mlp", "latents": 5, "hidden": 16}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"grids": {}}, "unknown key 'grids'.*Did you mean 'grid'"),
        ({"grid": {"objective": "vae"}}, "axis 'objective' must be a list of values; got 'vae'"),
        ({"grid": {"objective": []}}, "axis 'objective' must be a list"),
        ({"grid": ["objective"]}, "a block of the grid must be a mapping of axes"),
        ({"grid": {"seed": [1, 2]}}, "'seed' is no axis; write seed"),
        ({"grid": {1: [2]}}, r"an axis of the grid must be the name of a setting; got 1; write such as objective"),
        ({"seeds": 0}, "seeds must be a count or a list of different whole numbers; got 0"),
        ({"seeds": [1, 1]}, "different whole numbers"),
        ({"grid": {"objective": ["vae"], "seeds": 0}}, "seeds must be a count or a list of different whole numbers"),
        ({"scales": {"pocket": {"findings": "one"}}}, "findings must be a list of paragraphs; got 'one'"),
        ({"findings": "one"}, "findings must be a list of paragraphs; got 'one'"),
        ({"explore": True}, "explore must say why these runs decide nothing; got True; write explore: three seeds"),
        ({"metrics": []}, "a study needs metrics"),
        ({"metrics": ["migg"]}, "Did you mean 'mig'"),
        ({"metrics": [{"name": "mig", "bin": 3}]}, "unknown option 'bin'"),
        ({"rows": 0}, "rows must be a whole number of at least 1; got 0"),
        ({"every": -1}, "every must be a whole number of at least 0"),
        ({"scales": {"pocket": {"name": "other"}}}, "what a scale changes must be one of"),
        ({"scales": {"paper": {}}}, "must have an entry for scale 'pocket'; got paper"),
        ({"claims": [{"says": "x"}]}, "a claim needs 'says' and 'kind'"),
        ({"printed": [{"title": "Table 1"}]}, "a printed table needs title, metrics and rows"),
        (
            {"printed": [{"title": "Table 1", "metrics": ["mig"], "rows": [{"says": "VAE", "where": {}}]}]},
            "a row of Table 1 needs says, where and 1 values",
        ),
        ({"claims": [{"says": "x", "kind": "larger", "metric": "sap"}]}, "needs 'larger'"),
        ({"claims": [{"says": "x", "kind": "biggest"}]}, "kind must be one of"),
        ({"claims": [{"says": "x", "kind": "best", "metrik": "mig"}]}, "Did you mean 'metric'"),
        (
            {"claims": [{"says": "x", "kind": "trend", "metric": "mig", "axis": "a", "direction": "left"}]},
            "direction must be one of: up, down",
        ),
        (
            {"claims": [{"says": "x", "kind": "above", "metric": "sap", "where": {}, "threshold": 1}]},
            "claim 'x' is about 'sap', which the study does not compute",
        ),
    ],
)
def test_files_that_cannot_work_are_refused(changes: dict, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message):
        tiny(tmp_path, **changes)


def test_names_paths_and_scales_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"study .or the path of a YAML file. must be one of.*'locatelo-2019'"):
        load_study("locatelo-2019")
    with pytest.raises(UsageError, match="a study file must exist"):
        load_study(tmp_path / "none.yaml")
    with pytest.raises(UsageError, match="scale must be one of: paper, pocket, smoke"):
        load_study(written(tmp_path), "big")
    (tmp_path / "torn.yaml").write_text("a: [1")
    with pytest.raises(UsageError, match="a study file must be YAML"):
        load_study(tmp_path / "torn.yaml")
    (tmp_path / "list.yaml").write_text("- 1")
    with pytest.raises(UsageError, match="must be a mapping"):
        load_study(tmp_path / "list.yaml")


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_shipped_study_expands_at_every_scale(name: str, scale: str) -> None:
    study = load_study(name, scale)
    assert study.name == name
    assert study.title
    runs = plan(study, many=True)
    assert len({run.config.id for run in runs}) == len(runs)
    if scale == "smoke":
        assert len(runs) <= 8
        assert max(run.config.steps for run in runs) <= 200
    else:
        settings = [run.settings for run in runs if run.config.seed == study.seeds[0]]
        assert not [(claim.says, unmatched(claim, settings)) for claim in study.claims if unmatched(claim, settings)]


def test_a_file_may_bring_a_scale_of_its_own(tmp_path: Path) -> None:
    own = tiny(tmp_path, "mine", scales={"pocket": {}, "mine": {"base": {"steps": 7}}})
    assert (own.scale, own.base["steps"]) == ("mine", 7)
    with pytest.raises(
        UsageError, match=r"scale must be one of: paper, pocket, smoke, mine; got 'min'; Did you mean 'min"
    ):
        load_study(written(tmp_path, scales={"pocket": {}, "mine": {}}), "min")


def test_osnabruecks_fashion_mnist_is_looked_at() -> None:
    study = load_study("osnabrueck-2021", "fashion")
    runs = plan(study)
    assert (study.claims, len(runs)) == ((), 4)
    assert {run.config.data.name for run in runs} == {"fashion_mnist"}
    assert {run.settings["objective"] for run in runs} == {"vae", "beta_vae"}
    paper = {run.settings["data"] for run in plan(load_study("osnabrueck-2021", "paper"))}
    assert paper == {"ellipses", "fashion_mnist"}


def test_abdi_on_the_arm_is_pocket_in_all_but_its_images() -> None:
    arm, pocket = load_study("abdi-2019", "arm"), load_study("abdi-2019")
    assert arm.base["data"]["name"] == "arm"
    assert {**arm.base, "data": None} == {**pocket.base, "data": None}
    assert (arm.grid, arm.claims, arm.converts, arm.seeds) == (
        pocket.grid,
        pocket.claims,
        pocket.converts,
        pocket.seeds,
    )
    runs = plan(arm)
    assert len(runs) == 18
    assert not {run.config.id for run in runs} & {run.config.id for run in plan(pocket)}
    settings = [run.settings for run in runs if run.config.seed == arm.seeds[0]]
    assert not [claim.says for claim in arm.claims if unmatched(claim, settings)]


def test_locatello_at_paper_scale_is_the_papers_12600_runs() -> None:
    study = load_study("locatello-2019", "paper")
    with pytest.raises(UsageError, match=r"12,600 runs, and more than 10,000 must be asked for; .*--many"):
        plan(study)
    runs = plan(study, many=True)
    assert len(runs) == 6 * 6 * 50 * 7
    assert {run.config.steps for run in runs} == {300_000}
    kinds = {(run.config.data.name, run.config.phases[0].objective.name) for run in runs}
    assert len(kinds) == 7 * 5  # DIP-VAE I and II are one entry


def test_the_example_in_this_file_is_a_study(tmp_path: Path) -> None:
    assert set(TINY) <= {"name", "base", "grid", "seeds", "metrics", "scales"}
    assert len(plan(tiny(tmp_path))) == 6
