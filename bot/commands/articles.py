"""/article, /votes, /why: what members ask about articles."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.commands.asked import Asked
from bot.delivery.render import message_of
from bot.errors import BotError
from bot.locales import say
from bot.model import Reply, StoredArticle
from bot.ports import UnitOfWork

_FOUND = 5
_LISTED = 25


async def article(asked: Asked) -> Reply:
    """/article <words | url | number>"""
    if not asked.words:
        return Reply(text=asked.say("command.article_usage"), failed=True)
    async with asked.store.read() as view:
        found = await _seen(view, asked, await view.articles.find(asked.text, _FOUND, asked.viewer))
    if not found and urlsplit(asked.text).scheme in ("http", "https"):
        found = await _read_on_the_spot(asked)
    if not found:
        return Reply(text=asked.say("command.nothing_found", words=asked.text), failed=True)
    messages = tuple(message_of(stored, asked.channel.settings, say=say) for stored in found)
    return Reply(messages=messages, private=False)


async def _read_on_the_spot(asked: Asked) -> tuple[StoredArticle, ...]:
    """A page that is new to this workspace, read behind the full address guard whoever asks."""
    (inspection,) = await asked.engine.intake.inspect(asked.text, trusted=False)
    if inspection.error is not None:
        raise BotError(inspection.error)
    ids = await asked.engine.ingest.keep(inspection.articles[:_FOUND], asked.viewer)
    async with asked.store.read() as view:
        return await _seen(view, asked, ids)


async def votes(asked: Asked) -> Reply:
    """/votes [article]"""
    async with asked.store.read() as view:
        one = [(await _named(view, asked)).id] if asked.words else []
        here = (await view.votes.tallies(one, asked.viewer))[:_LISTED]
        titles = {s.id: s.article.title for s in await _seen(view, asked, [tally.article for tally in here])}
    if not here:
        return Reply(text=asked.say("command.no_votes"))
    rows = tuple(
        (titles[tally.article], "  ".join(f"{emoji} {count}" for emoji, count in tally.counts.items()))
        for tally in here
    )
    return Reply(columns=(asked.say("command.article"), asked.say("command.votes")), rows=rows)


async def why(asked: Asked) -> Reply:
    """/why <article>"""
    async with asked.store.read() as view:
        stored = await _named(view, asked)
    gates = await asked.engine.compose.why(asked.channel, stored)
    rows = tuple(("✓" if gate.passed else "✗", gate.stage, gate.reason) for gate in gates)
    return Reply(
        text=stored.article.title, columns=("", asked.say("command.stage"), asked.say("command.reason")), rows=rows
    )


async def _named(view: UnitOfWork, asked: Asked) -> StoredArticle:
    """The article that the words mean. Raises BotError where there is none."""
    found = await view.articles.find(asked.text, 1, asked.viewer) if asked.words else ()
    if not found:
        raise BotError(asked.say("command.nothing_found", words=asked.text))
    return (await _seen(view, asked, found))[0]


async def _seen(view: UnitOfWork, asked: Asked, ids: Sequence[int]) -> tuple[StoredArticle, ...]:
    """These articles as far as they are there for the workspace that asks."""
    return await view.articles.get(ids, posted=False, viewer=asked.viewer)
