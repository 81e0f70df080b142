"""`python -m bench NAME [ARGS]`: runs one measurement and prints its figures as a table for RESULTS.md."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

_HERE = Path(__file__).parent
_PARTS = {"bot_under_load", "floors"}  # of measurements, not measurements themselves
NAMES = sorted({path.stem for path in (*_HERE.glob("[a-z]*.py"), *_HERE.glob("[a-z]*/"))} - _PARTS)


def main() -> int:
    name, *arguments = sys.argv[1:] or [""]
    if name not in NAMES:
        print(f"python -m bench NAME: there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    importlib.import_module(f"bench.{name}").main(arguments)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
