import numpy as np
import pytest

from unbraid.data._scenes.raycast import (
    Camera,
    Solid,
    Surface,
    ball,
    capsule,
    hue_rgb,
    rectangle_hit,
    rounded_box,
    rounded_cylinder,
    unit,
)

ORIGIN = np.array([5.0, 0.0, 0.0])
SURFACES = {
    "ball": ball(0.8),
    "capsule": capsule(0.4, 0.5),
    "box": rounded_box(0.7, 0.1),
    "cylinder": rounded_cylinder(0.6, 0.7, 0.05),
}


def solid(surface: Surface) -> Solid:
    return Solid(surface, np.zeros(3), np.ones(3), 1.8)


def test_ball_is_hit_where_the_quadratic_says() -> None:
    directions = Camera.looking(ORIGIN, np.zeros(3)).rays(np.radians(30), 33)
    index, far, normal = solid(ball(0.8)).hit(ORIGIN, directions)
    along = -(directions @ ORIGIN)
    inside = along**2 - 25 + 0.64
    assert set(np.flatnonzero(inside > 1e-4)) <= set(index) <= set(np.flatnonzero(inside > -1e-4))
    np.testing.assert_allclose(far, (along - np.sqrt(np.maximum(inside, 0)))[index], atol=2e-3)
    np.testing.assert_allclose(normal, (ORIGIN + far[:, None] * directions[index]) / 0.8, atol=1e-3)


@pytest.mark.parametrize("name", SURFACES)
def test_hits_lie_on_the_surface_and_misses_stay_outside(name: str) -> None:
    directions = Camera.looking(ORIGIN, np.zeros(3)).rays(np.radians(35), 33)
    index, far, normal = solid(SURFACES[name]).hit(ORIGIN, directions)
    assert np.abs(SURFACES[name](ORIGIN + far[:, None] * directions[index])[0]).max() < 1e-4
    assert np.all((normal * directions[index]).sum(axis=1) < 1e-3)
    missed = np.delete(directions, index, axis=0)
    for step in np.linspace(3, 7, 200):
        assert SURFACES[name](ORIGIN + step * missed)[0].min() > -1e-5


@pytest.mark.parametrize("name", SURFACES)
def test_gradient_is_that_of_the_distance(name: str) -> None:
    points = unit(np.random.default_rng(0).normal(size=(50, 3))) * 2
    distance, gradient = SURFACES[name](points)
    nudges = 1e-6 * np.eye(3)
    measured = np.stack([(SURFACES[name](points + nudge)[0] - distance) / 1e-6 for nudge in nudges], axis=1)
    np.testing.assert_allclose(gradient, measured, atol=1e-4)


def test_a_stretched_solid_keeps_true_normals() -> None:
    flat = Solid(ball(1.0), np.zeros(3), np.array([1.0, 1.0, 0.25]), 1.01)
    index, far, normal = flat.hit(np.array([0.3, 0.0, 5.0]), np.array([[0.0, 0.0, -1.0]]))
    height = 0.25 * np.sqrt(1 - 0.09)
    assert index.tolist() == [0]
    assert far[0] == pytest.approx(5 - height, abs=1e-4)
    np.testing.assert_allclose(normal[0], unit(np.array([0.3, 0, height / 0.0625])), atol=1e-3)


def test_a_solid_behind_the_ray_is_missed() -> None:
    assert len(solid(ball(0.8)).hit(ORIGIN, np.array([[1.0, 0.0, 0.0]]))[0]) == 0


def test_rectangle_ends_at_its_edges() -> None:
    directions = unit(np.array([[-1.0, 0.0, 0.0], [-1.0, 0.35, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]))
    far = rectangle_hit(ORIGIN, directions, 0, 0.0, np.full(3, -1.0), np.full(3, 1.0))
    np.testing.assert_allclose(far, [5, np.inf, np.inf, np.inf])


def test_hues_turn_from_red_over_green_to_red() -> None:
    expected = [[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1], [1, 0, 1], [1, 0, 0], [1, 0.6, 0]]
    np.testing.assert_allclose(hue_rgb(np.array([0, 1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, 1, 0.1])), expected, atol=1e-12)
