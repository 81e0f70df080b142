"""Pictures of our messages as Discord shows them: `python -m tests.platforms.discord_look.shots OUTDIR`.

Composes a digest of the samples with the real readers and a database of its own. Pictures look right where Inter, a
colour emoji font and a CJK font are installed.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from adapters.discord.format import payload_of, reply_payloads
from bot.model import Message
from tests.browser.conftest import _FLAGS
from tests.platforms.discord_look.page import page_of
from tests.platforms.look_scene import ASKED, Scene, composed, postings

_VOTES = {"👍": 4, "👎": 1}


def _components(scene: Scene, messages: Sequence[Message]) -> list[dict[str, object]]:
    return [payload_of(posting) for posting in postings(scene, messages)]


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
    scene = asyncio.run(composed())
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
        "replies": (page_of(_answers(scene, ASKED), title="reading"), 760),
        "replies-phone": (page_of(_answers(scene, ASKED), width=375, title="reading"), 375),
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(_FLAGS))
        for name, (html, width) in pages.items():
            _shoot(browser, target / f"discord-{name}.png", html, width)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
