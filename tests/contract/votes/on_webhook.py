"""The webhook's team: members of somebody's service, which hands their votes on, by the plug-in of the guide."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

from tests.contract.votes.team import Team
from tests.platforms.webhook_server import SECRET, WebhookServer
from tests.scenario.webhook_world import config, installed


class WebhookTeam(Team):
    name = "webhook"
    own = ":party:"
    writings = {"👍🏿": "👍", "❤": "❤️", "party": ":party:"}  # noqa: RUF012
    cannot = {  # noqa: RUF012
        "release": "a vote is told once, and nothing is told of it after",
        "react": "the service hands on the votes of members alone, on the messages that it was told",
        "any article": "a vote is on a message, by its key",
        "button and reaction": "there is one way to vote",
        "seed": "the message carries its ballots, so there is nothing to put there",
        "downtime": "a vote that finds nobody listening is refused, and the service may tell it later",
        "leave": "who its members are the service knows, not the bot",
        "delete": "what the service does with a message it does not tell",
    }

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._server = WebhookServer()
        self._count = count()
        self._told: dict[str, list[str]] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        await self._server.start()
        with installed(self.folder):
            async with aiohttp.ClientSession() as self._session:
                yield
        await self._server.stop()

    def config(self, keys: Mapping[str, str]) -> str:
        return config(self._server, dict(keys))

    def newcomer(self, *, bot: bool = False) -> str:
        return f"member{next(self._count)}"

    async def choose(self, member: str, emoji: str, *, article: int = 0, where: str = "team") -> None:
        ref = self.refs[where, article]
        await self._vote(member, emoji, channel=ref.place, key=ref.message)

    async def press(self, member: str, emoji: str) -> None:
        await self.choose(member, emoji)

    async def _vote(self, member: str, emoji: str, **on: str) -> None:
        vote = {"member": member, "emoji": emoji, **on}
        url, secret = f"http://127.0.0.1:{self.port}/hook/react", {"Authorization": f"Bearer {SECRET}"}
        async with self._session.post(url, json=vote, headers=secret) as answer:
            said = await answer.json()
        self._told.setdefault(member, []).append(f"{said['outcome']} {said['option']}")

    def told(self, member: str) -> list[str]:
        return self._told.get(member, [])

    def react_early(self) -> None:
        def committed(given: dict[str, Any]) -> None:
            if given["channel"] != "team-room" or given["message"]["kind"] != "article":
                return
            member = self.early[len(self.early)] = self.newcomer()
            task = asyncio.create_task(self._vote(member, "👍", channel=given["channel"], key=given["key"]))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

        self._server.on_commit = committed
