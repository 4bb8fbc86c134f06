"""Codes of images to a table, and pictures of codes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from unbraid.cli._console import say
from unbraid.cli._tables import write_frame
from unbraid.core import require_known
from unbraid.evaluation import code_table, decode_to
from unbraid.store import FRAMES
from unbraid.training import Run


def write_codes(path: Path, out: Path, images: Sequence[Path] | None, trust: bool) -> None:
    """Encode and write; the ending is looked at before anything is computed."""
    require_known(out.suffix, FRAMES, "the ending of --out")
    given = images[0] if images and len(images) == 1 else images or None
    table = code_table(Run(path, trust=trust), given)
    write_frame(table, out)
    latents = sum(name.startswith("z") for name in table.columns)
    say(f"written: {out} ({len(table):,} rows, {latents} latents)")


def write_pictures(path: Path, codes: Path, out: Path, trust: bool) -> None:
    """Decode and write."""
    count = decode_to(Run(path, trust=trust), codes, out)
    say(f"written: {out} ({count:,} pictures)")
