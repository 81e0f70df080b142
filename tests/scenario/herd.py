"""Many processes on one PostgreSQL and the local Discord, killed at random while channels are due and members vote.

In the end every channel has to show every article once, and every first vote has to be stored.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import psycopg

from tests.platforms.discord_server import DiscordServer, Limits, Message
from tests.postgres import PostgresServer
from tests.scenario.cli import begun
from tests.scenario.discord_world import config, discord_world
from tests.scenario.nursery import ended
from tests.scenario.steps import until
from tests.scenario.world import read_all, write_articles, write_world

ENVIRONMENT = ("DISCORD_TOKEN", "DIGESTBOT_SECRET", "DIGESTBOT_DATABASE")
_ENDS = 40.0  # seconds that SIGTERM may take
_SILENT = 1 << 12  # the flag of a message with an article
_EARLY = 15.0  # seconds that an article is there before the next round
Votes = Counter[tuple[str, str]]  # (article's number, emoji)


@dataclass(frozen=True)
class Plan:
    """`roles`: what each process is told to be. `rounds`: how often all channels are due, `apart` seconds apart, with
    an article more each time. Somebody is killed every `kill` seconds, PostgreSQL is started again `restarts` times."""

    roles: Sequence[str]
    channels: int
    members: int
    articles: int = 1
    rounds: int = 1
    apart: float = 0.0
    kill: float = 2.0
    restarts: int = 1
    seed: int = 0
    patience: float = 90.0

    @property
    def length(self) -> float:
        """Seconds of chaos."""
        return max(self.rounds * self.apart, 3 * self.kill)

    @property
    def titles(self) -> list[str]:
        return [str(number) for number in range(self.articles + self.rounds - 1)]


@dataclass(frozen=True)
class Outcome:
    shown: dict[str, list[str]]  # the articles' numbers by channel, as they stand there
    doubled: int  # messages that stand there twice
    stray: int  # messages that the bot does not know of
    stored: Votes
    cast: Votes
    killed: int
    settled: float  # seconds from the end of the chaos until all was there
    codes: list[int | None] = field(default_factory=list)  # how the processes ended when they were asked to


class Processes:
    """`digestbot` in these roles, each started again when it was killed."""

    def __init__(self, folder: Path, roles: Sequence[str], chance: random.Random) -> None:
        self._folder = folder
        self._roles = roles
        self._chance = chance
        self._alive: dict[int, ForkServerProcess] = {}
        self._lives = Counter[int]()
        self.killed = 0

    async def start(self, *numbers: int) -> None:
        for number in numbers or range(len(self._roles)):
            self._lives[number] += 1
            role = self._roles[number]
            command = ["gateway"] if role == "gateway" else ["worker", "--role", role]
            (log := self._folder / f"{number}.log").touch()
            self._alive[number] = await asyncio.to_thread(begun, *command, "--port", "0", cwd=self._folder, log=log)

    def up(self) -> list[int]:
        """Those that are at work, and not just starting."""
        lives = {number: (self._folder / f"{number}.log").read_bytes().count(b" runs; ") for number in self._lives}
        return [number for number, life in self._lives.items() if lives[number] == life]

    async def kill_one(self) -> None:
        """Somebody who is at work; nobody, while all are just starting."""
        if not (up := self.up()):
            return
        number = self._chance.choice(up)
        self._alive[number].kill()
        await asyncio.to_thread(ended, self._alive[number], _ENDS)
        self.killed += 1
        await self.start(number)

    async def end(self) -> list[int | None]:
        """Asks all to end, as a supervisor does; how each ended, None where it did not."""
        for process in self._alive.values():
            process.terminate()
        codes = await asyncio.gather(*(asyncio.to_thread(ended, one, _ENDS) for one in self._alive.values()))
        for process in self._alive.values():
            process.kill()
        return codes


async def chaos(folder: Path, plan: Plan, postgres: PostgresServer) -> Outcome:
    """All of ENVIRONMENT has to be in the environment, the database being one of `postgres`."""
    server = DiscordServer(limits=Limits(), spec=None)
    await server.start()
    guild = server.add_guild()
    places = {f"c{number}": server.add_channel(guild, f"c{number}").id for number in range(plan.channels)}
    people = [server.add_member(guild, f"m{number}") for number in range(plan.members)]
    write_world(folder, articles=plan.articles, config=config(server, places, more="max_articles = 20"))
    async with discord_world(folder, server, places) as app:
        await read_all(app)
    scene = _Scene(folder, plan, server, places, people)
    processes = Processes(folder, plan.roles, random.Random(plan.seed))
    try:
        await processes.start()
        await until(lambda: len(processes.up()) == len(plan.roles), seconds=90)
        await scene.raged(postgres, processes)
        outcome = await scene.settled(processes.killed)
    finally:
        codes = await processes.end()
        await server.stop()
    outcome.codes.extend(codes)
    return outcome


class _Scene:
    def __init__(
        self, folder: Path, plan: Plan, server: DiscordServer, places: dict[str, str], people: Sequence[str]
    ) -> None:
        chance = random.Random(plan.seed)
        self._folder = folder
        self._plan = plan
        self._server = server
        self._places = places
        self._left = {(person, number): chance.choice("👍👎") for number in plan.titles for person in people}
        self._cast: Votes = Counter()
        self._most = int(len(self._left) / plan.length / 5) + 1  # reactions a look

    async def raged(self, postgres: PostgresServer, processes: Processes) -> None:
        """All that is planned, each at its time."""
        began = time.monotonic()
        events = sorted(self._events(), key=lambda event: event[0])
        while events or time.monotonic() - began < self._plan.length:
            while events and time.monotonic() - began >= events[0][0]:
                _, what, number = events.pop(0)
                if what == "article":
                    write_articles(self._folder, range(number, number + 1))
                elif what == "due":
                    self._all_due(f"round{number}")
                elif what == "restart":
                    await asyncio.to_thread(postgres.restart)
                else:
                    await processes.kill_one()
            self._vote(self._most)
            await asyncio.sleep(0.2)

    def _events(self) -> Iterator[tuple[float, str, int]]:
        plan = self._plan
        for number in range(plan.rounds):
            yield number * plan.apart, "due", number
            if number:
                yield number * plan.apart - _EARLY, "article", plan.articles + number - 1
        for number in range(plan.restarts):
            yield plan.length * (number + 1) / (plan.restarts + 1), "restart", number
        for number in range(int(plan.length / plan.kill)):
            yield plan.kill * (number + 1), "kill", number

    async def settled(self, killed: int) -> Outcome:
        """What is there once all is, or when patience ends. What was not voted on in the chaos is voted on now; an
        article that was read too late for the last round has another."""
        began = again = time.monotonic()
        while True:
            self._vote(len(self._left))
            shown, _ = self._known()
            there = all(sorted(numbers) == sorted(self._plan.titles) for numbers in shown.values())
            idle = self._idle()
            if (there and idle and not self._left and self._stored() == self._cast) or (
                time.monotonic() > began + self._plan.patience
            ):
                break
            if not there and idle and time.monotonic() > again + _EARLY:
                again = time.monotonic()
                self._all_due(f"after{again:.0f}")
            await asyncio.sleep(0.2)
        shown, known = self._known()  # what stood there before it was idle is known by now
        messages = [one for place in self._places.values() for one in self._server.messages(place)]
        return Outcome(
            shown=shown,
            doubled=len(messages) - len({one.nonce for one in messages}),
            stray=len({one.id for one in messages} - known),
            stored=self._stored(),
            cast=self._cast,
            killed=killed,
            settled=time.monotonic() - began,
        )

    # ------------------------------------------------------------ members

    def _vote(self, most: int) -> None:
        """Members react on articles that stand in the first channel; some change their minds, which changes nothing."""
        place = self._places["c0"]
        there = {_number(one): one for one in self._server.messages(place) if one.flags & _SILENT}
        for person, number in [key for key in self._left if key[1] in there][:most]:
            emoji = self._left.pop((person, number))
            self._server.react_now(place, there[number].id, person, emoji)
            self._cast[number, emoji] += 1

    # ------------------------------------------------------------ the database

    def _all_due(self, key: str) -> None:
        with psycopg.connect(os.environ["DIGESTBOT_DATABASE"], autocommit=True) as shell:
            now = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
            shell.execute(f"UPDATE schedules SET next_key = %s, next_run_at = {now}", [key])  # type: ignore[arg-type]

    def _idle(self) -> bool:
        """Nothing is to be composed or posted."""
        asked = "SELECT count(*) FROM digests WHERE state IN ('due', 'composed')"
        with psycopg.connect(os.environ["DIGESTBOT_DATABASE"]) as shell:
            return shell.execute(asked).fetchone() == (0,)

    def _stored(self) -> Votes:
        asked = "SELECT title, option, count(*) FROM votes JOIN articles ON articles.id = article GROUP BY 1, 2"
        with psycopg.connect(os.environ["DIGESTBOT_DATABASE"]) as shell:
            return Counter({(title.split()[1], option): count for title, option, count in shell.execute(asked)})

    def _known(self) -> tuple[dict[str, list[str]], set[str]]:
        """The articles that each channel shows, and the messages that the bot knows it posted."""
        asked = "SELECT place, message FROM outbox WHERE message IS NOT NULL"
        with psycopg.connect(os.environ["DIGESTBOT_DATABASE"]) as shell:
            known = {message for _, message in shell.execute(asked)}
        shown = {
            name: [_number(one) for one in self._server.messages(place) if one.flags & _SILENT]
            for name, place in self._places.items()
        }
        return shown, known


def _number(message: Message) -> str:
    found = re.search(r"Story (\d+) of", json.dumps(message.payload))
    assert found is not None
    return found[1]
