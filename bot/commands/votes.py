"""/votes and /forget: what the team valued, as far as who asks may see it, and leaving the list of voters."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import timedelta

from bot.commands.articles import counts_of, named, seen
from bot.commands.asked import Asked
from bot.model import Reply, Tally
from bot.ports import UnitOfWork

_LISTED = 25
_DAYS = 7  # that are looked back on where nothing is said


async def votes(asked: Asked) -> Reply:
    """/votes [article | 30d]: most valued first."""
    show = asked.channel.settings.show_counts
    if show == "never":
        return Reply(text=asked.say("command.counts_never"))
    period = re.fullmatch(r"([0-9]{1,4})d", asked.text.lower() or f"{_DAYS}d")
    async with asked.store.read() as view:
        ids = await _most_valued(view, asked, int(period[1])) if period else [(await named(view, asked)).id]
        tallies = await view.votes.tallies(ids, asked.viewer) if ids else ()
        titles = {stored.id: stored.article.title for stored in await seen(view, asked, ids)}
        own = await asked.engine.voters.voted(view, asked.viewer, asked.member, ids) if show == "voted" else None
    if not tallies:
        return Reply(text=_nobody(asked, period))
    by_article = [(one, [tally for tally in tallies if tally.article == one]) for one in ids if one in titles]
    return Reply(
        text=asked.say("command.best", count=int(period[1])) if period else "",
        columns=(asked.say("command.article"), asked.say("command.votes")),
        rows=tuple((titles[one], _counts(asked, some, own)) for one, some in by_article),
    )


async def _most_valued(view: UnitOfWork, asked: Asked, days: int) -> list[int]:
    voted = await asked.engine.standings.voted(view, asked.viewer, timedelta(days=days), _LISTED)
    return [one.article for one in voted]


def _nobody(asked: Asked, period: re.Match[str] | None) -> str:
    if period is None:
        return asked.say("command.no_votes_on_it")
    return asked.say("command.no_votes", count=int(period[1]), command=asked.command("votes"))


def _counts(asked: Asked, tallies: Sequence[Tally], own: Collection[tuple[int, str]] | None) -> str:
    """What was voted on an article; where one has to have voted oneself, of the ballots on which one did (`own`)."""
    shown = [tally for tally in tallies if own is None or (tally.article, tally.ballot) in own]
    return counts_of(asked, shown) or asked.say("command.counts_hidden")


async def forget(asked: Asked) -> Reply:
    """/forget me: without the second word it only says what it would do."""
    command = asked.command("forget me")
    if asked.text.lower() != "me":
        return Reply(text=asked.say("command.forget_usage", command=command), failed=True)
    known = await asked.engine.voters.leave(asked.viewer, asked.member)
    return Reply(text=asked.say("command.forgotten" if known else "command.forget_unknown"))
