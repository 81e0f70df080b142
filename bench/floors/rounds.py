"""What every contender of `bench feeds` does: a phase for each line on its standard input, its cost on a line of JSON.

Stands on the standard library alone, so that peers in an environment of their own can run it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path


def serve(phase: Callable[[str], int], others: Callable[[], Iterable[int]] = tuple) -> None:
    """Runs `phase` for each name that is asked and tells feeds, seconds, processor seconds, and MB held at most.

    `others`: the ids of the processes that work for this one.
    """
    for line in sys.stdin:
        began, spent = time.perf_counter(), _processor(others())
        feeds = phase(line.strip())
        told = {
            "feeds": feeds,
            "seconds": time.perf_counter() - began,
            "processor": _processor(others()) - spent,
            "megabytes": _peak(os.getpid()) + sum(map(_peak, others())),
        }
        print(json.dumps(told), flush=True)


def _processor(others: Iterable[int]) -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    ticks = 0
    for process in others:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return own.ru_utime + own.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


def _peak(process: int) -> float:
    """MB of memory that a process held at most, of what it shares with others its share (as in PSS)."""
    held = {}
    for file in ("status", "smaps_rollup"):
        for line in Path(f"/proc/{process}/{file}").read_text().splitlines():
            name, _, value = line.partition(":")
            if value.endswith(" kB"):
                held[name] = int(value.split()[0])
    return (held["VmHWM"] - held["VmRSS"] + held["Pss"]) / 1000
