"""Randomness depends on seed, step and purpose, and on nothing else."""

from unbraid.core import derive, rng


def test_streams_repeat_and_differ() -> None:
    assert rng(1, 2, "rows").integers(1 << 40) == rng(1, 2, "rows").integers(1 << 40)
    drawn = {
        int(rng(*key).integers(1 << 60)) for key in [(1, 2, "rows"), (2, 1, "rows"), (1, 2, "noise"), (1, 3, "rows")]
    }
    assert len(drawn) == 4


def test_derived_seeds_fit_torch_generators_and_are_fixed_for_ever() -> None:
    assert 0 <= derive(0, 0, "weights") < 2**63
    assert derive(0, 0, "weights") == 8453878061361023960
