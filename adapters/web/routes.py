"""The table of addresses: which page answers what."""

from __future__ import annotations

from aiohttp import web

from adapters.web.acts import Acts
from adapters.web.guard import Guard
from adapters.web.live import Live
from adapters.web.pages import Pages
from adapters.web.visitor import WebSettings
from bot.ports import House


def routes_of(house: House, settings: WebSettings, live: Live) -> list[web.RouteDef]:
    guard = Guard(house, settings)
    pages = Pages(guard, live)
    acts = Acts(guard, pages)
    return [
        web.get("/", guard.reading(pages.channels)),
        web.get("/c/{name}", guard.reading(pages.channel)),
        web.get("/c/{name}/live", guard.reading(pages.live), allow_head=False),
        web.post("/c/{name}/react", guard.public(acts.react)),
        web.post("/c/{name}/command", guard.public(acts.command)),
        web.get("/d/{id}", guard.reading(pages.digest)),
        web.get("/a/{id}", guard.reading(pages.article)),
        web.get("/search", guard.reading(pages.search)),
        web.get("/static/web/{name}", guard.public(pages.static)),
    ]
