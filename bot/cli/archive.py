"""articles, article, why, votes: what the store knows."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.app import App, opened
from bot.cli.show import console, print_article, print_records, print_table
from bot.config import load
from bot.errors import BotError
from bot.model import StoredArticle
from bot.records import stored_record, tally_record, time_text, why_record


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
        print_table(("#", "quality", "title", "source", "posted in"), rows)

    asyncio.run(work())


def article(config: Path | None, which: str, *, as_json: bool) -> None:
    """One article."""

    async def work() -> None:
        async with opened(load(config), connect=False) as app:
            stored = await _named(app, which)
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
            stored = await _named(app, which)
            async with app.store.read() as view:
                everywhere = await view.channels.all()
            for one in [await channel_named(app, channel)] if channel else everywhere:
                gates = await app.engine.compose.why(one, stored)
                if as_json:
                    print_records([why_record(stored.id, one.name, gates)])
                else:
                    console().print(f"{stored.article.title} in {one.name}")
                    print_table(("", "stage", "reason"), [("✓" if g.passed else "✗", g.stage, g.reason) for g in gates])

    asyncio.run(work())


def votes(config: Path | None, which: str | None, *, as_json: bool) -> None:
    """Tallies of one article, or of all."""

    async def work() -> None:
        async with opened(load(config), connect=False) as app:
            one = [(await _named(app, which)).id] if which else []
            async with app.store.read() as view:
                tallies = await view.votes.tallies(one)
                titles = {s.id: s.article for s in await view.articles.get([tally.article for tally in tallies])}
        if as_json:
            print_records(tally_record(tally, titles[tally.article]) for tally in tallies)
            return
        rows = [
            (
                str(tally.article),
                titles[tally.article].title,
                tally.workspace,
                tally.ballot,
                "  ".join(f"{emoji} {count}" for emoji, count in tally.counts.items()),
            )
            for tally in tallies
        ]
        print_table(("#", "article", "workspace", "ballot", "votes"), rows)

    asyncio.run(work())


async def _named(app: App, which: str) -> StoredArticle:
    """The article with this number or URL, or the first that these words find."""
    async with app.store.read() as view:
        found = await view.articles.get(await view.articles.find(which, 1))
    if not found:
        raise BotError(f"{which}: no such article; `digestbot articles` lists them with their numbers")
    return found[0]
