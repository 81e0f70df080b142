"""The composition root: settings -> objects -> one asyncio.TaskGroup. The only file that knows all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.clock import SharedClock, SystemClock
from bot.commands import Commands
from bot.commands.quota import Quota
from bot.config import Settings, secret_of
from bot.engine import Engine, engine_of
from bot.engine.expire import Keep
from bot.engine.intake import Intake
from bot.house import Ear, House
from bot.jobs.local import LocalJobs
from bot.loop import settle_in
from bot.metrics import CountingFetcher, CountingReader, Counts, page
from bot.model import Finding, Limits
from bot.platforms import kit_of
from bot.ports import ChatPlatform, Clock, Closable, Jobs, PlatformKit, Reader, Store
from bot.roles import ALONE, ROLES, handlers_of, heard_by, pulses_of
from bot.schedule.beat import Beat, Pulse
from bot.sources.fetch import SourceFetcher
from bot.sources.workers import WorkerReader
from bot.storage.archive import StoredArchive
from bot.storage.copies import DatabaseFile
from bot.storage.database import Database
from bot.storage.drafts import StoredDrafts
from bot.storage.election import Election
from bot.storage.inbox import SealedInbox
from bot.storage.postgres import is_postgres
from bot.storage.sqlite import file_of
from bot.storage.vault import SealedVault
from bot.storage.vitals import StoredVitals
from bot.votes.voters import voter_of

if TYPE_CHECKING:
    from bot.takeaways.llm import ModelSummarizer

_MINUTE = timedelta(minutes=1)
# Deliveries mostly wait for a platform's rate limits; the others are work for this machine.
_AT_A_TIME = {"deliver": 512, "compose": 4, "reread": 4}


@dataclass(frozen=True, slots=True)
class App:
    settings: Settings
    database: Database
    store: Store
    clock: Clock
    jobs: Jobs
    engine: Engine
    house: House
    kits: Mapping[str, PlatformKit]
    platforms: Mapping[str, ChatPlatform]
    counts: Counts


def fetcher_of(settings: Settings) -> SourceFetcher:
    fetch = settings.fetch
    return SourceFetcher(
        concurrency=fetch.concurrency,
        per_host=fetch.per_host,
        spacing=fetch.spacing.total_seconds(),
        timeout=fetch.timeout.total_seconds(),
        max_bytes=fetch.max_bytes,
        user_agent=fetch.user_agent,
        allow_private=fetch.allow_private,
    )


def database_file(settings: Settings) -> DatabaseFile:
    """The database as a whole, without opening it: for `db`."""
    return DatabaseFile(file_of(settings.database_url), SystemClock())


def check_database(settings: Settings) -> Iterator[Finding]:
    """What is found of the database, part by part, without opening it. Raises StorageError."""
    if not is_postgres(settings.database_url):
        return database_file(settings).check()
    from bot.storage.checking import check_postgres

    return check_postgres(settings.database_url)


def copy_database(settings: Settings, url: str, progress: Callable[[str, int, int], None]) -> Mapping[str, int]:
    """The database file copied into PostgreSQL; how many rows each table has. Raises ConfigError and StorageError."""
    from bot.storage.moving import copy_to_postgres

    return copy_to_postgres(file_of(settings.database_url), url, progress)


@asynccontextmanager
async def summarizer_of(settings: Settings, database: Database, clock: Clock) -> AsyncIterator[ModelSummarizer | None]:
    """None: no model is configured."""
    if settings.llm is None:
        yield None
        return
    from bot.takeaways.llm import ModelSummarizer

    summarizer = ModelSummarizer(
        base_url=settings.llm.base_url,
        model=settings.llm.model,
        key=settings.secrets.get("OPENAI_API_KEY"),
        timeout=settings.llm.timeout,
        max_tokens_per_day=settings.llm.max_tokens_per_day,
        drafts=StoredDrafts(database),
        clock=clock,
    )
    async with aclosing(summarizer):
        yield summarizer


@asynccontextmanager
async def intake_of(settings: Settings) -> AsyncIterator[Intake]:
    """Reading alone, without a store: for `inspect`."""
    async with AsyncExitStack() as stack:
        fetcher = fetcher_of(settings)
        stack.push_async_callback(fetcher.aclose)
        reader = WorkerReader()
        stack.push_async_callback(reader.aclose)
        yield Intake(fetcher=fetcher, reader=reader)


@asynccontextmanager
async def opened(
    settings: Settings,
    *,
    connect: bool = True,
    clock: Clock | None = None,
    reading: Callable[[], AbstractAsyncContextManager[Reader]] = WorkerReader,
    dressed: Callable[[Store], Store] = lambda store: store,
) -> AsyncIterator[App]:
    """Everything wired and the file's sources and channels declared; nothing runs yet.

    `connect` False leaves the platforms out, for what posts nothing and so needs no token. `clock`, `reading` and
    `dressed` let another composition put its own clock and reader, or a store around the store."""
    async with AsyncExitStack() as stack:
        database = await Database.open(settings.database_url)
        stack.push_async_callback(database.aclose)
        store = dressed(database)
        clock = clock or await _clock_of(database)
        counts = Counts()
        fetcher = CountingFetcher(await stack.enter_async_context(aclosing(fetcher_of(settings))), counts)
        reader = CountingReader(await stack.enter_async_context(reading()), counts)
        jobs, secret, bot = _jobs_of(database), secret_of(settings), settings.bot
        platforms: dict[str, ChatPlatform] = {}
        engine = engine_of(
            store=store,
            clock=clock,
            fetcher=fetcher,
            reader=reader,
            jobs=jobs,
            platforms=platforms,
            secret=secret,
            voting=bot.voting,
            in_hand=settings.fetch.concurrency,
            limits=Limits(sources=settings.quotas.sources, posts=settings.quotas.posts),
            keep=Keep(
                voters=bot.forget_voters, texts=bot.keep_texts, articles=bot.keep_articles, digests=bot.keep_digests
            ),
            summarizer=await stack.enter_async_context(summarizer_of(settings, database, clock)),
            put_off=counts.put_off,
        )
        inbox = await stack.enter_async_context(aclosing(SealedInbox(database, secret)))
        house = _house(settings, database, inbox, store=store, engine=engine, clock=clock, secret=secret)
        kits = _kits(settings) if connect else {}
        for name, kit in kits.items():
            platform = platforms[name] = kit.connect(house)
            if isinstance(platform, Closable):
                stack.push_async_callback(platform.aclose)
        async with store.begin() as tx:
            await tx.channels.declare(settings.channels)
            await tx.sources.declare(settings.sources, clock.now())
        yield App(settings, database, store, clock, jobs, engine, house, kits, platforms, counts)


def _kits(settings: Settings) -> Mapping[str, PlatformKit]:
    return {name: kit_of(name, settings.platform_settings(name)) for name in sorted(settings.platform_names)}


def _jobs_of(database: Database) -> Jobs:
    if database.conninfo is None:
        return LocalJobs(**_AT_A_TIME)
    from bot.jobs.distributed import DistributedJobs

    return DistributedJobs(database.conninfo, **_AT_A_TIME)


async def _clock_of(database: Database) -> Clock:
    """On PostgreSQL its own time is everybody's, whatever their machines say."""
    if database.conninfo is None:
        return SystemClock()
    clock = SharedClock()
    await _set(clock, database)
    return clock


def _house(
    settings: Settings,
    database: Database,
    inbox: SealedInbox,
    *,
    store: Store,
    engine: Engine,
    clock: Clock,
    secret: bytes,
) -> House:
    """What adapters are given."""

    def voter(platform: str, workspace: str, member: str) -> str:
        return voter_of(secret, platform=platform, workspace=workspace, member=member)

    quota = Quota(member=settings.fetch.member_reads, workspace=settings.fetch.workspace_reads)
    rate = Quota(workspace=settings.quotas.commands)
    commands = Commands(store=store, engine=engine, clock=clock, quota=quota, rate=rate)
    ear = Ear(store=store, engine=engine, commands=commands)
    archive, vault = StoredArchive(store, voter), SealedVault(database, secret)
    return House(ear, archive, engine.standings, engine.statistics, vault, inbox)


async def metrics_of(app: App, roles: Mapping[str, bool] = MappingProxyType({})) -> bytes:
    """The page of `/metrics` as of now. `roles`: of this process, and whether it works in each or stands by."""
    levels = await StoredVitals(app.database).levels(app.clock.now())
    waiting = app.engine.record.waiting
    return page(levels, app.counts, votes_waiting=waiting, roles=roles, platforms=app.platforms)


async def run(
    app: App,
    *,
    port: int,
    others: int = 0,
    roles: Collection[str] = ROLES,
    started: Callable[[int], None] = lambda _port: None,
) -> None:
    """These roles, all of them for everything in one process, until cancelled. `started` is told the port that the HTTP
    server got."""
    from bot.http import HttpServer

    settle_in()
    with app.database.lock_for_run():
        platforms = app.platforms.values() if "gateway" in roles else ()
        routes = [route for platform in platforms for route in platform.routes()]
        proxies = app.settings.web.trusted_proxies
        working = {role: role not in ALONE for role in ROLES if role in roles}
        metrics = partial(metrics_of, app, working)
        server = HttpServer(store=app.store, metrics=metrics, routes=routes, proxies=proxies)
        try:
            http = app.settings.http
            started(await server.start(host=http.host, port=port, others=others, admin_port=http.admin_port))
            await _work(app, roles, working)
        finally:
            with suppress(asyncio.CancelledError):
                await server.aclose()


async def _work(app: App, roles: Collection[str], working: dict[str, bool]) -> None:
    """What only one process may do is done while it is elected to; `working` tells which roles it works in."""
    election = Election(app.database)

    async def work(some: Collection[str], heard: Collection[ChatPlatform] = ()) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(app.jobs.run(handlers_of(app.engine, some)))
            group.create_task(Beat(*pulses_of(app.engine, some)).run())
            for platform in heard:
                group.create_task(platform.run())

    async def leading(role: str, heard: Collection[ChatPlatform] = ()) -> None:
        working[role] = True
        try:
            await work([role], heard)
        finally:
            working[role] = False

    async with asyncio.TaskGroup() as group:
        if isinstance(app.clock, SharedClock):
            group.create_task(Beat(Pulse("clock", _MINUTE, partial(_set, app.clock, app.database))).run())
        group.create_task(work([role for role in roles if role not in ALONE]))
        if "deliver" in roles:
            group.create_task(election.lead("deliver", partial(leading, "deliver")))
        for name, heard in heard_by(app.platforms, app.settings.discord.shards) if "gateway" in roles else ():
            group.create_task(election.lead(name, partial(leading, "gateway", heard)))


async def _set(clock: SharedClock, database: Database) -> None:
    clock.told(await database.time())
