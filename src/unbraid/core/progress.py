"""Progress bars, on the terminal and in notebooks, for work that takes longer than a moment; elsewhere silent."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import Any, Literal, TypeVar

Item = TypeVar("Item")
Progress = Callable[[str, int, int], None]  # what is being done, how many are done, how many in all (0: unknown)


def watched() -> bool:
    """Whether somebody can see a bar: standard error is a terminal, or this is a notebook."""
    return sys.stderr.isatty() or "ipykernel" in sys.modules


def bar(what: str, *, visible: bool = True, **options: Any) -> Any:
    """A tqdm bar that vanishes at the end, on standard error or in a notebook.

    It is silent where nobody can see it, and where it is not to be `visible`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tqdm asks for ipywidgets, and does well without
        from tqdm.auto import tqdm
    return tqdm(
        **{"desc": what, "leave": False, "disable": not (visible and watched()), "dynamic_ncols": True, **options}
    )


@contextmanager
def aside() -> Iterator[None]:
    """Bars step aside meanwhile, so that text can be printed above them."""
    from tqdm import tqdm

    with tqdm.external_write_mode(file=sys.stdout):
        yield


@contextmanager
def progress_bar(what: str, unit: Literal["count", "bytes"] = "count") -> Iterator[Progress]:
    """A bar that vanishes at the end; gives the `Progress` that moves it.

    Args:
        what: the text before the bar, until `Progress` is called with another.
        unit: `count` shows done and total as numbers, `bytes` as sizes with the speed.
    """
    scaled = {"unit": "B", "unit_scale": True, "unit_divisor": 1024} if unit == "bytes" else {"unit": ""}
    with bar(what, **scaled) as shown:

        def show(what: str, done: int, total: int) -> None:
            if done < shown.n or (total or None) != shown.total:
                shown.reset(total or None)
            shown.set_description(what, refresh=False)
            shown.update(done - shown.n)

        yield show


@contextmanager
def shown(progress: Progress | bool | None, what: str) -> Iterator[Progress | None]:
    """What a function's `progress` stands for: True is a bar, False or None is silence, a `Progress` is itself."""
    if progress is True:
        with progress_bar(what) as show:
            yield show
    else:
        yield progress or None


def tracked(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    """The items, with a bar that counts them."""
    if total is None:
        total = len(items) if isinstance(items, Sized) else 0
    with progress_bar(what) as show:
        for done, item in enumerate(items):
            show(what, done, total)
            yield item
