"""The real house on the local Slack: its configuration and secrets, articles to post, a connection that is up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from bot.app import App, opened
from bot.config import load
from bot.ports import Clock
from tests.fakes.reader import InlineReader
from tests.platforms.slack_server import SlackServer, Workspace
from tests.scenario.steps import until
from tests.scenario.world import write_world

SECRETS = ("SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET")
_LOOKED_AT = 3.0  # seconds; what Slack refuses to show is never known
_CONFIG = """
[http]
port = 0
public_url = "{public_url}"

[bot]
database = "sqlite:///digest.db"

[slack]
api_url = "{api_url}"
mode = "{mode}"

[[sources]]
path = "articles"
every = "1s"
"""
_CHANNEL = """
[[channels]]
name = "{name}"
platform = "slack"
id = "{place}"
schedule = "0 9 * * *"
min_quality = 0.0
{more}
"""


def config(
    server: SlackServer,
    places: Mapping[str, str],
    *,
    mode: str = "socket",
    more: str | Mapping[str, str] = "",
    public_url: str = "http://127.0.0.1:8080",
) -> str:
    """A configuration with a Slack channel for each of these ids by names; `more` are further keys of each."""
    text = _CONFIG.format(api_url=server.api_url, mode=mode, public_url=public_url)
    keys = {name: more if isinstance(more, str) else more.get(name, "") for name in places}
    return text + "".join(_CHANNEL.format(name=name, place=place, more=keys[name]) for name, place in places.items())


def environment(server: SlackServer, workspace: Workspace | None, *, mode: str = "socket") -> dict[str, str]:
    """The secrets: of a single workspace, or where there is none, of an app that many install."""
    own = {"SLACK_APP_TOKEN": server.app_token} if mode == "socket" else {"SLACK_SIGNING_SECRET": server.signing_secret}
    if workspace is None:
        return {**own, "SLACK_CLIENT_ID": server.client_id, "SLACK_CLIENT_SECRET": server.client_secret}
    return {**own, "SLACK_BOT_TOKEN": workspace.bot_token}


@asynccontextmanager
async def slack_world(
    folder: Path,
    server: SlackServer,
    places: Mapping[str, str],
    *,
    clock: Clock | None = None,
    more: str | Mapping[str, str] = "",
    mode: str = "socket",
    articles: int = 3,
    quick: bool = True,
) -> AsyncIterator[App]:
    """The house, not running yet. Its secrets have to be in the environment. `quick`: it posts as fast as it can."""
    path = folder / "config.toml"
    if not path.exists():
        write_world(folder, articles=articles, config=config(server, places, more=more, mode=mode))
    async with opened(load(path), clock=clock, reading=InlineReader) as app:
        if quick:
            app.platforms["slack"]._web.limits.posts_per_second = 1000  # type: ignore[attr-defined]
        yield app


async def _are_known(app: App) -> bool:
    """Whether the bot knows whose its channels are; before that it knows none of them by a command's channel."""
    async with app.store.read() as view:
        return all(one.spec.workspace or one.paused for one in await view.channels.all())


@asynccontextmanager
async def listening(app: App, server: SlackServer) -> AsyncIterator[None]:
    """The platform runs and is connected."""
    before = server.sockets.opened
    runs = asyncio.create_task(app.platforms["slack"].run())
    try:
        await until(lambda: server.sockets.opened > before or runs.done(), seconds=20)
        if runs.done():
            await runs
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOKED_AT):
                while not await _are_known(app):
                    await asyncio.sleep(0.02)
        yield
    finally:
        runs.cancel()
        await asyncio.gather(runs, return_exceptions=True)
