"""The house on PostgreSQL, stage by stage, each against a floor in the same run; and what that says of more machines.

`python -m bench scale [PART...]`: `claims`, `votes`, `feeds`, `digests`, `deliveries`, `recovery`, then `model`; all of
them where none is named. Each keeps its figures in `measured.json` beside this file, out of which `model` reckons and
draws `bench/plots/*.svg`. The server writes as carefully as an installed one, on the same cores as what it serves.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence

PARTS = ("claims", "votes", "feeds", "digests", "deliveries", "recovery", "model")


def main(arguments: Sequence[str]) -> None:
    for part in arguments or PARTS:
        if part not in PARTS:
            raise SystemExit(f"python -m bench scale [PART...]: there are {', '.join(PARTS)}")
        importlib.import_module(f"bench.scale.{part}").main()
