"""The local Slack's Web API, through the real slack_sdk."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack_server import Channel, SlackServer, User, Workspace

ROOT = Path(__file__).parents[2]
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}
Act = Callable[[AsyncWebClient, Channel], Awaitable[Any]]


async def refused(asked: Awaitable[Any]) -> Any:
    """What Slack answered in place of doing it."""
    with pytest.raises(SlackApiError) as caught:
        await asked
    return caught.value.response


# ---------------------------------------------------------------- messages


async def test_a_message_is_kept_as_posted_and_read_back(
    slack: SlackServer, room: Channel, web: AsyncWebClient
) -> None:
    metadata = {"event_type": "digest", "event_payload": {"key": "1"}}
    told = await web.chat_postMessage(channel=room.id, text="a &amp; b", blocks=[SECTION], metadata=metadata)
    (message,) = slack.messages(room.id)
    assert (message.ts, message.user, message.text) == (told["ts"], room.workspace.bot_user, "a &amp; b")
    assert message.payload["metadata"] == metadata
    assert told["message"]["blocks"][0]["block_id"]
    (read,) = (await web.conversations_history(channel=room.id))["messages"]
    assert "metadata" not in read
    (read,) = (await web.conversations_history(channel=room.id, include_all_metadata=True))["messages"]
    assert read["metadata"] == metadata
    assert told.headers["x-oauth-scopes"] == ",".join(room.workspace.scopes)


async def test_forms_and_queries_are_read_as_json_bodies_are(
    slack: SlackServer, room: Channel, web: AsyncWebClient
) -> None:
    async with aiohttp.ClientSession() as session:
        sent: dict[str, Any]
        for sent in (
            {"data": {"token": room.workspace.bot_token, "channel": room.id, "text": "form", "blocks": "[]"}},
            {"params": {"token": room.workspace.bot_token, "channel": room.id, "text": "query"}},
        ):
            async with session.post(f"{slack.api_url}chat.postMessage", **sent) as got:
                assert (await got.json())["ok"]
    assert [one.text for one in slack.messages(room)] == ["form", "query"]
    assert slack.messages(room)[0].payload["blocks"] == []


async def test_history_comes_newest_first_in_pages_and_between_times(
    slack: SlackServer, room: Channel, web: AsyncWebClient
) -> None:
    stamps = [(await web.chat_postMessage(channel=room.id, text=str(number)))["ts"] for number in range(5)]
    assert stamps == sorted(set(stamps))
    first = await web.conversations_history(channel=room.id, limit=3)
    assert [one["text"] for one in first["messages"]] == ["4", "3", "2"]
    assert first["has_more"]
    after = first["response_metadata"]["next_cursor"]
    rest = await web.conversations_history(channel=room.id, limit=3, cursor=after)
    assert [one["text"] for one in rest["messages"]] == ["1", "0"]
    between = {"channel": room.id, "oldest": stamps[1], "latest": stamps[3]}
    assert [one["text"] for one in (await web.conversations_history(**between))["messages"]] == ["2"]
    between["inclusive"] = True
    assert [one["text"] for one in (await web.conversations_history(**between))["messages"]] == ["3", "2", "1"]


async def test_a_thread_has_its_parent_first_and_stands_apart(
    slack: SlackServer, room: Channel, web: AsyncWebClient
) -> None:
    parent = (await web.chat_postMessage(channel=room.id, text="parent"))["ts"]
    answers = [
        (await web.chat_postMessage(channel=room.id, text=str(n), thread_ts=parent, reply_broadcast=n == 1))["ts"]
        for n in range(2)
    ]
    read = (await web.conversations_replies(channel=room.id, ts=parent))["messages"]
    assert [one["text"] for one in read] == ["parent", "0", "1"]
    assert (read[0]["reply_count"], read[1]["thread_ts"]) == (2, parent)
    assert [one.text for one in slack.messages(room)] == ["parent", "1"]
    assert [one.ts for one in slack.replies(room, parent)] == answers
    slack.delete_message(room, answers[0])
    assert len((await web.conversations_replies(channel=room.id, ts=answers[1]))["messages"]) == 2


async def test_messages_are_changed_linked_and_deleted(slack: SlackServer, room: Channel, web: AsyncWebClient) -> None:
    ts = (await web.chat_postMessage(channel=room.id, text="old", blocks=[SECTION]))["ts"]
    told = await web.chat_update(channel=room.id, ts=ts, text="new")
    assert told["text"] == slack.messages(room)[0].text == "new"
    assert slack.messages(room)[0].payload["blocks"] == [SECTION]
    link = (await web.chat_getPermalink(channel=room.id, message_ts=ts))["permalink"]
    assert link.endswith(f"/archives/{room.id}/p{ts.replace('.', '')}")
    await web.chat_delete(channel=room.id, ts=ts)
    assert slack.messages(room) == []
    assert (await web.conversations_history(channel=room.id))["messages"] == []


async def test_what_one_member_alone_sees_is_no_message(
    slack: SlackServer, room: Channel, ada: User, web: AsyncWebClient
) -> None:
    await web.chat_postEphemeral(channel=room.id, user=ada.id, text="psst")
    assert [(one.channel, one.user, one.text) for one in slack.ephemerals] == [(room.id, ada.id, "psst")]
    assert slack.messages(room) == []


async def test_a_users_id_is_a_place_too(
    slack: SlackServer, workspace: Workspace, ada: User, web: AsyncWebClient
) -> None:
    told = await web.chat_postMessage(channel=ada.id, text="hello")
    opened = await web.conversations_open(users=[ada.id])
    assert told["channel"] == opened["channel"]["id"]
    assert told["channel"].startswith("D")
    assert [one.text for one in slack.direct_messages(workspace, ada)] == ["hello"]


async def test_pings_are_counted(slack: SlackServer, room: Channel, web: AsyncWebClient) -> None:
    await web.chat_postMessage(channel=room.id, text="<!here> &lt;!channel&gt; @ada")
    assert slack.pings == ["<!here>"]


# ---------------------------------------------------------------- reactions


async def test_reactions_are_one_of_a_kind_for_each_user(
    slack: SlackServer, room: Channel, ada: User, web: AsyncWebClient
) -> None:
    ts = (await web.chat_postMessage(channel=room.id, text="vote"))["ts"]
    await web.reactions_add(channel=room.id, timestamp=ts, name="thumbsup")
    slack.react(ada, room.id, ts, "+1")
    slack.react(ada, room.id, ts, "+1::skin-tone-3")
    told = (await web.reactions_get(channel=room.id, timestamp=ts, full=True))["message"]["reactions"]
    bot = room.workspace.bot_user
    assert [(one["name"], one["users"], one["count"]) for one in told] == [
        ("+1", [bot, ada.id], 2),
        ("+1::skin-tone-3", [ada.id], 1),
    ]
    again = await refused(web.reactions_add(channel=room.id, timestamp=ts, name="+1"))
    assert again["error"] == "already_reacted"
    await web.reactions_remove(channel=room.id, timestamp=ts, name="+1")
    gone = await refused(web.reactions_remove(channel=room.id, timestamp=ts, name="+1"))
    assert gone["error"] == "no_reaction"
    assert slack.messages(room)[0].reactions == {"+1": [ada.id], "+1::skin-tone-3": [ada.id]}
    assert len((await web.reactions_list(user=ada.id))["items"]) == 1


async def test_only_some_who_reacted_are_named_unless_all_are_asked_for(
    slack: SlackServer, workspace: Workspace, room: Channel, web: AsyncWebClient
) -> None:
    ts = (await web.chat_postMessage(channel=room.id, text="vote"))["ts"]
    for number in range(30):
        slack.react(slack.add_member(workspace, f"m{number}"), room.id, ts, "tada")
    for full, named in ((False, 25), (True, 30)):
        told = (await web.reactions_get(channel=room.id, timestamp=ts, full=full))["message"]["reactions"][0]
        assert (len(told["users"]), told["count"]) == (named, 30)


# ---------------------------------------------------------------- who and what there is


async def test_lists_come_in_pages_and_know_what_the_bot_may_see(
    slack: SlackServer, workspace: Workspace, room: Channel, web: AsyncWebClient
) -> None:
    slack.add_channel(workspace, "secret", private=True, bot_in=False)
    inside = slack.add_channel(workspace, "inside", private=True)
    outside = slack.add_channel(workspace, "outside", bot_in=False)
    told = await web.conversations_list(types="public_channel,private_channel", limit=2)
    found = told["channels"]
    told = await web.conversations_list(
        types="public_channel,private_channel", limit=2, cursor=told["response_metadata"]["next_cursor"]
    )
    found += told["channels"]
    assert {one["id"]: one["is_member"] for one in found} == {room.id: True, inside.id: True, outside.id: False}
    assert told["response_metadata"]["next_cursor"] == ""
    await web.conversations_join(channel=outside.id)
    assert (await web.conversations_info(channel=outside.id, include_num_members=True))["channel"]["is_member"]
    assert [one["subtype"] for one in (await web.conversations_history(channel=outside.id))["messages"]] == [
        "channel_join"
    ]
    assert slack.messages(outside) == []
    assert workspace.bot_user in (await web.conversations_members(channel=outside.id))["members"]


async def test_users_bots_teams_and_tokens_are_told_of(
    slack: SlackServer, workspace: Workspace, web: AsyncWebClient
) -> None:
    hana = slack.add_member(workspace, "hana", locale="zh-TW", owner=True)
    who = await web.auth_test()
    assert (who["team_id"], who["user_id"], who["bot_id"]) == (workspace.id, workspace.bot_user, workspace.bot_id)
    told = (await web.users_info(user=hana.id, include_locale=True))["user"]
    assert (told["locale"], told["is_admin"], told["is_bot"]) == ("zh-TW", True, False)
    first = await web.users_list(limit=2)
    rest = await web.users_list(limit=2, cursor=first["response_metadata"]["next_cursor"])
    assert len(first["members"]) + len(rest["members"]) == 3
    assert (await web.team_info())["team"]["name"] == "Acme"
    assert (await web.bots_info(bot=workspace.bot_id))["bot"]["user_id"] == workspace.bot_user
    slack.emoji["parrot"] = "https://emoji.example/parrot.gif"
    assert "parrot" in (await web.emoji_list())["emoji"]


async def test_it_runs_on_its_own() -> None:
    run = [sys.executable, "-m", "tests.platforms.slack_server"]
    process = await asyncio.create_subprocess_exec(*run, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    async with asyncio.timeout(30):
        address = (await process.stdout.readline()).decode().strip()
        lines = [(await process.stdout.readline()).decode() for _ in range(2)]
    token = lines[1].split()[2]
    assert (await AsyncWebClient(token=token, base_url=address).auth_test())["team"] == "Acme"
    process.send_signal(signal.SIGINT)
    assert await process.wait() == 0
