"""Discord's team: the real discord.py on the local Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.contract.votes.team import CHANNELS, Team
from tests.platforms.discord_server import DiscordServer, Limits, Spec
from tests.scenario.discord_world import config, restored_addresses
from tests.scenario.steps import until


class DiscordTeam(Team):
    name = "discord"
    writings = {"👍🏽": "👍", "👎🏿": "👎", "❤": "❤️"}  # noqa: RUF012
    cannot = {  # noqa: RUF012
        "any article": "a reaction is on a message, and there is no other way to vote",
        "button": "votes there are reactions alone",
        "button and reaction": "votes there are reactions alone",
        "receipt": "Discord lets a bot whisper only in answer to a command or a button",
    }

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._server = DiscordServer(spec=Spec.found(), limits=Limits(scale=20))
        self._count = count()

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        server = self._server
        await server.start()
        with pytest.MonkeyPatch.context() as patch, restored_addresses():
            patch.setenv("DISCORD_TOKEN", server.token)
            self._guild = server.add_guild()
            self._places = {name: server.add_channel(self._guild, name) for name in CHANNELS}
            self._party = server.add_emoji(self._guild, "party")
            self.bot = server.bot_id
            self.own = f"<:{self._party}>"
            yield
        await server.stop()
        assert server.violations == []
        assert server.pings == []

    def config(self, keys: Mapping[str, str]) -> str:
        head, *channels = config(self._server, {name: one.id for name, one in self._places.items()}).split(
            "[[channels]]"
        )
        return head + "".join(f"[[channels]]{one}{keys[name]}" for name, one in zip(CHANNELS, channels, strict=True))

    async def connected(self) -> None:
        platform: Any = self.app.platforms["discord"]
        await until(lambda: (client := platform._gateway.client) is not None and client.is_ready(), seconds=20)

    def newcomer(self, *, bot: bool = False) -> str:
        return self._server.add_member(self._guild, f"m{next(self._count)}", bot=bot)

    async def choose(self, member: str, emoji: str, *, article: int = 0, where: str = "team") -> None:
        self._react(member, emoji, self.refs[where, article].message, where=where)

    def _react(self, member: str, emoji: str, message: str, *, where: str = "team", **more: bool) -> None:
        put = self._party if emoji == self.own else emoji
        self._server.react_now(self._places[where].id, message, member, put, **more)

    async def choose_again(self, member: str, emoji: str) -> None:
        self._react(member, emoji, self.refs["team", 0].message)
        self._react(member, emoji, self.refs["team", 0].message, burst=True)
        self._react(member, emoji, self.refs["team", 0].message, with_member=False)

    async def release(self, member: str, emoji: str, *, article: int = 0) -> None:
        self._server.unreact_now(self._places["team"].id, self.refs["team", article].message, member, emoji)

    async def choose_elsewhere(self, member: str, emoji: str) -> None:
        somebody = self._server.world.users[self.newcomer()]
        message = self._server.put_message(self._places["team"], {"content": "hello"}, somebody)
        for with_member in (True, False):
            self._react(member, emoji, message.id, with_member=with_member)

    def seeded(self, article: int) -> list[str]:
        held = self._places["team"].messages[self.refs["team", article].message].reactions
        return [emoji for emoji, who in held.items() if self._server.bot_id in who]

    def leave(self, member: str) -> None:
        del self._guild.members[member]

    def delete(self, article: int) -> None:
        self._server.delete_message(self._places["team"].id, self.refs["team", article].message)

    def react_early(self) -> None:
        def committed(_method: str, path: str, _body: object) -> None:
            if not path.endswith(f"{self._places['team'].id}/messages"):
                return
            messages = self._server.messages(self._places["team"].id)
            if len(messages) > 1:
                member = self.early[len(messages) - 2] = self.newcomer()
                self._react(member, "👍", messages[-1].id)

        self._server.on_commit = committed
