"""The real house with the plug-in guide's webhook, installed as anybody would install it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib import invalidate_caches
from pathlib import Path
from typing import ClassVar

import pytest

from bot.app import App, opened
from bot.config import load
from bot.ports import Clock
from tests.fakes.reader import InlineReader
from tests.platforms.webhook_server import SECRET, WebhookServer, install
from tests.scenario.cli import ROOT
from tests.scenario.crash_table import ARTICLES, EVERYWHERE, Outcome, Stage, part_of
from tests.scenario.world import read_all, write_world

_CONFIG = """
[http]
port = 0

[bot]
database = "sqlite:///digest.db"

[platforms.webhook]
url = "{url}"
idempotent = {idempotent}

[[sources]]
path = "articles"
every = "1s"
"""
_CHANNEL = """
[[channels]]
name = "{name}"
platform = "webhook"
id = "{name}-room"
schedule = "0 9 * * *"
min_quality = 0.0
{more}
"""


def config(server: WebhookServer, channels: dict[str, str]) -> str:
    """A configuration with a channel of each name, with these further keys."""
    text = _CONFIG.format(url=server.url, idempotent=str(server.by_key).lower())
    return text + "".join(_CHANNEL.format(name=name, more=more) for name, more in channels.items())


@contextmanager
def installed(folder: Path) -> Iterator[Path]:
    """The plug-in on the path of this process, and its secret in the environment."""
    site = install(folder / "site")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(site)
        patch.setenv("WEBHOOK_SECRET", SECRET)
        invalidate_caches()
        yield site
        sys.modules.pop("digestbot_webhook", None)


@asynccontextmanager
async def webhook_world(folder: Path, server: WebhookServer, clock: Clock | None = None) -> AsyncIterator[App]:
    """The house, not running yet; one channel, `team`."""
    with installed(folder):
        write_world(folder, articles=ARTICLES, config=config(server, {"team": ""}))
        async with opened(load(folder / "config.toml"), clock=clock, reading=InlineReader) as app:
            yield app


class WebhookRig:
    """The webhook in the crash tables. Its messages carry their ballots, so none has to be seeded."""

    points: ClassVar = {point: kills for point, kills in EVERYWHERE.items() if point != "seed:committed"}
    commits: ClassVar = {"post:committed": lambda _given: True}

    async def prepared(self, folder: Path, *, thread: bool, blind: bool) -> Stage:
        server = WebhookServer(by_key=not blind)
        await server.start()
        async with webhook_world(folder, server) as app:
            await read_all(app)
        environment = {"PYTHONPATH": f"{folder / 'site'}:{ROOT}", "WEBHOOK_SECRET": SECRET}
        return Stage(server, environment, lambda: _seen(server))


async def _seen(server: WebhookServer) -> Outcome:
    parts = [part_of(lambda key, one=one: one["key"] == key) for one in server.messages]  # type: ignore[misc]
    return Outcome(parts, seeded=ARTICLES, killed=0)
