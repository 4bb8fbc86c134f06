"""What sources say of entries, without an import, is what the entries themselves say."""

import ast
import subprocess
import sys

import pytest

from unbraid.core import KINDS, UsageError, load_entry, names, options_of, summary
from unbraid.core.sources import entry_options, function_options
from unbraid.data._views.view import view


@pytest.mark.parametrize("kind", KINDS)
def test_options_are_those_of_the_entry(kind: str) -> None:
    for name in names(kind):
        parameters = options_of(load_entry(kind, name))
        assert list(entry_options(kind, name)) == list(parameters), name
        for option, default in entry_options(kind, name).items():
            if option == "likelihood":
                assert ast.literal_eval(default) == parameters[option].default


def test_options_of_every_dataset() -> None:
    assert list(function_options("data/_views/view.py", "view")) == list(options_of(view))


def test_an_entry_that_does_not_exist_is_named() -> None:
    for function in (entry_options, summary):
        with pytest.raises(UsageError, match=r"entry of models must be one of: .*Did you mean 'mlp'"):
            function("models", "mpl")


def test_nothing_is_imported() -> None:
    code = (
        "import sys; from unbraid.core.sources import entry_options\n"
        "assert entry_options('models', 'mlp')\n"
        "assert 'unbraid.models' not in sys.modules and 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
