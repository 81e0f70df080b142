"""inspect and ingest."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import typer

from bot.app import intake_of, opened
from bot.cli.show import console, print_article, print_records, progress
from bot.config import load
from bot.engine.intake import Inspection, Intake
from bot.model import Document
from bot.records import Record, article_record


def inspect(config: Path | None, inputs: Sequence[str], *, as_json: bool) -> None:
    """Shows what is read out of each input; exit 1 if any failed, after all were tried."""

    async def work() -> bool:
        failed = False
        async with intake_of(load(config)) as intake:
            async for inspection in _inspections(intake, inputs):
                failed |= inspection.error is not None
                _show(inspection, as_json=as_json)
        return failed

    if asyncio.run(work()):
        raise typer.Exit(1)


def ingest(config: Path | None, inputs: Sequence[str], *, as_json: bool) -> None:
    """Reads and keeps each input; exit 1 if any failed, after all were tried."""

    async def work() -> bool:
        failed = False
        async with opened(load(config), connect=False) as app:
            async for inspection in _inspections(app.engine.intake, inputs):
                failed |= inspection.error is not None
                ids = await app.engine.ingest.keep(inspection.articles) if inspection.articles else ()
                _show(inspection, as_json=as_json, ids=ids)
        return failed

    if asyncio.run(work()):
        raise typer.Exit(1)


async def _inspections(intake: Intake, inputs: Sequence[str]) -> AsyncIterator[Inspection]:
    with progress() as bar:
        task = bar.add_task("reading", total=len(inputs))
        for name in inputs:
            if name == "-":
                body = await asyncio.to_thread(sys.stdin.buffer.read)
                yield await intake.document(Document("-", body, None), name=name)
            else:
                for inspection in await intake.inspect(name):
                    yield inspection
            bar.advance(task)


def _show(inspection: Inspection, *, as_json: bool, ids: Sequence[int] | None = None) -> None:
    if as_json:
        print_records([inspection_record(inspection, ids)])
    elif inspection.error is not None:
        sys.stderr.write(f"digestbot: {inspection.error}\n")
    elif ids is not None:
        for one, article_id in zip(inspection.articles, ids, strict=True):
            console().print(f"#{article_id} {one.article.title}")
    else:
        if inspection.feed is not None:
            console().print(f"{inspection.feed.title} ({len(inspection.articles)} articles)\n")
        for one in inspection.articles:
            print_article(one.article, one.takeaways, one.quality)


def inspection_record(inspection: Inspection, ids: Sequence[int] | None = None) -> Record:
    """A line of `inspect`; a line of `ingest` has each article's id too."""
    feed = inspection.feed
    articles = [article_record(one.article, one.takeaways, one.quality) for one in inspection.articles]
    return {
        "input": inspection.input,
        "kind": inspection.kind,
        "error": inspection.error,
        "feed": {"title": feed.title, "url": feed.url} if feed else None,
        "articles": [{"id": i, **a} for i, a in zip(ids, articles, strict=True)] if ids else articles,
    }
