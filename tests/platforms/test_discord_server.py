"""The local Discord's gateway, through the real discord.py."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest

from tests.platforms.conftest import INTENTS, until
from tests.platforms.discord_server import Channel, DiscordServer, Guild

ROOT = Path(__file__).parents[2]
Watch = Callable[[], Any]


async def test_a_client_logs_in_and_learns_of_guilds_channels_and_what_it_may_do(
    server: DiscordServer, guild: Guild, channel: Channel, watch: Watch
) -> None:
    server.permit(channel, add_reactions=False)
    async with watch() as watcher:
        client = watcher.client
        assert str(client.user.id) == server.bot_id
        assert [str(one.id) for one in client.guilds] == [guild.id]
        found = client.get_channel(int(channel.id))
        held = found.permissions_for(found.guild.me)
        assert (held.send_messages, held.add_reactions, held.manage_messages) == (True, False, False)
        server.permit(channel, add_reactions=True, manage_messages=True, view_channel=True)
        await until(lambda: found.permissions_for(found.guild.me).manage_messages)
        later = server.add_channel(guild, "later")
        await until(lambda: client.get_channel(int(later.id)))
        server.delete_channel(channel)
        await until(lambda: watcher.of("guild_channel_delete"))
        server.remove_bot(guild)
        await until(lambda: watcher.of("guild_remove"))
    assert (server.identifies, server.gateway_asks) == (1, 1)


async def test_shards_hear_of_their_own_guilds(server: DiscordServer, watch: Watch) -> None:
    server.shards = 2
    guilds = [server.add_guild(f"g{number}") for number in range(4)]
    async with watch() as watcher:
        assert len(watcher.client.shards) == 2
        assert {str(one.id): one.shard_id for one in watcher.client.guilds} == {
            one.id: (int(one.id) >> 22) % 2 for one in guilds
        }


async def test_reactions_of_every_kind_come_raw(server: DiscordServer, channel: Channel, watch: Watch) -> None:
    ada = server.add_member(channel.guild, "ada")
    robot = server.add_member(channel.guild, "robot", bot=True)
    message = server.put_message(channel, {"content": "vote"})
    where = channel.id, message.id
    async with watch() as watcher:
        await server.react(*where, ada, "👍")
        await server.react(*where, ada, "👍", burst=True)
        await server.react(*where, robot, "👎")
        await server.react(*where, ada, "👎", with_member=False)
        await server.unreact(*where, ada, "👍")
        await server.clear(*where, "👎")
        await server.clear(*where)
        await until(lambda: watcher.of("raw_reaction_clear"))
        adds = watcher.of("raw_reaction_add")
        assert [(str(one.user_id), str(one.emoji), one.burst) for one in adds] == [
            (ada, "👍", False),
            (ada, "👍", True),
            (robot, "👎", False),
            (ada, "👎", False),
        ]
        assert [one.member.bot if one.member else None for one in adds] == [False, False, True, None]
        assert [str(one.message_author_id) == server.bot_id for one in adds] == [True, True, True, False]
        (removed,) = watcher.of("raw_reaction_remove")
        assert not removed.burst
        assert [str(one.emoji) for one in watcher.of("raw_reaction_clear_emoji")] == ["👎"]
    assert message.reactions == {}


async def test_only_what_was_asked_for_is_told(server: DiscordServer, channel: Channel) -> None:
    message = server.put_message(channel, {"content": "vote"})
    ada = server.add_member(channel.guild, "ada")
    async with aiohttp.ClientSession() as session, session.ws_connect(server.gateway_url + "?v=10") as socket:
        assert (await socket.receive_json())["op"] == 10
        told = {"token": server.token, "intents": discord.Intents(guilds=True).value, "properties": {}}
        await socket.send_json({"op": 2, "d": told})
        await server.react(channel.id, message.id, ada, "👍")
        await until(lambda: server.gateway.sessions)
        await server.react(channel.id, message.id, ada, "👎")
        server.put_message(channel, {"content": "more"})
        server.delete_channel(channel)
        events = [(await socket.receive_json())["t"] for _ in range(3)]
        assert events == ["READY", "GUILD_CREATE", "CHANNEL_DELETE"]


@pytest.mark.parametrize("code", [4000, None])
async def test_after_a_drop_a_client_resumes_and_misses_nothing(
    server: DiscordServer, channel: Channel, watch: Watch, code: int | None
) -> None:
    ada = server.add_member(channel.guild, "ada")
    message = server.put_message(channel, {"content": "vote"})
    async with watch() as watcher:
        server.drop_gateways(code)
        for emoji in ("👍", "👎", "🍕"):
            server.react_now(channel.id, message.id, ada, emoji)
        await until(lambda: len(watcher.of("raw_reaction_add")) == 3)
        assert [str(one.emoji) for one in watcher.of("raw_reaction_add")] == ["👍", "👎", "🍕"]
        await until(lambda: "shard_resumed" in watcher.names())
    assert (server.identifies, server.resumes) == (1, 1)


async def test_asked_to_come_again_a_client_resumes(server: DiscordServer, channel: Channel, watch: Watch) -> None:
    async with watch() as watcher:
        server.reconnect_gateways()
        await until(lambda: "shard_resumed" in watcher.names())
    assert (server.identifies, server.resumes) == (1, 1)


async def test_an_invalid_session_is_begun_anew_and_what_happened_meanwhile_is_lost(
    server: DiscordServer, channel: Channel, watch: Watch
) -> None:
    ada = server.add_member(channel.guild, "ada")
    message = server.put_message(channel, {"content": "vote"})
    async with watch() as watcher:
        server.invalidate_sessions()
        server.react_now(channel.id, message.id, ada, "👍")
        await until(lambda: server.identifies == 2)
        await until(lambda: watcher.names().count("shard_ready") == 2)
        server.react_now(channel.id, message.id, ada, "👎")
        await until(lambda: watcher.of("raw_reaction_add"))
        assert [str(one.emoji) for one in watcher.of("raw_reaction_add")] == ["👎"]
    assert server.resumes == 0


@pytest.mark.parametrize(
    ("code", "error"),
    [(4004, discord.ConnectionClosed), (4013, discord.ConnectionClosed), (4014, discord.PrivilegedIntentsRequired)],
)
async def test_an_identify_can_be_refused(
    server: DiscordServer, watch: Watch, code: int, error: type[Exception]
) -> None:
    server.refuse_identify(code)
    with pytest.raises(error):
        async with watch():
            pass


async def test_privileged_intents_and_a_revoked_token_are_refused(server: DiscordServer, addresses: None) -> None:
    client = discord.AutoShardedClient(intents=discord.Intents.all())
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await client.start(server.token)
    await client.close()
    old = server.token
    server.revoke_token()
    client = discord.AutoShardedClient(intents=INTENTS)
    with pytest.raises(discord.LoginFailure):
        await client.start(old)
    await client.close()
    assert server.invalid_requests == 1


async def test_heartbeats_are_watched(server: DiscordServer, channel: Channel, watch: Watch) -> None:
    server.heartbeat_interval = 200
    async with watch() as watcher:
        await until(lambda: watcher.client.latency < 1)
        assert server.late_heartbeats == []
    server.gateway.late.append((0, 1.5))
    assert server.late_heartbeats == [(0, 1.5)]


async def test_anything_can_be_told(server: DiscordServer, channel: Channel, watch: Watch) -> None:
    async with watch() as watcher:
        server.dispatch_raw({"t": "SOMETHING_NEW", "d": {"a": 1}})
        server.dispatch_raw({"t": "MESSAGE_DELETE", "d": {"id": "5", "channel_id": channel.id}})
        await until(lambda: watcher.of("raw_message_delete"))
        server.dispatch_raw({"t": "MESSAGE_DELETE", "d": {"nonsense": True}})  # which ends discord.py's client
        await until(lambda: server.gateway.lines == set())


IDENTIFY = {"token": "the.local.token", "intents": 1, "properties": {}}


@pytest.mark.parametrize(
    ("query", "frames", "code"),
    [
        ("?v=9", [], 4012),
        ("", ["no JSON"], 4002),
        ("", [{"op": 99}], 4001),
        ("", [{"op": 3, "d": {}}], 4003),
        ("", [{"op": 2, "d": IDENTIFY | {"token": "x"}}], 4004),
        ("", [{"op": 2, "d": IDENTIFY}, {"op": 2, "d": IDENTIFY}], 4005),
        ("", [{"op": 2, "d": {"token": "the.local.token"}}], 4002),
        ("", [{"op": 2, "d": IDENTIFY | {"shard": [2, 2]}}], 4010),
        ("", [{"op": 2, "d": IDENTIFY | {"intents": 1 << 40}}], 4013),
        ("", [{"op": 2, "d": IDENTIFY | {"intents": 1 << 15}}], 4014),
        ("", [{"op": 1, "d": None}] * 121, 4008),
    ],
)
async def test_a_client_that_does_not_keep_to_the_protocol_is_closed(
    server: DiscordServer, query: str, frames: list[Any], code: int
) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(server.gateway_url + query) as socket:
        for frame in frames:
            await (socket.send_str(frame) if isinstance(frame, str) else socket.send_json(frame))
        while (await socket.receive()).type != aiohttp.WSMsgType.CLOSE:
            pass
        assert socket.close_code == code


async def test_who_says_goodbye_may_not_resume_and_who_comes_too_fast_has_to_wait(server: DiscordServer) -> None:
    server.identify_every = 60

    async def first_answer(session: aiohttp.ClientSession, frame: dict[str, Any]) -> dict[str, Any]:
        async with session.ws_connect(server.gateway_url) as socket:
            assert (await socket.receive_json())["op"] == 10
            await socket.send_json(frame)
            answer: dict[str, Any] = await socket.receive_json()
            await socket.close(code=1000)
            return answer

    async with aiohttp.ClientSession() as session:
        ready = await first_answer(session, {"op": 2, "d": IDENTIFY})
        assert ready["t"] == "READY"
        resume = {"token": server.token, "session_id": ready["d"]["session_id"], "seq": 1}
        assert (await first_answer(session, {"op": 6, "d": resume}))["op"] == 9
        assert (await first_answer(session, {"op": 2, "d": IDENTIFY}))["op"] == 9


async def test_it_can_stand_alone() -> None:
    command = [sys.executable, "-m", "tests.platforms.discord_server", "--port", "0"]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    async with aiohttp.ClientSession() as session, session.get(f"{url}/gateway") as answer:
        assert answer.status == 401
    process.send_signal(signal.SIGINT)
    assert await process.wait() == 0
