"""What storms of reactions share: a bot in a process of its own, and what is stored in its database."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.app import App
from bot.model import Occurrence
from tests.scenario.cli import ROOT
from tests.scenario.steps import until
from tests.scenario.world import read_all

ARTICLES = 5
PATIENCE = 90.0  # seconds until all has to be stored after the storm
Votes = Counter[tuple[str, str]]  # (article's title, emoji)
Trouble = tuple[float, Callable[[], Awaitable[None]]]  # after which share of the storm it happens


@dataclass(frozen=True)
class Storm:
    expected: Votes
    stored: Votes
    reactions: int
    seconds: float  # that the storm took
    settled: float  # seconds after it until all was stored
    lives: int
    others_posted: int  # messages of the other channels, delivered meanwhile


class Bot:
    """`digestbot run` in a process of its own."""

    def __init__(self, folder: Path, secrets: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = {**os.environ, **secrets, "PYTHONPATH": str(ROOT)}
        self._process: asyncio.subprocess.Process | None = None
        self.lives = 0

    async def start(self) -> None:
        self.lives += 1
        with (self._folder / f"life{self.lives}.log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=self._folder, env=self._environment, stdout=log, stderr=log
            )

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def die_and_live(self) -> None:
        await self.kill()
        await self.start()


async def only_the_first_is_due(app: App) -> None:
    """Articles are read; the channel "team" is due now, the others only when `others_are_due`."""
    await read_all(app)
    async with app.store.begin() as tx:
        for channel in await tx.channels.all():
            due = Occurrence(app.clock.now(), "slot") if channel.name == "team" else None
            await tx.schedules.plan({channel.id: due})


def others_are_due(folder: Path) -> None:
    with _database(folder) as connection:
        connection.execute(
            "UPDATE schedules SET next_key = 'slot', next_run_at = CAST(strftime('%s', 'now') AS INTEGER) * 1000000"
            " WHERE channel_id > 1"
        )
        connection.commit()


def titles(folder: Path) -> list[str]:
    """Of the first digest's articles, in their order."""
    with _database(folder) as connection:
        rows = connection.execute(
            "SELECT title FROM outbox JOIN articles ON articles.id = article_id"
            " WHERE digest_id = (SELECT min(digest_id) FROM outbox) ORDER BY part"
        )
        return [title for (title,) in rows]


async def over(
    folder: Path,
    bot: Bot,
    messages: Callable[[str], Sequence[object]],
    places: Mapping[str, str],
    *,
    expected: Votes,
    began: float,
    patience: float = PATIENCE,
) -> Storm:
    """What a storm left: its votes once they are as expected, or when patience ends, and every channel's digest."""
    loop = asyncio.get_running_loop()
    raged = loop.time()
    while (stored := _stored(folder)) != expected and loop.time() < raged + patience:
        await asyncio.sleep(0.2)
    settled = loop.time() - raged
    await until(lambda: all(len(messages(one)) == ARTICLES + 1 for one in places.values()), seconds=120)
    await bot.kill()
    posted = sum(len(messages(one)) for name, one in places.items() if name != "team")
    return Storm(expected, stored, expected.total(), raged - began, settled, bot.lives, posted)


def _stored(folder: Path) -> Votes:
    with _database(folder) as connection:
        rows = connection.execute(
            "SELECT title, option, count(*) FROM votes JOIN articles ON articles.id = article GROUP BY 1, 2"
        )
        return Counter({(title, option): count for title, option, count in rows})


def _database(folder: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(folder / "digest.db", timeout=30))
