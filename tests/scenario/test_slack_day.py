"""A channel's day on Slack from end to end: the schedule fires, members vote, and tomorrow's digest is another."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import opened, run
from bot.config import load
from tests.fakes.clock import FakeClock
from tests.fakes.reader import InlineReader
from tests.platforms.slack_server import Limits, SlackServer, Spec
from tests.scenario.day import MORNING, is_of_one, titles, upcoming, write
from tests.scenario.slack_world import config, environment
from tests.scenario.steps import until
from tests.scenario.world import read_all


async def test_the_schedule_fires_members_vote_and_the_next_digest_follows_their_taste(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = SlackServer(spec=Spec.found(), limits=Limits(scale=20))
    server.sockets.in_time *= 20  # as it is in real seconds
    await server.start()
    workspace = server.add_workspace("Acme")
    for name, value in environment(server, workspace).items():
        monkeypatch.setenv(name, value)
    place = server.add_channel(workspace, "ai-team")
    members = [server.add_member(workspace, f"member{n}") for n in range(30)]
    clock = FakeClock(MORNING)
    async with opened(
        load(write(tmp_path, config(server, {"team": place.id}))), clock=clock, reading=InlineReader
    ) as app:
        await read_all(app)
        house = asyncio.create_task(run(app, port=0))
        await until(lambda: server.sockets.opened)
        assert server.messages(place) == []
        clock.set(MORNING + timedelta(minutes=1))
        await until(lambda: len(server.messages(place)) == 6, seconds=20)
        await until(lambda: all(len(one.reactions) == 2 for one in server.messages(place)[1:]), seconds=20)
        (first,) = await titles(app)
        without_votes = await upcoming(app)
        clicks = []
        for message, title in zip(server.messages(place)[1:], first, strict=True):
            for number, member in enumerate(members):
                valued = is_of_one(title)
                if number % 3:
                    server.react(member, place.id, message.ts, "thumbsup" if valued else "-1::skin-tone-3")
                else:
                    clicks.append(server.click(member, place.id, message.ts, f"vote:value:{int(not valued)}").acked())
        await asyncio.gather(*clicks)
        for _ in range(100):
            answer = await server.command(members[0], place, "/digest", "votes")
            if str(answer.messages).count(" 30") >= len(first):
                break
            await asyncio.sleep(0.05)
        assert str(answer.messages).count(" 30") >= len(first)
        clock.set(MORNING + timedelta(days=1, minutes=1))
        await until(lambda: len(server.messages(place)) == 12, seconds=20)
        _, second = await titles(app)
        house.cancel()
        await asyncio.gather(house, return_exceptions=True)
    await server.stop()
    assert not set(first) & set(second)
    assert sum(map(is_of_one, second)) > sum(map(is_of_one, without_votes))
    assert server.violations == server.pings == []
    assert server.too_many == server.ignored_429 == 0
