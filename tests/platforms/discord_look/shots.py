"""Pictures of our messages as Discord shows them: `python -m tests.platforms.discord_look.shots OUTDIR`.

Composes a digest of the samples with the real readers and a database of its own. Pictures look right where Inter, a
colour emoji font and a CJK font are installed.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from adapters.discord.format import payload_of, reply_payloads
from bot.app import App, opened
from bot.commands import Commands
from bot.config import demo_settings
from bot.delivery.render import messages_of, posting_key
from bot.locales import say, say_date
from bot.model import Channel, Command, Message, Occurrence, Posting, Reply
from bot.samples import folder
from tests.browser.conftest import _FLAGS
from tests.platforms.discord_look.page import page_of

_VOTES = {"👍": 4, "👎": 1}
_ASKED = (
    "/article cache", "/article 41 minutes", "/sources list", "/why 1", "/votes", "/help", "/digest next",
    "/digest preview", "/articel x",
)  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """A digest's messages by language, and the replies to `_ASKED`."""

    digests: dict[str, tuple[Message, ...]]
    replies: dict[str, Reply]
    channel: Channel


async def _scene() -> Scene:
    with tempfile.TemporaryDirectory() as place:
        async with opened(demo_settings(Path(place), samples=folder()), connect=False) as app:
            return await _composed(app)


async def _composed(app: App) -> Scene:
    while await app.engine.refresh.round():
        pass
    while await app.engine.read.round():
        pass
    async with app.store.read() as view:
        channel = next(one for one in await view.channels.all() if one.spec.platform == "web")
    (composition,) = await app.engine.compose.preview(channel)
    following = Occurrence(datetime(2026, 11, 25, 9, tzinfo=UTC), "2026-11-25T09:00")
    digests = {}
    for locale in ("en", "zh-Hant"):
        settings = replace(channel.settings, locale=locale)
        digest = replace(composition.digest, channel=replace(channel, spec=replace(channel.spec, settings=settings)))
        digests[locale] = messages_of(digest, say=say, say_date=say_date, following=following)
    commands = Commands(store=app.store, engine=app.engine, clock=app.clock)
    replies = {asked: await commands.answer(_command(asked, channel)) for asked in _ASKED}
    return Scene(digests, replies, channel)


def _command(asked: str, channel: Channel) -> Command:
    name, _, text = asked.removeprefix("/").partition(" ")
    spec = channel.spec
    return Command(
        name=name, text=text, platform=spec.platform, workspace=spec.workspace, place=spec.place, member="m", admin=True
    )


def _components(scene: Scene, messages: Sequence[Message]) -> list[dict[str, object]]:
    return [
        payload_of(
            Posting(
                id=part,
                key=posting_key(1, "2026-11-24T09:00", part),
                digest=1,
                part=part,
                kind="message",
                channel=scene.channel,
                message=message,
            )
        )
        for part, message in enumerate(messages)
    ]


def _embeds(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """The same as embeds, as well as they can be: only to be compared with."""
    shown: list[dict[str, Any]] = []
    for message in messages:
        footer = {"text": "\n".join(message.footer)}
        if message.kind != "article":
            shown.append({"embeds": [{"title": message.title, "description": message.byline, "footer": footer}]})
            continue
        links = " · ".join(f"[{link.title}]({link.url})" for link in message.also)
        also = [{"name": message.also_lead.rstrip(":"), "value": links}] if links else []
        ballots = " ".join(
            f"{ballot.question} " + " · ".join(f"{option.emoji} {option.label}" for option in ballot.options)
            for ballot in message.ballots
        )
        embed = {
            "author": {"name": message.byline},
            "title": f"{message.rank}. {message.title}",
            "url": message.url,
            "color": 0x4C8DDB,
            "description": "\n".join(f"- {takeaway}" for takeaway in message.takeaways),
            "fields": also,
            "footer": {"text": "\n".join(filter(None, [message.why, ballots]))},
        }
        shown.append({"embeds": [embed]})
    return shown


def _answers(scene: Scene, asked: Sequence[str]) -> list[dict[str, object]]:
    shown = []
    for command in asked:
        first, *others = reply_payloads(scene.replies[command])
        shown += [{**first, "command": command}, *others]
    return shown


def _pair(left: str, right: str, *, width: int, height: int) -> str:
    """Two pages side by side."""
    frames = (
        f'<iframe srcdoc="{escape(one)}" width="{width}" height="{height}" style="border:0"></iframe>'
        for one in (left, right)
    )
    return f'<!doctype html><body style="margin:0;display:flex;background:#1a1a1e">{"".join(frames)}</body>'


def _shoot(browser: Browser, path: Path, html: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 600})
    page.set_content(html)
    page.wait_for_timeout(200)
    page.locator("body").screenshot(path=path)
    page.close()


def main(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    scene = asyncio.run(_scene())
    english = _components(scene, scene.digests["en"])
    chinese = _components(scene, scene.digests["zh-Hant"])
    embeds = _embeds(scene.digests["en"])
    compared = [page_of(some[:2], reactions=_VOTES, width=620) for some in (english, embeds)]
    pages = {
        "components-and-embeds": (_pair(*compared, width=620, height=612), 1240),
        "digest-top": (page_of(english[:3], reactions=_VOTES, title="reading"), 760),
        "replies-top": (page_of(_answers(scene, ("/why 1", "/help", "/articel x")), title="reading"), 760),
        "digest": (page_of(english, reactions=_VOTES, title="reading"), 760),
        "digest-embeds": (page_of(embeds, reactions=_VOTES, title="reading"), 760),
        "digest-light": (page_of(english, reactions=_VOTES, dark=False, title="reading"), 760),
        "digest-phone": (page_of(english, reactions=_VOTES, width=375, title="reading"), 375),
        "digest-zh-hant": (page_of(chinese, reactions=_VOTES, title="閱讀", lang="zh-Hant"), 760),
        "replies": (page_of(_answers(scene, _ASKED), title="reading"), 760),
        "replies-phone": (page_of(_answers(scene, _ASKED), width=375, title="reading"), 375),
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(_FLAGS))
        for name, (html, width) in pages.items():
            _shoot(browser, target / f"discord-{name}.png", html, width)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
