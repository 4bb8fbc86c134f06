"""Plans that are refused: seeds that cannot decide the claims, arms extended alone, seeds added after a look."""

import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.studies.samples import tiny
from unbraid.core import UsageError
from unbraid.studies import (
    Study,
    is_pilot,
    note_provenance,
    plan,
    planned_runs,
    read_provenance,
    require_declared,
    run,
    too_few_seeds,
)

VAE, STRONG = {"objective": "vae"}, {"objective": "beta_vae", "objective.beta": 8.0}
CLAIM = {"says": "it is higher", "kind": "larger", "metric": "mig", "larger": STRONG, "smaller": VAE}
CLAIM |= {"smallest_effect": 0.05}
TREND = {"says": "it rises", "kind": "trend", "metric": "mig", "axis": "objective.beta", "direction": "up"}
TREND |= {"smallest_effect": 0.3}
LAYERS = {"says": "it falls", "kind": "by_layer", "metric": "mig", "direction": "down", "smallest_effect": 0.3}
PILOT = {"settings": VAE, "seeds": [0], "seen": "MIG is low"}
BLOCKS = [{"objective": ["vae"]}, {"objective": [{"name": "beta_vae", "beta": [2.0, 8.0]}], "seeds": 8}]


def claimed(folder: Path, **changes: Any) -> Study:
    return tiny(folder, **{"claims": [CLAIM], "seeds": 6, **changes})


def test_a_plan_with_enough_seeds_is_one(tmp_path: Path) -> None:
    assert len(plan(claimed(tmp_path))) == 18


def test_too_few_seeds_are_refused_with_how_many_decide(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        plan(claimed(tmp_path, seeds=5))
    rule = (
        "tiny at scale pocket must have the seeds that decide its claims: 'it is higher' needs 6; got 5; set seeds: 6,"
    )
    assert str(caught.value).startswith(rule)
    assert "--undecidable" in str(caught.value)


def test_more_claims_need_more_seeds_and_a_refusal_names_a_few(tmp_path: Path) -> None:
    several = [{**CLAIM, "says": f"claim {number}"} for number in range(24)]
    study = claimed(tmp_path, claims=several)
    assert {needed for *_, needed in too_few_seeds(study, planned_runs(study))} == {7}
    with pytest.raises(UsageError, match="'claim 2' needs 7; and 21 more; got 6; set seeds: 7"):
        plan(study)


def test_who_says_that_nothing_is_decided_may_go_on(tmp_path: Path) -> None:
    assert len(plan(claimed(tmp_path, seeds=3), undecidable=True)) == 9
    assert len(plan(claimed(tmp_path, seeds=3, explore="where do the scores lie?"))) == 9
    assert len(plan(tiny(tmp_path, "smoke", claims=[CLAIM]))) == 3
    assert len(plan(claimed(tmp_path, seeds=3, claims=[{**CLAIM, "explore": "a second reading"}]))) == 9
    assert len(plan(claimed(tmp_path, grid=BLOCKS, claims=[{**CLAIM, "explore": "a second reading"}]))) == 22
    with pytest.raises(UsageError, match="needs 6; got 3"):
        run(claimed(tmp_path, seeds=3), root=tmp_path, progress=False)


def test_layers_are_paired_within_runs_so_runs_count(tmp_path: Path) -> None:
    assert len(plan(claimed(tmp_path, claims=[LAYERS], seeds=2))) == 6
    with pytest.raises(UsageError, match="'it falls' needs 6; got 3"):
        plan(claimed(tmp_path, claims=[LAYERS], seeds=1))


def test_of_claims_about_factors_seeds_do_not_count(tmp_path: Path) -> None:
    factors = {"says": "it goes with importance", "kind": "by_factor", "metric": "mig", "where": VAE}
    factors["smallest_effect"] = 0.3
    assert len(plan(claimed(tmp_path, claims=[factors], seeds=3))) == 9


def test_seeds_of_pilots_are_not_counted(tmp_path: Path) -> None:
    study = claimed(tmp_path, pilots=[PILOT], claims=[{**TREND, "where": VAE}])
    assert [run.config.seed for run in planned_runs(study) if is_pilot(study, run)] == [0]
    with pytest.raises(UsageError, match="needs 6; got 5 without those of pilots; set seeds: 6"):
        plan(study)
    assert plan(claimed(tmp_path, pilots=[PILOT], claims=[{**TREND, "where": VAE}], seeds=[1, 2, 3, 4, 5, 6]))


def test_a_pilot_with_two_peaks_asks_for_ten(tmp_path: Path) -> None:
    pilot = {**PILOT, "seeds": [99], "two_peaks": True}
    with pytest.raises(UsageError, match="needs 10; got 6"):
        plan(claimed(tmp_path, pilots=[pilot]))


def test_one_arm_alone_is_not_extended(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        plan(claimed(tmp_path, grid=BLOCKS))
    message = "claim 'it is higher' must have as many seeds in each arm; got 8 of objective=beta_vae/beta 8.0 and 6 of"
    assert message in str(caught.value)
    assert "declare an extension of all arms" in str(caught.value)
    assert len(plan(claimed(tmp_path, grid=BLOCKS), undecidable=True)) == 6 + 2 * 8
    assert plan(claimed(tmp_path, grid=BLOCKS, claims=[{**TREND, "where": {"objective": "beta_vae"}}]))


def test_a_declared_extension_gives_every_arm_its_seeds(tmp_path: Path) -> None:
    extension = {"declared": datetime.date(2026, 11, 26), "seeds": [6, 7]}
    runs = plan(claimed(tmp_path, extension=extension))
    assert {len([run for run in runs if run.group == group]) for group in (run.group for run in runs)} == {8}


def test_two_looks_without_a_declaration_are_refused(tmp_path: Path) -> None:
    study, folder = claimed(tmp_path), tmp_path / "runs" / "tiny"
    require_declared(study, planned_runs(study), None)
    record = note_provenance(study, planned_runs(study), folder, start=True)
    require_declared(study, planned_runs(study), record)
    more = claimed(tmp_path, seeds=8)
    with pytest.raises(UsageError) as caught:
        run(more, root=tmp_path / "runs", progress=False)
    assert "tiny: seeds must be fixed before the first run, which started on 20" in str(caught.value)
    assert "got [6, 7] added to [0, 1, 2, 3, 4, 5] of objective=vae; declare extension" in str(caught.value)
    extension = {"declared": datetime.date(2026, 11, 26), "seeds": [6, 7]}
    for right in (claimed(tmp_path, extension=extension), claimed(tmp_path, seeds=[6, 7, 8, 9, 10, 11])):
        require_declared(right, planned_runs(right), record)  # declared, and fresh seeds alone
    require_declared(claimed(tmp_path, seeds=8, explore="a look"), planned_runs(more), record)


def test_fresh_seeds_are_not_extended_either(tmp_path: Path) -> None:
    study, folder = claimed(tmp_path), tmp_path / "tiny"
    note_provenance(study, planned_runs(study), folder, start=True)
    fresh = claimed(tmp_path, seeds=[6, 7, 8, 9, 10, 11])
    note_provenance(fresh, planned_runs(fresh), folder)
    more = claimed(tmp_path, seeds=[6, 7, 8, 9, 10, 11, 12])
    with pytest.raises(UsageError, match=r"got \[12\] added to \[6, 7, 8, 9, 10, 11\]"):
        require_declared(more, planned_runs(more), read_provenance(more, [folder]))
