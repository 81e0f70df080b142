"""The real clock. Everything that needs the time is given a Clock; nothing else in the house asks the system."""

import asyncio
import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def _passed() -> float:
    """Seconds by a clock that nobody sets; those that the machine sleeps count, where the system counts them."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class SharedClock(SystemClock):
    """One time for many machines, however far apart their own clocks are: what it was told last, and how much has
    passed since by a clock that nobody sets."""

    def __init__(self) -> None:
        self._told: datetime | None = None
        self._when = 0.0

    def now(self) -> datetime:
        if self._told is None:
            return super().now()
        return self._told + timedelta(seconds=_passed() - self._when)

    def told(self, now: datetime) -> None:
        """Takes over what time it is."""
        self._told, self._when = now, _passed()
