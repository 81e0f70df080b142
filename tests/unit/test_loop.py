"""Which event loop what runs for long is on."""

from __future__ import annotations

import asyncio
import sys

import pytest

from bot.loop import run_loop


async def _own_loop() -> str:
    return type(asyncio.get_running_loop()).__module__.partition(".")[0]


def test_what_runs_for_long_is_on_uvloop() -> None:
    assert run_loop(_own_loop()) == "uvloop"


def test_where_there_is_no_uvloop_asyncio_s_own_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert run_loop(_own_loop()) == "asyncio"
