"""Codes of images to a table, and pictures of codes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from unbraid.cli._console import say
from unbraid.cli._tables import write_frame
from unbraid.core import require_known
from unbraid.evaluation import code_table, decode_to
from unbraid.store import FRAMES


def write_codes(path: Path, out: Path, images: Sequence[Path] | None, **options: Any) -> None:
    """Encode and write; the ending is looked at before anything is computed. `options` of `code_table`."""
    require_known(out.suffix, FRAMES, "the ending of --out")
    given = images[0] if images and len(images) == 1 else images or None
    table = code_table(path, given, **options)
    write_frame(table, out)
    latents = sum(name.startswith("z") for name in table.columns)
    say(f"written: {out} ({len(table):,} rows, {latents} latents)")


def write_pictures(path: Path, codes: Path, out: Path, **options: Any) -> None:
    """Decode and write; `options` of `decode_to`."""
    count = decode_to(path, codes, out, **options)
    say(f"written: {out} ({count:,} pictures)")
