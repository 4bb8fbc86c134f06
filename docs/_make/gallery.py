"""Make the pictures of docs/gallery.md by the lines that stand there: python docs/_make/gallery.py [NAME...].

Lines that train and evaluate come first; what they made before is left as it is. A figure is drawn as a small PNG in
place of the PDF that its line names. With names, such as traversals, these alone are drawn.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

DOCS = Path(__file__).resolve().parents[1]
PAGE, PICTURES = DOCS / "gallery.md", DOCS / "images" / "figures"
DPI, COLOURS = 120, 64


def lines() -> list[list[str]]:
    """The words of each indented line of the page that begins with `unbraid`, in their order."""
    text = re.sub(r"\\\n\s+", "", PAGE.read_text(encoding="utf-8"))
    return [shlex.split(line.strip())[1:] for line in text.splitlines() if line.startswith("    unbraid ")]


def output(words: list[str]) -> str:
    """The name of a figure's file, without its ending; empty for other commands."""
    return Path(words[words.index("-o") + 1]).stem if words[0] == "figure" else ""


def run(words: list[str]) -> None:
    """One command, in the repository."""
    subprocess.run([sys.executable, "-m", "unbraid", *words], cwd=DOCS.parent, check=True)


def draw(words: list[str]) -> None:
    """A figure as a picture of few colours."""
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / f"{output(words)}.png"
        at = words.index("-o") + 1
        run([*words[:at], str(drawn), *words[at + 1 :], "--dpi", str(DPI)])
        picture = Image.open(drawn).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        PICTURES.mkdir(parents=True, exist_ok=True)
        picture.save(PICTURES / drawn.name, optimize=True)


def main(names: list[str]) -> None:
    """All lines, or the figures of these names."""
    for words in lines():
        if not output(words) and not names:
            run(words)
        elif output(words) and (not names or output(words) in names):
            draw(words)


if __name__ == "__main__":
    main(sys.argv[1:])
