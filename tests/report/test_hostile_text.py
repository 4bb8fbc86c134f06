"""Text from a file that anybody may have written stays text on pages."""

import re
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
import yaml

from tests.studies.samples import written
from unbraid.core import UsageError
from unbraid.core.tables import markdown_table, markdown_text
from unbraid.figures import svg
from unbraid.figures.curves import curves
from unbraid.report._page import figure_svg
from unbraid.report.run._figures import curves_svg
from unbraid.studies import Study, load_study

ATTACK = '"><img src=x onerror=alert(1)>'
EMBEDDED = 'x" href="data:image/png;base64,AAAA'


@pytest.mark.parametrize("name", [ATTACK, EMBEDDED, "data:image/png;base64,AAAA", "</svg><script>", "'&#x22;"])
def test_a_column_of_a_log_is_text_on_the_page_of_a_run(name: str) -> None:
    log = {"step": np.arange(3.0), name: np.arange(3.0), f"kl/{name}": np.arange(3.0)}
    for figure in curves_svg(SimpleNamespace(log=log)):  # type: ignore[arg-type]
        ElementTree.fromstring(figure)
        assert not re.search(r"<(img|script)", figure)


def test_the_name_of_a_figure_is_a_name_in_its_ids() -> None:
    figure = curves({"step": [0, 1, 2], "kl": [1, 2, 3]})
    text = svg(figure, name=ATTACK)
    ElementTree.fromstring(text)
    assert "onerror=" not in text
    assert figure_svg(figure, ATTACK, ATTACK).count("<img") == 0


@pytest.mark.parametrize("name", ["../../x", "/tmp/x", "a/b", "a\\b", "..", ".", "", ".hidden", "x" * 200, "a.", 3])
def test_a_study_is_named_as_one_folder(name: object, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a study's name must be a plain name of a folder; got .*; take letters"):
        _tiny(tmp_path, name)


def test_a_study_is_named_without_nul(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"text must be of whole characters, without NUL; got 'a.x00b'; write the"):
        _tiny(tmp_path, "a\0b")


@pytest.mark.parametrize("name", ["locatello-2019", "a", "my study 2.1", "A_b+c"])
def test_plain_names_of_studies_stay(name: str, tmp_path: Path) -> None:
    assert _tiny(tmp_path, name).name == name


def _tiny(folder: Path, name: object) -> Study:
    file = written(folder)
    file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), "name": name}))
    return load_study(file)


def test_words_of_a_study_file_are_no_markup_in_the_ledger() -> None:
    assert markdown_text(ATTACK) == '">&lt;img src=x onerror=alert(1)>'
    assert markdown_text("a < b,\n[x](javascript:y)") == "a < b, [x]\\(javascript:y)"
    assert markdown_table(["a"], [["<b>|</b>"]]).splitlines()[-1] == "| &lt;b>\\|&lt;/b> |"
