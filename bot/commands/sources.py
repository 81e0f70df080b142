"""/sources: what is read, and what admins add to or take from it."""

from __future__ import annotations

from difflib import get_close_matches

from bot.commands.asked import Asked
from bot.errors import BotError, SourceError
from bot.model import Reply, Source, Standing
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
    troubles = [_trouble(asked, source) for source in sources[:_LISTED] if source.error]
    droppings = [
        asked.say("command.worth_dropping", source=_name(source), posted=earned.posted, valued=earned.valued)
        for source in sources
        if source.id in dropping and (earned := standings[source.id])
    ]
    text = "\n".join([*troubles, *droppings])
    columns = ("#", *(asked.say(f"command.{name}") for name in ("source", "state", "posted", "valued")))
    return Reply(text=text, columns=columns, rows=rows)


async def add(asked: Asked) -> Reply:
    """/sources add <url>: read once now, behind the full address guard, so that a wrong address is told at once."""
    address = asked.text
    if not asked.is_address:
        return Reply(text=asked.say("command.source_usage", command=asked.command("sources add")), failed=True)
    source, seen = await asked.engine.subscriptions.take(address, asked.viewer)
    return Reply(text=asked.say("command.source_added", source=_name(source), count=len(seen.articles)))


async def remove(asked: Asked) -> Reply:
    """/sources remove <number | url>: the house's are everybody's, so only who runs the bot takes them away."""
    source = await _named(asked)
    if source.workspace is None:
        return Reply(text=asked.say("command.source_of_house", source=_name(source), number=source.id), failed=True)
    async with asked.store.begin() as tx:
        await tx.sources.remove(source.id)
    return Reply(text=asked.say("command.source_removed", source=_name(source)))


async def check(asked: Asked) -> Reply:
    """/sources check <number | url>: reads it now and says what came of it, how it went before and what it earned;
    stores nothing."""
    source = await _named(asked)
    async with asked.store.read() as view:
        earned = (await view.sources.standings(asked.viewer)).get(source.id, Standing())
    health = _health(asked, source, earned)
    trusted = source.origin == "file"
    try:
        seen = await asked.engine.look.at(source.spec.address, reads=source.reads, trusted=trusted)
    except SourceError as error:
        return Reply(text=f"{asked.told(error)}\n{health}", failed=True)
    found = asked.say("command.source_checked", source=_name(source), count=len(seen.articles))
    return Reply(text=f"{found}\n{health}")


def _health(asked: Asked, source: Source, earned: Standing) -> str:
    """When it is read, how much comes of it, and what was made of that."""
    week = source.rhythm.a_week(asked.clock.now())
    told = [
        asked.say("command.source_last", date=asked.date(source.last_success)) if source.last_success else "",
        asked.say("command.source_next", date=asked.date(source.next_at)) if source.state != "paused" else "",
        asked.say("command.source_week", count=round(week)) if week is not None else "",
        asked.say("command.source_earned", posted=earned.posted, valued=earned.valued),
    ]
    return "\n".join(filter(None, told))


def _trouble(asked: Asked, source: Source) -> str:
    reason = asked.say(source.fault.key, **source.fault.values) if source.fault else f"{source.error}."
    if source.last_success is None:
        return asked.say("command.source_trouble_never", source=_name(source), reason=reason)
    date = asked.date(source.last_success)
    return asked.say("command.source_trouble", source=_name(source), reason=reason, date=date)


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
