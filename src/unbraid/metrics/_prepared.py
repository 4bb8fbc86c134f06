"""What scores make of codes once, kept while rows of the factors are permuted against them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from unbraid.metrics._representation import Representation

Made = TypeVar("Made")


class Prepared:
    """A store that one call of `score` opens, hands on to representations of the same codes, and drops at its end."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Any] = {}

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What stands under `key`, made now where nothing does."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]


def once(rep: Representation, key: Hashable, make: Callable[[], Made]) -> Made:
    """`make()`, which must depend on `rep.code` and on `key` alone; made once where the representation has a store."""
    if rep.prepared is None:
        return make()
    made: Made = rep.prepared.get(key, make)
    return made
