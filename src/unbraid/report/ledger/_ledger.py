"""The ledger of reproductions: one page for all papers and two per paper, made from kept runs by one command."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from unbraid.core import require
from unbraid.core.checked import checked
from unbraid.figures import png
from unbraid.figures._style import PAPER
from unbraid.report.ledger._figures import Picture, combination_pictures, study_pictures
from unbraid.report.ledger._pages import figures_page, overview_page, paper_page
from unbraid.report.ledger._paper import Paper, read_papers
from unbraid.report.ledger._tables import is_longer
from unbraid.store import whole_file
from unbraid.studies import Scale, load_study, shipped_names

__all__ = ["kept_papers", "write_ledger"]

INLINE = 3  # pictures on a paper's page; the others are on a page of their own
DPI, COLOURS = 80, 64  # of the pictures: a palette takes a third of the bytes and is hardly seen


@checked
def write_ledger(
    studies: Sequence[str] = (),
    *,
    scale: Scale = "pocket",
    archive: Path | str = "reproductions",
    out: Path | str = "docs/reproduce",
) -> Path:
    """Write README.md, and per paper a page and one of further figures, from kept runs; returns the README.

    A page says which runs are missing, and draws what there is; a study has one for each further scale with kept runs.
    Where the archive has a record of the claims, those that are seen for the first time now are recorded with today's
    date.

    Args:
        studies: their names; those of `kept_papers` without.
        scale: of the studies.
        archive: folder of the kept runs, see `unbraid.studies.keep`.
        out: folder of the pages; the pictures go to its `figures/`.

    Raises:
        UsageError: no names, and no runs of a paper in the archive.
    """
    folder, archive = Path(out), Path(archive)
    names = studies or kept_papers(archive)
    require(names, "a ledger needs kept runs of a paper", f"none in {archive}", "unbraid study run NAME --archive …")
    papers = [paper for name in names for paper in read_papers(name, scale, archive)]
    for paper in papers:
        _write_paper(paper, folder)
    return _write(folder / "README.md", overview_page(papers))


def kept_papers(archive: Path) -> list[str]:
    """The shipped studies of a paper that have a folder in an archive, by name."""
    return [name for name in shipped_names() if (archive / name).is_dir() and load_study(name).paper]


def _write_paper(paper: Paper, folder: Path) -> None:
    """Draw a paper's figures, in place of those that are there, and write its pages."""
    name = paper.name
    for old in (folder / "figures" / name).glob("*.png"):
        old.unlink()
    of_study = [_drawn(picture, folder, name) for picture in (study_pictures(paper) if paper.drawn else ())]
    of_runs = {label: [_drawn(picture, folder, name)] for label, picture in combination_pictures(paper)}
    further = {"Scores": of_study[INLINE:], **of_runs} if of_study[INLINE:] else of_runs
    more = bool(further) or (bool(paper.drawn) and is_longer(paper))
    _write(folder / f"{name}.md", paper_page(paper, of_study[:INLINE], more))
    if more:
        _write(folder / f"{name}-figures.md", figures_page(paper, further))


def _drawn(picture: Picture, folder: Path, study: str) -> str:
    """Write a picture as PNG and return the Markdown that shows it."""
    path, content = Path("figures", study, f"{picture.name}.png"), io.BytesIO()
    parts = [Image.open(io.BytesIO(png(figure, dpi=DPI))).convert("RGB") for figure in picture.figures]
    whole = Image.new("RGB", (max(part.width for part in parts), sum(part.height for part in parts)), PAPER)
    for place, part in enumerate(parts):
        whole.paste(part, (0, sum(above.height for above in parts[:place])))
    whole.quantize(COLOURS, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
    with whole_file(folder / path) as aside:
        aside.write_bytes(content.getvalue())
    return f"![{picture.caption}]({path.as_posix()})\n\n*{picture.caption}*"


def _write(path: Path, text: str) -> Path:
    with whole_file(path) as aside:
        aside.write_text(text, encoding="utf-8")
    return path
