"""A channel's day on Discord from end to end: the schedule fires, members vote, and tomorrow's digest is another."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import opened, run
from bot.config import load
from tests.fakes.clock import FakeClock
from tests.fakes.reader import InlineReader
from tests.platforms.discord_server import DiscordServer, Limits
from tests.scenario.day import MORNING, is_of_one, titles, upcoming, write
from tests.scenario.discord_world import config, restored_addresses
from tests.scenario.steps import until
from tests.scenario.world import read_all


async def test_the_schedule_fires_members_vote_and_the_next_digest_follows_their_taste(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = DiscordServer(limits=Limits(scale=20))
    await server.start()
    monkeypatch.setenv("DISCORD_TOKEN", server.token)
    guild = server.add_guild()
    place = server.add_channel(guild, "ai-team")
    members = [server.add_member(guild, f"member{n}") for n in range(50)]
    clock = FakeClock(MORNING)
    with restored_addresses():
        async with opened(
            load(write(tmp_path, config(server, {"team": place.id}))), clock=clock, reading=InlineReader
        ) as app:
            await read_all(app)
            house = asyncio.create_task(run(app, port=0))
            await until(lambda: server.commands and server.identifies)
            assert server.messages(place.id) == []
            clock.set(MORNING + timedelta(minutes=1))
            await until(lambda: len(server.messages(place.id)) == 6, seconds=20)
            await until(lambda: all(len(one.reactions) == 2 for one in server.messages(place.id)[1:]))
            ((first),) = await titles(app)
            without_votes = await upcoming(app)
            for message, title in zip(server.messages(place.id)[1:], first, strict=True):
                for member in members:
                    await server.react(place.id, message.id, member, "👍" if is_of_one(title) else "👎")
            for _ in range(500):
                reply = await server.command(place, members[0], "votes")
                if str(reply.messages).count(" 50") == len(first):
                    break
            assert str(reply.messages).count(" 50") == len(first)
            clock.set(MORNING + timedelta(days=1, minutes=1))
            await until(lambda: len(server.messages(place.id)) == 12, seconds=20)
            _, second = await titles(app)
            house.cancel()
            await asyncio.gather(house, return_exceptions=True)
    await server.stop()
    assert not set(first) & set(second)
    assert sum(map(is_of_one, second)) > sum(map(is_of_one, without_votes))
    assert server.violations == server.pings == []
    assert server.too_many == 0
