"""deliver: postings that are due -> the platform -> their message references saved.

The lease is committed before the network. A posting that an earlier attempt may have put there is looked for first.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from secrets import token_hex

import structlog

from bot.delivery.retry import fate_after
from bot.engine.admins import tell_admins
from bot.errors import ChannelLost, OutcomeUnknown, PlatformUnavailable, StorageError
from bot.locales import say, say_date, say_error
from bot.model import Channel, Fate, MessageRef, Posting
from bot.ports import ChatPlatform, Clock, Jobs, Store, UnitOfWork
from bot.votes.ballots import seeds_of

_log = structlog.get_logger(__name__)
_LEASE = timedelta(seconds=15)
_RENEWAL = 5.0  # seconds between renewals while its holder works
_POST_TIMEOUT = 60.0  # seconds


class Deliver:
    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        jobs: Jobs,
        platforms: Mapping[str, ChatPlatform],
        put_off: Callable[[str, float], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._jobs = jobs
        self._platforms = platforms
        self._put_off = put_off

    async def waiting(self, *, limit: int = 100) -> tuple[int, ...]:
        """Digests that have a posting to deliver now."""
        async with self._store.read() as view:
            return await view.outbox.waiting(self._clock.now(), limit)

    async def digest(self, digest_id: int) -> int:
        """Delivers a digest's parts in order until one has to wait; how many were posted."""
        posted = 0
        lease = Lease(digest_id, token_hex(8), store=self._store, clock=self._clock, platforms=self._platforms)
        posting = await lease.taken()
        while posting is not None:
            async with lease.renewed():
                fate = await self._attempt(posting, lease)
            posted += fate.state == "posted"
            posting = await self._closed(posting, lease, fate)
        return posted

    async def lost(self, channel: Channel, reason: str) -> None:
        """Nothing more is posted there until somebody mends it; the settings stay, and an admin is told, once."""
        async with self._store.begin() as tx:
            news = await tx.channels.pause(channel.id, reason, lost=True)
        if news:
            _log.warning("channel lost", channel=channel.name, reason=reason)
            await tell_admins(self._platforms, channel, reason)

    async def resolve(self, posting: Posting, *, there: bool) -> bool:
        """Settles an uncertain posting as somebody saw it: it is there, or it is missing and is posted now without
        another look. False: somebody else has settled it already."""
        fate = Fate(state="posted" if there else "pending", at=self._clock.now())
        async with self._store.begin() as tx:
            settled = await tx.outbox.resolve(posting.id, fate)
            if settled:
                await self._jobs.defer(tx, "deliver", digest=posting.digest)
        return settled

    async def _attempt(self, posting: Posting, lease: Lease) -> Fate:
        """One try. Whatever goes wrong becomes the posting's fate; nothing is raised but cancellation."""
        platform = self._platforms[posting.channel.spec.platform]
        unsure = posting.unsure and posting.kind == "message"  # until it was looked for; seeds can be put there twice
        try:
            if posting.kind == "seed":
                await self._seed(platform, posting)
                return self._posted(None)
            if unsure:
                found = await platform.find(posting)
                if found is not None:
                    return self._posted(found)
                unsure = False
            if not lease.holds():  # this process was frozen: another may be posting it now
                return Fate(state="pending", at=self._clock.now(), retry_at=self._clock.now(), unsure=unsure)
            async with asyncio.timeout(_POST_TIMEOUT):
                return self._posted(await platform.post(posting))
        except Exception as error:
            wait = error.retry_after if isinstance(error, PlatformUnavailable) else None
            if wait is not None:
                self._put_off(posting.channel.spec.platform, wait)
            tell = _log.warning if wait is None else _log.info
            tell("not posted", channel=posting.channel.name, part=posting.part, error=str(error))
            if isinstance(error, ChannelLost):
                await self.lost(posting.channel, say_error(error, posting.channel.settings.locale))
            if unsure and isinstance(error, OutcomeUnknown):
                return self._uncertain(error)
            fate = fate_after(error, attempts=posting.attempts, now=self._clock.now())
            return replace(fate, unsure=fate.unsure or unsure)

    def _posted(self, ref: MessageRef | None) -> Fate:
        return Fate(state="posted", at=self._clock.now(), ref=ref)

    def _uncertain(self, error: OutcomeUnknown) -> Fate:
        """Where it cannot be looked for, only a human can tell."""
        return Fate(state="uncertain", at=self._clock.now(), unsure=True, reason=str(error))

    async def _ask(self, posting: Posting, reason: str) -> None:
        """Asks the channel's admins to look for a posting that has just become uncertain."""
        async with self._store.read() as view:
            digest = await view.outbox.digest(posting.digest)
        title = posting.message.title if posting.message else ""
        locale, zone = digest.channel.settings.locale, digest.channel.settings.timezone
        when = say_date(digest.at, locale, zone)
        notice = say("notice.uncertain", locale, title=title, channel=digest.channel.name, when=when, reason=reason)
        await tell_admins(self._platforms, digest.channel, notice)

    async def _closed(self, posting: Posting, lease: Lease, fate: Fate) -> Posting | None:
        """Writes the fate, and what the platform let us know by it; the next part, leased in the same transaction. None
        where there is none, this one has to be tried again first, or somebody else has it now."""
        workspace = fate.ref.workspace if fate.ref and not posting.channel.spec.workspace else None
        async with self._store.begin() as tx:
            if not await tx.outbox.close(posting.id, lease.token, fate):
                return None
            if workspace:
                await tx.channels.locate(posting.channel.id, workspace)
            if fate.state == "posted" and posting.unsure:  # it stood there unknown: members may have reacted
                await self._jobs.defer(tx, "reread", digest=posting.digest)
            if fate.state in ("posted", "rejected"):
                return await lease.take(tx)
        if fate.state == "uncertain":
            await self._ask(posting, fate.reason or "")
        return None

    async def _seed(self, platform: ChatPlatform, posting: Posting) -> None:
        """Puts the seeded ballots' emoji on every article of the digest; doing it again is harmless."""
        emoji = seeds_of(posting.channel.settings.ballots, posting.channel.settings.seed)
        async with self._store.read() as view:
            refs = await view.outbox.refs(posting.digest)
        for ref, message in refs:
            if message.message is not None and message.message.article is not None:
                await platform.seed(ref, emoji)


class Lease:
    """The right to deliver a digest's next part: short, so that a dead holder is soon replaced, and renewed while its
    holder lives."""

    def __init__(self, digest: int, token: str, *, store: Store, clock: Clock, platforms: Collection[str]) -> None:
        self.digest = digest
        self.token = token
        self._platforms = platforms
        self._store = store
        self._clock = clock
        self._until = clock.now()

    def holds(self) -> bool:
        """Whether nobody else can have taken it."""
        return self._clock.now() < self._until

    async def taken(self) -> Posting | None:
        """The part that is now ours to post, if there is one; for the part that is ours already, more time."""
        async with self._store.begin() as tx:
            return await self.take(tx)

    async def take(self, tx: UnitOfWork) -> Posting | None:
        """The same inside a transaction."""
        now = self._clock.now()
        posting = await tx.outbox.lease(
            self.digest, token=self.token, now=now, until=now + _LEASE, platforms=self._platforms
        )
        if posting is not None:
            self._until = now + _LEASE
        return posting

    @asynccontextmanager
    async def renewed(self) -> AsyncIterator[None]:
        """Renewed as long as the block runs."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(_RENEWAL)
                with suppress(StorageError):  # the next time may do better
                    await self.taken()

        renewal = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewal.cancel()
            await asyncio.gather(renewal, return_exceptions=True)
