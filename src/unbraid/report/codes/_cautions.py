"""What a reader should know before believing anything on the page, and what the page cannot know, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unbraid.metrics import Representation, Scored, remarks
from unbraid.metrics._carried import carried
from unbraid.report._text import number
from unbraid.report.codes._latents import LITTLE
from unbraid.report.codes._sample import Sample
from unbraid.report.codes._tells import Telling

FEW_ROWS, ROWS_PER_LATENT = 1000, 10
FAR = 10.0  # robust deviations from the median
ROBUST = 1.349  # quartiles of a normal law lie so many deviations apart
LISTED = 6
GO_TOGETHER = 0.1  # of a label's entropy, told by another label
ONE_SIDED = 0.9  # of the rows at one level
ELSEWHERE = 0.5  # of a label explained by all latents together, where no latent alone tells it


def warnings_of(rep: Representation, sample: Sample) -> list[str]:
    """Few rows, dead latents, outliers, copies, labels with gaps, of one level, or that go together."""
    part = sample.rep
    return [*_few(rep, part), *_dead(sample), *_outliers(rep), *remarks(part), *_repeated(part), *_labels(part)]


def _few(rep: Representation, part: Representation) -> list[str]:
    least = max(FEW_ROWS, ROWS_PER_LATENT * part.latents)
    if len(rep) >= least:
        return []
    return [
        f"Few rows: {len(rep):,} for {part.latents} latents, where {least:,} would be fair. Chance is large, which "
        "floors show, and what is rare stays unseen, which nothing shows."
    ]


def _dead(sample: Sample) -> list[str]:
    if not sample.dead:
        return []
    one = len(sample.dead) == 1
    return [f"Dead latent{'' if one else 's'}, varying next to nothing: {_some(sample.dead)}."]


def _outliers(rep: Representation) -> list[str]:
    """Rows far off in some latent."""
    low, middle, high = np.percentile(rep.code, [25, 50, 75], axis=0)
    scale = (high - low) / ROBUST
    far = (np.abs(rep.code - middle) > FAR * scale) & (scale > 0)
    if not far.any():
        return []
    rows, latents = np.flatnonzero(far.any(axis=1)), np.flatnonzero(far.any(axis=0))
    names = _some([rep.latent_names[j] for j in latents])
    said = f"Outliers: {len(rows):,} row{'' if len(rows) == 1 else 's'} ({_some([f'{row:,}' for row in rows])})"
    return [f"{said} more than {FAR:g} robust deviations from the median of {names}. Look at them before the scores."]


def _repeated(rep: Representation) -> list[str]:
    different = len(np.unique(rep.code, axis=0))
    if different > 0.99 * len(rep):
        return []
    return [
        f"Only {different:,} of {len(rep):,} rows of codes differ: repeated rows make chance look smaller than it is."
    ]


def _labels(rep: Representation) -> list[str]:
    """Gaps, one-sided labels, and labels that go together."""
    said = []
    for k, factor in enumerate(rep.space.factors):
        known = np.ones(len(rep), dtype=bool) if rep.missing is None else ~rep.missing[:, k]
        column = rep.factors[known, k]
        if not known.all():
            said.append(f"{factor.name} is known of {known.sum():,} of {len(rep):,} rows, and told of by these alone.")
        if not len(column) or np.ptp(column) == 0:
            said.append(f"{factor.name} has one level in these rows: nothing can be told of it.")
        elif factor.size and np.unique(column, return_counts=True)[1].max() > ONE_SIDED * len(column):
            said.append(
                f"{factor.name} is at one level in more than {ONE_SIDED:.0%} of its rows: little is there to tell."
            )
    return said + _go_together(rep)


def _go_together(rep: Representation) -> list[str]:
    """Pairs of labels of which one tells of the other, beyond chance."""
    known = rep.known()
    if len(rep.space) < 2 or len(known) < FEW_ROWS // 10:
        return []
    labels = Representation.from_arrays(known.factors.astype(np.float64), known.factors, space=known.space)
    between = carried(labels)
    room = np.maximum(between.entropy - between.floor, 1e-12)
    share = np.where(between.information > between.clear, (between.information - between.floor) / room, 0)
    names = rep.space.names
    pairs = [
        (max(share[a, b], share[b, a]), names[a], names[b])
        for a in range(len(names))
        for b in range(a)
        if max(share[a, b], share[b, a]) > GO_TOGETHER
    ]
    if not pairs:
        return []
    told = _some([f"{a} and {b} ({amount:.0%})" for amount, a, b in sorted(pairs, reverse=True)])
    return [f"Labels that go together: {told}. What a latent tells of one it may tell of the other alone."]


def unknown_of(sample: Sample, telling: Telling | None, scores: Scored, images: bool) -> list[str]:
    """What nobody can say from this page."""
    said = list(sample.said)
    if telling is None:
        said.append("Without labels nothing here says what a latent stands for: extremes and the map only suggest it.")
    else:
        said += _unlabelled(sample, telling) + _together(telling, scores)
        said.append(
            "Whether a latent makes what it tells: labels are compared with codes as they came, nothing was changed. A "
            "label may stand for another one that nobody noted."
        )
    if not images:
        said.append("What the rows look like: no images were given (--images FOLDER).")
    said.append("Other codes: nothing here says what another training, seed or set of rows would give.")
    return said


def _unlabelled(sample: Sample, telling: Telling) -> list[str]:
    """Latents that vary and tell no label."""
    rep = sample.rep
    best = telling.shares().max(axis=1, initial=0)
    deviation = rep.code.std(axis=0)
    dead = [rep.latent_names.index(name) for name in sample.dead if name in rep.latent_names]
    silent = [rep.latent_names[j] for j in np.flatnonzero((best < LITTLE) & (deviation > 0)) if j not in dead]
    if not silent:
        return []
    more = len(silent) > 1
    return [
        f"What {_some(silent)} stand{'' if more else 's'} for: {'they vary' if more else 'it varies'}, and no label "
        f"here goes with {'them' if more else 'it'}. It may be noise, or what nobody labelled."
    ]


def _together(telling: Telling, scores: Scored) -> list[str]:
    """Labels that all latents together tell and none alone, and those that none tells in any way that was tried."""
    lost = [carrier.factor for carrier in telling.carriers if carrier.capture == "lost"]
    parts = scores["r2"].parts if "r2" in scores and scores["r2"].value is not None else {}
    spread = [f"{name} ({number(parts[name], 2)})" for name in lost if parts.get(name, 0.0) >= ELSEWHERE]
    gone = [name for name in lost if parts.get(name, 0.0) < ELSEWHERE]
    said = []
    if spread:
        said.append(
            f"How {_some(spread)} is coded: no latent tells it alone, all together do (R² of a probe in brackets)."
        )
    if gone:
        said.append(f"Whether the codes hold {_some(gone)} in some other way: no latent alone tells it here.")
    return said


def _some(names: Sequence[str]) -> str:
    """The first few, and how many more."""
    more = f" and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    listed = list(names[:LISTED])
    if not more and len(listed) > 1:
        return f"{', '.join(listed[:-1])} and {listed[-1]}"
    return ", ".join(listed) + more
