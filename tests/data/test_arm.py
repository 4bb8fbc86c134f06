import importlib

import numpy as np
import pytest

from unbraid.core import UsageError, load_entry, summary
from unbraid.data import load_dataset
from unbraid.data._scenes import arm_scene as scene
from unbraid.data._scenes.solids import ball, cylinder, prism, pyramid

entry = importlib.import_module("unbraid.data.arm")  # as an attribute of the package it is the function
CONE, CUBE, CYLINDER, HEXAGONAL, PYRAMID, SPHERE = range(6)
FRONT, MIDDLE = 20, 13  # horizontal: nearly towards the camera; vertical: 20 degrees


def met(solid, origin, *directions):
    """Distances and normals of rays, whose directions are made unit vectors."""
    rays = np.array(directions, float)
    return solid(np.array(origin, float), rays / np.linalg.norm(rays, axis=1, keepdims=True))


def test_a_ball_is_met_at_its_nearest_point_and_missed_beside():
    near, normals = met(ball(1.0), (0, -3, 0), (0, 1, 0), (1, 0, 0), (0, -1, 0), (0, 1, 0.5))
    assert near[0] == pytest.approx(2)
    assert np.isinf(near[1:]).all()
    assert normals[0].tolist() == [0, -1, 0]
    near, normals = met(ball(5.0), (0, -13, 0), (5, 12, 0))  # sin of the angle 5/13: it grazes at 12
    assert np.isinf(near[0]) or near[0] == pytest.approx(12, abs=1e-3)
    near, normals = met(ball(5.0), (3, -13, 0), (0, 1, 0))  # 3, 4, 5
    assert near[0] == pytest.approx(9)
    np.testing.assert_allclose(normals[0], [0.6, -0.8, 0])


def test_a_cylinder_has_a_side_and_two_ends():
    solid = cylinder(1.0, 2.0)
    near, normals = met(solid, (0, -5, 0), (0, 1, 0), (0, 5, 1.9), (0, 5, 3), (3, 1, 0))
    assert near[0] == pytest.approx(4)
    assert normals[0].tolist() == [0, -1, 0]
    assert near[1] == pytest.approx(4 * np.hypot(5, 1.9) / 5)
    assert np.isinf(near[2:]).all()
    near, normals = met(solid, (0.5, 0, 6), (0, 0, -1), (0, 0.4, -4), (2, 0, -1))
    assert near[0] == pytest.approx(4)
    assert normals[:2].tolist() == [[0, 0, 1], [0, 0, 1]]
    assert np.isinf(near[2])


def test_a_prism_of_four_sides_is_a_cube():
    near, normals = met(prism(4, 1.0, 1.0), (-4, 0.5, 0), (1, 0, 0), (4, 0, 2), (1, 1, 0), (-1, 0, 0))
    assert near[0] == pytest.approx(3)
    np.testing.assert_allclose(normals[0], [-1, 0, 0], atol=1e-12)
    assert np.isinf(near[1:]).all()
    near, normals = met(prism(4, 1.0, 1.0), (0, 0, 5), (0.5, 0, -4))
    np.testing.assert_allclose(normals[0], [0, 0, 1])


def test_a_pyramid_narrows_to_its_tip():
    solid = pyramid(4, 2.0, 1.0)  # from half width 2 at z = -1 to the tip at z = 1
    for height, half in ((-0.999, 1.999), (0.0, 1.0), (0.5, 0.5)):
        near, normals = met(solid, (-6, 0, height), (1, 0, 0))
        assert near[0] == pytest.approx(6 - half)
        np.testing.assert_allclose(normals[0], [-np.sqrt(0.5), 0, np.sqrt(0.5)], atol=1e-12)
    near, normals = met(solid, (-6, 0, 1.01), (1, 0, 0))
    assert np.isinf(near[0])
    near, normals = met(solid, (0.5, 0, -6), (0, 0, 1))
    assert (near[0], normals[0].tolist()) == (5, [0, 0, -1])
    cone, _ = met(pyramid(32, 2.0, 1.0), (-6, 0, 0), (1, 0, 0))
    assert cone[0] == pytest.approx(5)


def test_what_lies_under_a_window_is_never_cut():
    seen = scene.view(1)
    for centre in (np.zeros(3), np.array([0.8, -0.3, 1.0]), np.array([-1.0, 0.2, 0.1])):
        near, _ = ball(0.3)(seen.camera.position - centre, seen.directions.reshape(-1, 3))
        hit = np.isfinite(near).reshape(scene.RAYS, scene.RAYS)
        rows, columns = seen.window((centre, 0.3))
        assert hit[rows, columns].sum() == hit.sum() > 0
        assert (rows.start % 2, rows.stop % 2, columns.start % 2, columns.stop % 2) == (0, 0, 0, 0)


def test_layers_of_a_geometry_add_up_to_at_most_white():
    for camera in range(3):
        layers = scene.geometry(camera, 3, 30, SPHERE, 1).astype(int)
        assert layers.sum(axis=0).max() <= 255
        assert (layers[scene.OBJECT] > 0).any()
        assert (layers[scene.BACKGROUND] > 0).mean() > 0.2


def share(camera=1, horizontal=FRONT, vertical=MIDDLE, shape=SPHERE, size=1):
    return scene.geometry(camera, horizontal, vertical, shape, size)[scene.OBJECT] > 0


def test_the_object_lies_where_the_arm_points_and_is_as_large_as_it_says():
    left, right = share(horizontal=0), share(horizontal=39)
    columns = np.arange(64)
    assert np.average(columns, weights=left.sum(0)) == pytest.approx(
        63 - np.average(columns, weights=right.sum(0)), abs=1
    )
    assert np.average(columns, weights=left.sum(0)) < 16
    low, high = share(vertical=0), share(vertical=39)
    assert np.flatnonzero(high.any(1))[0] < np.flatnonzero(low.any(1))[0] - 8
    assert share().sum() / share(size=0).sum() == pytest.approx((0.21 / 0.14) ** 2, rel=0.25)
    areas = [share(shape=shape).sum() for shape in range(6)]
    assert len(set(areas)) == 6


def test_a_sphere_covers_the_circle_that_perspective_says():
    """A ball of radius r seen from d covers pi (f r)^2 / (d^2 - r^2) pixels, f in pixels."""
    radius = 0.95 * scene.RADII[1]
    place = scene.SHOULDER + (scene.LENGTH + 0.9 * scene.RADII[1]) * scene.direction(FRONT, MIDDLE)
    away = np.linalg.norm(place - scene.view(1).camera.position)
    focal = 32 / np.tan(scene.FIELD / 2)
    layers = scene.geometry(1, FRONT, MIDDLE, SPHERE, 1)[scene.OBJECT]
    full = np.pi * (focal * radius) ** 2 / (away**2 - radius**2)
    assert (layers > 0).sum() == pytest.approx(full, rel=0.25)  # with the pixels of its edge
    assert (layers > 70).sum() == pytest.approx(full, rel=0.15)


def test_has_the_factors_of_mpi3d_and_says_that_it_is_a_stand_in():
    from unbraid.data.mpi3d import FULL, NAMES

    data = load_dataset("arm", cache="never")
    assert (data.space.names, data.space.sizes) == (NAMES, FULL)
    assert len(data) == 1_036_800
    assert np.prod(data.space.sizes) == 18 * entry.SHAPE[0]
    assert "stand-in" in data.source
    assert "not the original" in summary("data", "arm")


def test_colours_are_those_of_their_names_and_paint_nothing_else():
    data = load_dataset("arm", cache="never")
    levels = np.array(
        [[2, SPHERE, 1, 1, 0, FRONT, MIDDLE], [3, SPHERE, 1, 1, 0, FRONT, MIDDLE], [2, SPHERE, 1, 1, 1, FRONT, MIDDLE]]
    )
    red, blue, green_ground = data.images(data.space.index(levels)).astype(int)
    on = scene.geometry(1, FRONT, MIDDLE, SPHERE, 1)[scene.OBJECT] > 200
    assert red[0, on].mean() > 3 * red[2, on].mean()
    assert blue[2, on].mean() > 2 * blue[0, on].mean()
    off = scene.geometry(1, FRONT, MIDDLE, SPHERE, 1)[scene.OBJECT] == 0
    assert np.array_equal(red[:, off], blue[:, off])
    assert green_ground[1, 60, 2] > 2 * green_ground[0, 60, 2] > 0
    layers = np.array(
        [[[[255]], [[0]], [[0]]], [[[0]], [[255]], [[0]]], [[[0]], [[0]], [[255]]], [[[51]], [[102]], [[102]]]],
        np.uint8,
    )
    colour, ground = np.array([[256, 128, 0]] * 4), np.array([[0, 64, 256]] * 4)
    assert entry.painted(layers, colour, ground)[:, :, 0, 0].tolist() == [
        [255, 128, 0], [0, 64, 255], [255, 255, 255], [153, 153, 204],
    ]  # fmt: skip


def test_prepared_and_cast_are_the_same_to_the_bit(monkeypatch, tmp_path):
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path))
    monkeypatch.setattr(entry, "TOGETHER", 12)  # one arm
    monkeypatch.setattr(entry, "SHAPE", (24, 3, 64, 64))  # camera 0, horizontal 0, vertical 0 and 1
    monkeypatch.setattr("joblib.cpu_count", lambda: 1)
    assert load_dataset("arm")._prepared is None
    whole = load_dataset("arm", cache="whole")
    assert isinstance(whole._prepared, np.memmap)
    assert load_dataset("arm")._prepared is not None
    levels = np.array(
        [[c, s, z, 0, b, 0, v] for c, b in ((0, 2), (5, 1)) for s in range(6) for z in (0, 1) for v in (0, 1)]
    )
    rows = whole.space.index(np.random.default_rng(0).permutation(levels))
    assert np.array_equal(whole.images(rows), load_dataset("arm", cache="never").images(rows))
    (tmp_path / "arm-1.npy").write_bytes(b"cut")
    assert load_dataset("arm")._prepared is None  # a damaged file is not read
    assert load_dataset("arm", cache="whole")._prepared is not None  # and made again


def test_an_unknown_cache_is_refused():
    with pytest.raises(UsageError, match=r"arm.cache must be one of: auto, whole, never; got 'some'"):
        load_entry("data", "arm")(cache="some")
