from pathlib import Path

import numpy as np
import pytest

from tests.report.sample_run import config, write_run
from unbraid.core import UsageError
from unbraid.report.run._data import read_run_data
from unbraid.store import REPRESENTATION, RunDirectory


def test_a_factor_that_never_changes_is_left_out_as_scores_leave_it_out(tmp_path: Path) -> None:
    run = RunDirectory(write_run(tmp_path / "run"))
    whole = read_run_data(run.path)
    arrays = run.read_tensors(REPRESENTATION)
    arrays["factors"] = np.array(arrays["factors"])
    arrays["factors"][:, 1] = 3
    run.write_tensors(REPRESENTATION, arrays, run.read_note(REPRESENTATION))
    data = read_run_data(run.path)
    assert data.factors == tuple(name for name in whole.factors if name != whole.factors[1])
    assert len(data.factors) == 4
    assert data.levels is not None
    assert data.levels.shape[1] == 4


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("data", 5),
        ("data", {"name": 5}),
        ("model", {}),
        ("phases", []),
        ("phases", [5]),
        ("phases", [{"steps": "4", "objective": {"name": "vae"}}]),
        ("phases", [{"steps": 4, "objective": "vae"}]),
        ("seed", True),
        ("batch", None),
    ],
)
def test_a_damaged_part_of_a_configuration_is_named(name: str, value: object, tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.write_config({**config(), name: value})
    with pytest.raises(UsageError, match=f"as training writes them; got something else as {name} in .*; restore it"):
        read_run_data(tmp_path)
