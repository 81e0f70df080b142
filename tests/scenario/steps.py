"""What scenarios of every chat platform do with the house: post now, look at what is stored, wait for votes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.app import App
from bot.model import Channel
from tests.fakes.clock import FakeClock


async def channel(app: App, name: str = "team") -> Channel:
    async with app.store.read() as view:
        found = await view.channels.named(name)
    assert found is not None
    return found


async def composed(app: App, name: str = "team") -> int:
    """A digest of now, not delivered yet."""
    return (await app.engine.compose.settle(await app.engine.compose.open_now(await channel(app, name)))).id


async def posted(app: App, *, tries: int = 1, name: str = "team") -> int:
    """Composes and delivers now, as often as told; the digest."""
    digest = await composed(app, name)
    for _ in range(tries):
        await app.engine.deliver.digest(digest)
        if isinstance(app.clock, FakeClock):
            app.clock.advance(minutes=1)
    return digest


async def state(app: App, digest: int) -> str:
    async with app.store.read() as view:
        return (await view.outbox.digest(digest)).state


async def tally(app: App) -> dict[str, int]:
    """Votes by emoji, over all articles."""
    async with app.store.read() as view:
        tallies = await view.votes.tallies([])
    found: dict[str, int] = {}
    for one in tallies:
        for emoji, count in one.counts.items():
            found[emoji] = found.get(emoji, 0) + count
    return found


async def votes_come_to(app: App, wanted: dict[str, int]) -> None:
    """Waits for these votes; fails with those that are there."""
    seen = await tally(app)
    for _ in range(600):
        if seen == wanted:
            return
        await asyncio.sleep(0.02)
        seen = await tally(app)
    assert seen == wanted


async def becomes(app: App, *, lost: bool, name: str = "team") -> None:
    for _ in range(250):
        if (await channel(app, name)).lost == lost:
            return
        await asyncio.sleep(0.02)
    raise AssertionError((await channel(app, name)).paused)


async def until(fact: Callable[[], object], *, seconds: float = 10) -> None:
    """Waits for a fact of the local server or the bot; fails where it does not come about."""
    async with asyncio.timeout(seconds):
        while not fact():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def working(app: App) -> AsyncIterator[None]:
    """The jobs of the house run."""
    jobs = asyncio.create_task(app.jobs.run(app.engine.handlers()))
    try:
        yield
    finally:
        jobs.cancel()
        await asyncio.gather(jobs, return_exceptions=True)
