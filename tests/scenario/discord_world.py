"""The real house on the local Discord: a server with a channel, a configuration that points there, articles to post."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.app import App, opened
from bot.config import load
from bot.ports import Clock
from tests.fakes.reader import InlineReader
from tests.platforms.discord_server import DiscordServer
from tests.scenario.world import write_world

_CONFIG = """
[http]
port = 0

[bot]
database = "sqlite:///digest.db"

[discord]
api_url = "{api_url}"
requests_per_second = {per_second}

[[sources]]
path = "articles"
every = "1s"
"""
_CHANNEL = """
[[channels]]
name = "{name}"
platform = "discord"
id = "{place}"
schedule = "0 9 * * *"
min_quality = 0.0
{more}
"""


def config(server: DiscordServer, places: dict[str, str], *, more: str = "", per_second: int = 50) -> str:
    """A configuration with a Discord channel for each of these ids by names; `more` are further keys of each."""
    text = _CONFIG.format(api_url=server.api_url, per_second=per_second)
    return text + "".join(_CHANNEL.format(name=name, place=place, more=more) for name, place in places.items())


@asynccontextmanager
async def discord_world(
    folder: Path,
    server: DiscordServer,
    places: dict[str, str],
    *,
    clock: Clock | None = None,
    more: str = "",
    articles: int = 3,
) -> AsyncIterator[App]:
    """The house, not running yet. DISCORD_TOKEN has to be in the environment."""
    path = folder / "config.toml"
    if not path.exists():
        write_world(folder, articles=articles, config=config(server, places, more=more))
    with restored_addresses():
        async with opened(load(path), clock=clock, reading=InlineReader) as app:
            yield app


@contextmanager
def restored_addresses() -> Iterator[None]:
    """discord.py keeps its addresses in class attributes: whoever changes them, they are put back."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@asynccontextmanager
async def listening(app: App) -> AsyncIterator[None]:
    """The platform runs and its gateway is ready."""
    platform = app.platforms["discord"]
    runs = asyncio.create_task(platform.run())
    try:
        async with asyncio.timeout(20):
            while not runs.done():
                client: discord.Client | None = platform._gateway.client  # type: ignore[attr-defined]
                if client is not None and client.is_ready():
                    break
                await asyncio.sleep(0.02)
        if runs.done():
            await runs
        yield
    finally:
        runs.cancel()
        await asyncio.gather(runs, return_exceptions=True)
