"""Runs that all tests of exploring look at, trained once; nothing writes into them."""

import pytest

from tests.explore.samples import half_of_a_layered_run, small_run
from unbraid.training import Run


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return small_run(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="session")
def half(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return half_of_a_layered_run(tmp_path_factory.mktemp("runs"))
