"""What Slack's events mean to the house: slack-bolt's app and its listeners. How events come, `gateway.py` knows."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.response import BoltResponse

from adapters.slack.commands import Commands
from adapters.slack.installs import Installs
from adapters.slack.order import Once
from adapters.slack.reactions import PLATFORM, Reactions
from adapters.slack.web import Web, quiet_logger
from bot.errors import ChannelLost
from bot.model import ChannelEvent, Reason
from bot.ports import House

_log = structlog.get_logger(__name__)
Json = Mapping[str, Any]
Ack = Callable[..., Awaitable[BoltResponse]]

_ACKED = 2.0  # seconds until what a member waits for is acknowledged though it takes longer; Slack waits for 3
_DEALT = 5.0  # the same of an event: Slack sends it again meanwhile, so a crash does not lose it
_CHANNEL_EVENTS = {  # Slack's event -> what became of the channel, and the words for it
    **dict.fromkeys(("channel_archive", "group_archive"), ("archived", "lost.archived")),
    **dict.fromkeys(("channel_left", "group_left"), ("left", "lost.away")),
    **dict.fromkeys(("channel_deleted", "group_deleted"), ("left", "lost.channel")),
    **dict.fromkeys(("channel_unarchive", "group_unarchive"), ("restored", None)),
}
_REACTIONS = ("reaction_added", "reaction_removed")
EVENTS = (  # that the app subscribes to
    "app_uninstalled",
    *_CHANNEL_EVENTS,
    "member_joined_channel",
    *_REACTIONS,
    "tokens_revoked",
)


class Events:
    def __init__(self, *, web: Web, house: House, reactions: Reactions, commands: Commands) -> None:
        self._web = web
        self._house = house
        self._reactions = reactions
        self._commands = commands
        self._once = Once()

    def app(self, *, signing_secret: str, flow: AsyncOAuthFlow | None) -> AsyncApp:
        """An event is acknowledged when it is kept or dealt with, so one that a crash interrupts is not lost."""
        app = AsyncApp(
            name="digestbot",
            logger=quiet_logger(),
            client=self._web.client(),
            signing_secret=signing_secret,
            process_before_response=True,
            authorize=_Authorize(self._web.installs),  # type: ignore[arg-type]
            oauth_flow=flow,
            user_facing_authorize_error_message="digestbot is not installed in this workspace any more.",
        )
        for name in _REACTIONS:
            app.event(name)(self._on_reaction)
        for name in _CHANNEL_EVENTS:
            app.event(name)(self._once_each(self._channel))
        for name in ("app_uninstalled", "tokens_revoked"):
            app.event(name)(self._once_each(self._gone))
        app.event("member_joined_channel")(self._once_each(self._joined))
        app.event(re.compile(""))(_nothing)  # Slack takes an event that nobody answers for a failure of ours
        app.command(re.compile(""))(self._on_command)
        app.action(re.compile(""))(self._on_action)
        app.error(_failed)
        return app

    async def aclose(self) -> None:
        await self._reactions.aclose()
        await self._commands.aclose()

    async def reaction(self, body: Json) -> bool:
        """Deals with an event that is a reaction as the app would; False: it is none. The app takes twice as long, and
        ten times for one that Slack sends again: where thousands come at once, it would do nothing else."""
        if (body.get("event") or {}).get("type") not in _REACTIONS:
            return False
        await self._on_reaction(body)
        return True

    async def resume(self) -> None:
        """Goes on with what a bot that is no more had acknowledged. Raises StorageError."""
        await self._reactions.resume()

    async def _on_reaction(self, body: Json) -> None:
        """However long that takes: what is not kept must not be acknowledged."""
        await self._begin(body["event_id"], lambda: self._reaction(body), patience=None)

    def _once_each(self, work: Callable[[Json], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        """A listener that deals with each event once, whatever it is about."""

        async def listener(body: Json) -> None:
            await self._begin(body["event_id"], lambda: work(body), patience=_DEALT)

        return listener

    async def _reaction(self, body: Json) -> None:
        event = body["event"]
        held = event["type"] == "reaction_added"
        await self._reactions.reacted(team_of(body), event, held=held, event_id=body["event_id"])

    async def _on_action(self, ack: Ack, body: Json, action: Json) -> None:
        click = str(body.get("trigger_id") or f"{body['user']['id']} {action.get('action_ts')}")
        await self._begin(click, lambda: self._reactions.pressed(body["team"]["id"], body, action, click=click))
        await ack()

    async def _on_command(self, ack: Ack, body: Json) -> None:
        answers: list[Mapping[str, object] | None] = []

        async def answer() -> None:
            answers.append(await self._commands.on(str(body["team_id"]), body))

        await self._begin(str(body["trigger_id"]), answer)
        await ack(*(dict(one) for one in answers if one is not None))

    async def _channel(self, body: Json) -> None:
        event = body["event"]
        kind, key = _CHANNEL_EVENTS[event["type"]]
        channel = event["channel"]
        await self._changed(kind, team_of(body), channel if isinstance(channel, str) else channel["id"], key)

    async def _joined(self, body: Json) -> None:
        team, event = team_of(body), body["event"]
        if event["user"] == (await self._web.installs.of(team)).bot_user:
            await self._changed("restored", team, event["channel"])

    async def _gone(self, body: Json) -> None:
        """The workspace removed the app, or took its token back; told late, it may have the app again."""
        team, event = team_of(body), body["event"]
        if event["type"] == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return
        told_of = float(body.get("event_time") or 0) + 1  # Slack leaves out what is less than a second
        if await self._web.installs.forget(team, at=told_of):
            await self._changed("workspace_gone", team, None)

    async def _changed(self, kind: Any, team: str, place: str | None, key: str | None = None) -> None:
        await self._house.listener.changed(
            ChannelEvent(kind=kind, platform=PLATFORM, workspace=team, place=place, reason=Reason(key) if key else "")
        )

    async def _begin(self, event: str, work: Callable[[], Awaitable[None]], *, patience: float | None = _ACKED) -> None:
        """Deals with an event once; returns when that is done, or takes long. What fails in time, Slack sends again."""
        task, new = self._once.begun(event, work)
        if task is None:
            return
        done, _ = await asyncio.wait((task,), timeout=patience)
        if done:
            task.result()
        elif new:
            task.add_done_callback(_ended)


class _Authorize(AsyncAuthorize):
    """Which token answers: none where the workspace has no installation. Slack asks again where we cannot know."""

    def __init__(self, installs: Installs) -> None:
        self._installs = installs

    async def __call__(
        self, *, enterprise_id: str | None, team_id: str | None, **_others: object
    ) -> AuthorizeResult | None:
        try:
            install = await self._installs.of(team_id or "")
        except ChannelLost:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=install.team,
            bot_user_id=install.bot_user,
            bot_id=install.bot_id,
            bot_token=install.token,
        )


def team_of(body: Json) -> str:
    """The workspace whose installation an event is for; in a channel that two share it may come from the other."""
    authorizations = body.get("authorizations") or ()
    return str((authorizations[0].get("team_id") if authorizations else None) or body.get("team_id") or "")


async def _failed(error: Exception, body: Json) -> None:
    """The answer stays an error, so Slack sends it again."""
    kind = (body.get("event") or {}).get("type") or body.get("type") or body.get("command")
    _log.error("an event was not dealt with", event_kind=kind, error=f"{type(error).__name__}: {error}")


async def _nothing() -> None:
    pass


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("an event was not dealt with", error=f"{type(error).__name__}: {error}")
