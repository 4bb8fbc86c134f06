"""The speedrun: what its criteria answer on codes of known making, and when a run is said to have met them."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import speedrun
from benchmarks._speedrun_criteria import mig_above, readable
from benchmarks._speedrun_page import page
from benchmarks._speedrun_reached import above, below, ratio, target_of
from benchmarks._speedrun_worlds import RECIPES, SPRITES, WORLDS, Ours, World
from benchmarks._table import Table, lines_of
from unbraid.core import FactorSpace
from unbraid.data import in_memory, load_dataset
from unbraid.data._scenes.dsprites_shapes import SPACE
from unbraid.metrics import Representation

ORDERS = np.array([4, 2, 1])
TINY = World(
    {"name": "dsprites", "resolution": 8, "split": {"rows": 700, "train": 300}},
    {"name": "mlp", "hidden": 8, "depth": 1},
    1.0,
    160_000,
    Ours("fast_dense", 0.12),
    SPRITES,
)


def sprites(rows: int = 4000) -> tuple[np.ndarray, FactorSpace]:
    return SPACE.levels(np.random.default_rng(0).choice(SPACE.combinations, rows, replace=False)), SPACE


def perfect(factors: np.ndarray) -> np.ndarray:
    """Ten latents: shape in two, scale, place, and the angle times the order of symmetry in two."""
    angle = ORDERS[factors[:, 0]] * np.asarray(SPACE.factors[2].values)[factors[:, 2]]
    shown = [factors[:, 0] == 1, factors[:, 0] == 2, factors[:, 1], np.sin(angle), np.cos(angle), *factors[:, 3:].T]
    return np.column_stack([*shown, *np.random.default_rng(1).normal(size=(3, len(factors)))]).astype(float)


def worst(code: np.ndarray, factors: np.ndarray, space: FactorSpace) -> tuple[float, str]:
    probes = readable(Representation.from_arrays(code, factors, space=space), SPRITES)
    name = min(probes, key=probes.__getitem__)
    return probes[name], name


def test_a_perfect_code_can_be_read_and_so_can_it_turned() -> None:
    factors, space = sprites()
    code = perfect(factors)
    assert worst(code, factors, space)[0] > 0.99
    turn = np.linalg.qr(np.random.default_rng(2).normal(size=(10, 10)))[0]
    assert worst(code @ turn, factors, space)[0] > 0.99  # a linear probe reads entangled codes: MIG is what does not
    assert mig_above(Representation.from_arrays(code @ turn, factors, space=space)) < 0.05
    assert mig_above(Representation.from_arrays(code, factors, space=space)) > 0.4


@pytest.mark.parametrize(
    ("lost", "name"), [((0, 1), "shape"), ((2,), "scale"), ((3, 4), "orientation"), ((6,), "posY")]
)
def test_a_code_that_lacks_a_factor_fails_by_it(lost: tuple[int, ...], name: str) -> None:
    factors, space = sprites()
    code = perfect(factors)
    code[:, lost] = np.random.default_rng(3).normal(size=(len(code), len(lost)))
    value, which = worst(code, factors, space)
    assert which == name
    assert value < 0.1


def test_the_angle_of_a_square_is_asked_up_to_its_symmetry_alone() -> None:
    factors, space = sprites()
    code = perfect(factors)
    angle = np.asarray(SPACE.factors[2].values)[factors[:, 2]]
    code[:, 3], code[:, 4] = np.sin(angle), np.cos(angle)  # of which squares and ellipses show nothing
    value, which = worst(code, factors, space)
    assert which == "orientation"
    assert value < 0.4


def test_noise_is_read_at_its_floor() -> None:
    factors, space = sprites()
    noise = Representation.from_arrays(np.random.default_rng(4).normal(size=(4000, 10)), factors, space=space)
    assert all(abs(value) < 0.05 for value in readable(noise, SPRITES).values())
    assert abs(mig_above(noise)) < 0.02


def test_principal_components_and_an_untrained_network_fail() -> None:
    dataset = in_memory(load_dataset({**WORLDS["dSprites 32"].data, "split": {"rows": 3000, "train": 1000}}))
    for model in (None, speedrun.untrained(WORLDS["dSprites 32"], 0, dataset)):
        assert speedrun.look(WORLDS["dSprites 32"], model, dataset)["probe"] < 0.1


def test_an_unseen_factor_is_not_asked_for() -> None:
    factors, space = sprites()
    rep = Representation.from_arrays(perfect(factors), factors, space=space)
    assert "scale" not in readable(rep, SPRITES, unseen=("scale",))


def looks(seed: int, losses: list[float], migs: list[float], recipe: str = "peers") -> list[dict[str, str]]:
    lines = []
    for number, (loss, mig) in enumerate(zip(losses, migs, strict=True)):
        run = {"world": "dSprites 32", "recipe": recipe, "cap": "8", "seed": seed, "step": 2**number}
        given = {"images": 64 * 2**number, "seconds": 2.0**number, "loss": loss, "mig": mig, "probe": mig}
        lines.append({key: str(value) for key, value in {**run, **given, "worst": "shape", "lr": 1}.items()})
    return lines


def test_the_target_is_the_peers_loss_at_half_of_the_cap_and_is_met_between_looks() -> None:
    slow = looks(0, [80, 40, 20, 10], [0, 0.1, 0.5, 0.2])  # at 1, 2, 4 and 8 seconds
    assert target_of([slow, looks(1, [80, 40, 22, 10], [0] * 4)], cap=8) == 21
    assert below(slow, 30).seconds == pytest.approx(2 * 2**0.5)
    assert below(slow, 30).images == pytest.approx(128 * 2**0.5)
    assert below(slow, 90).seconds == 1
    assert below(slow, 9).seconds == np.inf
    assert above(slow, "mig", 0.4).seconds == 4
    assert above(slow, "mig", 0.6).images == np.inf


def test_the_ratio_has_an_interval_and_is_missing_where_a_run_did_not_arrive() -> None:
    middle, low, high = ratio([8, 10, 12], [2, 2.5, 3]) or (0, 0, 0)
    assert middle == pytest.approx(4)
    assert 2 < low < 4 < high < 8
    assert ratio([8, 10], [2, np.inf]) is None


def test_the_page_says_who_arrived() -> None:
    lines = looks(0, [80, 40, 20, 10], [0, 0.1, 0.5, 0.2]) + looks(1, [80, 40, 22, 10], [0, 0.1, 0.2, 0.2])
    fast = [line for seed in range(2) for line in looks(seed, [40, 10 + seed, 8, 7], [0] * 4, "ours")]
    row = next(line for line in page([*lines, *fast], "").splitlines() if line.startswith("| dSprites 32 | ours"))
    assert "(2 of 2)" in row
    assert "0 of 2" in row


def test_a_run_is_looked_at_and_its_lines_are_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speedrun, "WORLDS", {"tiny": TINY})
    monkeypatch.setattr(speedrun, "ALL", {"ours": (RECIPES["ours"][0], 2)})
    monkeypatch.setattr(speedrun, "FIRST", 30)
    monkeypatch.setattr(speedrun, "FURTHER", 2)
    path = tmp_path / "checks.csv"
    speedrun.measure(Table(path, speedrun.LINE), ["tiny"], ["ours"], cap=0.25)
    lines = lines_of(path)
    assert [line["recipe"] for line in lines[:4]] == ["pca", *["untrained"] * 3]
    runs = [line for line in lines if line["recipe"] == "ours"]
    assert {line["seed"] for line in runs} == set("01")
    assert float(runs[-1]["loss"]) < float(runs[0]["loss"])
    speedrun.measure(Table(path, speedrun.LINE), ["tiny"], ["ours"], cap=0.25)
    assert lines_of(path) == lines
    assert "tiny" in page(lines, "")


def test_recipes_share_network_and_loss() -> None:
    for world in WORLDS.values():
        for make, _ in speedrun.ALL.values():
            name = make(world, 60.0)["model"]
            assert world.network in (name, str(name).rpartition(":")[2].removesuffix("_from_torch"))
