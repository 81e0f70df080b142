"""Many processes on one PostgreSQL and the local Discord, killed at random while channels are due and members vote,
each on a machine whose clock is minutes from the next one's.

In the end every channel has to show every article once, and every first vote has to be stored.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import random
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.roles import ALONE
from tests.platforms.discord_server import DiscordServer, Limits, Message
from tests.postgres import PostgresServer
from tests.scenario.discord_world import config, discord_world
from tests.scenario.lags import IDLE, Lags
from tests.scenario.processes import Processes
from tests.scenario.sql import answer
from tests.scenario.steps import until
from tests.scenario.troubles import Over, Trouble
from tests.scenario.world import read_all, write_articles, write_world

ENVIRONMENT = ("DISCORD_TOKEN", "DIGESTBOT_SECRET", "DIGESTBOT_DATABASE")
_SILENT = 1 << 12  # the flag of a message with an article
_EARLY = 15.0  # seconds that an article is there before the next round
_AMID = 2.0  # seconds from the beginning of a round until it is in full swing
Votes = Counter[tuple[str, str]]  # (article's number, emoji)


@dataclass(frozen=True)
class Plan:
    """`roles`: what each process is told to be. `rounds`: how often all channels are due, `apart` seconds apart, with
    an article more each time. Somebody is killed every `kill` seconds, PostgreSQL is started again `restarts` times;
    a trouble for each round begins a second after all were due, and lasts so long."""

    roles: Sequence[str]
    channels: int
    members: int
    articles: int = 1
    rounds: int = 1
    apart: float = 0.0
    kill: float = 2.0
    restarts: int = 1
    troubles: Sequence[Trouble] = ()
    lasting: float = 30.0
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
    behind: float  # ... and until nothing was behind
    lags: dict[str, float]  # the longest of each verb, in seconds
    took_over: dict[str, list[float]]  # seconds from the kill of who is elected until another was
    codes: list[int | None]  # how the processes ended when they were asked to
    violations: int  # of the platform's rules


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
    processes = Processes(folder, plan.roles, random.Random(plan.seed))
    lags = await Lags.of(os.environ["DIGESTBOT_DATABASE"], ",".join(plan.roles).split(","))
    scene = _Scene(folder, plan, server, places, people, postgres=postgres, processes=processes, lags=lags)
    watching = asyncio.create_task(lags.watch())
    try:
        await processes.start()
        await until(lambda: len(processes.up()) == len(plan.roles), seconds=90)
        await scene.raged()
        settled, behind = await scene.settled()
    finally:
        codes = await processes.end()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await lags.aclose()
        await server.stop()
    return scene.outcome(settled=settled, behind=behind, codes=codes)


class _Scene:
    def __init__(
        self,
        folder: Path,
        plan: Plan,
        server: DiscordServer,
        places: dict[str, str],
        people: Sequence[str],
        *,
        postgres: PostgresServer,
        processes: Processes,
        lags: Lags,
    ) -> None:
        chance = random.Random(plan.seed)
        self._url = os.environ["DIGESTBOT_DATABASE"]
        self._folder = folder
        self._plan = plan
        self._server = server
        self._places = places
        self._postgres = postgres
        self._processes = processes
        self._lags = lags
        self._over: Over = lambda: None
        self._left = {(person, number): chance.choice("👍👎") for number in plan.titles for person in people}
        self._cast: Votes = Counter()
        self._most = int(len(self._left) / plan.length / 5) + 1  # reactions a look

    async def raged(self) -> None:
        """All that is planned, each at its time."""
        began = time.monotonic()
        events = sorted(self._events(), key=lambda event: event[0])
        while events or time.monotonic() - began < self._plan.length:
            while events and time.monotonic() - began >= events[0][0]:
                _, what, number = events.pop(0)
                await self._happens(what, number)
            self._vote(self._most)
            await asyncio.sleep(0.2)

    def _events(self) -> Iterator[tuple[float, str, int]]:
        plan = self._plan
        for number in range(plan.rounds):
            yield number * plan.apart, "due", number
            if number:
                yield number * plan.apart - _EARLY, "article", plan.articles + number - 1
        for number in range(len(plan.troubles)):
            yield number * plan.apart + _AMID, "trouble", number
            yield number * plan.apart + _AMID + plan.lasting, "over", number
        for number in range(plan.restarts):
            yield plan.length * (number + 1) / (plan.restarts + 1), "restart", number
        for number in range(int(plan.length / plan.kill) if plan.kill else 0):
            yield plan.kill * (number + 1), "kill", number

    async def _happens(self, what: str, number: int) -> None:
        if what == "article":
            write_articles(self._folder, range(number, number + 1))
        elif what == "due":
            self._all_due(f"round{number}")
        elif what == "restart":
            await asyncio.to_thread(self._postgres.restart)
        elif what == "trouble":
            trouble = self._plan.troubles[number]
            self._over = await asyncio.to_thread(trouble, self._postgres, self._processes)
        elif what == "over":
            await asyncio.to_thread(self._over)
        else:
            await self._processes.kill_one()

    async def settled(self) -> tuple[float, float]:
        """Seconds until all is there, and until nothing is behind; or until patience ends. What was not voted on in the
        chaos is voted on now; an article that was read too late for the last round has another."""
        began = again = time.monotonic()
        behind = math.inf
        while (passed := time.monotonic() - began) < self._plan.patience:
            self._vote(len(self._left))
            if self._lags.behind < IDLE and self._lags.looked > began:
                behind = min(behind, passed)
            shown, _ = self._known()
            there = all(sorted(numbers) == sorted(self._plan.titles) for numbers in shown.values())
            idle = self._idle()
            if there and idle and not self._left and self._stored() == self._cast and behind <= passed:
                break
            if not there and idle and time.monotonic() > again + _EARLY:
                again = time.monotonic()
                self._all_due(f"after{again:.0f}")
            await asyncio.sleep(0.2)
        return passed, behind

    def outcome(self, *, settled: float, behind: float, codes: list[int | None]) -> Outcome:
        shown, known = self._known()  # what stood there before it was idle is known by now
        messages = [one for place in self._places.values() for one in self._server.messages(place)]
        return Outcome(
            shown=shown,
            doubled=len(messages) - len({one.nonce for one in messages}),
            stray=len({one.id for one in messages} - known),
            stored=self._stored(),
            cast=self._cast,
            killed=self._processes.killed,
            settled=settled,
            behind=behind,
            lags=self._lags.most,
            took_over={work: self._processes.took_over(work) for work in ALONE},
            codes=codes,
            violations=len(self._server.violations),
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
        now = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
        answer(self._url, f"UPDATE schedules SET next_key = '{key}', next_run_at = {now}")

    def _idle(self) -> bool:
        """Nothing is to be composed or posted."""
        asked = "SELECT count(*) FROM digests WHERE state IN ('due', 'composed')"
        return answer(self._url, asked) == [(0,)]

    def _stored(self) -> Votes:
        asked = "SELECT title, option, count(*) FROM votes JOIN articles ON articles.id = article GROUP BY 1, 2"
        return Counter({(title.split()[1], option): count for title, option, count in answer(self._url, asked)})

    def _known(self) -> tuple[dict[str, list[str]], set[str]]:
        """The articles that each channel shows, and the messages that the bot knows it posted."""
        known = {message for (message,) in answer(self._url, "SELECT message FROM outbox WHERE message IS NOT NULL")}
        shown = {
            name: [_number(one) for one in self._server.messages(place) if one.flags & _SILENT]
            for name, place in self._places.items()
        }
        return shown, known


def _number(message: Message) -> str:
    found = re.search(r"Story (\d+) of", json.dumps(message.payload))
    assert found is not None
    return found[1]
