"""Jobs of one process: an asyncio queue filled after each commit. Nothing is kept; the sweeper asks again."""

import asyncio
from collections.abc import Mapping

import structlog

from bot.errors import BotError
from bot.ports import Handler, UnitOfWork

_log = structlog.get_logger(__name__)
Hint = tuple[str, tuple[tuple[str, int], ...]]


class LocalJobs:
    """Implements `ports.Jobs`. The same hint waits at most once; one that comes while it runs is run once more."""

    def __init__(self, *, workers: int = 8) -> None:
        self._workers = workers
        self._queue: asyncio.Queue[Hint] = asyncio.Queue()
        self._waiting: set[Hint] = set()

    async def defer(self, tx: UnitOfWork, task: str, **ids: int) -> None:
        hint = (task, tuple(sorted(ids.items())))
        tx.after_commit(lambda: self._put(hint))

    def _put(self, hint: Hint) -> None:
        if hint not in self._waiting:
            self._waiting.add(hint)
            self._queue.put_nowait(hint)

    async def run(self, handlers: Mapping[str, Handler]) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(self._workers):
                group.create_task(self._work(handlers))

    async def _work(self, handlers: Mapping[str, Handler]) -> None:
        while True:
            hint = await self._queue.get()
            self._waiting.discard(hint)
            task, ids = hint
            try:
                await handlers[task](**dict(ids))
            except BotError as error:
                _log.warning("job failed; the sweeper will ask again", task=task, ids=dict(ids), error=str(error))
            except Exception:
                _log.exception("job failed; the sweeper will ask again", task=task, ids=dict(ids))
