"""Plans: axes, lists inside entries, blocks, seeds, and runs that are one."""

from pathlib import Path

import pytest

from tests.studies.samples import TINY, tiny
from unbraid.core import UsageError
from unbraid.studies import PlannedRun, plan
from unbraid.studies._plan import dotted, reseeded
from unbraid.training import RunConfig


def settings(runs: list[PlannedRun], *keys: str) -> set[tuple]:
    return {tuple(dotted(run.config).get(key) for key in keys) for run in runs}


def test_axes_are_combined_and_repeated_for_each_seed(tmp_path: Path) -> None:
    grid = {"objective.beta": [1.0, 4.0], "batch": [8, 16, 32]}
    runs = plan(tiny(tmp_path, grid=grid, seeds=[3, 5]))
    assert len(runs) == 2 * 3 * 2
    assert settings(runs, "objective.beta", "batch", "seed") == {
        (beta, batch, seed) for beta in (1.0, 4.0) for batch in (8, 16, 32) for seed in (3, 5)
    }


def test_a_list_where_an_entry_has_a_number_multiplies_the_entry(tmp_path: Path) -> None:
    runs = plan(tiny(tmp_path, seeds=1))
    assert [run.label for run in runs] == [
        "objective=vae",
        "objective=beta_vae/beta 2.0",
        "objective=beta_vae/beta 8.0",
    ]


def test_a_list_where_an_entry_has_a_list_stays_one(tmp_path: Path) -> None:
    grid = {"model": [{"name": "towers", "latents": [4, 3], "width": [0.05, 0.1]}]}
    base = {**TINY["base"], "objective": "layerwise", "data": {"name": "toy", "resolution": 32}}
    runs = plan(tiny(tmp_path, grid=grid, base=base, seeds=1))
    assert [run.config.model.options["latents"] for run in runs] == [[4, 3], [4, 3]]
    assert [run.config.model.options["width"] for run in runs] == [0.05, 0.1]


def test_blocks_are_side_by_side_and_equal_runs_are_one(tmp_path: Path) -> None:
    blocks = [{"objective": ["vae"]}, {"objective": [{"name": "beta_vae", "beta": [1.0, 2.0]}]}, {"objective": ["vae"]}]
    assert len(plan(tiny(tmp_path, grid=blocks, seeds=2))) == 3 * 2


def test_a_block_may_have_seeds_of_its_own(tmp_path: Path) -> None:
    blocks = [{"objective": ["vae"]}, {"objective": [{"name": "beta_vae", "beta": 2.0}], "seeds": 4}]
    runs = plan(tiny(tmp_path, grid=blocks, seeds=2))
    assert [(run.label, run.config.seed) for run in runs] == [
        *[("objective=vae", seed) for seed in range(2)],
        *[("objective=beta_vae/beta 2.0", seed) for seed in range(4)],
    ]


def test_an_entry_is_placed_before_its_options_whatever_the_order(tmp_path: Path) -> None:
    grid = {"objective.beta": [3.0], "objective": ["beta_vae"]}
    assert settings(plan(tiny(tmp_path, grid=grid)), "objective", "objective.beta") == {("beta_vae", 3.0)}


def test_without_a_grid_the_base_is_the_run(tmp_path: Path) -> None:
    runs = plan(tiny(tmp_path, grid={}))
    assert [run.config.seed for run in runs] == [0, 1]
    assert {run.label for run in runs} == {"beta_vae"}


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({"objectiv": ["vae"]}, "tiny, {'objectiv': 'vae'}: unknown setting 'objectiv'.*Did you mean 'objective'"),
        ({"objective.betta": [1.0]}, "unknown option 'betta'.*Did you mean 'beta'"),
        ({"objective": ["vea"]}, "Did you mean 'vae'"),
        ({"batch": [0]}, "batch must be a whole number of at least 1; got 0"),
        ({"batch.size": [1]}, "'size' cannot be set inside 16"),
    ],
)
def test_an_axis_that_names_no_setting_is_refused(grid: dict, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message):
        plan(tiny(tmp_path, grid=grid))


def test_a_grid_that_explodes_must_be_asked_for(tmp_path: Path) -> None:
    grid = {"objective.beta": [1.0 + k for k in range(101)], "batch": list(range(1, 101))}
    with pytest.raises(
        UsageError, match=r"tiny at scale pocket has 10,100 runs, and more than 10,000 must be asked for"
    ):
        plan(tiny(tmp_path, grid=grid, seeds=1))


def test_seeds_share_a_group_and_metrics_are_no_part_of_a_run(tmp_path: Path) -> None:
    runs = plan(tiny(tmp_path, grid={}))
    assert len({run.group for run in runs}) == 1
    others = plan(tiny(tmp_path, grid={}, metrics=["sap"], rows=100))
    assert [run.config.id for run in runs] == [run.config.id for run in others]


def test_a_reseeded_configuration_is_the_one_made_with_that_seed(tmp_path: Path) -> None:
    config = plan(tiny(tmp_path))[0].config
    made = RunConfig.from_dict({**config.to_dict(), "seed": 9})
    assert reseeded(config, 9) == made
    assert reseeded(config, 9).id == made.id
