"""The beat: at once, again and again, one at a time, unmoved by errors, and gone when cancelled."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
import structlog

from bot.errors import BotError
from bot.schedule.beat import Beat, Pulse

SOON = timedelta(milliseconds=5)
NEVER = timedelta(days=1)


async def while_beating(beat: Beat, wait: Callable[[], Awaitable[object]]) -> None:
    running = asyncio.create_task(beat.run())
    try:
        async with asyncio.timeout(10):
            await wait()
    finally:
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


async def test_the_first_turn_comes_at_once() -> None:
    done = asyncio.Event()

    async def work() -> None:
        done.set()

    await while_beating(Beat(Pulse("work", NEVER, work)), done.wait)


async def test_turns_go_on_after_an_error_that_is_logged_by_name() -> None:
    third = asyncio.Event()
    turns = 0

    async def work() -> None:
        nonlocal turns
        turns += 1
        if turns == 3:
            third.set()
        raise RuntimeError("no luck")

    with structlog.testing.capture_logs() as logs:
        await while_beating(Beat(Pulse("refresh", SOON, work)), third.wait)
    assert {(line["event"], line["beat"], line["log_level"]) for line in logs} == {("beat_failed", "refresh", "error")}


async def test_what_is_expected_to_go_wrong_is_said_once_and_that_it_is_over() -> None:
    over = asyncio.Event()
    turns = 0

    async def work() -> None:
        nonlocal turns
        turns += 1
        if turns <= 5:
            raise BotError("the database is away" if turns < 5 else "the database is starting")
        if turns > 6:
            over.set()

    with structlog.testing.capture_logs() as logs:
        await while_beating(Beat(Pulse("tick", SOON, work)), over.wait)
    assert [(line["event"], line.get("error")) for line in logs] == [
        ("beat_failed", "the database is away"),
        ("beat_failed", "the database is starting"),
        ("beat_goes_on", None),
    ]


async def test_one_work_runs_one_at_a_time_and_holds_up_no_other() -> None:
    at_once = most_at_once = 0
    others = asyncio.Queue[None]()

    async def slow() -> None:
        nonlocal at_once, most_at_once
        at_once += 1
        most_at_once = max(most_at_once, at_once)
        await asyncio.Event().wait()

    async def quick() -> None:
        others.put_nowait(None)

    async def many_turns() -> None:
        for _ in range(10):
            await others.get()

    await while_beating(Beat(Pulse("slow", SOON, slow), Pulse("quick", SOON, quick)), many_turns)
    assert most_at_once == 1


async def test_neither_turns_left_out_nor_the_end_are_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    others = asyncio.Queue[None]()

    async def slow() -> None:
        await asyncio.Event().wait()

    async def quick() -> None:
        others.put_nowait(None)

    async def many_turns() -> None:
        for _ in range(5):
            await others.get()

    await while_beating(Beat(Pulse("slow", SOON, slow), Pulse("quick", SOON, quick)), many_turns)
    assert [record for record in caplog.records if record.levelname != "INFO"] == []


async def test_when_cancelled_what_runs_is_cancelled_and_has_ended() -> None:
    started = asyncio.Event()
    ended = False

    async def work() -> None:
        nonlocal ended
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # closing something takes a turn of the loop
            ended = True

    await while_beating(Beat(Pulse("work", NEVER, work)), started.wait)
    assert ended
    assert len(asyncio.all_tasks()) == 1
