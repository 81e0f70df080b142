"""doctor: all that must be well for a digest to come, looked at in turn, and how to mend what is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import typer

from bot.app import App, opened, summarizer_of
from bot.cli import checks
from bot.cli.show import busy, print_finding
from bot.config import Settings, load
from bot.errors import AdapterNotFound, BotError, ConfigError
from bot.model import Finding, Uncertain
from bot.platforms import kit_of
from bot.ports import ChecksKept
from bot.records import time_text


def doctor(config: Path | None, *, as_json: bool) -> None:
    """Every finding as it is made; exit 1 if any is not ok."""

    async def work() -> bool:
        well = True
        async for finding in _findings(config):
            well &= finding.ok
            print_finding(finding, as_json=as_json)
        return well

    if not asyncio.run(work()):
        raise typer.Exit(1)


async def _findings(config: Path | None) -> AsyncIterator[Finding]:
    """Without a configuration that can be read there is nothing further to look at."""
    try:
        settings = load(config)
    except ConfigError as error:
        for mistake in error.mistakes:
            yield Finding("config", False, mistake, "Correct it there; config.example.toml shows every setting.")
        return
    found = f"channels: {len(settings.channels)}, sources: {len(settings.sources)}"
    yield Finding("config", True, found)
    for finding in await _database(settings):
        yield finding
    told = {}
    for name in sorted(settings.platform_names):
        with busy(f"asking {name}"):
            findings = await _platform(settings, name)
        for finding in findings:
            if finding.ahead is not None:
                told[name] = finding.ahead
            yield finding
    yield checks.clock(told, datetime.now(UTC))


async def _database(settings: Settings) -> list[Finding]:
    """Opening it upgrades it, as every other command does too; what waits there for somebody to look; where it is kept;
    and the model, whose spending is kept there."""
    try:
        async with opened(replace(settings, llm=None), connect=False) as app:
            running = await app.database.is_running()
            runs = "digestbot runs on it" if running else "digestbot does not run on it"
            opens = Finding("database", True, f"{app.database.name} opens, with this version's tables; {runs}")
            async with app.store.read() as view:
                uncertain = await view.outbox.uncertain()
                known, channels = await view.sources.all(), await view.channels.all()
            return [
                opens,
                *([checks.disk(app.database.file.parent)] if app.database.file else []),
                checks.port(settings.http.host, settings.http.port, running=running),
                *checks.sources(known),
                *checks.schedules(channels, app.clock.now()),
                *map(_uncertain, uncertain),
                *await _model(settings, app),
            ]
    except BotError as error:
        return [Finding("database", False, str(error), "See [bot] database, and DIGESTBOT_SECRET where it is named.")]


async def _model(settings: Settings, app: App) -> tuple[Finding, ...]:
    try:
        async with summarizer_of(settings, app.database, app.clock) as summarizer:
            return await summarizer.check() if summarizer else ()
    except ConfigError as error:
        return (Finding("model", False, str(error), "Do that, or take [llm] out of the configuration."),)


def _uncertain(one: Uncertain) -> Finding:
    digest, since = one.posting.digest, time_text(one.since)
    detail = f"“{one.title}” in {one.posting.channel.name}: nobody can tell since {since} whether it was posted"
    fix = f"Look there, then: digestbot settle {digest} there, or digestbot settle {digest} missing"
    return Finding("delivery.uncertain", False, f"{detail} ({one.reason})", fix)


async def _platform(settings: Settings, name: str) -> list[Finding]:
    """What the platform's kit finds, or why there is no asking it."""
    try:
        kit = kit_of(name, settings.platform_settings(name))
        if not isinstance(kit, ChecksKept):
            return [*await kit.check()]
        async with AsyncExitStack() as stack:
            try:
                app = await stack.enter_async_context(opened(replace(settings, llm=None), connect=False))
            except BotError:  # told of already
                return [*await kit.check()]
            return [*await kit.check_kept(app.house)]
    except AdapterNotFound as error:
        fix = f"Install the package that brings {name}, or correct platform under [[channels]]."
        return [Finding(name, False, str(error), fix)]
    except BotError as error:
        return [Finding(name, False, str(error), f"Correct the settings of {name}, or its secrets in the environment.")]
