"""run, demo, worker, gateway: the bot in this process, or a part of it, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import structlog

from bot.app import App, opened
from bot.app import run as run_app
from bot.cli.show import busy, console
from bot.config import Settings, demo_settings, load, with_shards
from bot.errors import ConfigError, StorageAway
from bot.logs import set_up_logs
from bot.loop import run_loop
from bot.roles import TALKING, roles_of
from bot.samples import folder

_log = structlog.get_logger(__name__)
_AGAIN = 2.0  # seconds before a database that is away is looked for again
_OTHERS = 100  # ports after the configured one, where several processes share a machine


def run(config: Path | None) -> None:
    """Everything until Ctrl-C or SIGTERM."""
    settings = load(config)
    set_up_logs(settings.bot.log_level, settings.bot.log_format)

    async def work() -> None:
        async with _opened(settings) as app:
            await run_app(app, port=settings.http.port, started=lambda port: _greet(settings, port))

    until_stopped(work())


def worker(config: Path | None, roles: str, *, port: int | None) -> None:
    """These roles of many processes on one PostgreSQL, until SIGTERM."""
    _spread(config, roles_of(roles), f"worker --role {roles}", port=port)


def gateway(config: Path | None, shards: str | None, *, port: int | None) -> None:
    """What members say and see: reactions, commands, pages; of Discord's shards these, where they are named."""
    command = f"gateway --shards {shards}" if shards else "gateway"
    _spread(config, frozenset({"gateway"}), command, port=port, shards=shards)


def _spread(
    config: Path | None, roles: frozenset[str], command: str, *, port: int | None, shards: str | None = None
) -> None:
    settings = load(config)
    settings = with_shards(settings, shards) if shards else settings
    if settings.database_url.startswith("sqlite"):
        raise ConfigError(
            f"{command}: an SQLite file is for one process: digestbot run does everything in one; to spread the work "
            "over several, name a PostgreSQL in [bot] database (digestbot db copy moves what there is)"
        )
    set_up_logs(settings.bot.log_level, settings.bot.log_format)

    async def work() -> None:
        async with _opened(settings, connect=bool(roles & TALKING)) as app:
            await run_app(
                app,
                port=settings.http.port if port is None else port,
                others=0 if port else _OTHERS,
                roles=roles,
                started=lambda got: _say(f"digestbot {command} runs; health at port {got}"),
            )

    until_stopped(work())


@asynccontextmanager
async def _opened(settings: Settings, *, connect: bool = True) -> AsyncIterator[App]:
    """As soon as the database is there: who comes up before it, or while it starts again, waits for it."""
    async with AsyncExitStack() as stack:
        while True:
            try:
                app = await stack.enter_async_context(opened(settings, connect=connect))
                break
            except StorageAway as error:
                _log.warning("the database is waited for", error=str(error))
                await asyncio.sleep(_AGAIN)
        yield app


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _greet(settings: Settings, port: int) -> None:
    channels = ", ".join(f"{spec.name} ({spec.platform})" for spec in settings.channels) or "no channel"
    pages = "web pages at" if "web" in settings.platform_names else "how it is at"
    address = f"http://{settings.http.host}:{port}/" + ("" if "web" in settings.platform_names else "healthz")
    _say(f"digestbot runs: {channels}; {pages} {address} ; Ctrl-C ends it")


def demo(*, once: bool, port: int) -> None:
    """The main job on the samples: digest in the terminal and in the web channel; a temporary database."""
    with tempfile.TemporaryDirectory(prefix="digestbot-demo-") as place:
        settings = demo_settings(Path(place), samples=folder())

        async def work() -> None:
            async with opened(settings) as app:
                await _main_job(app)
                if not once:
                    await run_app(app, port=port, others=100, started=_invite)

        until_stopped(work())


async def _main_job(app: App) -> None:
    """Each verb once, as `run` would do them on its beat."""
    engine = app.engine
    with busy("reading the samples"):
        await engine.refresh.due()
        await engine.read.due()
    async with app.store.read() as view:
        channels = await view.channels.all()
    for channel in channels:
        digest = await engine.compose.settle(await engine.compose.open_now(channel))
        await engine.deliver.digest(digest.id)


def _invite(port: int) -> None:
    out = console()
    out.print(f"\nThe same digest is in your browser: http://127.0.0.1:{port}/c/web", style="bold")
    out.print("Vote there (your vote is final), open an article to see the evidence of its takeaways,")
    out.print("or type a command such as /article inference or /why 1. Ctrl-C ends the demo.")


def until_stopped(work: Coroutine[object, object, None]) -> None:
    """Runs to the end, or until Ctrl-C or SIGTERM; both end cleanly."""

    async def guarded() -> None:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    try:
        run_loop(guarded())
    except* ConfigError as group:
        raise group.exceptions[0] from None
