"""A Bolt app on the local Slack that notes what it hears, connected by Socket Mode."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.conftest import until
from tests.platforms.slack_server import SlackServer

BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "More"}, "action_id": "more", "value": "7"}
EVENTS = (
    "reaction_added",
    "reaction_removed",
    "app_uninstalled",
    "tokens_revoked",
    "channel_archive",
    "channel_left",
    "member_joined_channel",
    "member_left_channel",
)


@dataclass
class Bot:
    """A Bolt app that notes what it hears."""

    app: AsyncApp
    events: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def names(self) -> list[str]:
        return [one["type"] for one in self.events]


@asynccontextmanager
async def bolt(slack: SlackServer, web: AsyncWebClient) -> AsyncIterator[Bot]:
    """Connected by Socket Mode."""
    app = AsyncApp(client=web, signing_secret=slack.signing_secret, ignoring_self_events_enabled=False)
    bot = Bot(app)

    async def note(event: dict[str, Any], body: dict[str, Any], request: Any) -> None:
        bot.events.append(event)
        bot.bodies.append(body)
        bot.headers.append(request.headers)

    for name in EVENTS:
        app.event(name)(note)

    @app.command("/digest")
    async def digest(ack: AsyncAck, respond: AsyncRespond, command: dict[str, Any]) -> None:
        bot.asked.append(command)
        if command["text"] == "silent":
            return
        await ack("at once")
        await respond("later", response_type="in_channel")
        await respond("instead", replace_original=True)

    @app.action("more")
    async def more(ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:
        bot.asked.append(body)
        await ack()
        await respond({"delete_original": True} if body["actions"][0].get("value") == "gone" else {"text": "more"})

    # Of a connection that breaks off it takes note after that time, which is ten seconds otherwise.
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.2)
    await handler.connect_async()
    await until(lambda: slack.sockets.lines)
    try:
        yield bot
    finally:
        await handler.close_async()
