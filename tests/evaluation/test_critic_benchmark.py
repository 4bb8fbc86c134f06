"""The benchmark of critics: its codes have the total correlation that they claim, and what stands is kept."""

from pathlib import Path

import numpy as np
import pytest
import torch

import unbraid
from benchmarks._table import Table, lines_of
from benchmarks.critic import LINE, Recipe, estimate, gaussian, measure, of_run


def test_gaussian_codes_have_the_total_correlation_that_is_asked() -> None:
    z = gaussian(2.0).draw(20_000, torch.Generator().manual_seed(0)).numpy()
    assert -np.linalg.slogdet(np.corrcoef(z, rowvar=False))[1] / 2 == pytest.approx(2, abs=0.05)


def test_a_short_critic_sees_a_part_of_it() -> None:
    assert 0.1 < estimate(gaussian(2.0), Recipe(32, 1, 1.0e-2), 100, seed=0) < 2


def test_codes_of_a_run_are_drawn_from_its_posteriors(tmp_path: Path) -> None:
    config = unbraid.RunConfig("toy", {"name": "mlp", "latents": 2, "hidden": 8}, objective="vae", steps=5, batch=8)
    run = unbraid.fit(config, tmp_path / "study" / "run", progress=False)
    codes = of_run(tmp_path / "study" / "run")
    rep = unbraid.encode(run, progress=False)
    z = codes.draw(5_000, torch.Generator().manual_seed(0)).numpy()
    whole = rep.code.var(axis=0) + np.exp(rep.logvar).mean(axis=0)
    assert z.var(axis=0) == pytest.approx(whole, rel=0.1)
    assert codes.name == "study/run"
    assert codes.reference >= -0.01


def test_lines_that_stand_are_not_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.critic.estimate", lambda *given: 1.0)
    path = tmp_path / "critic.csv"
    measure(Table(path, LINE), [lambda: gaussian(2.0)], 10, 2, ["128 x 3, 3e-3"])
    assert [line["share"] for line in lines_of(path)] == ["0.5", "0.5"]
    monkeypatch.setattr("benchmarks.critic.estimate", lambda *given: 2.0)
    measure(Table(path, LINE), [lambda: gaussian(2.0)], 10, 3, ["128 x 3, 3e-3"])
    assert [line["share"] for line in lines_of(path)] == ["0.5", "0.5", "1.0"]
