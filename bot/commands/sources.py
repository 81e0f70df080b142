"""/sources: what is read, and what admins add to or take from it."""

from __future__ import annotations

from difflib import get_close_matches

from bot.commands.asked import Asked
from bot.errors import BotError
from bot.model import Reply, Source, SourceSpec
from bot.ranking.dropping import worth_dropping

_LISTED = 50


async def listed(asked: Asked) -> Reply:
    """/sources [list]"""
    async with asked.store.read() as view:
        sources = await view.sources.all(asked.viewer)
        standings = await view.sources.standings(asked.viewer)
    if not sources:
        return Reply(text=asked.say("command.no_sources", command=asked.command("sources add")))
    rows = tuple(
        (
            str(source.id),
            source.title or source.spec.address,
            asked.say(f"state.{source.state}"),
            asked.number(standings[source.id].posted if source.id in standings else 0),
            asked.number(standings[source.id].valued if source.id in standings else 0),
        )
        for source in sources[:_LISTED]
    )
    dropping = worth_dropping(standings)
    text = "\n".join(
        asked.say("command.worth_dropping", source=_name(source), posted=earned.posted, valued=earned.valued)
        for source in sources
        if source.id in dropping and (earned := standings[source.id])
    )
    columns = ("#", *(asked.say(f"command.{name}") for name in ("source", "state", "posted", "valued")))
    return Reply(text=text, columns=columns, rows=rows)


async def add(asked: Asked) -> Reply:
    """/sources add <url>: read once now, behind the full address guard, so that a wrong address is told at once."""
    address = asked.text
    if not asked.is_address:
        return Reply(text=asked.say("command.source_usage", command=asked.command("sources add")), failed=True)
    (inspection,) = await asked.engine.intake.inspect(address, trusted=False)
    if inspection.failure is not None:
        raise inspection.failure
    async with asked.store.begin() as tx:
        source = await tx.sources.add(SourceSpec(address=address), asked.clock.now(), asked.viewer)
    return Reply(text=asked.say("command.source_added", source=_name(source), count=len(inspection.articles)))


async def remove(asked: Asked) -> Reply:
    """/sources remove <number | url>: the house's are everybody's, so only who runs the bot takes them away."""
    source = await _named(asked)
    if source.workspace is None:
        return Reply(text=asked.say("command.source_of_house", source=_name(source), number=source.id), failed=True)
    async with asked.store.begin() as tx:
        await tx.sources.remove(source.id)
    return Reply(text=asked.say("command.source_removed", source=_name(source)))


async def check(asked: Asked) -> Reply:
    """/sources check <number | url>: reads it now and says what came of it; stores nothing."""
    source = await _named(asked)
    inspections = await asked.engine.intake.inspect(source.spec.address, trusted=source.origin == "file")
    failures = [asked.told(one.failure) for one in inspections if one.failure]
    if failures:
        return Reply(text="\n".join(failures), failed=True)
    count = sum(len(one.articles) for one in inspections)
    return Reply(text=asked.say("command.source_checked", source=_name(source), count=count))


async def _named(asked: Asked) -> Source:
    """The source with this number or address. Raises BotError where there is none."""
    async with asked.store.read() as view:
        sources = await view.sources.all(asked.viewer)
    for source in sources:
        if asked.text in (str(source.id), source.spec.address):
            return source
    typed = asked.text.lower()
    names = {name.lower(): source for source in sources for name in (source.spec.address, _name(source))}
    near = [name for name in names if typed and typed in name] or get_close_matches(typed, names, 1)
    if near:
        source = names[near[0]]
        raise BotError(asked.say("command.source_near", words=asked.text, number=source.id, source=_name(source)))
    raise BotError(asked.say("command.no_such_source", words=asked.text, command=asked.command("sources")))


def _name(source: Source) -> str:
    return source.title or source.spec.address
