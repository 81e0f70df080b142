"""What the local Slack refuses, and what goes wrong with it on demand, through the real slack_sdk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack_server import KINDS, Channel, SlackServer, User, Workspace

Act = Callable[[AsyncWebClient, Channel], Awaitable[Any]]


async def refused(asked: Awaitable[Any]) -> Any:
    """What Slack answered in place of doing it."""
    with pytest.raises(SlackApiError) as caught:
        await asked
    return caught.value.response


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
