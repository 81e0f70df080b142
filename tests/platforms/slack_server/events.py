"""Events: each in its wrapper, to the app, once and in order or, when asked to, twice and out of it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.platforms.slack_server.shapes import message_json
from tests.platforms.slack_server.world import Channel, Ephemeral, Message, Workspace

if TYPE_CHECKING:
    from tests.platforms.slack_server import SlackServer

# What the app is subscribed to: event -> the scopes of which it needs one, "{kind}" being the kind of channel.
SUBSCRIBED = {
    "app_uninstalled": "",
    "tokens_revoked": "",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "channel_archive": "channels:read",
    "channel_unarchive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_left": "channels:read",
    "group_archive": "groups:read",
    "group_unarchive": "groups:read",
    "group_deleted": "groups:read",
    "group_left": "groups:read",
    "member_joined_channel": "{kind}:read",
    "member_left_channel": "{kind}:read",
}
MESSAGES = {"message": "{kind}:history"}  # not by default: a bot of digests has no need of it


class Events:
    """`duplicate` and `reorder` are chances; what is reordered comes late, by at most `reorder_seconds`.

    `subscribed` is what the app hears of. `log` has every wrapper that was made. What happens while the app has no
    socket open is kept until it has, or lost without `keep_events_when_disconnected`.
    """

    def __init__(self, server: SlackServer) -> None:
        self._server = server
        self.duplicate = 0.0
        self.reorder = 0.0
        self.reorder_seconds = 0.4
        self.keep_events_when_disconnected = True
        self.chance = random.Random(0)
        self.subscribed = dict(SUBSCRIBED)
        self.log: list[dict[str, Any]] = []
        self._late: set[asyncio.TimerHandle] = set()

    def seed(self, number: int) -> None:
        """Of what is left to chance."""
        self.chance = random.Random(number)

    def send(
        self, workspace: Workspace, event: dict[str, Any], kind: str = "channels", *, always: bool = False
    ) -> None:
        """`kind` of channel; `always`: even where the app is not installed any more."""
        scope = self.subscribed.get(event["type"])
        if scope is None or not (workspace.installed or always):
            return
        if scope and scope.format(kind=kind) not in workspace.scopes:
            return
        wrapper = self.wrapped(workspace, event)
        self.log.append(wrapper)
        spec = self._server.spec
        if spec is not None and (wrong := spec.event_fault(wrapper)):
            self._server.violations.append(wrong)
        self._out(wrapper)
        if self.duplicate and self.chance.random() < self.duplicate:
            self._out(wrapper)

    def wrapped(self, workspace: Workspace, event: dict[str, Any]) -> dict[str, Any]:
        world = self._server.world
        authorization = {
            "enterprise_id": None,
            "team_id": workspace.id,
            "user_id": workspace.bot_user,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": self._server.verification_token,
            "team_id": workspace.id,
            "context_team_id": workspace.id,
            "context_enterprise_id": None,
            "api_app_id": world.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": world.new_id("Ev"),
            "event_time": int(time.time()),
            "authorizations": [authorization],
            "is_ext_shared_channel": False,
            "event_context": "4-" + world.secret(40),
        }

    def end(self) -> None:
        """What is late does not come any more."""
        for one in self._late:
            one.cancel()
        self._late.clear()

    def _out(self, wrapper: dict[str, Any]) -> None:
        if self.reorder and self.chance.random() < self.reorder:
            self._later(lambda: self._server.outlet.event(wrapper), self.chance.random() * self.reorder_seconds)
        else:
            self._server.outlet.event(wrapper)

    def _later(self, act: Callable[[], None], seconds: float) -> None:
        def do() -> None:
            self._late.discard(handle)
            act()

        handle = asyncio.get_running_loop().call_later(seconds, do)
        self._late.add(handle)


class Teller:
    """Makes the events of what happens."""

    def __init__(self, server: SlackServer) -> None:
        self._server = server

    def reaction(
        self, event: str, channel: Channel, message: Message, user: str, name: str, *, item_user: bool = True
    ) -> None:
        """Without `item_user` for what was posted by an incoming webhook. Only where the bot is in the channel."""
        if not channel.bot_in:
            return
        told: dict[str, Any] = {
            "type": event,
            "user": user,
            "reaction": name,
            "item": {"type": "message", "channel": channel.id, "ts": message.ts},
        }
        if item_user:
            told["item_user"] = message.user
        self._send(channel, told)

    def member(self, event: str, channel: Channel, user: str, by: str | None) -> None:
        told = {"type": event, "user": user, "channel": channel.id, "team": channel.workspace.id}
        told["channel_type"] = "G" if channel.private else "C"
        self._send(channel, told | ({"inviter": by} if by and event == "member_joined_channel" else {}))

    def channel(self, what: str, channel: Channel, by: str) -> None:
        """`what` is "archive", "unarchive", "deleted" or "left"."""
        told: dict[str, Any] = {"type": f"{'group' if channel.private else 'channel'}_{what}", "channel": channel.id}
        if what in ("archive", "unarchive"):
            told["user"] = by
        else:
            told["actor_id"] = by
        if what == "archive":
            told["is_moved"] = 0
        self._send(channel, told)

    def posted(self, channel: Channel, message: Message) -> None:
        if "message" in self._server.events.subscribed:
            told = {"type": "message", "channel": channel.id, "user": message.user, "text": message.text}
            self._send(channel, told | {"ts": message.ts, "channel_type": _channel_type(channel)})

    def message_deleted(self, channel: Channel, message: Message) -> None:
        if "message" in self._server.events.subscribed:
            told: dict[str, Any] = {"type": "message", "subtype": "message_deleted", "channel": channel.id}
            before = message_json(self._server.world, channel, message)
            told |= {"hidden": True, "deleted_ts": message.ts, "previous_message": before}
            told["ts"] = self._server.world.ts()
            self._send(channel, told | {"channel_type": _channel_type(channel)})

    def whispered(self, made: Ephemeral) -> None:
        """Of this there is no event: it is for the member that asked."""
        self._server.interactions.heard(made)

    def gone(self, workspace: Workspace, *, uninstalled: bool) -> None:
        revoked = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [workspace.bot_user]}}
        told: list[dict[str, Any]] = [revoked, *([{"type": "app_uninstalled"}] if uninstalled else [])]
        for one in told:
            self._server.events.send(workspace, one | {"event_ts": self._server.world.ts()}, always=True)

    def raw(self, workspace: Workspace, event: dict[str, Any]) -> None:
        """An event of any form, in a wrapper as it should be."""
        self._server.outlet.event(self._server.events.wrapped(workspace, event))

    def _send(self, channel: Channel, told: dict[str, Any]) -> None:
        told["event_ts"] = self._server.world.ts()
        self._server.events.send(channel.workspace, told, channel.kind)


def _channel_type(channel: Channel) -> str:
    return "im" if channel.im_with else "group" if channel.private else "channel"
