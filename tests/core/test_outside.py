"""Entries from elsewhere: what is loaded, what is refused and why, and where settings name them."""

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from unbraid.core import MissingLibraryError, UsageError, load_entry, outside_names

MODULES = {
    "plain": "width = 3\nclass Box:\n    class Inner:\n        pass\ndef stripes(*, count=2):\n    return count\n",
    "broken": "def helper():\n    return 1 / 0\n\nhelper()\n",
    "unreadable": "def helper(:\n",
    "lacking": "import no_such_library\n",
    "leaving": "import sys\nsys.exit('goodbye')\n",
    "needing": "import torch.nowhere_at_all\n",
    "confused": "raise AttributeError('of its own')\n",
}


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the package `mypkg`."""
    (tmp_path / "mypkg").mkdir()
    (tmp_path / "mypkg" / "__init__.py").write_text("")
    for name, text in MODULES.items():
        (tmp_path / "mypkg" / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.partition(".")[0] == "mypkg"]:
        monkeypatch.delitem(sys.modules, name)
    return tmp_path


@pytest.mark.usefixtures("elsewhere")
def test_a_class_inside_another_is_found() -> None:
    assert load_entry("models", "mypkg.plain:Box.Inner").__qualname__ == "Box.Inner"
    assert load_entry("data", "mypkg.plain:stripes")(count=4) == 4


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nopkg.plain:stripes", "must name an importable module; No module named 'nopkg'. Run from the folder"),
        ("mypkg.world:stripes", "must name an importable module; No module named 'mypkg.world'. Run from the folder"),
        ("mypkg.plain:stripse", "plain.py) must define 'stripse'; it does not. Did you mean 'stripes'?"),
        ("mypkg.plain:width", "'mypkg.plain:width' must be a class or a function; got something of type int."),
        ("mypkg:plain", "must define 'plain'; it does not."),
        ("builtins:min", "'builtins:min' must have a signature, which says what it is given; it has none."),
        (
            "mypkg.broken:it",
            "got an error from 'mypkg.broken': ZeroDivisionError: division by zero (broken.py, line 2)",
        ),
        ("mypkg.unreadable:it", "got an error from 'mypkg.unreadable': SyntaxError: "),
        ("mypkg.lacking:it", "ModuleNotFoundError: No module named 'no_such_library' (lacking.py, line 1); repair it."),
        ("mypkg.leaving:it", "got an error from 'mypkg.leaving': SystemExit: goodbye (leaving.py, line 2)"),
        ("mypkg.confused:it", "got an error from 'mypkg.confused': AttributeError: of its own (confused.py, line 1)"),
        (
            "mypkg/plain.py:stripes",
            "is written package.module:Thing; got 'mypkg/plain.py:stripes'; write mypkg.plain:str",
        ),
        ("./plain.py:stripes", "got './plain.py:stripes'; write plain:stripes."),
        (
            ":stripes",
            "package.module:Thing; got ':stripes'; give a module by its dotted name, a colon, and what it defines.",
        ),
        (
            "mypkg.plain:",
            "package.module:Thing; got 'mypkg.plain:'; give a module by its dotted name",
        ),
        (".plain:stripes", "got '.plain:stripes'; write plain:stripes."),
    ],
)
def test_what_cannot_be_loaded_is_refused_in_one_sentence(name: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_entry("data", name)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("elsewhere")
def test_a_module_that_needs_an_extra_names_it() -> None:
    with pytest.raises(MissingLibraryError, match=r"'mypkg.needing:it' needs torch.*'unbraid\[train\]'"):
        load_entry("data", "mypkg.needing:it")


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ("data: mypkg.world:Stripes", ["mypkg.world:Stripes"]),
        ("data: {name: mine:It, path: 'C:\\\\data', source: 'http://a.b/c'}", ["mine:It"]),
        ("phases: [{steps: 1, objective: {name: 'a:B', c: [{d: 'e:F'}]}}]", ["a:B", "e:F"]),
        ("metrics: [mig, 'a.b:c', {name: 'd:e'}, 'a.b:c']", ["a.b:c", "d:e"]),
        ("model: {name: towers, links: ['größe:Länge']}", ["größe:Länge"]),
        ("start: paper\nseed: 3", []),
        ("source: 'https://x.y/z'\npath: '/a:b'", []),
    ],
)
def test_settings_tell_the_code_they_name(settings: str, names: list[str]) -> None:
    assert outside_names(yaml.safe_load(settings)) == names


def test_aliases_that_stand_for_themselves_or_for_very_much_are_walked_once() -> None:
    rounds: Any = yaml.safe_load("&a [mine:It, *a]")
    assert outside_names(rounds) == ["mine:It"]
    many = "a: &a ['x:y']\n" + "".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    assert outside_names(yaml.safe_load(many)) == ["x:y"]
