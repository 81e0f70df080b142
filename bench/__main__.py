"""`python -m bench NAME [ARGS]`: runs one measurement and prints its figures as a table for RESULTS.md."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py") if path.stem != "bot_under_load")


def main() -> int:
    name, *arguments = sys.argv[1:] or [""]
    if name not in NAMES:
        print(f"python -m bench NAME: there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    importlib.import_module(f"bench.{name}").main(arguments)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
