"""articles, article, why: what the store knows of an article."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.app import App, opened
from bot.cli.show import console, print_article, print_records, print_table
from bot.config import load
from bot.errors import BotError
from bot.model import StoredArticle
from bot.records import said, stored_record, time_text, why_record


def articles(config: Path | None, words: str, *, limit: int, as_json: bool) -> None:
    """The stored articles that these words find, best first."""

    async def work() -> None:
        async with opened(load(config), connect=False) as app, app.store.read() as view:
            found = await view.articles.get(await view.articles.find(words, limit))
        if as_json:
            print_records(stored_record(stored) for stored in found)
            return
        rows = [
            (
                str(stored.id),
                f"{stored.quality.score:.2f}" if stored.quality else "",
                stored.article.title,
                stored.source_title or "",
                ", ".join(one.channel for one in stored.posted),
            )
            for stored in found
        ]
        none = (
            f"no article has these words: {words}" if words else "no article yet: digestbot refresh reads what is due"
        )
        print_table(("#", "quality", "title", "source", "posted in"), rows, none=none)

    asyncio.run(work())


def article(config: Path | None, which: str, *, as_json: bool) -> None:
    """One article."""

    async def work() -> None:
        async with opened(load(config), connect=False) as app:
            stored = await article_named(app, which)
        if as_json:
            print_records([stored_record(stored)])
            return
        print_article(stored.article, stored.takeaways, stored.quality)
        seen = f"#{stored.id} · first seen {time_text(stored.first_seen)} · story {stored.story}"
        posted = "; ".join(f"{one.channel} {one.slot}" for one in stored.posted)
        console().print(f"{seen} · posted: {posted or 'not yet'}")

    asyncio.run(work())


def why(config: Path | None, which: str, *, channel: str | None, as_json: bool) -> None:
    """The gates of each channel, or of one."""
    from bot.cli.verbs import channel_named

    async def work() -> None:
        async with opened(load(config), connect=False) as app:
            stored = await article_named(app, which)
            async with app.store.read() as view:
                everywhere = await view.channels.all()
            for one in [await channel_named(app, channel)] if channel else everywhere:
                gates = await app.engine.compose.why(one, stored)
                if as_json:
                    print_records([why_record(stored.id, one.name, gates)])
                else:
                    console().print(f"{stored.article.title} in {one.name}")
                    rows = [("✓" if gate.passed else "✗", gate.stage, said(gate.reason)) for gate in gates]
                    print_table(("", "stage", "reason"), rows)

    asyncio.run(work())


async def article_named(app: App, which: str) -> StoredArticle:
    """The article with this number or URL, or the first that these words find."""
    async with app.store.read() as view:
        found = await view.articles.get(await view.articles.find(which, 1))
    if not found:
        raise BotError(f"{which}: no such article; `digestbot articles` lists them with their numbers")
    return found[0]
