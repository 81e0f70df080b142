"""Turns for requests to Slack, on a loop whose clock is wound by hand."""

import asyncio
from collections.abc import Coroutine
from itertools import pairwise
from typing import Any

import pytest

from adapters.slack.limits import POST, Limits
from bot.errors import PlatformUnavailable


class WoundLoop(asyncio.SelectorEventLoop):
    """Its time jumps to the next timer when there is nothing to do."""

    def __init__(self) -> None:
        super().__init__()
        self.wound = 0.0

    def time(self) -> float:
        return self.wound

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            self.wound = max(self.wound, self._scheduled[0]._when)  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


def run(work: Coroutine[Any, Any, Any]) -> Any:
    loop = WoundLoop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


async def turns(limits: Limits, count: int, method: str, *, workspace: str = "T1", channel: str = "") -> list[float]:
    """When each of so many requests may start that all want to at once."""
    loop, starts = asyncio.get_running_loop(), []

    async def one() -> None:
        await limits.turn(workspace, method, channel, patience=1e9)
        starts.append(loop.time())

    await asyncio.gather(*(one() for _ in range(count)))
    return sorted(starts)


def test_a_channel_gets_a_short_burst_and_then_a_message_a_second() -> None:
    assert run(turns(Limits(), 6, POST, channel="C1")) == pytest.approx([0, 0, 0, 1, 2, 3])


def test_channels_of_a_workspace_go_side_by_side() -> None:
    async def both() -> tuple[list[float], list[float]]:
        limits = Limits()
        return await asyncio.gather(turns(limits, 5, POST, channel="C1"), turns(limits, 5, POST, channel="C2"))

    assert run(both()) == [pytest.approx([0, 0, 0, 1, 2])] * 2


@pytest.mark.parametrize(("method", "minute"), [("reactions.add", 50), ("users.list", 20), ("users.info", 100)])
def test_a_method_keeps_to_its_tier_in_every_minute(method: str, minute: int) -> None:
    starts = run(turns(Limits(), 4 * minute, method))
    burst = minute / 6
    for begin in starts:
        assert sum(begin <= start < begin + 60 for start in starts) <= minute + burst + 1
    assert starts[-1] <= 4 * 60


def test_workspaces_have_limits_of_their_own() -> None:
    async def both() -> list[list[float]]:
        limits = Limits()
        return await asyncio.gather(*(turns(limits, 60, "reactions.add", workspace=one) for one in ("T1", "T2")))

    first, second = run(both())
    assert first == second


def test_what_would_wait_longer_than_its_patience_is_put_off_and_takes_nobodys_turn() -> None:
    async def scene() -> tuple[float | None, float]:
        limits, loop = Limits(), asyncio.get_running_loop()
        for _ in range(3):
            await limits.turn("T1", POST, "C1", patience=0)
        retry = None
        for _ in range(5):
            with pytest.raises(PlatformUnavailable) as refused:
                await limits.turn("T1", POST, "C1", patience=0.5)
            retry = refused.value.retry_after
        await limits.turn("T1", POST, "C1", patience=5)
        return retry, loop.time()

    assert run(scene()) == (pytest.approx(1.0), pytest.approx(1.0))


def test_after_a_429_nothing_of_the_method_starts_in_that_workspace_until_it_is_over() -> None:
    async def scene() -> list[float]:
        limits, loop = Limits(), asyncio.get_running_loop()
        limits.closed("T1", POST, 30)
        waits = [*(await turns(limits, 2, POST, channel="C1")), *(await turns(limits, 1, POST, channel="C2"))]
        await limits.turn("T2", POST, "C1", patience=0)
        return [*waits, loop.time()]

    assert run(scene()) == pytest.approx([30, 30, 30, 30])


def test_a_429_that_comes_while_others_wait_holds_them_too() -> None:
    async def scene() -> list[float]:
        limits = Limits()
        waiting = asyncio.create_task(turns(limits, 5, POST, channel="C1"))
        await asyncio.sleep(0.5)
        limits.closed("T1", POST, 10)
        return await waiting

    assert run(scene())[3] >= 10.5


def test_an_app_that_may_search_once_a_minute_keeps_to_it_after_the_first_429() -> None:
    async def scene() -> list[float]:
        limits = Limits()
        await limits.turn("T1", "conversations.history", patience=0)
        limits.closed("T1", "conversations.history", 60)
        return await turns(limits, 3, "conversations.history")

    starts = run(scene())
    assert starts[0] >= 60
    assert [b - a for a, b in pairwise(starts)] == pytest.approx([60, 60])


def test_what_is_used_is_told_of_each_method_where_it_is_the_most() -> None:
    async def seen() -> list[dict[str, float]]:
        limits, loop = Limits(), asyncio.get_running_loop()
        told = [dict(limits.used())]
        await turns(limits, 3, POST, channel="C1")
        await turns(limits, 1, POST, channel="C2")
        await turns(limits, 4, "reactions.add")
        told.append(dict(limits.used()))
        limits.closed("T2", "users.list", 30)
        await asyncio.sleep(1.5)
        told.append(dict(limits.used()))
        await asyncio.sleep(60 - loop.time())
        told.append(dict(limits.used()))
        return told

    nothing, used, later, rested = run(seen())
    assert nothing == {}
    assert used == {POST: 1, "reactions.add": 0.5}
    assert later == {POST: 0.5, "reactions.add": pytest.approx(0.5 - 1.5 / 1.2 / 8), "users.list": 1}
    assert rested == {POST: 0, "reactions.add": 0, "users.list": 0}
