"""What the tests of the local platforms share: a local Discord, and the real discord.py pointed at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient, Route

from tests.platforms.discord_server import Channel, DiscordServer, Guild, Limits
from tests.platforms.slack_fixtures import ada, room, slack, web, workspace  # noqa: F401

INTENTS = discord.Intents(guilds=True, guild_reactions=True, guild_messages=True)


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    """A running local Discord. A test that does what Discord forbids clears `violations` itself.

    Its buckets are wide, so that no test has to wait.
    """
    made = DiscordServer(limits=Limits(messages=(100, 1.0), reactions=(100, 1.0)))
    await made.start()
    yield made
    await made.stop()
    assert made.violations == []


@pytest.fixture
def guild(server: DiscordServer) -> Guild:
    return server.add_guild("Acme")


@pytest.fixture
def channel(server: DiscordServer, guild: Guild) -> Channel:
    return server.add_channel(guild, "ai-team")


@pytest.fixture
def addresses(server: DiscordServer) -> Iterator[None]:
    """discord.py keeps its addresses in class attributes."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = server.api_url, yarl.URL(server.gateway_url)
    yield
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@pytest.fixture
async def http(server: DiscordServer, addresses: None) -> AsyncIterator[HTTPClient]:
    """discord.py's own client of REST, logged in."""
    client = HTTPClient(asyncio.get_running_loop())
    await client.static_login(server.token)
    yield client
    await client.close()


@dataclass
class Watcher:
    """A client of discord.py and what it was told: (event, payload) in order."""

    client: discord.AutoShardedClient
    seen: list[tuple[str, Any]] = field(default_factory=list)

    def names(self) -> list[str]:
        return [name for name, _ in self.seen]

    def of(self, name: str) -> list[Any]:
        return [payload for event, payload in self.seen if event == name]


class _Client(discord.AutoShardedClient):
    def __init__(self, seen: list[tuple[str, Any]]) -> None:
        super().__init__(intents=INTENTS, guild_ready_timeout=0.1, enable_debug_events=False)
        self._seen = seen

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        self._seen.append((event, args[0] if args else None))
        super().dispatch(event, *args, **kwargs)


@pytest.fixture
async def watch(server: DiscordServer, addresses: None) -> AsyncIterator[Callable[[], Any]]:
    """`async with watch() as watcher`: a client that is ready; the real one, in shards as the server recommends."""

    @asynccontextmanager
    async def watching() -> AsyncIterator[Watcher]:
        seen: list[tuple[str, Any]] = []
        client = _Client(seen)
        runs = asyncio.create_task(client.start(server.token))
        try:
            await until(lambda: client.is_ready() or runs.done())
            if runs.done():
                await runs
            yield Watcher(client, seen)
        finally:
            await client.close()
            await asyncio.gather(runs, return_exceptions=True)

    return watching


async def until(fact: Callable[[], object], *, seconds: float = 20) -> None:
    """Waits until something is so; fails where it does not come about."""
    async with asyncio.timeout(seconds):
        while not fact():
            await asyncio.sleep(0.01)
