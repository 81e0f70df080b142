"""doctor: configuration, database, model and platforms looked at, and how to mend what is wrong with each."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import typer

from bot.app import App, opened, summarizer_of
from bot.cli.show import console, print_records
from bot.config import Settings, load
from bot.errors import AdapterNotFound, BotError, ConfigError
from bot.model import Finding, Source, Uncertain
from bot.platforms import kit_of
from bot.records import finding_record, time_text

_STATES = {"ok": "fine", "new": "not read yet", "failing": "failing", "paused": "left alone"}
_SHOWN = 10  # sources that are told of one by one


def doctor(config: Path | None, *, as_json: bool) -> None:
    """Every finding as it is made; exit 1 if any is not ok."""

    async def work() -> bool:
        well = True
        async for finding in _findings(config):
            well &= finding.ok
            _show(finding, as_json=as_json)
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
    for name in sorted({spec.platform for spec in settings.channels}):
        for finding in await _platform(settings, name):
            yield finding


async def _database(settings: Settings) -> list[Finding]:
    """Opening it upgrades it, as every other command does too; what waits there for somebody to look; and the model,
    whose spending is kept there."""
    try:
        async with opened(replace(settings, llm=None), connect=False) as app:
            running = "digestbot runs on it" if app.database.is_running() else "digestbot does not run on it"
            opens = Finding("database", True, f"{app.database.file} opens, with this version's tables; {running}")
            async with app.store.read() as view:
                uncertain = await view.outbox.uncertain()
                sources = await view.sources.all()
            return [opens, *_sources(sources), *map(_uncertain, uncertain), *await _model(settings, app)]
    except BotError as error:
        return [Finding("database", False, str(error), "See [bot] database, and DIGESTBOT_SECRET where it is named.")]


def _sources(sources: Sequence[Source]) -> Iterator[Finding]:
    """How the sources are in one line, and what is wrong with each that cannot be read, the longest silent first."""
    if not sources:
        return
    count = Counter(_STATES[source.state] for source in sources)
    told = ", ".join(f"{count[state]} {state}" for state in dict.fromkeys(_STATES.values()) if count[state])
    ill = [source for source in sources if source.state in ("failing", "paused")]
    yield Finding("sources", True, f"{len(sources)} sources: {told}")
    ill.sort(key=lambda source: (source.last_success is not None, source.last_success, source.id))
    for source in ill[:_SHOWN]:
        since = f"not read since {time_text(source.last_success)}" if source.last_success else "never read"
        which = f"source {source.id}" + (f" ({source.title})" if source.title else "")
        check = f"Open it in a browser; digestbot sources check {source.id} tries it now; if it is gone, remove it."
        again = f"It is left alone until it is added again. {check}"
        yield Finding(
            f"sources.{source.state}",
            False,
            f"{which}: {source.error} ({since})",
            again if source.state == "paused" else f"It is tried again {time_text(source.next_at)}. {check}",
        )
    if len(ill) > _SHOWN:
        yield Finding("sources.failing", False, f"{len(ill) - _SHOWN} more", "digestbot sources list shows all.")


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
        return [*await kit_of(name, settings.platform_settings(name)).check()]
    except AdapterNotFound as error:
        fix = f"Install the package that brings {name}, or correct platform under [[channels]]."
        return [Finding(name, False, str(error), fix)]
    except BotError as error:
        return [Finding(name, False, str(error), f"Correct the settings of {name}, or its secrets in the environment.")]


def _show(finding: Finding, *, as_json: bool) -> None:
    if as_json:
        print_records([finding_record(finding)])
        return
    console().print(f"{'✓' if finding.ok else '✗'} {finding.check}: {finding.detail}")
    if finding.fix:
        console().print(f"  → {finding.fix}")
