"""The table of addresses: which page answers what."""

from __future__ import annotations

from aiohttp import web

from adapters.web.acts import Acts
from adapters.web.feeds import Feeds
from adapters.web.guard import Guard
from adapters.web.live import Live
from adapters.web.pages import Pages
from adapters.web.valued import ValuedPage
from adapters.web.visitor import WebSettings
from bot.ports import House


def routes_of(house: House, settings: WebSettings, live: Live) -> list[web.RouteDef]:
    guard = Guard(house, settings)
    pages = Pages(guard, live)
    acts = Acts(guard, pages)
    feeds = Feeds(guard)
    return [
        web.get("/", guard.reading(pages.channels)),
        web.get("/c/{name}", guard.reading(pages.channel)),
        web.get("/c/{name}/live", guard.reading(pages.live), allow_head=False),
        web.get("/c/{name}/valued", guard.reading(ValuedPage(guard).page)),
        web.post("/c/{name}/react", guard.public(acts.react)),
        web.post("/c/{name}/command", guard.public(acts.command)),
        web.get("/d/{id}", guard.reading(pages.digest)),
        web.get("/a/{id}", guard.reading(pages.article)),
        *(web.get(f"/feed/{{name}}.{form}", guard.reading(feeds.digests)) for form in ("xml", "json")),
        *(web.get(f"/feed/{{name}}/valued.{form}", guard.reading(feeds.valued)) for form in ("xml", "json")),
        web.get("/search", guard.reading(pages.search)),
        web.get("/static/web/{name}", guard.public(pages.static)),
    ]
