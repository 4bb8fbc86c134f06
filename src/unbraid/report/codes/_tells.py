"""What each latent tells of each label: the share of its entropy beyond chance, with floor and interval."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from unbraid.core import rng
from unbraid.metrics import Representation, associations
from unbraid.metrics._bins import CONTINUOUS_BINS, bin_numbers
from unbraid.metrics._carried import FEWEST_BINS, Carried, _levels, carried
from unbraid.metrics._information import information_table
from unbraid.metrics._resampling import DRAWS, student_quantile
from unbraid.report._associations import MEASURES, SURE
from unbraid.report._carriers import FAINT, Carrier, carriers
from unbraid.report._text import number

MOST = 24  # latents told of one by one
SAID = 3  # labels of a latent, at most


@dataclass(frozen=True)
class Told:
    """What one latent tells of one label.

    Args:
        label: its name.
        share: of the label's entropy, beyond chance, 0 .. 1.
        ends: the 95 % interval of the share.
        floor: the share that the latent seems to tell of the label shuffled.
        clear: whether it tells more than the best of all latents of the label shuffled.
        measure: which association, in words.
        value: of the association, with interval and p as text; empty where there is none.
        sure: whether that p is at most 0.05.
    """

    label: str
    share: float
    ends: tuple[float, float]
    floor: float
    clear: bool
    measure: str = ""
    value: str = ""
    sure: bool = False


@dataclass(frozen=True)
class Telling:
    """What the latents tell.

    Args:
        knowledge: information, entropies and floors of all latents and labels.
        carriers: one for each label.
        order: latents, those that tell most first, then those that vary most [d].
        told: of each of the first latents, by number, labels that it tells most of.
        table: all associations; see `associations`.
    """

    knowledge: Carried
    carriers: list[Carrier]
    order: tuple[int, ...]
    told: Mapping[int, tuple[Told, ...]]
    table: pd.DataFrame

    def shares(self) -> np.ndarray:
        """Of each label's entropy beyond chance [D, K], 0 where it is no more than chance."""
        return _shares(self.knowledge)


def telling_of(rep: Representation, seed: int, dead: Collection[str] = ()) -> Telling:
    """Measure what the latents of `rep` tell of its labels; dead ones tell nothing, whatever their last digits do."""
    knowledge = carried(rep, seed=seed)
    lives = np.array([name not in dead for name in rep.latent_names])
    knowledge = replace(knowledge, information=np.where(lives[:, None], knowledge.information, 0.0))
    shares = _shares(knowledge)
    known = carriers(knowledge.information, rep.space.names, knowledge.entropy, knowledge.floor, knowledge.clear)
    best = shares.max(axis=1, initial=0)
    deviation = rep.code.std(axis=0)
    telling = [j for j in np.argsort(-best, kind="stable").tolist() if best[j] >= FAINT]
    order = telling + [j for j in np.argsort(-deviation, kind="stable").tolist() if best[j] < FAINT]
    table = associations(rep, seed=seed)
    shown = np.array(order[:MOST], dtype=np.int64)
    ends = [_ends(rep, k, shown, knowledge, seed) for k in range(len(rep.space))]
    cells = {(row["latent"], row["factor"]): row for row in table.to_dict("records")}
    told = {
        int(j): tuple(
            _told(rep, int(j), int(k), knowledge, ends[int(k)][place], cells)
            for k in np.argsort(-shares[j], kind="stable")[:SAID]
        )
        for place, j in enumerate(shown)
    }
    return Telling(knowledge, known, tuple(order), told, table)


def _shares(knowledge: Carried) -> np.ndarray:
    """(information - floor) / (entropy - floor), 0 where it is no more than the best of shuffled labels [D, K]."""
    return np.where(knowledge.information > knowledge.clear, knowledge.shares, 0.0)


def _ends(rep: Representation, k: int, shown: np.ndarray, knowledge: Carried, seed: int) -> np.ndarray:
    """The interval of the share of one label in each shown latent [n, 2]: twenty parts of the rows left out in turn."""
    rows = np.arange(len(rep)) if rep.missing is None else np.flatnonzero(~rep.missing[:, k])
    floor, entropy = knowledge.floor[shown, k], float(knowledge.entropy[k])
    room = np.maximum(entropy - floor, 1e-12)
    share = (knowledge.information[shown, k] - floor) / room
    if len(rows) < DRAWS or entropy <= 0:
        return np.stack([np.zeros(len(shown)), np.ones(len(shown))], axis=1)
    bins = min(CONTINUOUS_BINS, max(FEWEST_BINS, len(rows) // 5))
    code, levels = bin_numbers(rep.code[rows][:, shown], bins), _levels(rep, k, rows, bins, 0)
    parts = np.array_split(rng(seed, k, "interval of a share").permutation(len(rows)), DRAWS)
    left = [np.delete(np.arange(len(rows)), part) for part in parts]
    again = np.stack([information_table(code[part], levels[part])[:, 0] for part in left]) / room
    error = again.std(axis=0, ddof=1) * (DRAWS - 1) / np.sqrt(DRAWS)
    reach = student_quantile(0.95, DRAWS) * error
    return np.clip(np.stack([share - reach, share + reach], axis=1), 0, 1)


def _told(
    rep: Representation, j: int, k: int, knowledge: Carried, ends: np.ndarray, cells: Mapping[tuple[str, str], dict]
) -> Told:
    label, entropy = rep.space.names[k], float(knowledge.entropy[k])
    floor = float(knowledge.floor[j, k])
    share = float(knowledge.shares[j, k])
    clear = bool(knowledge.information[j, k] > knowledge.clear[k])
    told = Told(label, share, (float(ends[0]), float(ends[1])), floor / entropy if entropy > 0 else 0.0, clear)
    cell = cells.get((rep.latent_names[j], label))
    if cell is None:
        return told
    ends_of = f"{number(cell['low'], 2)} … {number(cell['high'], 2)}"
    value = f"{number(cell['value'], 2)} ({ends_of}), p {number(cell['holm'])}"
    sure = bool(cell["holm"] <= SURE)
    return Told(told.label, share, told.ends, told.floor, clear, MEASURES[cell["measure"]], value, sure)
