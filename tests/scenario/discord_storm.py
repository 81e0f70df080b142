"""A storm of reactions on one digest while others are delivered: the gateway drops twice, the bot is killed once.

Every member puts one emoji on every article, some of them twice over, so what has to be stored is known.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.model import Occurrence
from tests.platforms.discord_server import DiscordServer, Limits
from tests.scenario.cli import ROOT
from tests.scenario.discord_world import config, discord_world
from tests.scenario.steps import until
from tests.scenario.world import read_all, write_world

ARTICLES = 5
_PATIENCE = 90.0  # seconds until all has to be stored after the storm
Votes = Counter[tuple[str, str]]  # (article's title, emoji)


@dataclass(frozen=True)
class Storm:
    expected: Votes
    stored: Votes
    reactions: int
    seconds: float  # that the storm took
    settled: float  # seconds after it until all was stored
    lives: int
    others_posted: int  # messages of the other channels, delivered meanwhile


async def storm(folder: Path, *, members: int, seconds: float, others: int, seed: int = 0) -> Storm:
    """`members` react on each of five articles within `seconds`, while `others` more channels get their digests."""
    chance = random.Random(seed)
    server = DiscordServer(limits=Limits(), spec=None)
    await server.start()
    try:
        guild = server.add_guild()
        places = {name: server.add_channel(guild, name).id for name in ["team", *(f"other{n}" for n in range(others))]}
        people = [server.add_member(guild, f"m{number}") for number in range(members)]
        write_world(folder, articles=ARTICLES, config=config(server, places))
        async with discord_world(folder, server, places) as app:
            await read_all(app)
            async with app.store.begin() as tx:
                for channel in await tx.channels.all():
                    at = app.clock.now()
                    await tx.schedules.set_next(channel.id, Occurrence(at, "slot") if channel.name == "team" else None)
        bot = Bot(folder, server)
        await bot.start()
        await until(lambda: len(server.messages(places["team"])) == ARTICLES + 1, seconds=120)
        return await _raged(server, bot, places, people, seconds=seconds, chance=chance, folder=folder)
    finally:
        await server.stop()


class Bot:
    """`digestbot run` in a process of its own."""

    def __init__(self, folder: Path, server: DiscordServer) -> None:
        self._folder = folder
        self._environment = {**os.environ, "DISCORD_TOKEN": server.token, "PYTHONPATH": str(ROOT)}
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


async def _raged(
    server: DiscordServer,
    bot: Bot,
    places: dict[str, str],
    people: list[str],
    *,
    seconds: float,
    chance: random.Random,
    folder: Path,
) -> Storm:
    place = places["team"]
    titles = {message.id: title for message, title in zip(server.messages(place)[1:], _titles(folder), strict=True)}
    choices = [(message, person, chance.choice("👍👎")) for message in titles for person in people]
    chance.shuffle(choices)
    _due(folder)  # the other channels
    loop = asyncio.get_running_loop()
    began, steps = loop.time(), _troubles(server, bot)
    for number, (message, person, emoji) in enumerate(choices):
        server.react_now(place, message, person, emoji, with_member=chance.random() < 0.98)
        if chance.random() < 0.1:
            server.react_now(place, message, person, emoji, burst=True)
        if number % 20 == 0:
            await asyncio.sleep(max(0.0, began + seconds * number / len(choices) - loop.time()))
        if steps and number >= steps[0][0] * len(choices):
            await steps.pop(0)[1]()
    raged = loop.time()
    expected: Votes = Counter((titles[message], emoji) for message, _, emoji in choices)
    while (stored := _stored(folder)) != expected and loop.time() < raged + _PATIENCE:
        await asyncio.sleep(0.2)
    settled = loop.time() - raged
    await until(lambda: all(len(server.messages(one)) == ARTICLES + 1 for one in places.values()), seconds=120)
    await bot.kill()
    posted = sum(len(server.messages(one)) for name, one in places.items() if name != "team")
    return Storm(expected, stored, len(choices), raged - began, settled, bot.lives, posted)


def _troubles(server: DiscordServer, bot: Bot):
    """What happens, and after which share of the storm."""

    async def drop() -> None:
        server.drop_gateways(code=None)

    async def lose() -> None:
        server.invalidate_sessions()

    async def kill() -> None:
        await bot.kill()
        await bot.start()

    return [(0.2, drop), (0.4, kill), (0.8, lose)]


def _due(folder: Path) -> None:
    """The other channels' time has come."""
    with closing(sqlite3.connect(folder / "digest.db", timeout=30)) as connection:
        connection.execute(
            "UPDATE schedules SET next_key = 'slot', next_run_at = CAST(strftime('%s', 'now') AS INTEGER) * 1000000"
            " WHERE channel_id > 1"
        )
        connection.commit()


def _titles(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "digest.db", timeout=30)) as connection:
        rows = connection.execute(
            "SELECT title FROM outbox JOIN articles ON articles.id = article_id"
            " WHERE digest_id = (SELECT min(digest_id) FROM outbox) ORDER BY part"
        )
        return [title for (title,) in rows]


def _stored(folder: Path) -> Votes:
    with closing(sqlite3.connect(folder / "digest.db", timeout=30)) as connection:
        rows = connection.execute(
            "SELECT title, option, count(*) FROM votes JOIN articles ON articles.id = article GROUP BY 1, 2"
        )
        return Counter({(title, option): count for title, option, count in rows})
