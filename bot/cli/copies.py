"""What the commands of `db` do: the database upgraded, checked, copied, put back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from bot.app import check_database, copy_database, database_file, opened
from bot.cli.show import busy, console, print_finding, progress
from bot.config import Settings, key_file_of, load


def upgrade(config: Path | None) -> None:
    """Opening a database upgrades it."""

    async def work() -> None:
        with busy("upgrading"):
            async with opened(load(config), connect=False):
                pass

    asyncio.run(work())
    console().print("the database is at this version's tables")


def check(config: Path | None, *, as_json: bool) -> None:
    """Every finding as it is made; exit 1 if any is not ok."""
    well = True
    with busy("checking"):
        for finding in check_database(load(config)):
            well &= finding.ok
            print_finding(finding, as_json=as_json)
    if not well:
        raise typer.Exit(1)


def backup(config: Path | None, file: Path) -> None:
    """The copy, and what else a restoring needs."""
    settings = load(config)
    target = file.absolute()
    with _copying(f"backing up to {file.name}") as moved:
        database_file(settings).back_up(target, moved)
    console().print(f"{target}: {target.stat().st_size:,} bytes")
    _say_key(settings, "Keep the key too, in another place than the backup")


def restore(config: Path | None, file: Path) -> None:
    """The database from the copy; what was there stays beside it."""
    settings = load(config)
    database = database_file(settings)
    with _copying(f"restoring {file.name}") as moved:
        aside = database.restore(file.absolute(), moved)
    console().print(f"{database.file}: restored from {file}")
    if aside:
        console().print(f"What was there before is in {aside}")
    _say_key(settings, "It needs the key that it was made with")


def copy(config: Path | None, url: str) -> None:
    """The file's rows in PostgreSQL, and how to go on from there."""
    settings = load(config)
    with progress() as bar:
        task = bar.add_task("copying", total=None)
        rows = copy_database(
            settings, url, lambda table, done, all_: bar.update(task, description=table, completed=done, total=all_)
        )
    told = ", ".join(f"{count:,} {table}" for table, count in rows.items() if count)
    console().print(f"copied and compared, row for row: {told or 'an empty database'}")
    console().print("Now set [bot] database, or DIGESTBOT_DATABASE, to the PostgreSQL; the file stays as it is.")
    key = key_file_of(settings)
    if key is not None:
        console().print(f"Set DIGESTBOT_SECRET to what is in {key}: with another one, members could vote again.")


def _say_key(settings: Settings, do: str) -> None:
    where = key_file_of(settings) or "DIGESTBOT_SECRET in the environment"
    console().print(
        f"{do}: {where}. With another one, members could vote again, and Slack would have to be installed anew."
    )


@contextmanager
def _copying(what: str) -> Iterator[Callable[[int, int], None]]:
    with progress() as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, pages: bar.update(task, completed=done, total=pages)
