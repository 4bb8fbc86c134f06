"""The card of any codes: a single page that opens from disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd

import unbraid
from unbraid.core import Kinds, Progress, require
from unbraid.core.checked import checked
from unbraid.core.values import Range, Seed
from unbraid.metrics import MetricLike, Representation, Scored, score
from unbraid.report._associations import strongest
from unbraid.report._carriers import FAINT, carrier_sentence, learned_sentence
from unbraid.report._page import write_page
from unbraid.report._scores import ScoreRow, at_floor, score_rows
from unbraid.report.codes._cautions import unknown_of, warnings_of
from unbraid.report.codes._given import Given, given_codes, given_run, is_run
from unbraid.report.codes._latents import latent_parts, other_latents
from unbraid.report.codes._map import HEIGHT, WIDTH, CodeMap, map_of
from unbraid.report.codes._pictures import Sheet, sheet_of
from unbraid.report.codes._rows import row_text
from unbraid.report.codes._sample import ROWS, sample_of
from unbraid.report.codes._tells import telling_of

__all__ = ["card"]

SCORES = ("exclusive_r2", "modularity", "mig", "spearman", "r2", "gaussian_total_correlation", "active_latents")
BLENDS = 4  # named in the lead
LABEL_FREE = ("active_latents", "gaussian_total_correlation", "wasserstein_correlation")


@checked
def card(
    codes: Any,
    labels: Any = None,
    *,
    images: Any = None,
    kinds: Kinds | None = None,
    code: str | Sequence[str] | None = None,
    metrics: MetricLike | Iterable[MetricLike] | None = None,
    rows: Annotated[int, Range(least=100, most=1_000_000)] = ROWS,
    layer: int | None = None,
    out: Path | str | None = None,
    seed: Seed = 0,
    trust: bool = False,
    progress: Progress | bool | None = True,
) -> Path:
    """Write the card of codes: one page under 5 MB on what each latent tells, and on what the page does not know.

    Args:
        codes: as `score` takes them: a file, arrays, a DataFrame, a `Representation`; or a run, opened or its folder.
        labels: as in `score`; of a run those of its dataset.
        images: of the rows: a folder of PNG and JPEG files, called as the table names its rows, else as many as there
            are rows, in the order of the numbers in their names, else of the alphabet; or an array [N, H, W],
            [N, H, W, C] or [N, C, H, W]. Of a run those of its dataset.
        kinds: of labels whose kind is not to be decided, {"angle": "circular:360"}.
        code: of a file, which array or columns are codes.
        metrics: scores to show; one for each question when None.
        rows: at most so many are scored, drawn at random; extremes are of all rows.
        layer: of a layered run, show this layer alone, counted from 0.
        out: the page; beside the file of codes, in the run's folder, or card.html when None.
        seed: of the rows that are scored and drawn, and of permutations.
        trust: import code from elsewhere that a run's configuration names.
        progress: True shows a bar while scores are computed.

    Returns:
        the path of the page.

    Raises:
        UsageError: codes with NaN, labels or images that do not match the rows, and all that `score` refuses.

    Notes:
        At most 256 latents, those of the largest variance, and the first 24 labels are told of; the page says so.
        The share that a latent tells of a label is its mutual information less the mean over shuffled labels, over the
        label's entropy less the same; its interval comes from twenty parts of the rows left out in turn.
    """
    page_named = out is None or Path(out).suffix.lower() in (".html", ".htm")
    require(page_named, "the page of a card must end in .html", f"{out}", "name another, nothing else is replaced")
    if is_run(codes):
        none = labels is None and images is None and kinds is None and code is None
        require(none, "a run has labels and images of its own", "others", "give its codes: unbraid encode RUN")
        given = given_run(codes, layer, seed, trust)
    else:
        require(layer is None, "only runs have layers", f"layer {layer}", "leave it out")
        given = given_codes(codes, labels, kinds, code, images)
    page = given.page if out is None else Path(out)
    return write_page(page, "card.html", **_content(given, metrics, rows, seed, progress))


def _content(given: Given, metrics: Any, rows: int, seed: int, progress: Progress | bool | None) -> dict[str, Any]:
    """What the template needs."""
    rep = given.rep
    sample = sample_of(rep, rows, seed)
    labelled = len(sample.rep.space) > 0
    telling = telling_of(sample.rep, seed, sample.dead) if labelled else None
    chosen = (SCORES if labelled else LABEL_FREE) if metrics is None else metrics
    scores = score(sample.rep, metrics=chosen, seed=seed, floor="all", progress=progress)
    parts = latent_parts(rep, sample, telling)
    code_map = map_of(rep, seed)
    ends = [row for part in parts for row in part.extremes.rows]
    drawn = [] if code_map is None else code_map.rows.tolist()
    sheet = None if given.pictures is None else sheet_of(given.pictures, [*ends, *drawn])
    names, latents = given.names, sample.rep.latent_names
    scored = _score_rows(scores, sample.rep)
    return {
        "title": given.title,
        "facts": _facts(rep, sample.rep, given),
        "said": given.said,
        "labels": rep.labels.described() if labelled else (),
        "lead": _lead(telling, sample.rep, sample.dead),
        "warnings": warnings_of(rep, sample),
        "unknown": unknown_of(sample, telling, scores, sheet is not None),
        "parts": parts,
        "others": other_latents(sample, telling, parts),
        "carriers": [] if telling is None else telling.carriers,
        "sentences": [] if telling is None else [carrier_sentence(known, latents) for known in telling.carriers],
        "latents": latents,
        "together": _together(scored),
        "real": 0 in rep.space.sizes,
        "associations": [] if telling is None else strongest(_living(telling.table, sample.dead)),
        "rows": [row for row in scored if row.there],
        "missing": [row for row in scored if not row.there],
        "at_floor": at_floor(scored),
        "scored": len(sample.rep),
        "map": code_map,
        "colourings": _colourings(code_map, sheet),
        "frame": (WIDTH, HEIGHT),
        "sheet": sheet,
        "texts": {row: row_text(rep, names, row) for row in {*ends, *drawn}},
        "version": unbraid.__version__,
    }


def _score_rows(scores: Scored, rep: Representation) -> list[ScoreRow]:
    """The table of scores, as the report of a run has it."""
    return score_rows(scores.table(len(rep)).assign(layer=0, low=None, high=None), [0])


def _together(scored: Sequence[ScoreRow]) -> dict[str, str]:
    """Label -> R² of it from all latents at once, by a line; empty without that score."""
    return {label: value for row in scored if row.name == "r2" for label, value in row.cells[0].parts}


def _living(table: pd.DataFrame, dead: Sequence[str]) -> pd.DataFrame:
    """Associations without those of dead latents, whose last digits may still follow a label."""
    return table[~table["latent"].isin(dead)] if len(table) else table


def _colourings(code_map: CodeMap | None, sheet: Sheet | None) -> dict[str, Any]:
    """What the script of the page needs: colours by label, and how many thumbnails stand across and down."""
    labels = [] if code_map is None else code_map.colourings
    listed = [{"colours": list(one.colours), "numbers": list(one.numbers)} for one in labels]
    return {"labels": listed, "across": sheet.across if sheet else 1, "down": sheet.down if sheet else 1}


def _facts(rep: Representation, part: Representation, given: Given) -> list[tuple[str, str]]:
    """The codes in a few numbers."""
    facts = [("rows", f"{len(rep):,}"), ("latents", f"{rep.latents:,}"), ("labels", str(len(rep.space)) or "none")]
    if len(part) < len(rep):
        facts.append(("scored on", f"{len(part):,} rows"))
    if given.pictures is not None:
        facts.append(("images", f"{int(given.pictures.has.sum()):,}"))
    return facts


def _lead(telling: Any, rep: Representation, dead: Sequence[str]) -> list[str]:
    """What the codes hold, in a sentence or two."""
    if telling is None:
        return [f"{rep.latents - len(dead)} latents that vary, without labels: what they stand for is not known here."]
    learned = learned_sentence(telling.carriers, rep.latent_names).replace("It learned", "The codes hold")
    lead = [learned.replace("It captured no factor", "No latent tells a label")]
    shares = telling.shares()
    blends = [j for j in telling.order if (shares[j] >= FAINT).sum() > 1]
    if blends:
        listed = [
            f"{rep.latent_names[j]} ({' and '.join(rep.space.names[k] for k in np.flatnonzero(shares[j] >= FAINT))})"
            for j in blends[:BLENDS]
        ]
        lead.append(f"More than one label in one latent: {', '.join(listed)}.")
    return lead
