"""/digest doctor: whether a digest can come to this channel, for its admins. The operator's `doctor` looks further."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.commands.asked import Asked
from bot.commands.digests import following
from bot.model import Reply, Source

_WELL, _ILL = "✓", "✗"
_LISTED = 20  # sources that are not well
_STATES = ("failing", "paused")


async def doctor(asked: Asked) -> Reply:
    """/digest doctor: schedule, last digest, sources, and messages of which nobody can tell whether they came."""
    async with asked.store.read() as view:
        sources = await view.sources.all(asked.viewer)
        uncertain = await view.outbox.uncertain(asked.channel.id)
        digests = await view.channels.history(asked.channel.id, None, 1)
    last = asked.date(digests[0].at) if digests else asked.say("command.no_history")
    rows = (
        (_ILL if asked.channel.lost else _WELL, asked.say("doctor.schedule"), (await following(asked)).text),
        (_WELL, asked.say("doctor.last"), last),
        *_of_sources(asked, sources),
        (_ILL if uncertain else _WELL, asked.say("doctor.uncertain"), _settling(asked, len(uncertain))),
    )
    return Reply(columns=("", asked.say("doctor.what"), asked.say("doctor.found")), rows=rows)


def _settling(asked: Asked, count: int) -> str:
    if not count:
        return asked.say("command.settle_none")
    return asked.say("doctor.settle", count=count, command=asked.command("digest settle"))


def _of_sources(asked: Asked, sources: Sequence[Source]) -> Iterator[tuple[str, str, str]]:
    """A row for all of them, and one for each that is not well."""
    ill = [source for source in sources if source.state in _STATES]
    if not sources:
        found = asked.say("command.no_sources", command=asked.command("sources add"))
    else:
        found = asked.say("doctor.well", well=len(sources) - len(ill), count=len(sources))
    yield _WELL if sources and not ill else _ILL, asked.say("doctor.sources"), found
    for source in ill[:_LISTED]:
        since = asked.date(source.last_success) if source.last_success else asked.say("doctor.never")
        look = f"{asked.command('sources check')} {source.id}"
        name = source.title or source.spec.address
        yield _ILL, name, asked.say("doctor.ill", state=asked.say(f"state.{source.state}"), since=since, command=look)
