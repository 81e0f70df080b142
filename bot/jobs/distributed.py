"""Jobs of many processes: hints in Procrastinate's tables, put there by the transaction that writes the rows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import procrastinate
import structlog
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, ProcrastinateException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.worker import Worker

from bot.errors import BotError
from bot.ports import Handler, UnitOfWork

_log = structlog.get_logger(__name__)
_AT_A_TIME = 8  # jobs of one task in one process, where nothing else is said
_RESCUE = "rescue"
_HEARTBEAT = 2.0  # seconds
_STALLED = 10.0  # seconds without a heartbeat, and a worker is dead
_DRAIN = 25.0  # seconds that jobs have to end in when the process is to stop
_POLL = 5.0  # seconds between looks for what no notification told of
_AGAIN = 1.0  # seconds before the database is tried again
_WAITING = "SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY(%s)"
# The queue is empty whenever PostgreSQL looks how long it is, so it plans to read it through, and does so for each of a
# hundred thousand jobs that come at once.
_BY_INDEX = "enable_seqscan=off"


class DistributedJobs:
    """Implements `ports.Jobs` on Procrastinate, with a worker for each task, so that one which waits for the network
    holds no other.

    Nothing is parked there, no job is retried, none holds a lock: the rows are the truth, and the sweeper asks again.
    The same hint waits at most once; one that comes while it runs is run once more.
    """

    def __init__(self, conninfo: str, **at_a_time: int) -> None:
        self._conninfo = conninfo
        self._at_a_time = at_a_time
        self._hints = self._app()  # never opened: hints go by the connection of their transaction

    def _app(self) -> procrastinate.App:
        settings = {"options": f"-c {_BY_INDEX}"}
        connector = procrastinate.PsycopgConnector(conninfo=self._conninfo, min_size=1, max_size=4, kwargs=settings)
        return procrastinate.App(connector=connector)

    async def defer(self, tx: UnitOfWork, task: str, *, urgent: bool = False, **ids: int) -> None:
        await self._put(tx.native, task, [ids], urgent=urgent)

    async def defer_all(self, tx: UnitOfWork, task: str, hints: Sequence[Mapping[str, int]]) -> None:
        new = await self._new(tx.native, task, hints)
        if new and not await self._put(tx.native, task, new):
            for ids in new:
                await self._put(tx.native, task, [ids])

    async def _new(self, connection: Any, task: str, hints: Sequence[Mapping[str, int]]) -> list[Mapping[str, int]]:
        """Those that do not wait yet: to be refused one at a time takes three statements each."""
        locks = [_lock_of(task, ids) for ids in hints]
        waiting = set(await (await connection.execute(_WAITING, [locks])).fetchall())
        return [ids for ids, lock in zip(hints, locks, strict=True) if (lock,) not in waiting]

    async def _put(
        self, connection: Any, task: str, hints: Sequence[Mapping[str, int]], *, urgent: bool = False
    ) -> bool:
        """False: one of them waits already, and none was put there."""
        manager = self._hints.job_manager
        jobs = [
            Job(
                id=None,
                queue=task,
                task_name=task,
                priority=int(urgent),
                lock=None,
                queueing_lock=_lock_of(task, ids),
                task_kwargs=dict(ids),
            )
            for ids in hints
        ]
        await connection.execute(f"SAVEPOINT hint; SET LOCAL {_BY_INDEX}")
        try:
            await manager.batch_defer_jobs_async(jobs, connection=connection)
        except AlreadyEnqueued:
            await connection.execute("ROLLBACK TO SAVEPOINT hint")
            return False
        except ConnectorException as error:  # the driver's own: whose transaction it is knows what it means
            raise error.__cause__ or error from error
        await connection.execute("RELEASE SAVEPOINT hint")
        return True

    async def run(self, handlers: Mapping[str, Handler]) -> None:
        """Cancelled, it takes no further job and waits for those that run, then ends them. While the database is away
        it tries again."""
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # it tells of every job
        logging.getLogger("psycopg").setLevel(logging.ERROR)
        async with asyncio.TaskGroup() as group:
            for task, handler in handlers.items():
                group.create_task(self._serve(task, handler))

    async def _serve(self, task: str, handler: Handler) -> None:
        me, clock, said = asyncio.current_task(), asyncio.get_running_loop().time, ""
        while True:
            began = clock()
            try:
                await self._work(task, handler)
            except ProcrastinateException as error:
                reason = str(error.__cause__ or error).strip()
                if reason != said or clock() - began > _STALLED:  # not every second
                    _log.warning("jobs wait for the database", task=task, error=reason)
                said = reason
            if me is not None and me.cancelling():  # the database broke while this was to end
                raise asyncio.CancelledError
            await asyncio.sleep(_AGAIN)

    async def _work(self, task: str, handler: Handler) -> None:
        app = self._app()

        @app.task(name=task, queue=task)
        async def job(**ids: int) -> None:
            try:
                await handler(**ids)
            except BotError as error:
                _log.warning("job failed; the sweeper will ask again", task=task, ids=ids, error=str(error))
            except Exception:
                _log.exception("job failed; the sweeper will ask again", task=task, ids=ids)

        @app.periodic(cron="* * * * * */5")
        @app.task(name=_RESCUE, queue=_RESCUE, pass_context=False)
        async def rescue(timestamp: int) -> None:
            await _rescue(app)

        async with app.open_async():
            worker = Worker(
                app,
                queues=[task, _RESCUE],
                name=task,
                concurrency=self._at_a_time.get(task, _AT_A_TIME),
                delete_jobs="always",
                fetch_job_polling_interval=_POLL,
                update_heartbeat_interval=_HEARTBEAT,
                stalled_worker_timeout=_STALLED,
                shutdown_graceful_timeout=_DRAIN,
                install_signal_handlers=False,
            )
            await _run(worker)


async def _run(worker: Worker) -> None:
    """Until cancelled. A pool that gets a connection at that very moment keeps the cancellation to itself (`wait_for`
    before Python 3.12), wherever in here that is; so what was asked for is asked for until it is done."""
    me, working = asyncio.current_task(), asyncio.ensure_future(worker.run())  # type: ignore[no-untyped-call]
    while not working.done():
        if me is not None and me.cancelling():
            worker.stop()  # type: ignore[no-untyped-call]
        with suppress(asyncio.CancelledError):
            await asyncio.wait((working,), timeout=_AGAIN)
    working.result()


def _lock_of(task: str, ids: Mapping[str, int]) -> str:
    """What a hint is called while it waits."""
    return ":".join([task, *(f"{name}={ids[name]}" for name in sorted(ids))])


async def _rescue(app: procrastinate.App) -> None:
    """Jobs of workers that died or stand still wait again; those whose hint waits already are put away."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED):
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
        except ConnectorException as error:  # another rescuer was first, as a rule
            _log.debug("job not rescued", job=job.id, error=str(error.__cause__ or error))
