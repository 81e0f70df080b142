"""sources list, add, remove."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

from bot.app import opened
from bot.cli.show import busy, console, print_records, print_table
from bot.config import duration, load
from bot.errors import BotError
from bot.model import Source, SourceSpec, Standing
from bot.ranking.dropping import worth_dropping
from bot.records import Record, source_record

_LISTED = ("id", "title", "url", "category", "every", "state", "week", "posted", "valued", "workspace")
NO_FEED = "No feed is there, so the page itself is read, as one article."
_HOST = re.compile(r"[\w-]+(\.[\w-]+)*\.[a-z]{2,}(/|$)")  # how a site's address begins without its https://


def rows_of(records: Sequence[Record], columns: Sequence[str]) -> list[list[str]]:
    """Records as the cells of a table; nothing where there is nothing."""
    return [[str(record[name]) if record[name] is not None else "" for name in columns] for record in records]


def trouble_of(record: Record) -> str:
    """What is wrong with a source, since when, and when it is tried again, in a line."""
    since = f"not read since {record['last_success']}" if record["last_success"] else "never read"
    again = "left alone until it is added again" if record["state"] == "paused" else f"tried again {record['next']}"
    return f"source {record['id']}: {record['error']} ({since}; {again})"


def listed(config: Path | None, *, as_json: bool) -> None:
    """Every source: the file's, those added here, and those that workspaces added for themselves."""

    async def work() -> None:
        async with opened(load(config), connect=False) as app, app.store.read() as view:
            sources = await view.sources.all()
            standings = await view.sources.standings()
        dropping = worth_dropping(standings)
        now = app.clock.now()
        records = [
            source_record(one, standings.get(one.id, Standing()), now, worth_dropping=one.id in dropping)
            for one in sources
        ]
        if as_json:
            print_records(records)
            return
        print_table(_LISTED, rows_of(records, _LISTED), none="there is none: digestbot sources add URL adds one")
        for record in records:
            if record["error"]:
                console().print(trouble_of(record))
        for source in sources:
            if source.id in dropping:
                console().print(f"worth dropping: source {source.id}, posted often and seldom valued")

    asyncio.run(work())


def add(config: Path | None, address: str, *, category: str | None, every: str, as_json: bool) -> None:
    """Adds a source after one look at it, so that a wrong address is told at once."""
    local = "://" not in address
    if local and _HOST.match(address) and not Path(address).exists():
        raise BotError(
            f"{address}: there is no such file or folder; is it a site? digestbot sources add https://{address}"
        )
    spec = SourceSpec(
        address=str(Path(address).expanduser().absolute()) if local else address,
        category=category,
        every=duration(every, "--every"),
    )

    async def work() -> None:
        async with opened(load(config), connect=False) as app:
            with busy("reading"):
                seen = await app.engine.look.at(spec.address)
            async with app.store.begin() as tx:
                source = await tx.sources.add(spec, app.clock.now())
        if as_json:
            print_records([source_record(source, Standing(), app.clock.now())])
        else:
            feed = f", in the feed {seen.reads}" if seen.reads else ""
            count = len(seen.articles)
            console().print(f"added source {source.id}: {source.spec.address} ({count} articles there now{feed})")
            if not local and seen.feed is None:
                console().print(NO_FEED)

    asyncio.run(work())


def remove(config: Path | None, which: str) -> None:
    """Removes the source with this number or address."""

    async def work() -> None:
        async with opened(load(config), connect=False) as app:
            async with app.store.read() as view:
                source = named(await view.sources.all(), which)[0]
            async with app.store.begin() as tx:
                await tx.sources.remove(source.id)
        console().print(f"removed source {source.id}: {source.spec.address}; its articles stay")

    asyncio.run(work())


def named(sources: Sequence[Source], which: str) -> list[Source]:
    """Those with this number or address, the house's first: an address may be a workspace's too. Raises BotError."""
    found = [source for source in sources if which in (str(source.id), source.spec.address)]
    if not found:
        raise BotError(f"{which}: no such source; `digestbot sources list` shows them with their numbers")
    return sorted(found, key=lambda source: source.workspace is not None)
