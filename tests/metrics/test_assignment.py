import numpy as np
import pytest

from tests.metrics.codes import at_random, noise, on_grid
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics.assignment import assignment

GRID = on_grid(4, 5, 6)


def test_a_grid_has_exact_strengths() -> None:
    score = assignment(on_grid(4, 5, 6, code=GRID.code[:, [2, 0, 1]]))
    np.testing.assert_allclose(score.arrays["strength"], [[0, 0, 1], [1, 0, 0], [0, 1, 0]], atol=1e-12)
    np.testing.assert_array_equal(score.arrays["matched"], [1, 2, 0])
    assert score.parts == {"factor 0": 1, "factor 1": 2, "factor 2": 0}
    assert score.value == 1


def test_shared_and_doubled_latents_are_no_pairs() -> None:
    f = GRID.factors
    code = np.stack([f[:, 0] + 4.0 * f[:, 1], f[:, 2], -f[:, 2]], axis=1)
    score = assignment(on_grid(4, 5, 6, code=code))
    np.testing.assert_array_equal(
        score.arrays["over"], [[True, True, False], [False, False, True], [False, False, True]]
    )
    assert score.value == 0
    assert set(score.arrays["matched"]) == {0, 1, 2}  # the matching names a latent for everybody all the same


def test_noise_stands_for_nothing() -> None:
    rep = Representation.from_arrays(noise(3000, 3), at_random(3000, 4, 5))
    for measure in ("information", "spearman", "r2"):
        assert not assignment(rep, measure=measure).arrays["over"].any()


def test_measures_differ_on_a_fold() -> None:
    rep = on_grid(5, 24, code=np.abs(on_grid(5, 24).code - [2, 11.5]))
    assert assignment(rep, measure="information").value == 1
    assert assignment(rep, measure="r2", threshold=0.01).value == 0
    assert assignment(rep, measure="spearman").value == 0


def test_fewer_latents_than_factors() -> None:
    score = assignment(on_grid(4, 5, 6, code=GRID.code[:, [1]]))
    np.testing.assert_array_equal(score.arrays["matched"], [-1, 0, -1])
    assert score.parts == {"factor 1": 0}
    assert score.value == pytest.approx(1 / 3)


def test_mistakes() -> None:
    with pytest.raises(UsageError, match=r"assignment.measure must be one of: information, spearman, r2"):
        assignment(GRID, measure="mi")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"assignment.threshold must lie in \(0, 1\]; got 0"):
        assignment(GRID, threshold=0)
    with pytest.raises(UsageError, match="assignment needs at least 100 rows"):
        assignment(on_grid(3, 4))
    with pytest.raises(UsageError, match="assignment needs at least 1 factors"):
        assignment(on_grid(1, 1).rows(np.zeros(120, dtype=int)))
