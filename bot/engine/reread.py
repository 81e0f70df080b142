"""reread: what members hold on our messages -> the reactions that were missed, handed to record.

Reactions are missed while the bot is down or its connection is lost. The members' present choices stand in for them:
who holds one option of a ballot voted so; who holds several is uncounted until one remains or a live reaction or a
button chooses, and is told so. A ballot is on an article, wherever in the workspace it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog

from bot.delivery.retry import wait_before
from bot.engine.record import Held, Record
from bot.errors import ChannelLost, PlatformUnavailable
from bot.model import MessageRef, Reaction
from bot.ports import ChatPlatform, Clock, Discreet, Jobs, Store

_log = structlog.get_logger(__name__)
_TRIES = 5
_RECENT = timedelta(days=1)  # when most votes are cast
_GROUP = 500
_REMEMBERED = 10_000  # members who were told


class Reread:
    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        jobs: Jobs,
        platforms: Mapping[str, ChatPlatform],
        record: Record,
        voting: timedelta,
    ) -> None:
        self._store = store
        self._clock = clock
        self._jobs = jobs
        self._platforms = platforms
        self._record = record
        self._voting = voting
        self._told: set[tuple[int, str, str]] = set()

    async def missed(self, platform: str) -> int:
        """Asks for a re-reading of every digest there that can still be voted on; how many they are."""
        return await self._ask(platform, self._voting)

    async def recent(self) -> None:
        """The same of the last day's on every platform: now and then, for what nobody noticed, and for members who
        hold a single option by now."""
        for platform in self._platforms:
            await self._ask(platform, min(self._voting, _RECENT))

    async def _ask(self, platform: str, age: timedelta) -> int:
        async with self._store.begin() as tx:
            digests = await tx.votes.open_digests(platform, self._clock.now() - age)
            await self._jobs.defer_all(tx, "reread", [{"digest": digest} for digest in digests])
        return len(digests)

    async def digest(self, digest_id: int) -> int:
        """Re-reads one digest's messages; how many votes had been missed."""
        async with self._store.read() as view:
            posted = await view.outbox.refs(digest_id)
        titles = {posting.message.article: posting.message.title for _, posting in posted if posting.message}
        refs = [ref for ref, posting in posted if posting.message and posting.message.article is not None]
        platform = self._platforms.get(posted[0][1].channel.spec.platform) if refs else None
        if platform is None:
            return 0
        choices = await self._choices(platform, digest_id, refs)
        missed = [next(iter(options.values())) for options in choices.values() if len(options) == 1]
        for start in range(0, len(missed), _GROUP):
            await self._record.all(missed[start : start + _GROUP])
        await self._tell(platform, choices, titles)
        return len(missed)

    async def _choices(self, platform: ChatPlatform, digest_id: int, refs: Sequence[MessageRef]) -> Held:
        """What members hold of the ballots of a digest's articles without having voted on them."""
        held = await self._held(platform, refs)
        choices = await self._record.unvoted(held)
        async with self._store.read() as view:
            elsewhere = await view.votes.elsewhere(digest_id, {article for article, *_ in choices})
        if not elsewhere:
            return choices
        try:
            return await self._record.unvoted([*held, *await self._held(platform, elsewhere)])
        except ChannelLost:  # that channel is not this one's trouble
            return choices

    async def _tell(self, platform: ChatPlatform, choices: Held, titles: Mapping[int | None, str]) -> None:
        """Lets who holds several options know, where the platform can do it privately, once in a process's life."""
        if not isinstance(platform, Discreet):
            return
        if len(self._told) > _REMEMBERED:
            self._told.clear()
        for key, options in choices.items():
            if len(options) > 1 and key not in self._told:
                self._told.add(key)
                held = next(iter(options.values()))
                await platform.tell_undecided(held, title=titles.get(key[0], ""), options=tuple(options))

    async def _held(self, platform: ChatPlatform, refs: Sequence[MessageRef]) -> list[Reaction]:
        """Everything that members hold on these messages; a platform out of reach is asked again."""
        for attempt in range(1, _TRIES + 1):
            try:
                return [reaction async for reaction in platform.reactions_of(refs)]
            except PlatformUnavailable as error:
                if attempt == _TRIES:
                    raise
                wait = error.retry_after or wait_before(attempt).total_seconds()
                _log.info("reactions cannot be read at present", error=str(error), retry_after=wait)
                await self._clock.sleep(wait)
        raise AssertionError
