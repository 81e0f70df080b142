"""Figures of one part: told as a line each, and kept for the model."""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Sequence
from pathlib import Path

MEASURED = Path(__file__).with_name("measured.json")


def tell(key: str, what: str, ours: Sequence[float], floor: Sequence[float], *, of: str) -> None:
    """Says what was measured in rounds, rates of both by turns, with their ratio; and keeps the medians."""
    ratios = [own / bare for own, bare in zip(ours, floor, strict=True)]
    print(f"{what}: {_spread(ours)} a second; {of} {_spread(floor)}; ratio {_spread(ratios, 2)}", flush=True)
    keep(key, {"rate": statistics.median(ours), "floor": statistics.median(floor), "ratio": statistics.median(ratios)})


def keep(key: str, figures: dict[str, float]) -> None:
    """Beside what is kept of other parts, with how busy the machine was."""
    known = measured()
    known[key] = {name: round(value, 4) for name, value in figures.items()} | {"load": round(os.getloadavg()[0], 1)}
    MEASURED.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def measured() -> dict[str, dict[str, float]]:
    """What was kept last, by part."""
    if not MEASURED.exists():
        return {}
    known: dict[str, dict[str, float]] = json.loads(MEASURED.read_text("utf-8"))
    return known


def _spread(values: Sequence[float], digits: int = 0) -> str:
    return f"{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"
