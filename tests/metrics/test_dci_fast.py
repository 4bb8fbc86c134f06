import numpy as np
import pytest
from scipy.stats import spearmanr

from tests.metrics.codes import at_random, noise, rng
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics.dci import dci
from unbraid.metrics.dci_fast import dci_fast

FACTORS = at_random(900, 2, 3, 4)


def test_one_latent_per_factor_is_perfect() -> None:
    score = dci_fast(Representation.from_arrays(FACTORS[:, ::-1] * 2.0, FACTORS), rng())
    assert [score.parts[name] for name in ("disentanglement", "completeness", "informativeness_test")] == [
        pytest.approx(1, abs=1e-6)
    ] * 3


def test_noise_scores_low() -> None:
    score = dci_fast(Representation.from_arrays(noise(900, 4), FACTORS), rng())
    assert score.value is not None
    assert score.value < 0.1


def test_continuous_factors_are_regressed() -> None:
    values = np.random.default_rng(0).random((600, 2))
    score = dci_fast(Representation.from_arrays(values**3, values), rng())
    assert score.value == pytest.approx(1, abs=0.01)
    assert score.parts["informativeness_test"] > 0.95


@pytest.mark.parametrize(("blend", "latents"), [(0.0, 6), (0.6, 3)])
def test_scores_are_those_of_the_exact_one(blend: float, latents: int) -> None:
    clean = (FACTORS - FACTORS.mean(axis=0)) / FACTORS.std(axis=0)
    code = 0.4 * noise(900, latents)
    code[:, :3] += clean + blend * np.roll(clean, 1, axis=1)
    rep = Representation.from_arrays(code, FACTORS).rows(np.arange(300))
    fast, exact = dci_fast(rep, rng()), dci(rep, rng())
    for part in ("disentanglement", "completeness"):
        assert fast.parts[part] == pytest.approx(exact.parts[part], abs=0.01)


@pytest.mark.slow
def test_ranks_codes_as_the_exact_one() -> None:
    clean = (FACTORS - FACTORS.mean(axis=0)) / FACTORS.std(axis=0)
    blend = np.array([[0.0, 1.0, 0.3], [0.4, 0.0, 0.5], [0.6, 0.2, 0.0]])
    scales = np.geomspace(0.1, 3.0, 16)  # of its own each: at equal noise order is chance
    codes = [clean + w * clean @ blend + s * noise(900, 3) for w, s in zip((0, 0.2, 0.5, 1) * 4, scales, strict=True)]
    reps = [Representation.from_arrays(code, FACTORS) for code in codes]
    fast, exact = [dci_fast(rep, rng()) for rep in reps], [dci(rep, rng()) for rep in reps]
    for part in ("disentanglement", "completeness", "informativeness_test"):
        pairs = np.array([[a.parts[part], b.parts[part]] for a, b in zip(fast, exact, strict=True)])
        assert spearmanr(*pairs.T).statistic > 0.98
        assert abs(np.mean(pairs[:, 0] - pairs[:, 1])) < 0.005


def test_mistakes() -> None:
    with pytest.raises(UsageError, match="dci_fast needs at least 100 rows"):
        dci_fast(Representation.from_arrays(noise(50, 2), FACTORS[:50]), rng())
    with pytest.raises(UsageError, match="dci_fast needs at least 2 latents"):
        dci_fast(Representation.from_arrays(noise(900, 1), FACTORS), rng())
    with pytest.raises(UsageError, match="dci_fast needs at least 2 factors"):
        dci_fast(Representation.from_arrays(noise(900, 2), FACTORS[:, :1]), rng())
    with pytest.raises(UsageError, match=r"dci_fast\.stages must be 10 to 100; got 101; leave it out"):
        dci_fast(Representation.from_arrays(noise(900, 2), FACTORS), rng(), stages=101)
