"""A Discord bot's shards in two gateways: each hears its own servers, and neither the other's, through the real
discord.py."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.shards import Shards
from bot.app import App, opened
from bot.config import load, with_shards
from bot.errors import ConfigError
from bot.roles import heard_by
from tests.fakes.platform import FakePlatform
from tests.fakes.reader import InlineReader
from tests.platforms.discord_server import DiscordServer, Limits, Spec
from tests.scenario.discord_world import config, listening, restored_addresses
from tests.scenario.steps import posted, until
from tests.scenario.world import read_all, write_world

RANGES = ("0/2", "1/2")


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordServer]:
    """With a server and a channel of it in each shard."""
    server = DiscordServer(spec=Spec.found(), limits=Limits(scale=20))
    server.nonce_window *= 20
    server.shards = 2
    await server.start()
    monkeypatch.setenv("DISCORD_TOKEN", server.token)
    yield server
    await server.stop()
    assert server.violations == []
    assert server.too_many == 0


@pytest.mark.parametrize(
    ("text", "numbers", "count"), [("0-3/16", [0, 1, 2, 3], 16), ("5/16", [5], 16), ("0/1", [0], 1)]
)
def test_a_range_is_from_the_first_to_the_last_of_so_many(text: str, numbers: list[int], count: int) -> None:
    shards = Shards.of(text)
    assert shards is not None
    assert (list(shards.numbers), shards.count) == (numbers, count)


@pytest.mark.parametrize("text", ["", "3", "1-0/4", "4/4", "0-4/4", "-1/4", "0/0", "a/b", "0-1/4 "])
def test_a_range_that_is_none_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("")
    with pytest.raises(ConfigError, match='must be like "0-3/16"'):
        with_shards(load(tmp_path / "config.toml"), text)


def test_a_gateway_with_a_range_is_elected_to_it_and_apart_from_it_to_the_other_platforms() -> None:
    discord, slack = FakePlatform(), FakePlatform()
    assert dict(heard_by({"discord": discord, "slack": slack}, None)) == {"gateway": [discord, slack]}
    assert dict(heard_by({"discord": discord, "slack": slack}, "0/2")) == {"gateway": [slack], "gateway 0/2": [discord]}
    assert dict(heard_by({"discord": discord}, "0/2")) == {"gateway 0/2": [discord]}
    assert dict(heard_by({"slack": slack}, "0/2")) == {"gateway": [slack]}
    assert dict(heard_by({}, None)) == {"gateway": []}


async def test_reactions_and_commands_on_servers_of_two_gateways_come_to_one_of_them_each(
    server: DiscordServer, tmp_path: Path
) -> None:
    guilds = {}
    while set(guilds) != {0, 1}:
        guild = server.add_guild()
        guilds.setdefault((int(guild.id) >> 22) % 2, guild)
    places = {number: server.add_channel(guild, "news") for number, guild in guilds.items()}
    members = {number: server.add_member(guild, "ada") for number, guild in guilds.items()}
    names = {f"shard{number}": place.id for number, place in places.items()}
    path = write_world(tmp_path, articles=2, config=config(server, names))
    async with AsyncExitStack() as stack:
        stack.enter_context(restored_addresses())
        apps: list[App] = [
            await stack.enter_async_context(opened(with_shards(load(path), one), reading=InlineReader))
            for one in RANGES
        ]
        await read_all(apps[0])
        for name in names:
            await posted(apps[0], name=name)
        heard = [Heard(app) for app in apps]
        for app in apps:
            await stack.enter_async_context(listening(app))
        for number, place in places.items():
            await server.react(place.id, server.messages(place.id)[1].id, members[number], "👍")
        await until(lambda: all(one.guilds for one in heard))
        for number, place in places.items():
            reply = await server.command(place, members[number], "votes")
            assert reply is not None
        assert [one.guilds for one in heard] == [[guilds[0].id], [guilds[1].id]]
        assert [one.commands for one in heard] == [[guilds[0].id], [guilds[1].id]]
        async with apps[0].store.read() as view:
            tallies = await view.votes.tallies([])
        assert sorted((tally.workspace, tally.counts) for tally in tallies) == [
            (guild.id, {"👍": 1}) for guild in sorted(guilds.values(), key=lambda one: one.id)
        ]
        sessions = server.gateway.sessions.values()
        assert sorted((one.shard, one.shards) for one in sessions) == [(0, 2), (1, 2)]
        async with apps[0].store.read() as view:
            assert [one.paused for one in await view.channels.all(platform="discord")] == [None, None]


class Heard:
    """Notes of which servers a gateway's events are, and hands them on."""

    def __init__(self, app: App) -> None:
        gateway = app.platforms["discord"]._gateway  # type: ignore[attr-defined]
        self._events, gateway._events = gateway._events, self
        self.guilds: list[str] = []
        self.commands: list[str] = []

    async def reacted(self, event: Any, *, held: bool) -> None:
        self.guilds.append(str(event.guild_id))
        await self._events.reacted(event, held=held)

    async def interacted(self, interaction: Any) -> None:
        self.commands.append(interaction["guild_id"])
        await self._events.interacted(interaction)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._events, name)
