"""Short names on a paper's page of scores with long options."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

__all__ = ["long_lists", "with_short_lists"]

LISTED = 2  # values of an option that a name of a score spells out


def long_lists(metrics: Iterable[str]) -> dict[str, str]:
    """Lists of more than two values in the names of scores -> how a page prints them: the first value and "…".

    >>> long_lists(["mig", "dci_joint(group=[a, b, c])"])
    {'[a, b, c]': '[a, …]'}
    """
    lists = [text for metric in metrics for text in re.findall(r"\[[^\]]*\]", metric) if text.count(",") >= LISTED]
    short = {text: f"{text.partition(',')[0]}, …]" for text in lists}
    several = Counter(short.values())
    return {text: brief for text, brief in short.items() if several[brief] == 1}


def with_short_lists(text: str, lists: Mapping[str, str]) -> str:
    """A text with its long lists as `long_lists` prints them."""
    for whole, brief in lists.items():
        text = text.replace(whole, brief)
    return text
