"""The pulse of the house: named work run at intervals, each one at a time. What the work is, others say."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.errors import BotError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pulse:
    """Work to be done at once and then every so often; a turn that comes while it still runs is left out."""

    name: str
    every: timedelta
    work: Callable[[], Awaitable[object]]


class Beat:
    def __init__(self, *pulses: Pulse) -> None:
        self._pulses = pulses
        self._running: set[asyncio.Task[object]] = set()
        self._failing: dict[str, str] = {}  # what was said of a pulse last

    async def run(self) -> None:
        """Until cancelled; then what still runs is cancelled and waited for."""
        scheduler = AsyncIOScheduler(timezone=UTC, logger=_only_errors())
        for pulse in self._pulses:
            scheduler.add_job(
                self._turn,
                "interval",
                args=[pulse],
                id=pulse.name,
                seconds=pulse.every.total_seconds(),
                next_run_time=datetime.now(UTC),
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        scheduler.start()
        try:
            await asyncio.Event().wait()
        finally:
            scheduler.shutdown(wait=False)
            turns = tuple(self._running)
            for turn in turns:
                turn.cancel()
            await asyncio.gather(*turns, return_exceptions=True)

    async def _turn(self, pulse: Pulse) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            await pulse.work()
            if self._failing.pop(pulse.name, None) is not None:
                log.info("beat_goes_on", beat=pulse.name)
        except asyncio.CancelledError:  # ends here: APScheduler would log it as an error
            log.debug("beat_cancelled", beat=pulse.name)
        except BotError as error:  # expected to go wrong, as a database that is away: said once, not every second
            if self._failing.get(pulse.name) != str(error):
                log.warning("beat_failed", beat=pulse.name, error=str(error))
            self._failing[pulse.name] = str(error)
        except Exception:  # whatever it was, the next turn may do better
            log.exception("beat_failed", beat=pulse.name)
        finally:
            self._running.discard(task)


def _only_errors() -> logging.Logger:
    """APScheduler warns of every turn that is left out, which here is the rule and no news."""
    return logging.Logger("bot.schedule.apscheduler", logging.ERROR)
