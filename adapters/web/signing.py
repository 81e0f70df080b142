"""Signing in by a link, and out again. Following a link only offers to sign in, so that a previewer uses none up."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aiohttp import web

from adapters.web.acts import fields_of
from adapters.web.guard import Guard, Refusal, Visit
from adapters.web.passes import Pass, opened, sealed
from adapters.web.visitor import cookie_name, same_origin

_SIGNED_IN = timedelta(days=30)


class Signing:
    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._keys = guard.keys

    async def link(self, member: str, *, admin: bool, until: datetime) -> str:
        """An address that signs its holder in, once."""
        one = Pass(member=member, admin=admin, until=until, nonce=secrets.token_urlsafe(12))
        given = sealed(one, await self._keys.of("session-key"), "link")
        return str(self._guard.settings.public_url / "sign-in" / given)

    async def offered(self, visit: Visit) -> web.StreamResponse:
        """The page that a link leads to."""
        given = visit.request.match_info["link"]
        one = await self._opened(given)
        if await self._keys.is_used(one):
            raise Refusal(410, "link")
        await self._guard.channels(visit)
        response = self._guard.page(visit, "sign_in.html", link=given, one=one)
        response.headers["Cache-Control"] = "no-store"
        return response

    async def entered(self, visit: Visit) -> web.StreamResponse:
        """What its button does."""
        self._from_our_page(visit)
        one = await self._opened((await fields_of(visit.request)).get("link", ""))
        if not await self._keys.use(one, datetime.now(UTC)):
            raise Refusal(410, "link")
        until = datetime.now(UTC) + _SIGNED_IN
        given = sealed(replace(one, until=until), await self._keys.of("session-key"), "cookie")
        response = web.Response(status=303, headers={"Location": "/", "Cache-Control": "no-store"})
        response.set_cookie(
            cookie_name(self._guard.settings),
            given,
            max_age=int(_SIGNED_IN.total_seconds()),
            path="/",
            secure=self._guard.settings.public_url.scheme == "https",
            httponly=True,
            samesite="Lax",
        )
        return response

    async def left(self, visit: Visit) -> web.StreamResponse:
        """Signs out the browser that asks."""
        await self._guard.member(visit, await fields_of(visit.request))
        response = web.Response(status=303, headers={"Location": "/"})
        secure = self._guard.settings.public_url.scheme == "https"
        response.del_cookie(cookie_name(self._guard.settings), path="/", secure=secure, httponly=True, samesite="Lax")
        return response

    async def everybody_left(self) -> None:
        await self._keys.forget("session-key")

    async def _opened(self, given: str) -> Pass:
        """The pass in a link. Raises Refusal."""
        key = await self._keys.known("session-key")
        one = opened(given, key, "link", datetime.now(UTC)) if key else None
        if one is None:
            raise Refusal(410, "link")
        return one

    def _from_our_page(self, visit: Visit) -> None:
        if not same_origin(visit.request.headers, visit.request.url, self._guard.settings):
            raise Refusal(403, "origin")
