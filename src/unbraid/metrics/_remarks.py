"""What a reader of scores should know of codes and factors themselves: copies, and latents that bins cannot resolve."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from unbraid.core._kinds import has_levels
from unbraid.core.tables import FEWEST, counts
from unbraid.metrics._bins import CONTINUOUS_BINS, bin_numbers
from unbraid.metrics._prepared import once
from unbraid.metrics._representation import Representation

CROWDED = 0.99  # of the rows in two bins: the other bins then hold next to nothing
ALIKE = 1 - 1e-9  # absolute correlation of copies: scaling in single precision leaves them closer than this
GLANCE = 1000  # rows that settle most pairs of factors which are no copies
PER_LEVEL = 5  # rows: columns with more values than that are compared by correlation, not value by value


def remarks(rep: Representation) -> tuple[str, ...]:
    """Sentences on factors and latents that are copies of each other, and on latents stretched by far-off rows.

    >>> column = np.arange(200) % 4
    >>> remarks(Representation.from_arrays(column * 1.0, np.stack([column, 3 - column], axis=1), names=["x", "y"]))
    ('Factors x and y are copies of each other: scores count them twice.',)
    """
    names, latents = rep.space.names, _latent_names(rep)
    said = [
        f"Factors {_listed([names[k] for k in group])} are copies of each other: scores count them {_times(group)}."
        for group in copied_factors(rep)
    ]
    said += [
        f"Latents {_listed([latents[j] for j in group])} are copies of each other."
        for group in copied_latents(rep.code)
    ]
    said += [*swapped(rep), *counters(rep)]
    return (*said, *(f"{note[0].upper()}{note[1:]}." for note in crowded_notes(rep, CONTINUOUS_BINS)))


def swapped(rep: Representation) -> tuple[str, ...]:
    """One sentence where codes look like labels and labels like codes: whole numbers of few levels, and real ones."""
    if not len(rep.space) or any(rep.space.sizes) or rep.latents == 0 or len(rep) < FEWEST:
        return ()
    whole = bool(np.all(rep.code == np.round(rep.code)))
    if not whole or not all(has_levels(len(np.unique(column)), len(column)) for column in rep.code.T):
        return ()
    if all(bool(np.all(column == np.round(column))) for column in rep.factors.T):
        return ()
    came = "the codes are whole numbers of few levels and every factor is real-valued"
    return (f"Codes and labels may have changed places: {came}; codes come first.",)


def counters(rep: Representation) -> tuple[str, ...]:
    """One sentence for latents and factors that number the rows."""
    latents = [f"latent {_latent_names(rep)[j]}" for j, column in enumerate(rep.code.T) if counts(column)]
    factors = [
        f"factor {f.name}" for f, c in zip(rep.space.factors, rep.factors.T, strict=True) if not f.size and counts(c)
    ]
    named = [*latents, *factors]
    return (f"{_listed(named)[:1].upper()}{_listed(named)[1:]} numbers the rows: leave it out.",) if named else ()


def crowded_notes(rep: Representation, bins: int) -> tuple[str, ...]:
    """One note where far-off rows leave 99 % of a latent in two of its equal-width bins, else none."""
    return once(rep, ("crowded", bins), lambda: _crowded_notes(rep, bins))


def _crowded_notes(rep: Representation, bins: int) -> tuple[str, ...]:
    binned = once(rep, ("bins", bins), lambda: bin_numbers(rep.code, bins))
    latents = [name for j, name in enumerate(_latent_names(rep)) if _crowded(rep.code[:, j], binned[:, j])]
    if not latents:
        return ()
    advice = "far-off rows stretch them; score the ranks of the codes, which makes them quantile bins"
    return (f"{CROWDED:.0%} of {_listed(latents)} lies in two of {bins} equal-width bins: {advice}",)


def _latent_names(rep: Representation) -> tuple[str, ...]:
    """z0, z1, …, or what the latents were called where the codes came from."""
    return rep.latent_names if len(rep.latent_names) == rep.latents else tuple(f"z{j}" for j in range(rep.latents))


def _crowded(column: np.ndarray, numbers: np.ndarray) -> bool:
    """Whether two bins hold nearly all rows, and some bin more than one value."""
    counts = np.bincount(numbers)
    if np.sort(counts)[-2:].sum() < CROWDED * len(numbers):
        return False
    return len(np.unique(column)) > int(np.count_nonzero(counts))


def copied_factors(rep: Representation) -> list[list[int]]:
    """Columns of factors that say the same, level by level, where all are known; those with one level are left out."""
    rep = rep.known()
    columns = [np.unique(column, return_inverse=True)[1] for column in rep.factors.T]
    sizes = [int(column.max(initial=0)) + 1 for column in columns]
    return _groups([k for k, size in enumerate(sizes) if size > 1], lambda a, b: _same(columns[a], columns[b]))


def _same(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether each number of the one column always meets the same of the other."""
    for rows in (slice(GLANCE), slice(None)):
        a, b = first[rows], second[rows]
        if max(a.max(), b.max()) >= len(a) / PER_LEVEL:  # nearly every row has a value of its own
            return len(a) > 2 and np.ptp(a) > 0 < np.ptp(b) and bool(abs(np.corrcoef(a, b)[0, 1]) > ALIKE)
        pairs = len(np.unique(a * (int(second.max()) + 1) + b))
        if not pairs == len(np.unique(a)) == len(np.unique(b)):
            return False
    return True


def copied_latents(code: np.ndarray) -> list[list[int]]:
    """Columns of codes that are one another times a number, plus a number; constant ones are left out."""
    varying = np.flatnonzero(np.ptp(code, axis=0) > 0)
    if len(varying) < 2 or len(code) < 3:
        return []
    part = code[:, varying].astype(np.float64)
    part -= part.mean(axis=0)
    part /= np.linalg.norm(part, axis=0)
    alike = np.abs(part.T @ part) > ALIKE
    return [[int(varying[j]) for j in group] for group in _groups(range(len(varying)), lambda a, b: bool(alike[a, b]))]


def _groups(items: Sequence[int], same: Callable[[int, int], bool]) -> list[list[int]]:
    """Items that are the same as the first of their group, where there are two or more."""
    groups: list[list[int]] = []
    for item in items:
        home = next((group for group in groups if same(group[0], item)), None)
        if home is None:
            groups.append([item])
        else:
            home.append(item)
    return [group for group in groups if len(group) > 1]


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _times(group: Sequence[int]) -> str:
    return "twice" if len(group) == 2 else f"{len(group)} times"
