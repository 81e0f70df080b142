"""A channel's digests, and what its team valued, as feeds for readers: RSS and JSON Feed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree as ET

from aiohttp import web

from adapters.web.format import safe_url
from adapters.web.guard import Guard, Visit
from adapters.web.valued import LAST
from bot.model import Channel

_DIGESTS = 20
_VALUED = 20
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Item:
    """An article in a feed; `page` is ours about it, `url` its own if it has one that is safe."""

    page: str
    url: str | None
    title: str
    takeaways: tuple[str, ...]
    at: datetime

    @property
    def html(self) -> str:
        return f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in self.takeaways)}</ul>" if self.takeaways else ""


class Feeds:
    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._ours = str(guard.settings.public_url).rstrip("/")

    async def digests(self, visit: Visit) -> web.StreamResponse:
        """The articles of the newest digests."""
        channel = await self._guard.channel(visit)
        items = [
            Item(self._page(said.article, channel), safe_url(said.url), said.title, said.takeaways, digest.at)
            for digest in await self._guard.house.archive.digests(channel.name, limit=_DIGESTS)
            for said in digest.messages
            if said.article is not None
        ]
        title = self._guard.house.say("digest.title", visit.locale, channel=channel.name)
        return self._fed(visit, channel, title, items)

    async def valued(self, visit: Visit) -> web.StreamResponse:
        """What votes are for on the whole, most valued first."""
        channel = await self._guard.channel(visit)
        items = [
            Item(
                self._page(stored.id, channel),
                safe_url(stored.article.url),
                stored.article.title,
                stored.shown,
                stored.first_seen,
            )
            for stored, _ in await self._guard.house.standings.best(channel.spec.home, LAST, _VALUED)
        ]
        title = self._guard.house.say("web.valued.title", visit.locale, channel=channel.name, count=LAST.days)
        return self._fed(visit, channel, title, items)

    def _page(self, article: int, channel: Channel) -> str:
        return f"{self._ours}/a/{article}?c={channel.name}"

    def _fed(self, visit: Visit, channel: Channel, title: str, items: Sequence[Item]) -> web.Response:
        own = f"{self._ours}{visit.request.path}"
        home = f"{self._ours}/c/{channel.name}"
        headers = {"Cache-Control": "private, max-age=300"}
        if visit.request.path.endswith(".json"):
            feed = json_feed(title, home, own, items)
            return web.json_response(feed, content_type="application/feed+json", headers=headers)
        body = rss(title, home, own, items)
        return web.Response(body=body, content_type="application/rss+xml", charset="utf-8", headers=headers)


def json_feed(title: str, home: str, own: str, items: Iterable[Item]) -> dict[str, object]:
    """JSON Feed 1.1."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": home,
        "feed_url": own,
        "items": [
            {
                "id": item.page,
                "url": item.url or item.page,
                "title": item.title,
                "content_html": item.html,
                "date_published": item.at.isoformat(),
            }
            for item in items
        ],
    }


def rss(title: str, home: str, own: str, items: Iterable[Item]) -> bytes:
    """RSS 2.0; characters that no XML can hold are left out."""
    root = ET.Element("rss", {"version": "2.0", "xmlns:atom": "http://www.w3.org/2005/Atom"})
    channel = ET.SubElement(root, "channel")
    _put(channel, title=title, link=home, description=title)
    ET.SubElement(channel, "atom:link", {"rel": "self", "type": "application/rss+xml", "href": own})
    for item in items:
        entry = ET.SubElement(channel, "item")
        _put(entry, title=item.title, link=item.url or item.page, description=item.html)
        _put(entry, pubDate=format_datetime(item.at))
        ET.SubElement(entry, "guid", {"isPermaLink": "true"}).text = item.page
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _put(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = _NOT_XML.sub("", text)
