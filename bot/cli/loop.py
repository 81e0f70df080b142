"""The event loop of what runs for long, or reads much: uvloop's, else asyncio's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeVar

T = TypeVar("T")


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
