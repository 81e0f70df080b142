"""The whole bot in a process of its own, watched: `python -m bench.bot_under_load CONFIG OUT`.

Runs until every digest is posted, or until it is stopped, and writes how long its event loop was held at a time.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from pathlib import Path

from bot.app import App, opened, run
from bot.config import load
from bot.logs import set_up_logs

_TICK = 0.005  # seconds


class Watch:
    """How much later than asked a short sleep ends, in milliseconds; and how long its thread itself worked meanwhile,
    which a machine with other work does not lengthen."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self.busy: list[float] = []

    async def run(self) -> None:
        while True:
            began, busy = time.perf_counter(), time.thread_time()
            await asyncio.sleep(_TICK)
            self.busy.append((time.thread_time() - busy) * 1000)
            self.late.append((time.perf_counter() - began - _TICK) * 1000)

    def record(self) -> dict[str, object]:
        late = sorted(self.late)
        return {
            "looks": len(late),
            "median_ms": round(late[len(late) // 2], 2),
            "p999_ms": round(late[int(len(late) * 0.999)], 1),
            "longest_ms": [round(one, 1) for one in late[-5:]],
            "over_50_ms": sum(one > 50 for one in late),
        }


async def until_all_is_posted(app: App) -> None:
    while True:
        await asyncio.sleep(1)
        async with app.store.read() as view:
            states = [await view.schedules.in_state(state, 1) for state in ("due", "composed")]
            if await view.schedules.in_state("posted", 1) and not any(states):
                return


async def watched(config: Path) -> dict[str, object]:
    set_up_logs("warning")
    watch, stopped = Watch(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with opened(load(config)) as app:
        tasks = [asyncio.create_task(work) for work in (run(app, port=0), until_all_is_posted(app), stopped.wait())]
        await asyncio.sleep(3)  # what is loaded once at the start is no stall of the work
        watching = asyncio.create_task(watch.run())
        began = time.process_time()
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        record = watch.record() | {"cpu_seconds": round(time.process_time() - began, 1)}
        for task in (*tasks, watching):
            task.cancel()
        await asyncio.gather(*tasks, watching, return_exceptions=True)
    return record


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(asyncio.run(watched(Path(sys.argv[1])))))
