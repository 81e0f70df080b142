"""A channel's day on Discord from end to end: the schedule fires, members vote, and tomorrow's digest is another."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import App, opened, run
from bot.config import load
from tests.fakes.clock import FakeClock
from tests.platforms.discord_server import DiscordServer, Limits
from tests.scenario.discord_world import config, restored_addresses
from tests.scenario.steps import until
from tests.scenario.world import article_text, read_all

MORNING = datetime(2026, 11, 24, 8, 59, tzinfo=UTC)
SOURCES = ("one", "two")
EACH = 10


def write(folder: Path, server: DiscordServer, place: str) -> Path:
    """Two sources of ten articles each; those of `one` are stories 0 to 9."""
    text = config(server, {"team": place}).partition("[[sources]]")[0]
    for number, name in enumerate(SOURCES):
        (folder / name).mkdir()
        for story in range(number * EACH, (number + 1) * EACH):
            (folder / name / f"{story}.txt").write_text(article_text(story), encoding="utf-8")
        text += f'[[sources]]\npath = "{name}"\nevery = "1s"\n'
    text += "[[channels]]" + config(server, {"team": place}).partition("[[channels]]")[2]
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return folder / "config.toml"


def is_of_one(title: str) -> bool:
    return int(title.split()[1]) < EACH


async def upcoming(app: App) -> list[str]:
    async with app.store.read() as view:
        channel = await view.channels.named("team")
    assert channel is not None
    (composition,) = await app.engine.compose.preview(channel)
    return [item.article.article.title for item in composition.digest.items]


async def titles(app: App) -> list[list[str]]:
    """Of the articles of each digest that was posted."""
    async with app.store.read() as view:
        channel = await view.channels.named("team")
        assert channel is not None
        digests = await view.channels.history(channel.id, None, 9)
    return [[item.article.article.title for item in digest.items] for digest in reversed(digests)]


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
        async with opened(load(write(tmp_path, server, place.id)), clock=clock) as app:
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
