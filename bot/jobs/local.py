"""Jobs of one process: asyncio queues filled after each commit. Nothing is kept; the sweeper asks again."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import count

import structlog

from bot.errors import BotError
from bot.ports import Handler, UnitOfWork

_log = structlog.get_logger(__name__)
_AT_A_TIME = 8  # jobs of one task, where nothing else is said
Ids = tuple[tuple[str, int], ...]
Hint = tuple[bool, int, Ids]  # not urgent, its number: in the order in which they are taken


class LocalJobs:
    """Implements `ports.Jobs`, with a queue and workers of its own for each task, so that a task that waits for the
    network holds no other. The same hint waits at most once; one that comes while it runs is run once more."""

    def __init__(self, **at_a_time: int) -> None:
        self._at_a_time = at_a_time
        self._queues: dict[str, asyncio.PriorityQueue[Hint]] = defaultdict(asyncio.PriorityQueue)
        self._numbers = count()
        self._waiting: set[tuple[str, Ids]] = set()

    async def defer(self, tx: UnitOfWork, task: str, *, urgent: bool = False, **ids: int) -> None:
        tx.after_commit(lambda: self._put(task, tuple(sorted(ids.items())), urgent=urgent))

    async def defer_all(self, tx: UnitOfWork, task: str, hints: Sequence[Mapping[str, int]]) -> None:
        for ids in hints:
            await self.defer(tx, task, urgent=False, **ids)

    def _put(self, task: str, ids: Ids, *, urgent: bool) -> None:
        if (task, ids) not in self._waiting:
            self._waiting.add((task, ids))
            self._queues[task].put_nowait((not urgent, next(self._numbers), ids))

    async def run(self, handlers: Mapping[str, Handler]) -> None:
        async with asyncio.TaskGroup() as group:
            for task, handler in handlers.items():
                for _ in range(self._at_a_time.get(task, _AT_A_TIME)):
                    group.create_task(self._work(task, handler))

    async def _work(self, task: str, handler: Handler) -> None:
        while True:
            _, _, ids = await self._queues[task].get()
            self._waiting.discard((task, ids))
            try:
                await handler(**dict(ids))
            except BotError as error:
                _log.warning("job failed; the sweeper will ask again", task=task, ids=dict(ids), error=str(error))
            except Exception:
                _log.exception("job failed; the sweeper will ask again", task=task, ids=dict(ids))
