"""Processes that work side by side: `python -m bench.scale.workers MODULE ARGUMENT` runs `MODULE.act(ARGUMENT, start)`.

Each says that it is ready, waits to be told, works, and says what came of it. Starting is in nobody's time.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bot.logs import set_up_logs
from bot.loop import run_loop, settle_in

Start = Callable[[], Awaitable[None]]
_ROOT = Path(__file__).parents[2]
_COMMAND = (sys.executable, "-m", "bench.scale.workers")


class Workers:
    """One process for each argument."""

    def __init__(self, module: str, arguments: Sequence[str]) -> None:
        pipe = subprocess.PIPE
        self._processes = [
            subprocess.Popen(
                [sys.executable, "-m", "bench.scale.workers", module, one],
                stdin=pipe,
                stdout=pipe,
                text=True,
                cwd=_ROOT,
            )
            for one in arguments
        ]

    def __enter__(self) -> Workers:
        for process in self._processes:
            assert _line(process) == "ready\n"
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()
            process.communicate()

    def work(self) -> tuple[float, list[dict[str, float]]]:
        """Seconds until all are done; and what each says."""
        began = time.perf_counter()
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        told = [json.loads(_line(process)) for process in self._processes]
        return time.perf_counter() - began, told


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def _main(module: str, argument: str) -> None:
    set_up_logs("warning")
    act = importlib.import_module(module).act
    print(json.dumps(run_loop(act(argument, _start))), flush=True)


async def _start() -> None:
    """Awaited by `act` when it has all that it works with: from here on time counts."""
    settle_in()  # as `digestbot run` does
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)


if __name__ == "__main__":
    _main(*sys.argv[1:])
