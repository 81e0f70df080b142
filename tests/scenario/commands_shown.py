"""Every command as a member asks it on each platform, through the real SDKs, and what they are answered.

`python -m tests.scenario.commands_shown OUTDIR` makes pictures of it all, with what was sent, in two languages. They
look right where Inter, Lato, a colour emoji font and a CJK font are installed.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp

from bot.app import App, opened, run
from bot.commands import SPECS
from bot.config import load
from bot.model import CommandSpec
from bot.samples import folder as samples
from tests.fakes.reader import InlineReader
from tests.platforms.discord_server import DiscordServer
from tests.platforms.slack_server import Limits, SlackServer
from tests.scenario import discord_world, slack_world
from tests.scenario.steps import posted, until, working
from tests.scenario.world import CONFIG, read_all

LOCALES = ("en", "zh-Hant")
_GIVEN = {  # an example of each argument that commands take; but for `last`: a preview is shown as of now
    "article": "1",
    "me": "me",
    "cron": "0 9 * * mon-fri",
    "outcome": "there",
    "source": "1",
    "url": "http://127.0.0.1/feed.xml",
    "zone": "Asia/Taipei",
}
_WRONG = ("articel", "sources lst")  # commands that there are not


@dataclass(frozen=True)
class Shown:
    """A command as typed, what the platform sent for it, and the payloads or the page's HTML that answered it."""

    typed: str
    sent: str
    answers: Sequence[Mapping[str, Any]]


def typed(spec: CommandSpec) -> str:
    return " ".join([spec.name, *(_GIVEN[one.name] for one in spec.arguments if one.name in _GIVEN)])


def _world(folder: Path, config: str, locale: str) -> Path:
    """A configuration with the samples as its source, in that language."""
    path = folder / "config.toml"
    text = config.replace('path = "articles"', f"path = {json.dumps(str(samples()))}")
    path.write_text(text.replace("[bot]", f'[bot]\nlocale = "{locale}"'), encoding="utf-8")
    return path


async def on_discord(folder: Path, locale: str) -> list[Shown]:
    """Needs DISCORD_TOKEN to be restored by the caller."""
    server = DiscordServer()
    await server.start()
    os.environ["DISCORD_TOKEN"] = server.token
    guild = server.add_guild()
    place = server.add_channel(guild, "reading")
    boss = server.add_member(guild, "mira", manage_guild=True)
    _world(folder, discord_world.config(server, {"team": place.id}), locale)
    shown = []
    try:
        world = discord_world.discord_world(folder, server, {"team": place.id})
        async with world as app, _open(app), discord_world.listening(app):
            await until(lambda: server.commands)
            for spec in SPECS:
                name, _, sub = spec.name.partition(" ")
                given = {one.name: _GIVEN[one.name] for one in spec.arguments if one.name in _GIVEN}
                answer = await server.command(place, boss, name, sub or None, options=given)
                data = server.interactions.command_data(place, name, sub or None, given)
                shown.append(Shown(f"/{typed(spec)}", json.dumps(data, ensure_ascii=False), answer.messages))
    finally:
        await server.stop()
    assert server.violations == server.pings == []
    return shown


async def on_slack(folder: Path, locale: str) -> list[Shown]:
    """Needs Slack's secrets to be restored by the caller."""
    server = SlackServer(limits=Limits.wide())
    await server.start()
    workspace = server.add_workspace()
    place = server.add_channel(workspace, "reading")
    boss = server.add_member(workspace, "mira", admin=True)
    os.environ.update(slack_world.environment(server, workspace))
    _world(folder, slack_world.config(server, {"team": place.id}), locale)
    shown = []
    try:
        world = slack_world.slack_world(folder, server, {"team": place.id})
        async with world as app, _open(app), slack_world.listening(app, server):
            for words in (*map(typed, SPECS), *_WRONG):
                name, text = words.partition(" ")[::2] if words.startswith("article ") else ("digest", words)
                text = text.removeprefix("digest ")
                answer = await server.command(boss, place, f"/{name}", text)
                await until(lambda: answer.messages, seconds=20)  # noqa: B023 - is awaited here
                await answer.all()
                said = [
                    {**one, "response_type": "ephemeral" if private else "in_channel"}
                    for one, private in zip(answer.messages, answer.private, strict=True)
                ]
                shown.append(Shown(f"/{name} {text}", f"command=/{name} text={text}", said))
    finally:
        await server.stop()
    assert server.violations == server.pings == []
    return shown


@asynccontextmanager
async def web_channel(folder: Path, locale: str) -> AsyncIterator[str]:
    """The address of a running house's web channel."""
    ports: list[int] = []
    async with opened(load(_world(folder, CONFIG, locale)), reading=InlineReader) as app, _open(app, name="web"):
        house = asyncio.create_task(run(app, port=0, started=ports.append))
        try:
            await until(lambda: ports or house.done())
            yield f"http://127.0.0.1:{ports[0]}/c/web"
        finally:
            house.cancel()
            await asyncio.gather(house, return_exceptions=True)


async def on_the_web(folder: Path, locale: str) -> list[Shown]:
    """As JSON, which the page's own script gets too."""
    shown = []
    async with web_channel(folder, locale) as address, aiohttp.ClientSession() as client:
        token = await _token(client, address)
        for words in (*map(typed, SPECS), *_WRONG):
            fields = {"text": f"/{words}", "token": token}
            headers = {"Origin": address.removesuffix("/c/web"), "Accept": "application/json"}
            async with client.post(f"{address}/command", data=fields, headers=headers) as answer:
                assert answer.status == 200, await answer.text()
                shown.append(Shown(f"/{words}", f"POST /c/web/command text=/{words}", [await answer.json()]))
    return shown


async def _token(client: aiohttp.ClientSession, address: str) -> str:
    async with client.get(address) as page:
        return (await page.text()).partition('name="token" value="')[2].partition('"')[0]


@asynccontextmanager
async def _open(app: App, *, name: str = "team") -> AsyncIterator[None]:
    """The house with what can be read read, a digest posted, and its jobs running."""
    await read_all(app)
    await posted(app, name=name)
    async with working(app):
        yield


PLATFORMS: dict[str, Callable[[Path, str], Awaitable[list[Shown]]]] = {
    "discord": on_discord,
    "slack": on_slack,
    "web": on_the_web,
}


# ------------------------------------------------------------ pictures


async def _pictures(target: Path) -> None:
    from playwright.async_api import async_playwright

    from tests.browser.conftest import _FLAGS

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(_FLAGS))
        for locale in LOCALES:
            for name, draw in (("discord", _of_discord), ("slack", _of_slack), ("web", partial(_of_the_web, browser))):
                with tempfile.TemporaryDirectory() as folder:
                    html = await draw(Path(folder), locale)
                page = await browser.new_page(viewport={"width": 760, "height": 600})
                await page.set_content(html)
                await page.wait_for_timeout(300)
                await page.locator("body").screenshot(path=target / f"commands-{name}-{locale}.png")
                await page.close()
        await browser.close()


async def _of_discord(folder: Path, locale: str) -> str:
    from tests.platforms.discord_look.page import page_of

    return page_of(_payloads(await on_discord(folder, locale)), title="reading", lang=locale)


async def _of_slack(folder: Path, locale: str) -> str:
    from tests.platforms.slack_look.page import page_of

    return page_of(_payloads(await on_slack(folder, locale)), title="reading", lang=locale)


def _payloads(shown: Sequence[Shown]) -> list[Mapping[str, Any]]:
    """Each answer's first payload says what was typed and sent."""
    return [
        one if number else {**one, "command": f"{asked.typed}   ⟵   {asked.sent}"}
        for asked in shown
        for number, one in enumerate(asked.answers)
    ]


async def _of_the_web(browser: Any, folder: Path, locale: str) -> str:
    answers = []
    page = await browser.new_page(viewport={"width": 760, "height": 600})
    async with web_channel(folder, locale) as address:
        for words in (*map(typed, SPECS), *_WRONG):
            await page.goto(address)
            await page.fill("#command", f"/{words}")
            await page.press("#command", "Enter")
            await page.wait_for_selector("#answer section")
            answers.append(await page.evaluate("document.querySelector('#answer').outerHTML"))
        sheet = await page.evaluate(
            "Promise.all([...document.querySelectorAll('link[rel=stylesheet]')].map(one => fetch(one.href)"
            ".then(answer => answer.text()))).then(all => all.join('\\n'))"
        )
    await page.close()
    return f'<html lang="{locale}"><style>{sheet}</style><body><main>{"".join(answers)}</main></body></html>'


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(_pictures(Path(sys.argv[1])))
