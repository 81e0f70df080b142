"""How long `digestbot --help` takes against the least that it can: `python -c "import typer"`, which it stands on.

`python -m bench start [ROUNDS]`: both in turns, each in a process of its own; real time and processor time, median and
spread. On a busy machine the processor's is the steadier one.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROUNDS = 21
MUST, GOAL = 1.5, 1.2


def main(arguments: Sequence[str]) -> None:
    rounds = int(arguments[0]) if arguments else ROUNDS
    script = shutil.which("digestbot", path=str(Path(sys.executable).parent))
    if script is None:
        raise SystemExit("bench start: digestbot is not installed beside this python: pip install --no-deps -e .")
    floor, product = [sys.executable, "-c", "import typer"], [script, "--help"]
    for command in (floor, product):
        seconds_of(command)  # the files are read and compiled once
    taken = [(seconds_of(floor), seconds_of(product)) for _ in range(rounds)]
    for kind, name in enumerate(("real", "processor")):
        bare, ours = ([1000 * one[side][kind] for one in taken] for side in (0, 1))
        ratios = [b / a for a, b in zip(bare, ours, strict=True)]
        print(
            f"{name} time: --help {_spread(ours, 0)} ms; import typer {_spread(bare, 0)} ms; "
            f"ratio {_spread(ratios, 2)} (must {MUST}, goal {GOAL})"
        )


def seconds_of(command: Sequence[str]) -> tuple[float, float]:
    """Real and processor seconds of a process from its start to its end."""
    before, began = _children(), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    took, processor = time.perf_counter() - began, _children() - before
    return took, processor


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _spread(values: Sequence[float], digits: int) -> str:
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"
