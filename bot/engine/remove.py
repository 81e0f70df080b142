"""remove: an article is taken out of a channel for good: not posted there again, and taken away if it was."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from bot.errors import PlatformUnavailable
from bot.model import Channel
from bot.ports import ChatPlatform, Clock, Jobs, Store


class Removal(StrEnum):
    """What removing came to."""

    BARRED = "barred"  # there was no message of it
    TAKEN_AWAY = "taken_away"


class Remove:
    def __init__(self, *, store: Store, clock: Clock, jobs: Jobs, platforms: Mapping[str, ChatPlatform]) -> None:
        self._store = store
        self._clock = clock
        self._jobs = jobs
        self._platforms = platforms

    async def article(self, channel: Channel, article: int) -> Removal:
        """Votes stay. The channel is barred first, so that whatever goes wrong at the platform, the same again does the
        rest. Raises StaleWrite where it is being posted just now, PlatformError where its message cannot be deleted."""
        async with self._store.begin() as tx:
            found = await tx.removals.remove(channel.id, article, self._clock.now())
            if found is not None:
                await self._jobs.defer(tx, "deliver", digest=found[0].digest)  # the parts after it wait no longer
        if found is None:
            return Removal.BARRED
        posting, ref = found
        platform = self._platforms.get(channel.spec.platform)
        if platform is None:
            raise PlatformUnavailable(f"{channel.spec.platform} is not connected here")
        ref = ref or await platform.find(posting)
        if ref is None:
            return Removal.BARRED
        await platform.remove(ref)
        return Removal.TAKEN_AWAY
