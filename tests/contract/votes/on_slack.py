"""Slack's team: the real slack-bolt on the local Slack, by Socket Mode."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.contract.votes.team import CHANNELS, Team
from tests.platforms.slack_server import Limits, SlackServer, Spec
from tests.scenario.slack_world import config, environment
from tests.scenario.steps import until

_NAMES = {
    "👍": "+1",
    "👎": "-1",
    "😀": "grinning",
    "😮": "open_mouth",
    "🎉": "tada",
    "🍕": "pizza",
    "❤️": "heart",
    ":party:": "party",
}
_BUTTONS = {"👍": "vote:value:0", "👎": "vote:value:1"}


class SlackTeam(Team):
    name = "slack"
    own = ":party:"
    writings = {"thumbsup": "👍", "+1::skin-tone-4": "👍", "thumbsdown::skin-tone-2": "👎", "heart": "❤️"}  # noqa: RUF012
    cannot = {"any article": "reactions and buttons are on messages alone"}  # noqa: RUF012

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._server = SlackServer(spec=Spec.found(), limits=Limits.wide(scale=20))
        self._count = count()
        self._opened = 0

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        server = self._server
        server.sockets.in_time *= 20  # as it is in real seconds
        server.events.keep_events_when_disconnected = False
        server.emoji["party"] = "https://emoji.example/party.png"
        await server.start()
        with pytest.MonkeyPatch.context() as patch:
            self._workspace = server.add_workspace("Acme")
            self.bot = self._workspace.bot_user
            for name, value in environment(server, self._workspace).items():
                patch.setenv(name, value)
            self._places = {name: server.add_channel(self._workspace, name) for name in CHANNELS}
            yield
        await server.stop()
        assert server.violations == []
        assert server.pings == []

    def config(self, keys: Mapping[str, str]) -> str:
        return config(self._server, {name: one.id for name, one in self._places.items()}, more=keys)

    def quicken(self) -> None:
        async def at_once(*_: object, **__: object) -> None:
            pass

        platform: Any = self.app.platforms["slack"]
        platform._web.limits.turn = at_once
        platform._order._patience, platform._order._held_up = 0.05, 0.2  # nothing comes late here
        self._opened = self._server.sockets.opened

    async def connected(self) -> None:
        await until(lambda: self._server.sockets.opened > self._opened, seconds=20)

    def newcomer(self, *, bot: bool = False) -> str:
        return self._server.add_member(self._workspace, f"m{next(self._count)}", bot=bot).id

    async def choose(self, member: str, emoji: str, *, article: int = 0, where: str = "team") -> None:
        self._react(member, emoji, self.refs[where, article].message, where=where)

    def _react(self, member: str, emoji: str, message: str, *, where: str = "team", **more: bool) -> None:
        self._server.react(member, self._places[where].id, message, _NAMES.get(emoji, emoji), **more)

    async def choose_again(self, member: str, emoji: str) -> None:
        self._server.events.duplicate = 1.0
        await self.release(member, emoji)
        await self.choose(member, emoji)
        self._server.events.duplicate = 0.0

    async def release(self, member: str, emoji: str, *, article: int = 0) -> None:
        message = self.refs["team", article].message
        self._server.unreact(member, self._places["team"].id, message, _NAMES[emoji])

    async def press(self, member: str, emoji: str) -> None:
        message = self.refs["team", 0].message
        await self._server.click(member, self._places["team"].id, message, _BUTTONS[emoji]).acked()

    async def choose_elsewhere(self, member: str, emoji: str) -> None:
        message = self._server.post_as(self.newcomer(), self._places["team"], "hello")
        self._react(member, emoji, message.ts)
        self._react(member, "👎", message.ts, item_user=False)

    def seeded(self, article: int) -> list[str]:
        held = self._places["team"].messages[self.refs["team", article].message].reactions
        names = {name: emoji for emoji, name in _NAMES.items()}
        return [names[name] for name, who in held.items() if self._workspace.bot_user in who]

    def leave(self, member: str) -> None:
        self._server.world.users[member].deleted = True
        for place in self._places.values():
            self._server.leave(place, member)

    def delete(self, article: int) -> None:
        self._server.delete_message(self._places["team"].id, self.refs["team", article].message)

    def told(self, member: str) -> list[str]:
        return [one.text for one in self._server.ephemerals if one.user == member]

    def react_early(self) -> None:
        def committed(method: str, arguments: Any) -> None:
            if method != "chat.postMessage" or arguments["channel"] != self._places["team"].id:
                return
            messages = self._server.messages(self._places["team"])
            if len(messages) > 1:
                member = self.early[len(messages) - 2] = self.newcomer()
                self._react(member, "👍", messages[-1].ts)

        self._server.on_commit = committed
