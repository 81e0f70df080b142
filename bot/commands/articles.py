"""/article, /why, /digest remove: what members ask about an article, and what admins do with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.commands.asked import Asked
from bot.delivery.render import message_of
from bot.errors import BotError, PlatformError, StaleWrite
from bot.locales import say
from bot.model import Reply, StoredArticle, Tally
from bot.ports import UnitOfWork

_FOUND = 5


async def article(asked: Asked) -> Reply:
    """/article <words | url | number>"""
    if not asked.words:
        return Reply(text=asked.say("command.article_usage"), failed=True)
    async with asked.store.read() as view:
        found = await seen(view, asked, await view.articles.find(asked.text, _FOUND, asked.viewer))
    if not found and asked.is_address:
        found = await _read_on_the_spot(asked)
    if not found:
        return Reply(text=asked.say("command.nothing_found", words=asked.text), failed=True)
    tallied = await _tallied(asked, [stored.id for stored in found])
    messages = [message_of(stored, asked.channel.settings, say=say) for stored in found]
    return Reply(messages=tuple(replace(one, footer=tallied.get(one.article, ())) for one in messages), private=False)


async def _tallied(asked: Asked, articles: Sequence[int]) -> Mapping[int | None, tuple[str, ...]]:
    """The votes on each that has some. The answer is for all to see, so where counts are not for all there are none."""
    if asked.channel.settings.show_counts != "always":
        return {}
    async with asked.store.read() as view:
        tallies = await view.votes.tallies(articles, asked.viewer)
    counts = {one: [tally for tally in tallies if tally.article == one] for one in articles}
    return {one: (asked.say("command.tally", votes=counts_of(asked, some)),) for one, some in counts.items() if some}


async def _read_on_the_spot(asked: Asked) -> tuple[StoredArticle, ...]:
    """A page that is new to this workspace, read behind the full address guard whoever asks, so many in an hour."""
    until = asked.quota.put_off(asked.viewer, asked.member, asked.clock.now())
    if until is not None:
        raise BotError(asked.say("command.quota", when=asked.date(until)))
    (inspection,) = await asked.engine.intake.inspect(asked.text, trusted=False)
    if inspection.failure is not None:
        raise inspection.failure
    ids = await asked.engine.ingest.keep(inspection.articles[:_FOUND], asked.viewer)
    async with asked.store.read() as view:
        return await seen(view, asked, ids)


async def why(asked: Asked) -> Reply:
    """/why <article>"""
    async with asked.store.read() as view:
        stored = await named(view, asked)
    gates = await asked.engine.compose.why(asked.channel, stored)
    rows = tuple(
        (
            "✓" if gate.passed else "✗",
            asked.say(f"stage.{gate.stage}"),
            asked.say(gate.reason.key, **gate.reason.values),
        )
        for gate in gates
    )
    return Reply(
        text=stored.article.title, columns=("", asked.say("command.stage"), asked.say("command.reason")), rows=rows
    )


async def remove(asked: Asked) -> Reply:
    """/digest remove <number | url>: words would find something, and perhaps not what was meant."""
    command = asked.command("digest remove")
    if not asked.words:
        return Reply(text=asked.say("command.remove_usage", command=command), failed=True)
    async with asked.store.read() as view:
        stored = await named(view, asked)
    title = stored.article.title
    if asked.text != str(stored.id) and "://" not in asked.text:
        return Reply(text=asked.say("command.remove_which", number=stored.id, title=title), failed=True)
    try:
        removal = await asked.engine.remove.article(asked.channel, stored.id)
    except StaleWrite:
        return Reply(text=asked.say("command.remove_busy", title=title), failed=True)
    except PlatformError as error:
        return Reply(text=asked.say("command.remove_left", title=title, reason=error), failed=True)
    return Reply(text=asked.say(f"command.removed_{removal}", title=title))


async def named(view: UnitOfWork, asked: Asked) -> StoredArticle:
    """The article that the words mean. Raises BotError where there is none."""
    found = await view.articles.find(asked.text, 1, asked.viewer) if asked.words else ()
    if not found:
        raise BotError(asked.say("command.nothing_found", words=asked.text))
    return (await seen(view, asked, found))[0]


async def seen(view: UnitOfWork, asked: Asked, ids: Sequence[int]) -> tuple[StoredArticle, ...]:
    """These articles as far as they are there for the workspace that asks."""
    return await view.articles.get(ids, posted=False, viewer=asked.viewer)


def counts_of(asked: Asked, tallies: Sequence[Tally]) -> str:
    """How many voted for what, in one line."""
    counts = [[f"{emoji} {asked.number(count)}" for emoji, count in tally.counts.items()] for tally in tallies]
    return " · ".join(map("  ".join, counts))
