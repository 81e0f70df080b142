"""settle: postings of which only somebody who looks can tell whether they are there."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.app import opened
from bot.cli.show import console, print_records, print_table
from bot.config import load
from bot.errors import BotError
from bot.model import Uncertain
from bot.records import uncertain_record


def listed(config: Path | None, *, as_json: bool) -> None:
    """Every posting that is uncertain, oldest first."""

    async def work() -> None:
        async with opened(load(config), connect=False) as app, app.store.read() as view:
            _show(await view.outbox.uncertain(), as_json=as_json)

    asyncio.run(work())


def settle(config: Path | None, digest: int, *, there: bool, as_json: bool) -> None:
    """Settles the one of this digest: a digest has one at most, as its next parts wait. A running bot goes on with the
    digest; without one, `deliver` does."""

    async def work() -> None:
        async with opened(load(config), connect=False) as app:
            async with app.store.read() as view:
                found = [one for one in await view.outbox.uncertain() if one.posting.digest == digest]
            if not found or not await app.engine.deliver.resolve(found[0].posting, there=there):
                raise BotError(f"digest {digest}: nothing of it is uncertain; `digestbot settle` lists what is")
            running = await app.database.is_running()
        if as_json:
            print_records([uncertain_record(found[0])])
            return
        told = "counts as posted" if there else "is to be posted"
        rest = "the running bot goes on with it" if running else "`digestbot deliver` goes on with it"
        console().print(f"“{found[0].title}” in {found[0].posting.channel.name} {told}; {rest}")

    asyncio.run(work())


def _show(waiting: tuple[Uncertain, ...], *, as_json: bool) -> None:
    if as_json:
        print_records(map(uncertain_record, waiting))
    else:
        columns = ("digest", "channel", "part", "title", "since", "reason")
        records = [uncertain_record(one) for one in waiting]
        print_table(
            columns, [[str(record[name]) for name in columns] for record in records], none="nothing is uncertain"
        )
