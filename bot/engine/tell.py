"""tell: what admins are to know of their workspace's quotas, once in a while, by whoever speaks to their platform."""

from __future__ import annotations

from collections.abc import Mapping

from bot.engine.admins import tell_admins
from bot.locales import say
from bot.ports import ChatPlatform, Store


class Tell:
    def __init__(self, *, store: Store, platforms: Mapping[str, ChatPlatform], posts_each: int | None) -> None:
        self._store = store
        self._platforms = platforms
        self._posts_each = posts_each

    async def round(self) -> None:
        """Everything that is to be told. What a platform does not take is in the log, and not told again."""
        async with self._store.begin() as tx:
            untold = await tx.quotas.untold()
        for channel, _kind in untold:
            notice = say("notice.posts_quota", channel.settings.locale, limit=self._posts_each or 0)
            await tell_admins(self._platforms, channel, notice)
