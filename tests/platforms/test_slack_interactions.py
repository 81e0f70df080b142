"""The local Slack's commands and clicks, and what the app says by response_url, through the real slack_bolt."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.conftest import until
from tests.platforms.slack_bolt_app import BUTTON, bolt
from tests.platforms.slack_server import Channel, SlackServer, User


async def test_a_command_is_answered_at_once_and_by_its_address(
    slack: SlackServer, room: Channel, ada: User, web: AsyncWebClient
) -> None:
    async with bolt(slack, web) as bot:
        answer = await slack.command(ada, room, "/digest", "a & <b>").all()
        assert bot.asked[0]["text"] == "a &amp; &lt;b&gt;"
        assert answer.ack == {"text": "at once"}
        assert [one["text"] for one in answer.responses] == ["later", "instead"]
        assert {one["text"] for one in answer.messages} < {"at once", "later", "instead"}
        assert answer.error is None


async def test_a_command_that_is_not_taken_fails_for_the_member(
    slack: SlackServer, room: Channel, ada: User, web: AsyncWebClient
) -> None:
    assert (await slack.command(ada, room, "/digest")).error == "dispatch_failed"
    slack.sockets.in_time = 0.05
    async with bolt(slack, web):
        assert (await slack.command(ada, room, "/digest", "silent")).error == "operation_timeout"
    slack.uninstall(room.workspace)
    assert (await slack.command(ada, room, "/digest")).error == "unknown_command"


async def test_a_response_url_is_good_for_five_answers_in_half_an_hour(
    slack: SlackServer, room: Channel, ada: User
) -> None:
    answer = slack.command(ada, room, "/digest")
    async with aiohttp.ClientSession() as session:

        async def says(**body: Any) -> tuple[int, str]:
            async with session.post(answer.response_url, json=body) as got:
                return got.status, await got.text()

        assert await says(text="a") == (200, "ok")
        assert (await says(blocks=[{"type": "nothing"}]))[0] == 400
        slack.violations.clear()
        slack.fail("response_url", "error_after")
        assert (await says(text="b", response_type="in_channel"))[0] == 500
        assert await says(text="c", replace_original=True) == (200, "ok")
        assert await says(delete_original=True) == (200, "ok")
        assert await says(text="d") == (404, '{"ok":false,"error":"used_url"}')
        assert [one.text for one in slack.messages(room)] == ["b"]
        assert [(one.text, one.deleted) for one in slack.ephemerals] == [("c", True)]
        later = slack.command(ada, room, "/digest")
        later.since -= 1801
        async with session.post(later.response_url, json={"text": "x"}) as got:
            assert "expired_url" in await got.text()


async def test_a_button_is_pressed_on_a_message_and_on_what_one_alone_sees(
    slack: SlackServer, room: Channel, ada: User, web: AsyncWebClient
) -> None:
    blocks = [{"type": "actions", "block_id": "b", "elements": [BUTTON]}]
    async with bolt(slack, web) as bot:
        ts = (await web.chat_postMessage(channel=room.id, text="x", blocks=blocks))["ts"]
        answer = await slack.click(ada, room, ts, "more")
        assert (answer.text, answer.private) == ("more", [True])
        body = bot.asked[0]
        assert body["actions"][0] | {"action_ts": ""} == BUTTON | {"block_id": "b", "action_ts": ""}
        assert body["message"]["ts"] == body["container"]["message_ts"] == ts
        gone = [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}, "accessory": BUTTON | {"value": "gone"}}]
        told = await web.chat_postEphemeral(channel=room.id, user=ada.id, text="psst", blocks=gone)
        await slack.click(ada, room, told["message_ts"], "more")
        await until(lambda: [one.deleted for one in slack.ephemerals if one.text == "psst"] == [True])
        assert bot.asked[1]["container"]["is_ephemeral"]
        assert "message" not in bot.asked[1]


async def test_a_whisper_after_a_command_is_its_answer_and_a_trigger_opens_one_view(
    slack: SlackServer, room: Channel, ada: User, web: AsyncWebClient
) -> None:
    answer = slack.command(ada, room, "/digest")
    await asyncio.sleep(0)
    answer.error = None
    await web.chat_postEphemeral(channel=room.id, user=ada.id, text="psst")
    assert answer.text == "psst"
    view = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": []}
    await web.views_open(trigger_id=answer.trigger_id, view=view)
    assert slack.views[0]["type"] == "modal"
