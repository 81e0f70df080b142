"""compose: schedules that are due -> slots -> candidates and votes -> a digest and its postings, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_hex

import structlog

from bot.delivery.render import messages_of, postings_of
from bot.engine.allowance import Allowance, as_cut
from bot.engine.contest import Composition, chosen, contest
from bot.engine.drafting import Drafting
from bot.engine.shares import in_turn
from bot.errors import StaleWrite
from bot.locales import say, say_date
from bot.model import (
    Channel,
    Digest,
    Occurrence,
    Reason,
    Served,
    Stage,
    StoredArticle,
)
from bot.ports import Clock, Jobs, Store, UnitOfWork
from bot.ranking.select import stages
from bot.schedule.calendar import latest_slot, next_slot

_log = structlog.get_logger(__name__)
_ACCOUNTED = 2000  # candidates, each of which is looked at in full
_SLOTS = 500
_RECKONED = 100  # slots at a time: to reckon all next runs in one go would hold the loop
_TRIES = 3
_ASKED = "asked-"  # how the key of a slot begins that somebody asked for


class Compose:
    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        jobs: Jobs,
        drafting: Drafting | None = None,
        posts_each: int | None = None,
    ) -> None:
        """`posts_each`: messages that a workspace may have in a day; None: as many as it likes."""
        self._allowance = Allowance(posts_each)
        self._store = store
        self._drafting = drafting
        self._clock = clock
        self._jobs = jobs

    # ------------------------------------------------------------ slots

    async def tick(self, *, limit: int = _SLOTS) -> tuple[int, ...]:
        """Opens the slot of every channel whose time has come, the latest missed one only; ids of the new digests."""
        now = self._clock.now()
        opened: list[int] = []
        async with self._store.begin() as tx:
            due = in_turn(await tx.schedules.due(now, limit), lambda one: one.spec.home)
            runs = await tx.schedules.planned([channel.id for channel in due])
            for start in range(0, len(due), _RECKONED):
                some = due[start : start + _RECKONED]
                digests = (await tx.schedules.open(_slots(some, runs, now))).values()
                await tx.schedules.plan({channel.id: next_slot(channel, now) for channel in some})
                await self._jobs.defer_all(tx, "compose", [{"digest": digest} for digest in digests])
                opened += digests
        return tuple(opened)

    async def open_now(self, channel: Channel) -> int:
        """A slot of its own for somebody who asks for a digest now; the digest's id."""
        now = self._clock.now()
        key = f"{_ASKED}{now:%Y-%m-%dT%H:%M:%SZ}-{token_hex(3)}"
        async with self._store.begin() as tx:
            (digest,) = (await tx.schedules.open({channel.id: Occurrence(now, key)})).values()  # the key is new
            await self._jobs.defer(tx, "compose", urgent=True, digest=digest)
        return digest

    async def sweep(self) -> None:
        """Asks again for what a lost hint left behind, and drops digests that nobody should get any more."""
        now = self._clock.now()
        async with self._store.read() as view:
            due = in_turn(await view.schedules.in_state("due", _SLOTS), lambda one: one.channel.spec.home)
            late = [d for d in (*due, *await view.schedules.in_state("composed", _SLOTS)) if _too_late(d, now)]
            waiting = await view.outbox.waiting(now, _SLOTS)
        if not (due or late or waiting):
            return
        async with self._store.begin() as tx:
            for digest in late:
                if await tx.schedules.drop(digest.id):
                    _log.warning("digest dropped, older than catch_up", channel=digest.channel.name, slot=digest.key)
            await self._jobs.defer_all(tx, "compose", [{"digest": digest.id} for digest in due])
            await self._jobs.defer_all(tx, "deliver", [{"digest": digest_id} for digest_id in waiting])

    # ------------------------------------------------------------ digests

    async def settle(self, digest_id: int) -> Digest:
        """Composes a due digest and writes it with its postings; one that is settled is given back as it is, and one
        whose workspace has no messages left stays due."""
        for _ in range(_TRIES):
            async with self._store.read() as view:
                digest = await view.outbox.digest(digest_id)
                if digest.state != "due":
                    return digest
                composition = await self.composition(view, digest)
                runs = await view.schedules.planned([digest.channel.id])
            digest = composition.digest
            if composition.cut is not None and not digest.items:
                return await self._waits(digest)
            if self._drafting is not None:
                digest = await self._drafting.worded(digest)
            messages = messages_of(digest, say=say, say_date=say_date, following=runs.get(digest.channel.id))
            postings = postings_of(digest, messages)
            digest = replace(digest, state="composed" if postings else "quiet")
            try:
                async with self._store.begin() as tx:
                    await tx.outbox.settle(digest, digest.items, postings)
                    await self._allowance.take(tx, digest, composition.cut, self._clock.now())
                    if postings:
                        await self._jobs.defer(tx, "deliver", urgent=digest.key.startswith(_ASKED), digest=digest.id)
            except StaleWrite:
                continue  # another digest of this channel took an article meanwhile: choose again
            _log.info("composed", channel=digest.channel.name, slot=digest.key, articles=len(digest.items))
            return digest
        raise StaleWrite(f"digest {digest_id} changed under {_TRIES} attempts to compose it")

    async def _waits(self, digest: Digest) -> Digest:
        async with self._store.begin() as tx:
            await self._allowance.note(tx, digest, self._clock.now())
        _log.warning("digest waits: the workspace has had its messages of a day", channel=digest.channel.name)
        return digest

    async def composition(self, view: UnitOfWork, digest: Digest, *, anew: bool = False) -> Composition:
        """What this digest would be, and why some of the other candidates are not in it. `anew` chooses as if the
        channel had never had anything."""
        served = {} if anew else await _served(view, digest.channel)
        return await self._bounded(view, digest, 0 if anew else digest.channel.id, served)

    async def _bounded(
        self, view: UnitOfWork, digest: Digest, channel_id: int, served: Mapping[int, Served], asked: Sequence[int] = ()
    ) -> Composition:
        """The contest for as many places as the workspace has messages left for."""
        bounded, cut = await self._allowance.bounded(view, digest, self._clock.now())
        return as_cut(await contest(view, bounded, channel_id, served, asked=asked), digest, cut)

    async def preview(
        self, channel: Channel, *, last: timedelta | None = None, most: int | None = None
    ) -> tuple[Composition, ...]:
        """The digest as it would be posted now; with `last`, every scheduled one of that past, simulated in turn, or
        the `most` newest of them."""
        now = self._clock.now()
        async with self._store.read() as view:
            if last is None:
                return (await self.composition(view, _imagined(channel, Occurrence(now, "preview"))),)
            compositions = []
            served: dict[int, Served] = {}
            had: set[int] = set()
            slots = _past_slots(channel, now - last, now)
            for number, slot in enumerate(slots[-most:] if most else slots, start=1):
                composition = await contest(view, _imagined(channel, slot), 0, served, without=had)
                for item in composition.digest.items:
                    had.add(item.article.id)
                    served.setdefault(item.article.story, Served(item.article.story, number, item.takeaways))
                compositions.append(composition)
            return tuple(compositions)

    async def account(self, channel: Channel) -> Composition:
        """The digest as it would be now of the newest candidates, with the reason of each that is not in it."""
        now = self._clock.now()
        async with self._store.read() as view:
            found = await view.candidates.newest(channel.id, now, channel.spec.home, _ACCOUNTED)
            return await chosen(
                view, _imagined(channel, Occurrence(now, "account")), found, await _served(view, channel)
            )

    async def why(self, channel: Channel, article: StoredArticle) -> tuple[Stage, ...]:
        """Each gate on this article's way into the channel's next digest."""
        now = self._clock.now()
        async with self._store.read() as view:
            served = await _served(view, channel)
            imagined = _imagined(channel, Occurrence(now, "why"))
            composition = await self._bounded(view, imagined, channel.id, served, asked=(article.id,))
            candidate = composition.looked_at.get(article.id)
            if candidate is None:
                removed = await view.removals.is_removed(channel.id, article.id)
                return (_not_new(article, removed=removed),)
        gates = stages(candidate, channel.settings, served=served, now=now)
        last = composition.reasons.get(article.id)
        if last is not None and all(gate.passed for gate in gates):
            return (*gates, last)
        return gates


def _slots(due: Sequence[Channel], runs: Mapping[int, Occurrence], now: datetime) -> dict[int, Occurrence]:
    """The latest slot that each of these channels missed, where it is not too late for it."""
    slots = {}
    for channel in due:
        planned = runs.get(channel.id) if channel.settings.schedule else None
        if planned is None:
            continue
        latest = latest_slot(channel, planned, now)
        if now - latest.at <= channel.settings.catch_up:
            slots[channel.id] = latest
        else:
            _log.warning("slot missed for longer than catch_up", channel=channel.name, slot=latest.key)
    return slots


async def _served(view: UnitOfWork, channel: Channel) -> dict[int, Served]:
    """The stories that the channel has had, by their numbers."""
    return {served.story: served for served in await view.channels.served(channel.id)}


def _imagined(channel: Channel, slot: Occurrence) -> Digest:
    return Digest(id=0, channel=channel, key=slot.key, at=slot.at, state="due")


def _too_late(digest: Digest, now: datetime) -> bool:
    return now - digest.at > digest.channel.settings.catch_up


def _past_slots(channel: Channel, start: datetime, end: datetime) -> list[Occurrence]:
    """The channel's slots in (start, end]; a channel without a schedule is shown day by day at this time of day."""
    if channel.settings.schedule is None:
        daily = replace(channel.settings, schedule=f"{end.minute} {end.hour} * * *", timezone="UTC", jitter=timedelta())
        channel = replace(channel, spec=replace(channel.spec, settings=daily))
    slots = []
    slot = next_slot(channel, start)
    while slot and slot.at <= end:
        slots.append(slot)
        slot = next_slot(channel, slot.at)
    return slots


def _not_new(article: StoredArticle, *, removed: bool) -> Stage:
    key = "gate.unread" if article.quality is None else "gate.had"
    reason = Reason("gate.removed" if removed else key)
    return Stage(stage="new", passed=False, value=article.first_seen.isoformat(), limit=None, reason=reason)
