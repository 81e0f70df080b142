"""The web's team: members whom a proxy names, who vote by the forms of the channel's page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import aiohttp

from tests.contract.votes.team import CHANNELS, Team

_CONFIG = """
[http]
port = 0
[bot]
database = "sqlite:///digest.db"
[web]
user_header = "X-Remote-User"
trusted_proxies = ["127.0.0.1"]
[[sources]]
path = "articles"
every = "1s"
"""
_FORM = "a vote is a form that is answered when it is stored"


class WebTeam(Team):
    name = "web"
    own = ":party:"
    writings = {"👍🏿": "👍", ":thumbsup:": "👍", "-1": "👎", "❤": "❤️", "party": ":party:"}  # noqa: RUF012
    cannot = {  # noqa: RUF012
        "release": f"{_FORM}: there is nothing to take away",
        "react": f"{_FORM}, under an article alone, by whom the proxy names",
        "button and reaction": "there are buttons alone",
        "seed": "every message has its buttons already",
        "early": "the stored row is the message: nobody sees it earlier",
        "downtime": "while the bot is down there is no page to vote on",
        "leave": "who its members are the proxy knows, not the bot",
        "delete": "nobody can take a message out of the archive's page",
    }

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._session: aiohttp.ClientSession
        self._count = count()
        self._tokens: dict[str, str] = {}
        self._told: dict[str, list[str]] = {}

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as self._session:
            yield

    def config(self, keys: Mapping[str, str]) -> str:
        channel = '[[channels]]\nname = "{0}"\nplatform = "web"\nschedule = "0 9 * * *"\nmin_quality = 0.0\n{1}'
        return _CONFIG + "".join(channel.format(name, keys[name]) for name in CHANNELS)

    def newcomer(self, *, bot: bool = False) -> str:
        return f"member{next(self._count)}"

    async def choose(self, member: str, emoji: str, *, article: int = 0, where: str = "team") -> None:
        await self.vote(member, emoji, self.numbers[article], where=where)

    async def vote(self, member: str, emoji: str, number: int, *, where: str = "team") -> None:
        origin = f"http://127.0.0.1:{self.port}"
        who = {"X-Remote-User": member}
        if member not in self._tokens:
            async with self._session.get(f"{origin}/c/{where}", headers=who) as page:
                found = re.search(r'name="token" value="([0-9a-f]{64})"', await page.text())
            assert found, page.status
            self._tokens[member] = found[1]
        form = {"article": str(number), "emoji": emoji, "token": self._tokens[member]}
        async with self._session.post(f"{origin}/c/{where}/react", data=form, headers={**who, "Origin": origin}) as it:
            answer = await it.json()
        self._told.setdefault(member, []).append(f"{answer['outcome']} {answer['option']}")

    async def press(self, member: str, emoji: str) -> None:
        await self.choose(member, emoji)

    def told(self, member: str) -> list[str]:
        return self._told.get(member, [])
