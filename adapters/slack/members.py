"""Who the members of a workspace are: bots, admins, and what language they read. Each is asked about once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.errors import code_of
from adapters.slack.web import Web
from bot.errors import PlatformUnavailable, PostingRejected

_MOST = 200_000  # members remembered; beyond them all are forgotten
_FRESH = 3600.0  # seconds after which an admin is asked about again
_PAGE = 1000
_PATIENCE = 0.0  # seconds for one member's turn: where there are so many that it has to wait, all are read at once
_SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, slots=True)
class Member:
    bot: bool = False
    admin: bool = False
    primary_owner: bool = False
    locale: str | None = None  # of BCP 47
    seen_at: float = 0.0  # in loop time


class Members:
    def __init__(self, web: Web) -> None:
        self._web = web
        self._known: dict[tuple[str, str], Member] = {}
        self._asked: dict[tuple[str, str], asyncio.Task[Member]] = {}
        self._sought: dict[tuple[str, str], asyncio.Future[Member]] = {}  # in the list that is being read
        self._listing: dict[str, asyncio.Task[None]] = {}

    async def of(self, team: str, user: str, *, fresh: bool = False) -> Member:
        """A member; one whom the bot cannot see is taken for a person. Raises PlatformError.

        `fresh`: as it was within the last hour, as admins come and go.
        """
        if user == _SLACKBOT:
            return Member(bot=True)
        known = self._known.get((team, user))
        if known is not None and not (fresh and _now() - known.seen_at > _FRESH):
            return known
        return await asyncio.shield(self._asking(team, user))

    def expect(self, team: str, user: str) -> None:
        """Begins to ask about one who will be asked for."""
        if (team, user) not in self._known:
            self._asking(team, user)

    async def owner(self, team: str) -> str | None:
        """The workspace's primary owner."""
        await asyncio.shield(self._list(team))
        owners = [user for (of, user), member in self._known.items() if of == team and member.primary_owner]
        return owners[0] if owners else None

    def _asking(self, team: str, user: str) -> asyncio.Task[Member]:
        key = (team, user)
        if key not in self._asked:

            def asked(task: asyncio.Task[Member]) -> None:
                del self._asked[key]
                if not task.cancelled():
                    task.exception()  # maybe nobody waits for it any more

            self._asked[key] = asyncio.create_task(self._ask(team, user))
            self._asked[key].add_done_callback(asked)
        return self._asked[key]

    async def _ask(self, team: str, user: str) -> Member:
        try:
            answer = await self._web.get(team, "users.info", {"user": user, "include_locale": True}, patience=_PATIENCE)
        except PlatformUnavailable:  # a crowd: one request for a thousand of them
            return await self._seek(team, user)
        except PostingRejected as error:
            if code_of(error) not in ("user_not_found", "user_not_visible"):
                raise PlatformUnavailable(str(error)) from error
            return self._keep(team, user, {})  # of another workspace that shares the channel
        return self._keep(team, user, answer["user"])

    async def _seek(self, team: str, user: str) -> Member:
        """As soon as the list has come to them, so that nobody who asks later knows earlier."""
        sought = self._sought.setdefault((team, user), asyncio.get_running_loop().create_future())
        try:
            listing = self._list(team)
            either: set[asyncio.Future[Any]] = {sought, listing}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not sought.done():
                listing.result()
                raise PlatformUnavailable("a member is not in the workspace's list")
            return sought.result()
        finally:
            self._sought.pop((team, user), None)

    def _list(self, team: str) -> asyncio.Task[None]:
        """The reading of the workspace's whole list that goes on."""
        if team not in self._listing or self._listing[team].done():
            self._listing[team] = asyncio.create_task(self._read_all(team))
        return self._listing[team]

    async def _read_all(self, team: str) -> None:
        cursor = ""
        while True:
            page = await self._web.get(team, "users.list", {"limit": _PAGE, "cursor": cursor, "include_locale": True})
            for user in page["members"]:
                self._keep(team, user["id"], user)
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _keep(self, team: str, user: str, told: Mapping[str, Any]) -> Member:
        if len(self._known) >= _MOST:
            self._known.clear()
        member = Member(
            bot=bool(told.get("is_bot")),
            admin=bool(told.get("is_admin") or told.get("is_owner")),
            primary_owner=bool(told.get("is_primary_owner")),
            locale=told.get("locale"),
            seen_at=_now(),
        )
        self._known[team, user] = member
        sought = self._sought.get((team, user))
        if sought is not None and not sought.done():
            sought.set_result(member)
        return member


def _now() -> float:
    return asyncio.get_running_loop().time()
