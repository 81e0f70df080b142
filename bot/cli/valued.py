"""votes, best, forget: what teams valued, and who is forgotten to have."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.app import opened
from bot.cli.archive import article_named
from bot.cli.show import console, print_records, print_table
from bot.config import duration, load
from bot.errors import BotError
from bot.model import Workspace
from bot.records import dropping_record, tally_record, valued_record


def votes(config: Path | None, which: str | None, *, as_json: bool) -> None:
    """Tallies of one article, or of all."""

    async def work() -> None:
        async with opened(load(config), connect=False) as app:
            one = [(await article_named(app, which)).id] if which else []
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
        print_table(("#", "article", "workspace", "ballot", "votes"), rows, none="nobody has voted yet")

    asyncio.run(work())


def best(config: Path | None, *, last: str, limit: int, channel: str | None, as_json: bool) -> None:
    """Articles that votes are for on the whole, most valued first, then the sources worth dropping."""
    from bot.cli.verbs import channel_named

    past = duration(last, "--last")

    async def work() -> None:
        async with opened(load(config), connect=False) as app:
            viewer = (await channel_named(app, channel)).spec.home if channel else None
            valued = await app.engine.standings.best(viewer, past, limit)
            dropping = await app.engine.standings.dropping(viewer)
        if as_json:
            print_records(valued_record(one, stored) for stored, one in valued)
            print_records(dropping_record(source, standing) for source, standing in dropping)
            return
        rows = [
            (str(stored.id), f"{one.value:g}", str(one.valued), str(one.unvalued), stored.article.title)
            for stored, one in valued
        ]
        print_table(("#", "value", "for", "against", "article"), rows, none="nothing was valued in that time")
        for source, standing in dropping:
            name = source.title or source.spec.address
            earned = f"posted {standing.posted}, valued {standing.valued}"
            console().print(f"worth dropping: source {source.id}, {name} ({earned})")

    asyncio.run(work())


def forget(config: Path | None, platform: str, workspace: str, member: str, *, as_json: bool) -> None:
    """Forgets a member at once."""

    async def work() -> None:
        async with opened(load(config), connect=False) as app:
            if not await app.engine.voters.forget(Workspace(platform, workspace), member):
                raise BotError(
                    f"{platform} {workspace} {member}: nobody of that name voted, or they are forgotten already; "
                    "all three are the platform's own ids"
                )
        if as_json:
            print_records([{"platform": platform, "workspace": workspace, "member": member, "forgotten": True}])
        else:
            console().print(f"forgotten: {member}; the votes stay, nobody's")

    asyncio.run(work())
