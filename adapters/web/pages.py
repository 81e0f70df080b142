"""What is read: channels, digests, articles, search. What changes something is acts'; who may come in is guard's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from adapters.web.drawn import Drawing, ReplyView
from adapters.web.evidence import claims_of, hidden_of, passages_of
from adapters.web.format import host_name, lang_of, language_name, safe_url
from adapters.web.guard import HERE, Guard, Refusal, Visit
from adapters.web.live import Live
from bot.model import Channel, StoredArticle

_DIGESTS = 10  # a page
_FOUND = 20
_SOUGHT = 200  # for a stranger, who may not read all of them
_STATIC = ("web.css", "live.js", "icon.svg")


@dataclass(frozen=True, slots=True)
class Told:
    """Another article of the same story; `url` is its own if it has one that is safe."""

    stored: StoredArticle
    lang: str | None
    url: str | None


class Pages:
    def __init__(self, guard: Guard, live: Live) -> None:
        self._guard = guard
        self._drawing = Drawing(guard)
        self._archive = guard.house.archive
        self._live = live

    async def channels(self, visit: Visit) -> web.StreamResponse:
        channels = await self._guard.channels(visit)
        latest = {one.name: await self._archive.digests(one.name, limit=1) for one in channels}
        return self._guard.page(visit, "channels.html", channels=channels, latest=latest)

    async def channel(self, visit: Visit) -> web.StreamResponse:
        return await self.channel_page(visit, await self._guard.channel(visit))

    async def channel_page(self, visit: Visit, channel: Channel, answer: ReplyView | None = None) -> web.Response:
        """The channel's digests from `?before=` on, newest first, below the answer to a command."""
        given = visit.request.query.get("before")
        before = number_in(given) if given is not None else None
        version = await self._archive.version(channel.name)  # before the digests: a change between is told, not lost
        digests = await self._archive.digests(channel.name, before=before, limit=_DIGESTS + 1)
        shown = [digest for digest in digests[:_DIGESTS] if digest.messages]
        return self._guard.page(
            visit,
            "channel.html",
            talk=await self._drawing.talk(visit, channel),
            digests=await self._drawing.digest_views(visit, channel, shown),
            version=version if before is None else "",
            before=before,
            older=digests[_DIGESTS - 1].id if len(digests) > _DIGESTS else None,
            answer=answer,
        )

    async def digest(self, visit: Visit) -> web.StreamResponse:
        digest = await self._archive.digest(number_in(visit.request.match_info["id"]))
        if digest is None or not digest.messages:
            raise Refusal(404, "digest")
        channel = digest.channel
        visit.locale = channel.settings.locale
        (view,) = await self._drawing.digest_views(visit, channel, [digest])
        when = self._guard.date(visit, digest.at, channel.settings.timezone)
        return self._guard.page(
            visit,
            "digest.html",
            talk=await self._drawing.talk(visit, channel),
            digest=view,
            title=f"{channel.name}, {when}",
        )

    async def article(self, visit: Visit) -> web.StreamResponse:
        stored = await self._archive.article(number_in(visit.request.match_info["id"]))
        channels = await self._guard.channels(visit)
        if stored is None or not self._guard.shown(visit, [stored], channels):
            raise Refusal(404, "article")
        channel = _channel_of(visit, stored, channels)
        speaking = channel or next((one for one in channels if one.name == visit.request.query.get("c")), None)
        visit.locale = speaking.settings.locale if speaking else visit.locale
        zone = channel.settings.timezone if channel else "UTC"
        article = stored.article
        url = safe_url(article.url)
        story = self._guard.shown(visit, await self._guard.house.statistics.story(stored.id), channels)
        return self._guard.page(
            visit,
            "article.html",
            talk=await self._drawing.talk(visit, channel),
            stored=stored,
            article=article,
            url=url,
            host=host_name(url),
            claims=claims_of(stored),
            hidden=hidden_of(stored),
            passages=passages_of(stored),
            story=[Told(one, lang_of(one.article.language), safe_url(one.article.url)) for one in story],
            ballots=await self._drawing.ballots(visit, channel, stored.id) if channel else (),
            zone=zone,
            lang=lang_of(article.language),
            language=language_name(article.language, visit.locale) if article.language else None,
        )

    async def search(self, visit: Visit) -> web.StreamResponse:
        words = visit.request.query.get("q", "").strip()
        channels = await self._guard.channels(visit)
        sought = _SOUGHT if visit.visitor.member is None else _FOUND
        found = await self._archive.search(words, sought) if words else ()
        shown = self._guard.shown(visit, found, channels)[:_FOUND]
        return self._guard.page(visit, "search.html", words=words, found=shown)

    async def live(self, visit: Visit) -> web.StreamResponse:
        return await self._live.stream(visit.request, (await self._guard.channel(visit)).name)

    async def unknown(self, visit: Visit) -> web.StreamResponse:
        """Says that there is nothing, or nothing to read, as where forms are sent to."""
        others = [await resource.resolve(visit.request) for resource in visit.request.app.router.resources()]
        raise Refusal(405 if any(methods - {"GET", "HEAD"} for _, methods in others) else 404, "page")

    async def static(self, visit: Visit) -> web.StreamResponse:
        name = visit.request.match_info["name"]
        if name not in _STATIC:
            raise Refusal(404, "page")
        return web.FileResponse(HERE / "static" / name, headers={"Cache-Control": "no-cache"})


def _channel_of(visit: Visit, stored: StoredArticle, channels: Sequence[Channel]) -> Channel | None:
    """The channel in which an article is looked at: the one that `?c=` names, else one where it was posted."""
    posted = {appearance.channel for appearance in stored.posted}
    there = [channel for channel in channels if channel.name in posted]
    asked = [channel for channel in there if channel.name == visit.request.query.get("c")]
    ours = [channel for channel in there if channel.spec.platform == "web"]
    return next(iter([*asked, *ours, *there]), None)


def number_in(text: str) -> int:
    """The number of a digest or article in an address. Raises Refusal."""
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise Refusal(404, "page")
    return int(text)
