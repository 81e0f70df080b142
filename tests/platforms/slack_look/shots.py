"""Pictures of our messages as Slack shows them: `python -m tests.platforms.slack_look.shots OUTDIR`.

Composes a digest of the samples with the real readers and a database of its own. Pictures look right where Lato, a
colour emoji font and a CJK font are installed.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from adapters.slack.format import payload_of, receipt_payload, reply_payloads
from bot.model import Message
from tests.browser.conftest import _FLAGS
from tests.platforms.look_scene import ASKED, Scene, composed, postings
from tests.platforms.slack_look.page import page_of
from tests.platforms.slack_look.variants import SIGNS, VARIANTS, tabled

_VOTES = {"👍": 4, "👎": 1}


def _payloads(scene: Scene, messages: Sequence[Message]) -> list[dict[str, object]]:
    return [payload_of(posting) for posting in postings(scene, messages)]


def _answers(scene: Scene, asked: Sequence[str]) -> list[dict[str, object]]:
    shown = []
    for command in asked:
        first, *others = reply_payloads(scene.replies[command])
        typed = command if command.startswith("/article") else f"/digest {command.removeprefix('/')}"
        shown += [{**first, "command": typed.replace("digest digest", "digest")}, *others]
    return shown


def _beside(pages: Sequence[tuple[str, str]], *, width: int, height: int) -> str:
    """Pages in two columns, each under its name."""
    frames = "".join(
        f'<figure style="margin:0"><figcaption style="font:700 14px Lato;padding:10px 20px;background:#f4ede4">'
        f'{escape(name)}</figcaption><iframe srcdoc="{escape(one)}" width="{width}" height="{height}" '
        'style="border:0;display:block"></iframe></figure>'
        for name, one in pages
    )
    grid = f"display:grid;grid-template-columns:repeat(2,{width}px);gap:1px;background:#ddd"
    return f'<!doctype html><meta charset="utf-8"><body style="margin:0;{grid}">{frames}</body>'


def _shoot(browser: Browser, path: Path, html: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 600})
    page.set_content(html)
    page.wait_for_timeout(200)
    page.locator("body").screenshot(path=path)
    page.close()


def _pages(scene: Scene) -> dict[str, tuple[str, int]]:
    english, chinese = (_payloads(scene, scene.digests[locale]) for locale in ("en", "zh-Hant"))
    compared = [
        (name, page_of([draw(one) for one in (*scene.digests["en"][:2], SIGNS)], width=640))
        for name, draw in VARIANTS.items()
    ]
    tables = [
        ("a line for each row", page_of(_answers(scene, ("/why 1", "/sources list")), width=400)),
        ("the table block", page_of([tabled(scene.replies[one]) for one in ("/why 1", "/sources list")], width=400)),
    ]
    few = ("/why 1", "/help", "/articel x")
    receipt = {**receipt_payload("Recorded: 👍 Valuable. Your vote is final."), "response_type": "ephemeral"}
    return {
        "blocks-compared": (_beside(compared, width=640, height=770), 1281),
        "tables-compared": (_beside(tables, width=400, height=760), 801),
        "digest": (page_of(english[:3], title="reading"), 700),
        "replies": (page_of([*_answers(scene, few), {**receipt, "command": "a vote"}], title="reading"), 700),
        "digest-whole": (page_of(english, reactions=_VOTES, title="reading"), 760),
        "digest-dark": (page_of(english[:4], dark=True, title="reading"), 760),
        "digest-phone": (page_of(english[:2], width=375, title="reading"), 375),
        "digest-zh-hant": (page_of(chinese[:3], title="閱讀", lang="zh-Hant"), 760),
        "replies-whole": (page_of(_answers(scene, ASKED), title="reading"), 760),
        "replies-phone": (page_of(_answers(scene, few), width=375, title="reading"), 375),
    }


def main(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    pages = _pages(asyncio.run(composed(under="digest")))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(_FLAGS))
        for name, (html, width) in pages.items():
            _shoot(browser, target / f"slack-{name}.png", html, width)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
