"""deliver: postings that are due -> the platform -> their message references saved.

The lease is committed before the network. A posting that an earlier attempt may have put there is looked for first.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from secrets import token_hex

import structlog

from bot.delivery.retry import fate_after
from bot.errors import ChannelLost, OutcomeUnknown
from bot.model import Channel, Fate, Posting
from bot.ports import ChatPlatform, Clock, Store
from bot.votes.ballots import seeds_of

_log = structlog.get_logger(__name__)
_LEASE = timedelta(seconds=15)
_RENEWAL = 5.0  # seconds between renewals while its holder works
_POST_TIMEOUT = 60.0  # seconds


class Deliver:
    def __init__(self, *, store: Store, clock: Clock, platforms: Mapping[str, ChatPlatform]) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms

    async def waiting(self, *, limit: int = 100) -> tuple[int, ...]:
        """Digests that have a posting to deliver now."""
        async with self._store.read() as view:
            return await view.outbox.waiting(self._clock.now(), limit)

    async def digest(self, digest_id: int) -> int:
        """Delivers a digest's parts in order until one has to wait; how many were posted."""
        posted = 0
        lease = Lease(digest_id, token_hex(8), store=self._store, clock=self._clock)
        while (posting := await self._leased(lease)) is not None:
            async with lease.renewed():
                fate = await self._attempt(posting, lease)
            async with self._store.begin() as tx:
                kept = await tx.outbox.close(posting.id, lease.token, fate)
            if not kept or fate.state not in ("posted", "rejected"):
                break
            posted += fate.state == "posted"
        return posted

    async def _leased(self, lease: Lease) -> Posting | None:
        async with self._store.read() as view:
            channel = (await view.outbox.digest(lease.digest)).channel
        if channel.paused or channel.spec.platform not in self._platforms:
            return None
        return await lease.taken()

    async def _attempt(self, posting: Posting, lease: Lease) -> Fate:
        """One try. Whatever goes wrong becomes the posting's fate; nothing is raised but cancellation."""
        platform = self._platforms[posting.channel.spec.platform]
        try:
            if posting.kind == "seed":
                await self._seed(platform, posting)
                return Fate(state="posted", at=self._clock.now())
            found = await self._found(platform, posting) if posting.unsure else None
            if found is not None:
                return found
            if not lease.holds():  # this process was frozen: another may be posting it now
                return Fate(state="pending", at=self._clock.now(), retry_at=self._clock.now(), unsure=posting.unsure)
            async with asyncio.timeout(_POST_TIMEOUT):
                ref = await platform.post(posting)
            return Fate(state="posted", at=self._clock.now(), ref=ref)
        except Exception as error:
            _log.warning("not posted", channel=posting.channel.name, part=posting.part, error=str(error))
            if isinstance(error, ChannelLost):
                await self._pause(platform, posting.channel, error)
            return fate_after(error, attempts=posting.attempts, now=self._clock.now())

    async def _found(self, platform: ChatPlatform, posting: Posting) -> Fate | None:
        """What an earlier, unsure attempt left on the platform; None: nothing, so it may be posted."""
        try:
            ref = await platform.find(posting)
        except OutcomeUnknown as error:
            reason = f"{error}; look whether it is there, then settle it"
            return Fate(state="uncertain", at=self._clock.now(), unsure=True, reason=reason)
        return Fate(state="posted", at=self._clock.now(), ref=ref) if ref else None

    async def _seed(self, platform: ChatPlatform, posting: Posting) -> None:
        """Puts the seeded ballots' emoji on every article of the digest; doing it again is harmless."""
        emoji = seeds_of(posting.channel.settings.ballots, posting.channel.settings.seed)
        async with self._store.read() as view:
            refs = await view.outbox.refs(posting.digest)
        for ref, message in refs:
            if message.message is not None and message.message.article is not None:
                await platform.seed(ref, emoji)

    async def _pause(self, platform: ChatPlatform, channel: Channel, error: ChannelLost) -> None:
        """Nothing more is posted there until somebody mends it; the settings stay."""
        async with self._store.begin() as tx:
            await tx.channels.pause(channel.id, f"{error.reason}: {error.fix}")
        await platform.tell_admin(channel, f"{error.reason}: {error.fix}")


class Lease:
    """The right to deliver a digest's next part: short, so that a dead holder is soon replaced, and renewed while its
    holder lives."""

    def __init__(self, digest: int, token: str, *, store: Store, clock: Clock) -> None:
        self.digest = digest
        self.token = token
        self._store = store
        self._clock = clock
        self._until = clock.now()

    def holds(self) -> bool:
        """Whether nobody else can have taken it."""
        return self._clock.now() < self._until

    async def taken(self) -> Posting | None:
        """The part that is now ours to post, if there is one; for the part that is ours already, more time."""
        now = self._clock.now()
        async with self._store.begin() as tx:
            posting = await tx.outbox.lease(self.digest, token=self.token, now=now, until=now + _LEASE)
        self._until = now + _LEASE
        return posting

    @asynccontextmanager
    async def renewed(self) -> AsyncIterator[None]:
        """Renewed as long as the block runs."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(_RENEWAL)
                await self.taken()

        renewal = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewal.cancel()
            await asyncio.gather(renewal, return_exceptions=True)
