"""export: votes without voters, tallies, or articles, as a table or as JSON Lines."""

from __future__ import annotations

import asyncio
import csv
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TextIO

from bot.app import opened
from bot.cli.show import busy
from bot.config import load
from bot.errors import BotError
from bot.ports import UnitOfWork
from bot.records import Record, cast_record, stored_record, tally_record

_SOME = 500  # articles at a time
_ALL = 2**31
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a spreadsheet knows that a cell is to be worked out

Rows = AsyncIterator[Record]


async def _votes(view: UnitOfWork) -> Rows:
    async for vote in view.valuations.cast():
        yield cast_record(vote)


async def _tallies(view: UnitOfWork) -> Rows:
    tallies = await view.votes.tallies([])
    for start in range(0, len(tallies), _SOME):
        some = tallies[start : start + _SOME]
        found = await view.articles.get([tally.article for tally in some], posted=False)
        articles = {stored.id: stored.article for stored in found}
        for tally in some:
            yield tally_record(tally, articles[tally.article])


async def _articles(view: UnitOfWork) -> Rows:
    ids = sorted(await view.articles.find("", _ALL))
    for start in range(0, len(ids), _SOME):
        for stored in await view.articles.get(ids[start : start + _SOME]):
            yield {**stored_record(stored), "source": stored.source_title}


_EXPORTS: Mapping[str, Callable[[UnitOfWork], Rows]] = {"votes": _votes, "tallies": _tallies, "articles": _articles}
_COLUMNS = {
    "votes": ("article", "platform", "workspace", "ballot", "option", "value", "day"),
    "tallies": ("article", "url", "title", "workspace", "ballot", "tally", "votes"),
    "articles": (
        "id",
        "url",
        "title",
        "author",
        "published",
        "category",
        "language",
        "source",
        "quality",
        "takeaways",
        "first_seen",
        "posted",
    ),
}


def export(config: Path | None, what: str, *, form: str, output: Path | None) -> None:
    """Everything of that kind, in an order that stays."""

    async def work() -> None:
        async with opened(load(config), connect=False) as app, app.store.read() as view:
            with busy("writing") if output else nullcontext(), _target(output) as file:
                writer = csv.writer(file, lineterminator="\n")
                if form == "csv":
                    writer.writerow(_COLUMNS[what])
                async for record in _EXPORTS[what](view):
                    if form == "csv":
                        writer.writerow([_cell(record[column]) for column in _COLUMNS[what]])
                    else:
                        file.write(json.dumps(record, ensure_ascii=False) + "\n")
                file.flush()

    asyncio.run(work())


def _target(output: Path | None) -> AbstractContextManager[TextIO]:
    if output is None:
        return nullcontext(sys.stdout)
    try:
        return output.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise BotError(f"{output}: cannot be written: {error.strerror}") from error


def _cell(value: object) -> object:
    """A value in one cell. A text that a spreadsheet would take for a formula is marked as text: titles are hostile."""
    if isinstance(value, Mapping):
        inner = value.get("score")  # of a quality; else counts by option
        return inner if inner is not None else "  ".join(f"{name} {count}" for name, count in value.items())
    if isinstance(value, list):
        return _cell("\n".join(_line(one) for one in value if one.get("shown", True)))
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _line(one: Mapping[str, object]) -> str:
    """A takeaway, or a posting."""
    return str(one["text"]) if "text" in one else f"{one['channel']} {one['slot']}"
