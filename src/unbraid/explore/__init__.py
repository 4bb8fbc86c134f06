"""Exploring a run by hand: a page in the browser that only this machine can reach, and sliders in a notebook.

The package can be called: `unbraid.explore(run)` opens the page, as `unbraid explore RUN` does.
"""

import sys
from typing import TYPE_CHECKING, Any

from unbraid.core import LazyPackage

if TYPE_CHECKING:  # what LazyPackage imports when it is asked for
    from unbraid.explore._explored import Explored
    from unbraid.explore._notebook import sliders
    from unbraid.explore._serve import serve
    from unbraid.explore._server import application

__all__ = ["Explored", "application", "serve", "sliders"]


class _Explore(LazyPackage):
    """The package, which serves the page of one run or two when it is called."""

    def __call__(self, *runs: Any, **options: Any) -> None:
        from unbraid.explore._serve import serve

        serve(*runs, **options)


sys.modules[__name__].__class__ = _Explore
