"""The local Slack's Socket Mode, its commands and clicks, and its events' troubles, through the real slack_bolt."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.conftest import until
from tests.platforms.slack_bolt_app import bolt
from tests.platforms.slack_server import Channel, SlackServer, User, Workspace


@asynccontextmanager
async def raw(slack: SlackServer) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A connection that says nothing by itself."""
    async with aiohttp.ClientSession() as session, session.ws_connect(slack.sockets.new_url()) as socket:
        yield socket


# ---------------------------------------------------------------- events


async def test_events_come_in_their_wrappers(slack: SlackServer, room: Channel, ada: User, web: AsyncWebClient) -> None:
    async with bolt(slack, web) as bot:
        ts = (await web.chat_postMessage(channel=room.id, text="vote"))["ts"]
        await web.reactions_add(channel=room.id, timestamp=ts, name="+1")
        slack.react(ada, room.id, ts, "+1")
        slack.unreact(ada, room.id, ts, "+1")
        slack.react(ada, room.id, ts, "-1", item_user=False)
        slack.archive(room)
        slack.unarchive(room)
        slack.remove_bot(room)
        slack.react(ada, room.id, ts, "tada")  # nobody tells the bot any more
        slack.invite_bot(room)
        await until(lambda: len(bot.events) == 8)
        slack.uninstall(room.workspace)
        await until(lambda: "app_uninstalled" in bot.names())
        assert sorted(bot.names()) == sorted(
            ["reaction_added"] * 3
            + ["reaction_removed", "channel_archive", "member_left_channel", "channel_left"]
            + ["member_joined_channel", "tokens_revoked", "app_uninstalled"]
        )
        added = [one for one in bot.events if one["type"] == "reaction_added"]
        assert [one["user"] for one in added] == [room.workspace.bot_user, ada.id, ada.id]
        assert ["item_user" in one for one in added] == [True, True, False]
        assert added[0]["item"] == {"type": "message", "channel": room.id, "ts": ts}
        assert bot.bodies[0]["authorizations"][0]["user_id"] == room.workspace.bot_user
        assert len({one["event_id"] for one in bot.bodies}) == len(bot.bodies)


async def test_what_the_scopes_do_not_cover_is_not_told(
    slack: SlackServer, room: Channel, ada: User, web: AsyncWebClient
) -> None:
    slack.remove_scope(room.workspace, "reactions:read")
    message = slack.post_as(ada, room, "hello")
    slack.react(ada, room.id, message.ts, "+1")
    assert slack.events.log == []


async def test_events_come_twice_and_out_of_order_when_asked_for(
    slack: SlackServer, room: Channel, ada: User, web: AsyncWebClient
) -> None:
    slack.events.duplicate, slack.events.reorder, slack.events.reorder_seconds = 0.5, 0.5, 0.05
    slack.events.seed(1)
    async with bolt(slack, web) as bot:
        message = slack.post_as(ada, room, "vote")
        for number in range(1, 5):
            slack.react(ada, room.id, message.ts, ("one", "two", "three", "four")[number - 1])
        await until(lambda: {one["event_id"] for one in bot.bodies} == {one["event_id"] for one in slack.events.log})
        await until(lambda: slack.sockets.pending == 0 and not slack.events._late)
        stamps = [one["event_ts"] for one in bot.events]
        assert len(stamps) > 4
        assert stamps != sorted(stamps)


async def test_what_is_not_acknowledged_comes_again_with_the_reason(
    slack: SlackServer, room: Channel, ada: User
) -> None:
    slack.sockets.in_time = 0.05
    message = slack.post_as(ada, room, "vote")
    async with raw(slack) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["connection_info"] == {"app_id": slack.app_id}
        slack.react(ada, room.id, message.ts, "+1")
        frames = [await socket.receive_json() for _ in range(3)]
        await socket.send_str(json.dumps({"envelope_id": frames[-1]["envelope_id"]}))
        await until(lambda: slack.sockets.delivered)
    assert [(one["retry_attempt"], one["retry_reason"]) for one in frames] == [(0, ""), (1, "timeout"), (2, "timeout")]
    assert len({one["envelope_id"] for one in frames}) == 3
    assert len({one["payload"]["event_id"] for one in frames}) == 1
    assert not frames[0]["accepts_response_payload"]


async def test_what_nobody_takes_is_given_up_after_three_retries(slack: SlackServer, room: Channel, ada: User) -> None:
    slack.sockets.in_time = 0.02
    message = slack.post_as(ada, room, "vote")
    async with raw(slack) as socket:
        await until(lambda: slack.sockets.lines)
        slack.react(ada, room.id, message.ts, "+1")
        await until(lambda: slack.sockets.lost)
        assert [(await socket.receive_json())["type"] for _ in range(5)] == ["hello"] + ["events_api"] * 4
    assert (slack.sockets.pending, slack.sockets.delivered) == (0, 0)


@pytest.mark.parametrize("kept", [True, False])
async def test_what_happens_while_nobody_is_connected_is_kept_or_lost(
    slack: SlackServer, room: Channel, ada: User, web: AsyncWebClient, *, kept: bool
) -> None:
    slack.events.keep_events_when_disconnected = kept
    message = slack.post_as(ada, room, "vote")
    slack.react(ada, room.id, message.ts, "+1")
    async with bolt(slack, web) as bot:
        slack.unreact(ada, room.id, message.ts, "+1")
        await until(lambda: "reaction_removed" in bot.names() and not slack.sockets.pending)
        assert bot.names() == ["reaction_added"] * kept + ["reaction_removed"]
        assert len(slack.sockets.lost) == (not kept)
        if kept:
            assert bot.headers[0]["x-slack-retry-reason"] == ["connection_failed"]


@pytest.mark.parametrize("how", ["drop", "warning", "refresh_requested", "link_disabled"])
async def test_the_real_client_comes_again(
    slack: SlackServer, room: Channel, ada: User, web: AsyncWebClient, how: str
) -> None:
    message = slack.post_as(ada, room, "vote")
    async with bolt(slack, web) as bot:
        slack.drop_sockets() if how == "drop" else slack.refresh_sockets(how)
        slack.react(ada, room.id, message.ts, "+1")
        await until(lambda: bot.events)
        assert slack.sockets.opened == 2


async def test_each_payload_goes_to_one_of_several_connections(slack: SlackServer, room: Channel, ada: User) -> None:
    message = slack.post_as(ada, room, "vote")
    async with raw(slack) as first, raw(slack) as second:
        assert [(await one.receive_json())["num_connections"] for one in (first, second)] == [1, 2]
        for name in ("one", "two", "three", "four"):
            slack.react(ada, room.id, message.ts, name)
        got = [
            [(await one.receive_json())["payload"]["event"]["reaction"] for _ in range(2)] for one in (first, second)
        ]
        assert sorted(got[0] + got[1]) == ["four", "one", "three", "two"]


async def test_an_eleventh_connection_and_a_ticket_used_twice_are_turned_away(slack: SlackServer) -> None:
    async with aiohttp.ClientSession() as session:
        url = slack.sockets.new_url()
        there = [await session.ws_connect(url)]
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
        there += [await session.ws_connect(slack.sockets.new_url()) for _ in range(9)]
        await until(lambda: len(slack.sockets.lines) == 10)
        last = await session.ws_connect(slack.sockets.new_url())
        assert (await last.receive_json())["reason"] == "too_many_websockets"
        assert (await last.receive()).type == aiohttp.WSMsgType.CLOSE
        for one in there:
            await one.close()


async def test_many_events_go_through_quickly(
    slack: SlackServer, workspace: Workspace, room: Channel, ada: User
) -> None:
    message = slack.post_as(ada, room, "vote")
    members = [slack.add_member(workspace, f"m{number}") for number in range(1000)]
    async with raw(slack) as socket, asyncio.timeout(5):
        await socket.receive()
        for one in members:
            slack.react(one, room.id, message.ts, "+1")
        for _ in members:
            frame = await socket.receive_json()
            await socket.send_str(json.dumps({"envelope_id": frame["envelope_id"]}))
        await until(lambda: slack.sockets.delivered == 1000)
