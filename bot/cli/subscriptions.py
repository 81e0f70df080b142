"""sources import, export, check."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import typer

from bot.app import App, opened
from bot.cli.show import console, print_records, print_table, progress
from bot.cli.sources import NO_FEED, named, rows_of, trouble_of
from bot.config import load
from bot.engine.subscriptions import Checked, Entry, entries_of
from bot.errors import BotError
from bot.model import Source, Standing
from bot.records import Record, source_record, time_text

_TITLE = "Sources of digestbot"
_CHECKED = ("id", "title", "url", "articles", "newest", "week", "posted", "valued")


def take_in(config: Path | None, lists: Sequence[str], *, check: bool, as_json: bool) -> None:
    """Adds the feeds of OPML files, and tells what came of each; exit 1 if any failed, after all were tried."""

    async def work() -> Counter[str]:
        count: Counter[str] = Counter()
        async with opened(load(config), connect=False) as app:
            entries = [entry for name in lists for entry in await _entries(app, name)]
            with progress() as bar:
                task = bar.add_task("importing", total=len(entries))
                async for entry in app.engine.subscriptions.add(entries, check=check):
                    count[entry.outcome] += 1
                    _tell(entry, as_json=as_json)
                    bar.advance(task)
        return count

    count = asyncio.run(work())
    if not as_json:
        told = f"{count['added']:,} added, {count['known']:,} known before, {count['failed']:,} failed"
        console().print(f"{count.total():,} feeds: {told}")
    if count["failed"]:
        raise typer.Exit(1)


async def _entries(app: App, name: str) -> Sequence[Entry]:
    if name == "-":
        return entries_of(await asyncio.to_thread(sys.stdin.buffer.read), name)
    return await app.engine.subscriptions.lists(name)


def _tell(entry: Entry, *, as_json: bool) -> None:
    """Every outline as JSON; for people only what failed, as what did not will be in the list of sources."""
    if as_json:
        print_records([entry_record(entry)])
    elif entry.outcome == "failed":
        sys.stderr.write(f"digestbot: {entry.error}\n")


def entry_record(entry: Entry) -> Record:
    """A line of `sources import`."""
    outline = entry.outline
    return {
        "input": entry.input,
        "line": outline.line if outline else None,
        "url": outline.address if outline else None,
        "title": outline.title if outline else None,
        "category": outline.category if outline else None,
        "outcome": entry.outcome,
        "id": entry.source.id if entry.source else None,
        "error": entry.error,
    }


def export(config: Path | None, target: Path | None) -> None:
    """The house's sources as OPML, into a file or on stdout."""

    async def work() -> str:
        async with opened(load(config), connect=False) as app:
            return await app.engine.statistics.opml(_TITLE)

    text = asyncio.run(work())
    if target is None:
        sys.stdout.write(text)
        return
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BotError(f"{target}: cannot be written: {error.strerror}") from None
    console().print(f"wrote {text.count(' xmlUrl='):,} feeds to {target}")


def check(config: Path | None, which: Sequence[str], *, as_json: bool) -> None:
    """Reads these sources now, or all, and shows how each is; exit 1 if any cannot be read. Stores nothing."""

    async def work() -> list[Record]:
        async with opened(load(config), connect=False) as app:
            async with app.store.read() as view:
                sources = _chosen(await view.sources.all(), which)
                standings = await view.sources.standings()
            records: list[Record] = []
            with progress() as bar:
                task = bar.add_task("checking", total=len(sources))
                async for one in app.engine.subscriptions.check(sources):
                    standing = standings.get(one.source.id, Standing())
                    record = checked_record(one, source_record(one.source, standing, app.clock.now()))
                    if as_json:
                        print_records([record])
                    records.append(record)
                    bar.advance(task)
        return records

    records = sorted(asyncio.run(work()), key=lambda record: (record["ok"], record["id"]))
    if not as_json:
        print_table(_CHECKED, rows_of([record for record in records if record["ok"]], _CHECKED))
        for record in records:
            if not record["ok"]:
                console().print(trouble_of(record))
            elif record["feed"] is False:
                console().print(f"source {record['id']}: {NO_FEED} If its site has a feed, name that.")
    if not all(record["ok"] for record in records):
        raise typer.Exit(1)


def _chosen(sources: Sequence[Source], which: Sequence[str]) -> Sequence[Source]:
    """Those with these numbers or addresses; all where none is named."""
    chosen = {source.id for name in which for source in named(sources, name)}
    return [source for source in sources if not which or source.id in chosen]


def checked_record(checked: Checked, known: Record) -> Record:
    """A line of `sources check`: what is known of the source, with what was found just now."""
    if checked.seen is None:
        return {**known, "ok": False, "error": str(checked.failure), "articles": None, "feed": None}
    times = [time for article in checked.seen.articles if (time := time_text(article.published)) is not None]
    feed = None if checked.source.spec.local else checked.seen.feed is not None
    found = {"reads": checked.seen.reads, "newest": max(times, default=None), "feed": feed}
    return {**known, "ok": True, "error": None, "articles": len(checked.seen.articles), **found}
