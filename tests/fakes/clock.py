"""A clock that tests wind on: sleeping takes no time, and moves the clock on by as much."""

import asyncio
from datetime import UTC, datetime, timedelta


class FakeClock:
    def __init__(self, at: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds=seconds)
        await asyncio.sleep(0)  # others get their turn, as in a real sleep

    def advance(self, **by: float) -> None:
        """Winds on: `clock.advance(hours=3)`."""
        self.set(self._at + timedelta(**by))

    def set(self, at: datetime) -> None:
        assert at >= self._at, f"time does not run backwards: {self._at} -> {at}"
        self._at = at
