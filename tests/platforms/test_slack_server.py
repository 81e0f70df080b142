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

from tests.platforms.slack_server import KINDS, Channel, SlackServer, User, Workspace

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


# ---------------------------------------------------------------- refusals

REFUSALS: list[tuple[str, Act, str]] = [
    (
        "a channel that is not there",
        lambda w, c: w.chat_postMessage(channel="C000000000", text="x"),
        "channel_not_found",
    ),
    ("nothing said", lambda w, c: w.api_call("chat.postMessage", json={"channel": c.id}), "no_text"),
    ("a thread nowhere", lambda w, c: w.chat_postMessage(channel=c.id, text="x", thread_ts="1.1"), "thread_not_found"),
    (
        "metadata of another form",
        lambda w, c: w.chat_postMessage(channel=c.id, text="x", metadata={"event_type": "x"}),
        "invalid_metadata_format",
    ),
    (
        "two kinds of text",
        lambda w, c: w.chat_postMessage(channel=c.id, text="x", markdown_text="x"),
        "markdown_text_conflict",
    ),
    (
        "too much in blocks",
        lambda w, c: w.chat_postMessage(
            channel=c.id, text="x", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2700}}] * 5
        ),
        "msg_blocks_too_long",
    ),
    ("a long change", lambda w, c: w.chat_update(channel=c.id, ts=_first(c), text="x" * 4001), "msg_too_long"),
    ("a change nowhere", lambda w, c: w.chat_update(channel=c.id, ts="1.1", text="x"), "message_not_found"),
    ("a reaction nowhere", lambda w, c: _react(w, c, "1795531900.564158", "+1"), "message_not_found"),
    ("a reaction at no time", lambda w, c: _react(w, c, "yesterday", "+1"), "bad_timestamp"),
    ("no emoji", lambda w, c: _react(w, c, _first(c), "digest-like"), "invalid_name"),
    ("nothing to react to", lambda w, c: w.reactions_get(), "no_item_specified"),
    ("nobody", lambda w, c: w.users_info(user="U000000000"), "user_not_found"),
    ("not there", lambda w, c: w.chat_postEphemeral(channel=c.id, user="U00", text="x"), "user_not_in_channel"),
    ("replies nowhere", lambda w, c: w.conversations_replies(channel=c.id, ts="1.1"), "thread_not_found"),
    ("a cursor of one's own", lambda w, c: w.users_list(cursor="zzz"), "invalid_cursor"),
    ("no such method", lambda w, c: w.api_call("chat.shout"), "unknown_method"),
]


def _first(channel: Channel) -> str:
    return next(iter(channel.messages))


def _react(web: AsyncWebClient, channel: Channel, ts: str, name: str) -> Awaitable[Any]:
    return web.reactions_add(channel=channel.id, timestamp=ts, name=name)


@pytest.mark.parametrize(("act", "error"), [one[1:] for one in REFUSALS], ids=[one[0] for one in REFUSALS])
async def test_what_cannot_be_is_refused_in_slacks_words(
    slack: SlackServer, room: Channel, ada: User, web: AsyncWebClient, act: Act, error: str
) -> None:
    await web.chat_postMessage(channel=room.id, text="first")
    assert (await refused(act(web, room)))["error"] == error
    slack.violations.clear()


def _private(slack: SlackServer, channel: Channel) -> None:
    channel.private = True
    slack.remove_bot(channel)


STATES: list[tuple[str, Callable[[SlackServer, Channel], object], str]] = [
    ("out of the channel", lambda s, c: s.remove_bot(c), "not_in_channel"),
    ("out of a private one", _private, "channel_not_found"),
    ("archived", lambda s, c: s.archive(c), "is_archived"),
    ("deleted", lambda s, c: s.delete_channel(c), "channel_not_found"),
    ("restricted", lambda s, c: s.restrict(c), "restricted_action"),
    ("revoked", lambda s, c: s.revoke_token(c.workspace), "token_revoked"),
    ("uninstalled", lambda s, c: s.uninstall(c.workspace), "account_inactive"),
    ("without the scope", lambda s, c: s.remove_scope(c.workspace, "chat:write"), "missing_scope"),
    ("expired", lambda s, c: s.expire_token(c.workspace), "token_expired"),
]


@pytest.mark.parametrize(("change", "error"), [one[1:] for one in STATES], ids=[one[0] for one in STATES])
async def test_what_has_changed_meanwhile_is_said(
    slack: SlackServer, room: Channel, web: AsyncWebClient, change: Callable[[Any, Any], object], error: str
) -> None:
    change(slack, room)
    told = await refused(web.chat_postMessage(channel=room.id, text="x"))
    assert told["error"] == error
    if error == "missing_scope":
        assert told["needed"] == "chat:write"
        assert "channels:read" in told["provided"].split(",")


async def test_each_kind_of_channel_has_scopes_of_its_own(
    slack: SlackServer, workspace: Workspace, web: AsyncWebClient
) -> None:
    inside = slack.add_channel(workspace, "inside", private=True)
    slack.remove_scope(workspace, "groups:history")
    assert (await refused(web.conversations_history(channel=inside.id)))["needed"] == "groups:history"
    slack.remove_scope(workspace, "groups:read")
    assert (await refused(web.conversations_info(channel=inside.id)))["needed"] == "groups:read"


async def test_tokens_are_good_for_their_own_methods_only(slack: SlackServer, web: AsyncWebClient) -> None:
    async with aiohttp.ClientSession() as session:

        async def error(method: str, *, header: str | None = None, **args: str) -> str:
            headers = {"Authorization": f"Bearer {header}"} if header else {}
            async with session.post(f"{slack.api_url}{method}", headers=headers, data=args) as got:
                return str((await got.json()).get("error"))

        assert await error("auth.test") == "not_authed"
        assert await error("auth.test", token="xoxb-nobody") == "invalid_auth"
        assert await error("auth.test", header=slack.app_token) == "not_allowed_token_type"
        assert await error("apps.connections.open", token=slack.app_token) == "invalid_auth"
        assert await error("apps.connections.open", header=str(web.token)) == "not_allowed_token_type"
        assert await error("apps.connections.open", header=slack.app_token) == "None"
        assert await error("auth.test", token=str(web.token)) == "None"


async def test_an_answer_to_what_slack_said_itself_is_refused(
    slack: SlackServer, room: Channel, web: AsyncWebClient
) -> None:
    slack.remove_bot(room)
    slack.invite_bot(room)
    (joined,) = room.messages
    told = await refused(web.chat_postMessage(channel=room.id, text="x", thread_ts=joined))
    assert told["error"] == "cannot_reply_to_message"


async def test_what_the_specification_does_not_know_is_a_violation(
    slack: SlackServer, room: Channel, web: AsyncWebClient
) -> None:
    if slack.spec is None:
        pytest.skip("the published specification is not in the corpora")
    await web.chat_postMessage(channel=room.id, text="x", client_msg_id="1")
    await web.conversations_history(channel=room.id, oldest="1", limit=5)
    await web.conversations_list(limit=2)
    assert slack.violations == ["chat.postMessage knows no parameter client_msg_id"]
    slack.violations.clear()


# ---------------------------------------------------------------- faults

BEFORE = {"error_before", "drop_before", "fatal_error_before", "internal_error", "503", "429"}


@pytest.mark.parametrize("how", [one for one in KINDS if one not in ("slow", "hang")])
async def test_a_fault_is_told_and_what_was_done_is_done(
    slack: SlackServer, room: Channel, web: AsyncWebClient, how: str
) -> None:
    done: list[str] = []
    slack.on_commit = lambda method, args: done.append(method)
    slack.fail("chat.postMessage", how)
    with pytest.raises((SlackApiError, aiohttp.ClientError)):
        await web.chat_postMessage(channel=room.id, text="x")
    assert len(slack.messages(room)) == len(done) == (how not in BEFORE)
    await web.chat_postMessage(channel=room.id, text="y")
    assert slack.faults.given == 1


async def test_what_hangs_ends_with_the_clients_patience(
    slack: SlackServer, room: Channel, web: AsyncWebClient
) -> None:
    slack.fail("^auth", "hang")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(web.auth_test(), 0.1)
    slack.fail("^auth", "slow", seconds=0.05)
    await web.auth_test()
    assert [one.status for one in slack.requests] == [0, 200]


async def test_chaos_is_for_what_changes_and_the_same_for_a_seed(
    slack: SlackServer, room: Channel, web: AsyncWebClient
) -> None:
    slack.chaos(3, 0.5, ("error_before",))
    outcomes = []
    for _ in range(2):
        slack.chaos(3, 0.5, ("error_before",))
        for number in range(8):
            await web.auth_test()
            posted = await asyncio.gather(
                web.chat_postMessage(channel=room.id, text=str(number)), return_exceptions=True
            )
            outcomes.append(isinstance(posted[0], Exception))
    assert outcomes[:8] == outcomes[8:]
    assert any(outcomes)
    assert not all(outcomes)
    slack.calm()
    await web.chat_postMessage(channel=room.id, text="x")


async def test_slack_sdk_posts_again_by_itself_when_the_connection_breaks_off(
    slack: SlackServer, room: Channel, web: AsyncWebClient
) -> None:
    slack.fail("chat.postMessage", "drop_after")
    usual = AsyncWebClient(token=room.workspace.bot_token, base_url=slack.api_url)
    await usual.chat_postMessage(channel=room.id, text="x")
    assert len(slack.messages(room)) == 2


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
