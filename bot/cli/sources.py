"""sources list, add, remove."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.app import opened
from bot.cli.show import console, print_records, print_table
from bot.config import duration, load
from bot.errors import BotError
from bot.model import SourceSpec, Standing
from bot.ranking.dropping import worth_dropping
from bot.records import source_record


def listed(config: Path | None, *, as_json: bool) -> None:
    """Every source: the file's, those added here, and those that workspaces added for themselves."""

    async def work() -> None:
        async with opened(load(config), connect=False) as app, app.store.read() as view:
            sources = await view.sources.all()
            standings = await view.sources.standings()
        dropping = worth_dropping(standings)
        records = [
            source_record(one, standings.get(one.id, Standing()), worth_dropping=one.id in dropping) for one in sources
        ]
        if as_json:
            print_records(records)
            return
        columns = ("id", "title", "url", "category", "every", "state", "posted", "valued", "workspace", "error")
        print_table(columns, [[str(record[c]) if record[c] is not None else "" for c in columns] for record in records])

        for source in sources:
            if source.id in dropping:
                console().print(f"worth dropping: source {source.id}, posted often and seldom valued")

    asyncio.run(work())


def add(config: Path | None, address: str, *, category: str | None, every: str, as_json: bool) -> None:
    """Adds a source after one look at it, so that a wrong address is told at once."""
    local = "://" not in address
    spec = SourceSpec(
        address=str(Path(address).expanduser().absolute()) if local else address,
        category=category,
        every=duration(every, "--every"),
    )

    async def work() -> None:
        async with opened(load(config), connect=False) as app:
            inspections = await app.engine.intake.inspect(spec.address)
            if inspections and all(one.error for one in inspections):
                raise BotError("\n".join(str(one.error) for one in inspections))
            async with app.store.begin() as tx:
                source = await tx.sources.add(spec, app.clock.now())
        if as_json:
            print_records([source_record(source, Standing())])
        else:
            count = sum(len(one.articles) for one in inspections)
            console().print(f"added source {source.id}: {source.spec.address} ({count} articles there now)")

    asyncio.run(work())


def remove(config: Path | None, which: str) -> None:
    """Removes the source with this number or address."""

    async def work() -> None:
        async with opened(load(config), connect=False) as app:
            async with app.store.read() as view:
                matching = [s for s in await view.sources.all() if which in (str(s.id), s.spec.address)]
                matching.sort(key=lambda source: source.workspace is not None)  # an address may be a workspace's too
            if not matching:
                raise BotError(f"{which}: no such source; `digestbot sources list` shows them with their numbers")
            async with app.store.begin() as tx:
                await tx.sources.remove(matching[0].id)
        console().print(f"removed source {matching[0].id}: {matching[0].spec.address}; its articles stay")

    asyncio.run(work())
