"""The door of every page: Host, visitor, Origin, token, errors as pages, headers. What the pages say is pages'."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adapters.web.format import date_words
from adapters.web.keys import Keys
from adapters.web.passes import Pass, opened
from adapters.web.visitor import (
    Visitor,
    WebSettings,
    cookie_name,
    host_is_ours,
    same_origin,
    token_fits,
    token_of,
    visitor_of,
)
from bot.errors import BotError
from bot.model import Channel, StoredArticle, When
from bot.ports import House

_log = logging.getLogger(__name__)

HERE = Path(__file__).parent
_UNKNOWN = "en"  # the language of whom nothing is known yet
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # "no-referrer" would make browsers send `Origin: null` with our own forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@cache
def templates() -> Environment:
    """The templates of this folder, escaping everything."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(slots=True)
class Visit:
    """One request, who makes it, and in which language it is answered (a channel's own, once it is known)."""

    request: web.Request
    visitor: Visitor = Visitor()
    locale: str = _UNKNOWN
    leaving: str = ""  # what the form must carry that signs out; only for who signed in by a link


class Refusal(Exception):
    """The request is answered by an error page: `web.error.<key>` says why."""

    def __init__(self, status: int, key: str) -> None:
        super().__init__(key)
        self.status = status
        self.key = key


Page = Callable[[Visit], Awaitable[web.StreamResponse]]


class Guard:
    def __init__(self, house: House, settings: WebSettings) -> None:
        self.house = house
        self.settings = settings
        self.keys = Keys(house.vault)

    def reading(self, page: Page) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """A handler that lets only readers in."""

        async def readers_only(visit: Visit) -> web.StreamResponse:
            if not visit.visitor.reads(self.settings):
                raise Refusal(403, "signin")
            return await page(visit)

        return partial(self._answer, readers_only)

    def administering(self, page: Page) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """A handler that lets only admins in."""

        async def admins_only(visit: Visit) -> web.StreamResponse:
            if not visit.visitor.admin:
                raise Refusal(403, "admins" if visit.visitor.member else "signin")
            return await page(visit)

        return partial(self._answer, admins_only)

    def public(self, page: Page) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """A handler for what anybody may have."""
        return partial(self._answer, page)

    async def _answer(self, page: Page, request: web.Request) -> web.StreamResponse:
        visit = Visit(request)
        try:
            await self._look(visit)
            response = await page(visit)
        except Refusal as refusal:
            await self._speaking(visit)
            response = self._error(visit, refusal.status, refusal.key)
        except web.HTTPException as error:
            response = self._error(visit, error.status, "form")
        except BotError as error:
            # the words of an error may name files of this machine: not for everybody
            response = self._error(visit, 503, "trouble", str(error) if visit.visitor.admin else "")
        except Exception:
            _log.exception("web page %s failed", request.path)
            response = self._error(visit, 500, "trouble")
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    async def _look(self, visit: Visit) -> None:
        """Sees who it is. Raises Refusal where the request was sent to a name that is not ours."""
        request = visit.request
        if not host_is_ours(request.headers, self.settings):
            raise Refusal(421, "host")
        signed_in = await self._signed_in(request)
        old = request.version < (1, 1)
        visit.visitor = visitor_of(request.remote, request.headers, self.settings, signed_in, http_1_0=old)
        if signed_in and visit.visitor.member == signed_in.member:
            visit.leaving = await self.token(visit) or ""

    async def _signed_in(self, request: web.Request) -> Pass | None:
        """The sign-in that the request's cookie holds, if it is ours and not over."""
        given = request.cookies.get(cookie_name(self.settings))
        key = await self.keys.known("session-key") if given else None
        return opened(given, key, "cookie", datetime.now(UTC)) if given and key else None

    async def _speaking(self, visit: Visit) -> None:
        """A refusal is said in the language of the first channel, unless it is known which channel it is about."""
        if visit.locale == _UNKNOWN:
            with suppress(BotError):
                await self.channels(visit)

    def _error(self, visit: Visit, status: int, key: str, detail: str = "") -> web.Response:
        said = self.house.say(f"web.error.{key}", visit.locale)
        if not wants_page(visit.request):
            return web.json_response({"error": f"{said} {detail}".strip()}, status=status)
        title = self.house.say(f"web.error.{key}.title", visit.locale)
        return self.page(visit, "error.html", status=status, title=title, said=said, detail=detail)

    def page(self, visit: Visit, template: str, status: int = 200, **context: object) -> web.Response:
        """A template as a page, in the visit's language."""

        def say(key: str, **values: object) -> str:
            return self.house.say(key, visit.locale, **values)

        text = (
            templates()
            .get_template(template)
            .render(
                say=say,
                date=partial(self.date, visit),
                locale=visit.locale,
                visitor=visit.visitor,
                leaving=visit.leaving,
                reads=visit.visitor.reads(self.settings),
                status=status,
                **context,
            )
        )
        return web.Response(
            text=text, status=status, content_type="text/html", headers={"Cache-Control": "private, no-cache"}
        )

    def date(self, visit: Visit, when: When, zone: str = "UTC", style: str = "full") -> str:
        """A moment in that zone, or a day, in the visit's language; styles are those of the catalogue."""
        style = "day" if style == "full" and not isinstance(when, datetime) else style
        pattern = self.house.say(f"date.{style}", visit.locale)
        return date_words(when, pattern, locale=visit.locale, zone=zone)

    async def token(self, visit: Visit) -> str | None:
        """What the visitor's forms must carry; None for nobody, who has no forms."""
        return token_of(await self.keys.of("form-key"), visit.visitor.member) if visit.visitor.member else None

    async def member(self, visit: Visit, fields: Mapping[str, str]) -> str:
        """The member who sends a form, once the form is known to be ours. Raises Refusal."""
        member = visit.visitor.member
        if member is None:
            raise Refusal(403, "signin")
        if not same_origin(visit.request.headers, visit.request.url, self.settings):
            raise Refusal(403, "origin")
        given = fields.get("token") or visit.request.headers.get("X-Token")
        if given is None or not token_fits(given, await self.keys.of("form-key"), member):
            raise Refusal(403, "token")
        return member

    async def channels(self, visit: Visit) -> Sequence[Channel]:
        """All channels; the visit goes on in the language of the first, as a page of none in particular does."""
        channels = await self.house.archive.channels()
        visit.locale = channels[0].settings.locale if channels else visit.locale
        return channels

    def shown(
        self, visit: Visit, articles: Iterable[StoredArticle], channels: Sequence[Channel]
    ) -> list[StoredArticle]:
        """The articles that this visitor may read: a member all, nobody those that were posted in these channels."""
        if visit.visitor.member is not None:
            return list(articles)
        names = {channel.name for channel in channels}
        return [one for one in articles if any(appearance.channel in names for appearance in one.posted)]

    async def channel(self, visit: Visit) -> Channel:
        """The channel that the address names; the visit goes on in its language. Raises Refusal."""
        name = visit.request.match_info["name"]
        for channel in await self.house.archive.channels():
            if channel.name == name:
                visit.locale = channel.settings.locale
                return channel
        raise Refusal(404, "channel")


def wants_page(request: web.Request) -> bool:
    """Whether the client reads pages: a browser does; of a form, only one that says so."""
    return request.method in ("GET", "HEAD") or "text/html" in request.headers.get("Accept", "")
