"""refresh, tick, compose, deliver, preview, post: one round of a verb."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import typer

from bot.app import App, opened
from bot.cli.show import busy, console, print_records, progress
from bot.config import duration, load
from bot.errors import ConfigError
from bot.locales import say, say_date
from bot.loop import run_loop
from bot.model import Channel, Digest, Posting, SourceReport
from bot.platforms import kit_of
from bot.records import Record, digest_record, preview_record, report_record

_POLL = 0.3  # seconds
_WAIT = 60.0  # seconds that `post` gives a running bot


def refresh(config: Path | None, *, as_json: bool) -> None:
    """Every source that is due, then every article that waits to be read."""

    def told(report: SourceReport) -> None:
        _say(report_record(report), report.error or f"read source {report.source_id}", as_json=as_json)

    async def work() -> None:
        async with opened(load(config), connect=False) as app:
            await _read_due(app, told)

    run_loop(work())


async def _read_due(app: App, told: Callable[[SourceReport], None]) -> None:
    with progress() as bar:
        sources = bar.add_task("sources", total=None)

        def counted(report: SourceReport) -> None:
            bar.advance(sources)
            told(report)

        await app.engine.refresh.due(counted)
        articles = bar.add_task("articles", total=None)
        while count := await app.engine.read.round():
            bar.advance(articles, count)


def tick(config: Path | None, *, as_json: bool) -> None:
    async def work() -> None:
        async with opened(load(config), connect=False) as app:
            opened_slots = await app.engine.compose.tick()
            async with app.store.read() as view:
                for digest_id in opened_slots:
                    _tell(await view.outbox.digest(digest_id), as_json=as_json)

    asyncio.run(work())


def compose(config: Path | None, *, as_json: bool) -> None:
    async def work() -> None:
        async with opened(load(config), connect=False) as app:
            async with app.store.read() as view:
                due = await view.schedules.in_state("due", 500)
            with progress() as bar:
                for digest in bar.track(due, description="composing"):
                    _tell(await app.engine.compose.settle(digest.id), as_json=as_json)

    asyncio.run(work())


def deliver(config: Path | None, *, as_json: bool) -> None:
    """What waits in the outbox. A running bot delivers by itself, so beside one there is nothing to do."""

    async def work() -> None:
        async with opened(load(config)) as app:
            with progress() as bar:
                for digest_id in bar.track(await app.engine.deliver.waiting(), description="posting"):
                    if not await app.database.is_running():
                        await app.engine.deliver.digest(digest_id)
                    async with app.store.read() as view:
                        _tell(await view.outbox.digest(digest_id), as_json=as_json)

    asyncio.run(work())


def post(config: Path | None, name: str, *, as_json: bool) -> None:
    """Composes now, then delivers, or waits for the running bot to deliver. Exit 1 where it could not be posted."""

    async def work() -> bool:
        async with opened(load(config)) as app:
            channel = await channel_named(app, name)
            if not await app.database.is_running():  # so that `post` on a new configuration has something to say
                await _read_due(app, lambda _report: None)
            async with app.store.read() as view:  # what could not be posted before comes first
                left = [await view.outbox.digest(digest) for digest in await app.engine.deliver.waiting()]
            digests = [digest for digest in left if digest.channel.id == channel.id]
            digests.append(await app.engine.compose.settle(await app.engine.compose.open_now(channel)))
            for digest in digests:
                with busy("posting"):
                    now = await _delivered(app, digest) if digest.state == "composed" else digest
                _tell(now, as_json=as_json)
            return now.state != "composed"

    if not asyncio.run(work()):
        raise typer.Exit(1)


async def _delivered(app: App, digest: Digest) -> Digest:
    deadline = asyncio.get_running_loop().time() + _WAIT
    while True:
        if not await app.database.is_running():
            await app.engine.deliver.digest(digest.id)
        async with app.store.read() as view:
            now = await view.outbox.digest(digest.id)
        if now.state == "posted" or not await app.database.is_running():
            return now
        if asyncio.get_running_loop().time() >= deadline:
            return now
        await asyncio.sleep(_POLL)


def preview(config: Path | None, name: str, *, form: str, last: str | None, min_quality: float | None) -> None:
    """The digest as it would be, drawn in the form asked for."""

    async def work() -> None:
        async with opened(load(config), connect=False) as app:
            channel = await channel_named(app, name)
            if min_quality is not None:
                settings = replace(channel.settings, min_quality=min_quality)
                channel = replace(channel, spec=replace(channel.spec, settings=settings))
            past = duration(last, "--last") if last else None
            with busy("composing"):
                compositions = await app.engine.compose.preview(channel, last=past)
            for composition in compositions:
                if form == "terminal" and past is not None:
                    console().print(_when(composition.digest), style="bold reverse")
                _draw(app, composition.digest, form)
                if composition.cut is not None and form == "terminal":
                    console().print(f"Cut short: {say(composition.cut.key, 'en', **composition.cut.values)}.")
                if not composition.digest.considered and form == "terminal" and past is None:
                    console().print("There is no new article: digestbot refresh reads what is due.")

    asyncio.run(work())


def _when(digest: Digest) -> str:
    """The heading of one of the past's digests: of two that say nothing, nobody could tell which was when."""
    zone = digest.channel.settings.timezone
    at = digest.at.astimezone(ZoneInfo(zone))
    return f" {at:%a %Y-%m-%d %H:%M} {zone}: {len(digest.items)} of {digest.considered} that were new "


def _draw(app: App, digest: Digest, form: str) -> None:
    from bot.delivery.render import messages_of, posting_key

    if form == "json":
        print_records([preview_record(digest)])
        return
    platform = {"terminal": "console", "html": "web"}.get(form, form)
    kit = app.kits.get(platform) or kit_of(platform, app.settings.platform_settings(platform))
    spoken = replace(digest, channel=_loud(digest.channel))
    for part, message in enumerate(messages_of(spoken, say=say, say_date=say_date, following=None)):
        posting = Posting(
            id=0,
            key=posting_key(digest.channel.id, digest.key, part),
            digest=digest.id,
            part=part,
            kind="message",
            channel=digest.channel,
            message=message,
        )
        drawn = kit.draw(posting)
        text = drawn.get("text", drawn.get("html"))
        print(text if isinstance(text, str) else json.dumps(drawn, ensure_ascii=False))  # noqa: T201


def _loud(channel: Channel) -> Channel:
    """A preview always says something, though the channel itself would stay silent."""
    return replace(channel, spec=replace(channel.spec, settings=replace(channel.settings, quiet="say")))


async def channel_named(app: App, name: str) -> Channel:
    """The configured channel. Raises ConfigError naming those that there are."""
    async with app.store.read() as view:
        channel = await view.channels.named(name)
        if channel is None:
            names = ", ".join(other.name for other in await view.channels.all()) or "none"
            raise ConfigError(f"--channel {name}: there is no such channel; configured are: {names}")
    return channel


def _tell(digest: Digest, *, as_json: bool) -> None:
    waits = f"waits, as the channel is paused: {digest.channel.paused}" if digest.channel.paused else "waits"
    told = {
        "quiet": f"nothing new worth posting; {_why_quiet(digest)}",
        "posted": f"posted {len(digest.items)} articles",
        "composed": f"a digest of {len(digest.items)} articles {waits}; digestbot doctor tells more",
        "due": "claimed",
        "dropped": "dropped, being older than catch_up",
    }[digest.state]
    _say(digest_record(digest), f"{digest.channel.name} {digest.key}: {told}", as_json=as_json)


def _why_quiet(digest: Digest) -> str:
    if not digest.considered:
        return "there is no new article (digestbot sources list shows how the sources are)"
    look = f"digestbot preview --channel {digest.channel.name} --min-quality 0"
    return f"new are {digest.considered}, none good enough ({look} shows them)"


def _say(record: Record, line: str, *, as_json: bool) -> None:
    if as_json:
        print_records([record])
    else:
        console().print(line)
