"""/digest and /schedule: what members ask about this channel's digests, and what its admins change."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.commands.asked import Asked
from bot.delivery.render import article_message
from bot.locales import say, say_date
from bot.model import Channel, Reply
from bot.schedule.calendar import next_slot

_HISTORY = 10
_PAST = 14  # days that may be simulated, and digests that are
_CRON_FIELDS = 5


async def now(asked: Asked) -> Reply:
    """/digest now"""
    compose = asked.engine.compose
    digest = await compose.settle(await compose.open_now(asked.channel))
    if digest.state == "due":
        return Reply(text=asked.say("command.posts_wait"), failed=True)
    if not digest.items:
        return Reply(text=asked.say("command.nothing_new"))
    return Reply(text=asked.say("command.composed", count=len(digest.items)))


async def preview(asked: Asked) -> Reply:
    """/digest [preview] [7d]"""
    if asked.words:
        return await _past(asked)
    (composition,) = await asked.engine.compose.preview(asked.channel)
    digest, cut = composition.digest, composition.cut
    bound = f"\n{asked.say(cut.key, **cut.values)}" if cut else ""
    if not digest.items:
        return Reply(text=asked.say("command.posts_wait" if cut else "command.nothing_new") + bound)
    messages = tuple(article_message(item, digest.channel.settings, say=say) for item in digest.items)
    return Reply(text=asked.say("command.preview", count=len(messages)) + bound, messages=messages)


async def _past(asked: Asked) -> Reply:
    """What the scheduled digests of the last days would have been."""
    given = re.fullmatch(r"([0-9]{1,2})d", asked.text.lower())
    days = int(given[1]) if given else 0
    if not 1 <= days <= _PAST:
        command = asked.command("digest preview")
        return Reply(text=asked.say("command.preview_usage", most=_PAST, command=command), failed=True)
    past = await asked.engine.compose.preview(asked.channel, last=timedelta(days=days), most=_PAST)
    digests = [composition.digest for composition in reversed(past)]
    said = [(one.at, [item.article.article.title for item in one.items]) for one in digests]
    return _table(asked, said, text=asked.say("command.preview_past", count=days))


def _table(asked: Asked, digests: Iterable[tuple[datetime, list[str]]], *, text: str = "") -> Reply:
    """Digests by when and which articles."""
    none = asked.say("command.nothing_new")
    rows = tuple((asked.date(at), "; ".join(titles) or none) for at, titles in digests)
    return Reply(text=text, columns=(asked.say("command.when"), asked.say("command.articles")), rows=rows)


async def following(asked: Asked) -> Reply:
    """/digest next, /schedule [show]"""
    if asked.channel.paused:
        reason = asked.say("paused.stopped") if asked.channel.stopped else asked.channel.paused
        return Reply(text=asked.say("command.paused_because", reason=reason))
    return _scheduled(asked, asked.channel)


def _scheduled(asked: Asked, channel: Channel) -> Reply:
    """What the channel's schedule is, and when its next digest is due."""
    planned, settings = next_slot(channel, asked.clock.now()), channel.settings
    if planned is None:
        return Reply(text=asked.say("command.no_schedule", command=asked.command("schedule set")))
    when = say_date(planned.at, settings.locale, settings.timezone)
    return Reply(text=asked.say("command.schedule", cron=settings.schedule, zone=settings.timezone, when=when))


async def history(asked: Asked) -> Reply:
    """/digest history"""
    async with asked.store.read() as view:
        digests = await view.channels.history(asked.channel.id, None, _HISTORY)
    digests = tuple(one for one in digests if one.messages)
    if not digests:
        return Reply(text=asked.say("command.no_history"))
    return _table(asked, [(one.at, [said.title for said in one.messages if said.kind == "article"]) for one in digests])


async def settle(asked: Asked) -> Reply:
    """/digest settle <there | missing>: what became of the posting that has been uncertain longest."""
    if asked.words not in (("there",), ("missing",)):
        return Reply(text=asked.say("command.settle_usage"), failed=True)
    async with asked.store.read() as view:
        waiting = await view.outbox.uncertain(asked.channel.id)
    if not waiting:
        return Reply(text=asked.say("command.settle_none"))
    oldest, *others = waiting
    if not await asked.engine.deliver.resolve(oldest.posting, there=asked.words == ("there",)):
        return Reply(text=asked.say("command.settled_before", title=oldest.title), failed=True)
    done = asked.say(f"command.settled_{asked.text}", title=oldest.title)
    return Reply(text=f"{done} {asked.say('command.settle_left', count=len(others))}")


async def reschedule(asked: Asked) -> Reply:
    """/schedule set 0 9 * * mon-fri [Zone/City]"""
    cron = " ".join(asked.words[:_CRON_FIELDS])
    zone = asked.words[_CRON_FIELDS] if len(asked.words) > _CRON_FIELDS else asked.channel.settings.timezone
    settings = replace(asked.channel.settings, schedule=cron, timezone=zone)
    channel = replace(asked.channel, spec=replace(asked.channel.spec, settings=settings))
    planned = next_slot(channel, asked.clock.now())  # refuses what is none
    async with asked.store.begin() as tx:
        await tx.channels.reschedule(asked.channel.id, cron=cron, timezone=zone)
        await tx.schedules.plan({asked.channel.id: planned})
    return _scheduled(asked, channel)


async def pause(asked: Asked) -> Reply:
    """/schedule pause"""
    resume = asked.command("schedule resume")
    async with asked.store.begin() as tx:
        await tx.channels.pause(asked.channel.id, asked.say("command.paused_by_admin", command=resume))
    return Reply(text=asked.say("command.paused", command=resume))


async def resume(asked: Asked) -> Reply:
    """/schedule resume"""
    async with asked.store.begin() as tx:
        await tx.channels.pause(asked.channel.id, None)
    return Reply(text=asked.say("command.resumed"))
