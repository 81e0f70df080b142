"""The event loop of what runs for long, or reads much: uvloop's, else asyncio's own; and what holds it up the least."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Coroutine
from typing import TypeVar

T = TypeVar("T")
_YOUNG = 20_000  # things made before the collector looks through them; Python's 700 are made by a page or two
_SWITCH = 0.001  # seconds that a thread at work on an article has the interpreter before the event loop gets it back


def run_loop(work: Coroutine[object, object, T]) -> T:
    """As `asyncio.run`, on the quickest loop there is."""
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(work)


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the loop; None: asyncio's own, where there is no uvloop for the platform."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def settle_in() -> None:
    """For a process that has loaded all that it needs, and runs on. What is loaded stays, so the collector need not go
    through it again: that would hold the loop for 70 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG)
    sys.setswitchinterval(_SWITCH)
