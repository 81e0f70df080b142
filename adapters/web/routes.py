"""The table of addresses: which page answers what."""

from __future__ import annotations

from aiohttp import web

from adapters.web.acts import Acts
from adapters.web.admin import Admin
from adapters.web.days import Days
from adapters.web.feeds import Feeds
from adapters.web.guard import Guard
from adapters.web.health import HealthPage
from adapters.web.live import Live
from adapters.web.pages import Pages
from adapters.web.signing import Signing
from adapters.web.statistics import StatisticsPage
from adapters.web.valued import ValuedPage


def routes_of(guard: Guard, signing: Signing, live: Live) -> list[web.RouteDef]:
    pages = Pages(guard, live)
    acts = Acts(guard, pages)
    admin = Admin(guard)
    days = Days(guard)
    feeds = Feeds(guard)
    health = HealthPage(guard)
    return [
        web.get("/", guard.reading(pages.channels)),
        web.get("/c/{name}", guard.reading(pages.channel)),
        web.get("/c/{name}/live", guard.reading(pages.live), allow_head=False),
        web.get("/c/{name}/days", guard.reading(days.year)),
        web.get("/c/{name}/days/{day}", guard.reading(days.day)),
        web.get("/c/{name}/valued", guard.reading(ValuedPage(guard).page)),
        web.get("/c/{name}/statistics", guard.reading(StatisticsPage(guard).page)),
        web.post("/c/{name}/react", guard.public(acts.react)),
        web.post("/c/{name}/command", guard.public(acts.command)),
        web.get("/d/{id}", guard.reading(pages.digest)),
        web.get("/a/{id}", guard.reading(pages.article)),
        *(web.get(f"/feed/{{name}}.{form}", guard.reading(feeds.digests)) for form in ("xml", "json")),
        *(web.get(f"/feed/{{name}}/valued.{form}", guard.reading(feeds.valued)) for form in ("xml", "json")),
        web.get("/search", guard.reading(pages.search)),
        web.get("/sources", guard.reading(health.page)),
        web.get("/sources.opml", guard.administering(health.opml)),
        web.get("/admin", guard.administering(admin.channels)),
        web.get("/admin/c/{name}", guard.administering(admin.channel)),
        web.post("/admin/c/{name}", guard.administering(admin.command)),
        web.get("/sign-in/{link}", guard.public(signing.offered)),
        web.post("/sign-in", guard.public(signing.entered)),
        web.post("/sign-out", guard.public(signing.left)),
        web.get("/static/web/{name}", guard.public(pages.static)),
        web.get("/{nowhere:.*}", guard.public(pages.unknown)),
    ]
