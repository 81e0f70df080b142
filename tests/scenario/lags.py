"""How far a running bot is behind, as its metrics tell it; looked at from outside."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from contextlib import suppress
from typing import Self

from bot.errors import StorageError
from bot.storage.database import Database
from bot.storage.vitals import StoredVitals

IDLE = 5.0  # seconds: what waits for the slowest pulse is not behind
_EVERY = 1.0  # seconds between two looks


class Lags:
    """`most` by verb in seconds; `behind` as it was when it `looked` last, in what is among these roles."""

    def __init__(self, database: Database, roles: Collection[str]) -> None:
        self._database = database
        self._roles = roles
        self.most: dict[str, float] = {}
        self.behind = self.looked = 0.0

    @classmethod
    async def of(cls, url: str, roles: Collection[str]) -> Self:
        return cls(await Database.open(url, migrate=False), roles)

    async def watch(self) -> None:
        """Looks again and again, where somebody answers; until cancelled."""
        while True:
            with suppress(StorageError):
                levels = await StoredVitals(self._database).levels(await self._database.time())
                now = {verb: lag.total_seconds() for verb, lag in levels.lags.items() if verb in self._roles}
                self.behind, self.looked = max(now.values(), default=0.0), time.monotonic()
                for verb, lag in now.items():
                    self.most[verb] = max(lag, self.most.get(verb, 0.0))
            await asyncio.sleep(_EVERY)

    async def aclose(self) -> None:
        await self._database.aclose()
