"""What a study declares: conversions to the paper's units, pilots, an extension; and what is refused."""

import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.studies.samples import tiny
from unbraid.core import UsageError
from unbraid.studies import Conversion, Extension, Pilot

QUARTER = {"factor": 0.25, "because": "a quarter\nof the pixels"}
PILOT = {"settings": {"objective": "vae"}, "seeds": [7], "seen": "every latent\nwas ignored"}
DAY = datetime.date(2026, 11, 26)


def test_a_study_carries_what_it_declares(tmp_path: Path) -> None:
    extension = {"declared": DAY, "seeds": [6, 7], "looks": 2}
    study = tiny(tmp_path, converts={"beta": QUARTER}, pilots=[PILOT], extension=extension)
    assert study.converts == {"beta": Conversion(0.25, "a quarter of the pixels")}
    assert study.pilots == (Pilot({"objective": "vae"}, (7,), "every latent was ignored"),)
    assert study.extension == Extension(DAY, (6, 7), 2)
    assert tiny(tmp_path, pilots=[{**PILOT, "two_peaks": True}]).pilots[0].two_peaks


def test_a_study_that_says_nothing_declares_nothing(tmp_path: Path) -> None:
    study = tiny(tmp_path)
    assert (dict(study.converts), study.pilots, study.extension) == ({}, (), None)


def test_a_scale_declares_its_own(tmp_path: Path) -> None:
    scales = {"paper": {}, "pocket": {"converts": {"beta": QUARTER}, "pilots": [PILOT]}}
    assert not tiny(tmp_path, "paper", scales=scales).converts
    pocket = tiny(tmp_path, "pocket", scales=scales)
    assert set(pocket.converts) == {"beta"}
    assert len(pocket.pilots) == 1


@pytest.mark.parametrize(("here", "printed"), [(0.25, 1.0), (1.0, 4.0), (0.075, 0.3), (12.5, 50.0)])
def test_a_value_is_printed_in_the_papers_units(here: float, printed: float) -> None:
    assert Conversion(0.25, "a quarter of the pixels").printed(here) == printed


@pytest.mark.parametrize(
    ("key", "given", "message"),
    [
        ("converts", ["beta"], r"converts must be a mapping from parameters.*got \['beta'\]; write converts"),
        ("converts", {"beta": 0.25}, "a factor above 0 and because; got beta: 0.25"),
        ("converts", {"beta": {"factor": 0, "because": "x"}}, "a factor above 0"),
        ("converts", {"beta": {"factor": True, "because": "x"}}, "a factor above 0"),
        ("converts", {"beta": {"factor": 0.25, "because": " "}}, "a factor above 0 and because"),
        ("converts", {"beta": {"factor": 0.25}}, "a factor above 0 and because"),
        (
            "pilots",
            {"settings": {}},
            "pilots must be a list of settings, seeds, seen and perhaps two_peaks; got {'settings'",
        ),
        ("pilots", [{"settings": {}, "seeds": [0]}], "pilots must be a list of settings, seeds, seen and perhaps"),
        ("pilots", [{**PILOT, "two_peaks": "yes"}], "perhaps two_peaks; got"),
        ("pilots", [{**PILOT, "seen": ""}], "pilots must be a list of settings, seeds, seen and perhaps"),
        ("pilots", [{**PILOT, "seeds": 3}], "pilots: seeds must be a list of different whole numbers; got 3; list"),
        ("extension", {"seeds": [6]}, "an extension must have declared, seeds and perhaps looks; got {'seeds'"),
        ("extension", {"declared": "soon", "seeds": [6]}, "declared must be a date; got 'soon'; write extension"),
        ("extension", {"declared": DAY, "seeds": [6], "looks": 3}, "looks must be 2; got 3; run fresh seeds alone"),
        ("extension", {"declared": DAY, "seeds": [6], "looks": 1}, "looks must be 2; got 1; drop looks"),
        ("extension", {"declared": DAY, "seeds": [6, 6]}, "extension: seeds must be a list of different whole"),
    ],
)
def test_declarations_that_say_too_little_are_refused(key: str, given: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message):
        tiny(tmp_path, **{key: given})
