"""The other end of the plug-in guide's webhook: a service that keeps each key once, or every message that comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from shutil import copy
from typing import Any

from aiohttp import web

PLUGIN = Path(__file__).parents[1] / "fixtures" / "digestbot_webhook.py"
SECRET = "a-secret-of-both"
_METADATA = "Metadata-Version: 2.1\nName: digestbot-webhook\nVersion: 1.0\n"
_ENTRY_POINTS = "[digestbot.platforms]\nwebhook = digestbot_webhook:kit\n"


def install(site: Path) -> Path:
    """The plug-in in a folder as pip leaves one: its file, and a distribution that names its entry point."""
    about = site / "digestbot_webhook-1.0.dist-info"
    about.mkdir(parents=True)
    copy(PLUGIN, site / PLUGIN.name)
    (about / "METADATA").write_text(_METADATA, "utf-8")
    (about / "entry_points.txt").write_text(_ENTRY_POINTS, "utf-8")
    return site


@dataclass
class WebhookServer:
    """`on_commit` is called with what was taken before it is answered for. `answers` are given instead of taking, in
    turn. `by_key` False: it promises nothing, and keeps doubles."""

    by_key: bool = True
    messages: list[dict[str, Any]] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    on_commit: Callable[..., None] | None = None
    requests: int = 0
    url: str = ""
    _chance: Random = field(default_factory=Random)
    _rate: float = 0.0

    async def start(self) -> None:
        app = web.Application()
        app.add_routes([web.post("/digests", self._take)])
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/digests"

    async def stop(self) -> None:
        await self._runner.cleanup()

    def chaos(self, seed: int, rate: float) -> None:
        """From now on so many requests fail: before the message is taken, or after."""
        self._chance, self._rate = Random(seed), rate

    async def _take(self, request: web.Request) -> web.Response:
        self.requests += 1
        if request.headers.get("Authorization") != f"Bearer {SECRET}":
            return web.Response(status=401)
        if self.answers:
            return self.answers.pop(0)
        fault = self._chance.choice((429, 500)) if self._chance.random() < self._rate else None
        if fault == 429:
            return web.Response(status=429, headers={"Retry-After": "1"})
        given = await request.json()
        assert request.headers["Idempotency-Key"] == given["key"]
        if not (self.by_key and any(one["key"] == given["key"] for one in self.messages)):
            self.messages.append(given)
        if self.on_commit is not None:
            self.on_commit(given)
        return web.Response(status=fault or 204)
