"""Every benchmark in turn: `make bench`, or `python -m benchmarks NAME …` for some of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Run each file in a process of its own, so that none warms up another."""
    found = {file.stem: file for file in sorted(HERE.glob("*.py")) if not file.stem.startswith("_")}
    unknown = [name for name in sys.argv[1:] if name not in found]
    if unknown:
        print(f"benchmarks: {', '.join(unknown)} must be among: {', '.join(found)}", file=sys.stderr)
        return 2
    worst = 0
    for name in sys.argv[1:] or found:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        worst = max(worst, subprocess.run(command, cwd=HERE.parent, check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
