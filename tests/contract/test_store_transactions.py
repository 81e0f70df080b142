"""What `begin` and `read` promise, whichever store it is."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import BotError, StorageError
from bot.ports import Store
from tests.contract.conftest import Opened
from tests.contract.things import NOW, channel, declared, draft, read_articles, vote


async def test_what_is_written_is_there_after_the_commit_and_in_another_store(opened: Opened) -> None:
    first, second = await opened(), await opened()
    await declared(first)
    async with second.read() as view:
        assert [one.name for one in await view.channels.all()] == ["team"]


async def test_an_exception_rolls_back_and_reaches_the_caller_as_it_is(store: Store) -> None:
    with pytest.raises(BotError, match="changed my mind"):  # noqa: PT012 - the raise inside is the point
        async with store.begin() as tx:
            await tx.channels.declare([channel()])
            raise BotError("changed my mind")
    async with store.read() as view:
        assert await view.channels.all() == ()


async def test_being_cancelled_rolls_back_and_lets_the_next_writer_in(store: Store) -> None:
    inside = asyncio.Event()

    async def write() -> None:
        async with store.begin() as tx:
            await tx.channels.declare([channel()])
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await inside.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    await declared(store, channel("next"))
    async with store.read() as view:
        assert [one.name for one in await view.channels.all()] == ["next"]


async def test_being_cancelled_while_waiting_for_a_writer_of_another_process_does_no_harm(opened: Opened) -> None:
    first, second = await opened(), await opened()

    async def write() -> None:
        async with second.begin() as tx:
            await tx.channels.declare([channel("late")])

    async with first.begin() as tx:
        await tx.channels.declare([channel("first")])
        waiting = asyncio.create_task(write())
        for _ in range(100):
            await asyncio.sleep(0)
        waiting.cancel()
    await asyncio.wait([waiting])
    async with second.begin() as tx:
        assert [one.name for one in await tx.channels.all()] == ["first"]


async def test_a_reader_sees_one_state_and_waits_for_no_writer(store: Store) -> None:
    async with store.read() as before:
        assert await before.channels.all() == ()
        async with store.begin() as tx:
            await tx.channels.declare([channel()])
            async with store.read() as during:
                assert await during.channels.all() == ()
        assert await before.channels.all() == ()  # still its own state, though another committed meanwhile
    async with store.read() as after:
        assert len(await after.channels.all()) == 1


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StorageError):
        async with store.read() as view:
            await view.channels.declare([channel()])


async def test_calls_are_made_after_the_commit_and_never_after_a_rollback(store: Store) -> None:
    called: list[str] = []
    async with store.begin() as tx:
        tx.after_commit(lambda: called.append("kept"))
        assert called == []
    with pytest.raises(BotError):  # noqa: PT012 - the raise inside is the point
        async with store.begin() as tx:
            tx.after_commit(lambda: called.append("rolled back"))
            raise BotError
    assert called == ["kept"]


async def test_the_drivers_connection_is_handed_out(store: Store) -> None:
    async with store.begin() as tx:
        assert tx.native is not None


async def test_writers_of_two_processes_take_turns(opened: Opened) -> None:
    stores = [await opened(), await opened()]

    async def file_some(store: Store, first: int) -> None:
        for number in range(first, first + 10):
            async with store.begin() as tx:
                await tx.articles.file([draft(number)], NOW)

    await asyncio.gather(*(file_some(stores[n % 2], 10 * n) for n in range(4)))
    async with stores[0].read() as view:
        assert sorted(await view.articles.find("", 100)) == list(range(1, 41))


async def test_many_readers_at_once_are_all_answered(store: Store) -> None:
    await declared(store)

    async def look() -> int:
        async with store.read() as view:
            return len(await view.channels.all())

    assert await asyncio.gather(*(look() for _ in range(40))) == [1] * 40


async def test_of_forty_who_cast_one_ballot_at_once_one_wins(opened: Opened) -> None:
    stores = [await opened(), await opened()]
    (article,) = await read_articles(stores[0], 1)
    asked = [vote(article.id, option=str(n)) for n in range(40)]

    async def cast(n: int) -> str:
        async with stores[n % 2].begin() as tx:
            (standing,) = await tx.votes.cast([asked[n]])
        assert (standing is asked[n]) == (standing.option == str(n))
        return standing.option

    options = set(await asyncio.gather(*map(cast, range(40))))
    async with stores[0].read() as view:
        (tally,) = await view.votes.tallies([article.id])
    assert dict(tally.counts) == {options.pop(): 1}
    assert not options
