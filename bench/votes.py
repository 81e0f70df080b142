"""Durable votes against `executemany` on the same tables; and how long each waits for its commit in a storm.

`python -m bench votes [CALLERS] [VOTES]`: so many callers (1,000) wait at a time, each casts so many votes (20).
Then 10,000 reactions come within 10 s. Five rounds in turns, median and spread.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from bench.floors.votes import Row, seconds_of
from bot.clock import SystemClock
from bot.engine.record import Record
from bot.model import Ballot, BallotOption, Reaction, VoteResult
from bot.storage.columns import microseconds_of
from bot.storage.database import Database
from bot.votes.voters import voter_of
from tests.contract.things import NOW, channel, composed, declared, post, read_articles, ref

CALLERS, VOTES, ROUNDS, GROUP = 1_000, 20, 5, 500
STORM, STORM_SECONDS = 10_000, 10.0
_SECRET = b"a secret"
_ALWAYS = timedelta(days=36_500)  # the voting time: the digest is from a fixed day


@dataclass(frozen=True)
class Storm:
    """Milliseconds from the reaction to its answer, which comes after the commit."""

    median: float
    p99: float
    longest: float


def main(arguments: Sequence[str]) -> None:
    callers, votes = (*map(int, arguments), *(CALLERS, VOTES)[len(arguments) :])
    with tempfile.TemporaryDirectory() as folder:
        template = asyncio.run(prepared(Path(folder), votes))
        rounds = [_round(template, callers, votes) for _ in range(ROUNDS)]
        storms = [asyncio.run(storm(_copied(template, "storm"))) for _ in range(ROUNDS)]
    total = callers * votes
    ours, floor = (sorted(total / seconds for seconds in some) for some in zip(*rounds, strict=True))
    ratios = sorted(bare / own for own, bare in rounds)
    print(
        f"{total} votes, {callers} callers waiting: {_spread(ours)} votes/s; executemany in transactions of {GROUP}: "
        f"{_spread(floor)} votes/s; ratio {_spread(ratios, 2)} (must 0.2, goal 0.5)"
    )
    for name in ("median", "p99", "longest"):
        print(f"{STORM} reactions in {STORM_SECONDS:g} s, {name} to commit: ", end="")
        print(f"{_spread(sorted(getattr(one, name) for one in storms), 1)} ms")


def _spread(ordered: Sequence[float], digits: int = 0) -> str:
    return f"{statistics.median(ordered):,.{digits}f} ({ordered[0]:,.{digits}f} to {ordered[-1]:,.{digits}f})"


async def prepared(folder: Path, articles: int) -> Path:
    """A database with a digest of so many articles, all posted."""
    file = folder / "template.db"
    database = await Database.open(f"sqlite:///{file}")
    spec = channel()
    ballot = Ballot("value", "?", (BallotOption("👍", "Yes", 1), BallotOption("👎", "No", -1)))
    (channel_id,) = await declared(database, replace(spec, settings=replace(spec.settings, ballots=(ballot,))))
    digest = await composed(database, channel_id, await read_articles(database, articles))
    await post(database, digest, parts=articles + 1)
    await database.aclose()
    return file


def _copied(template: Path, name: str) -> Path:
    return Path(shutil.copy(template, template.with_name(f"{name}.db")))


def _round(template: Path, callers: int, votes: int) -> tuple[float, float]:
    """Seconds of the product and of the floor, for the same votes in the same order."""
    own = asyncio.run(_product(_copied(template, "product"), callers, votes))
    hashes = [_voter(number) for number in range(callers)]
    now = microseconds_of(NOW)
    rows: list[Row] = [
        ("local", voter, article, "value", "👍", 1.0, "web", now)
        for article in range(1, votes + 1)
        for voter in range(1, callers + 1)
    ]
    return own, seconds_of(_copied(template, "floor"), hashes, rows, size=GROUP)


async def _product(file: Path, callers: int, votes: int) -> float:
    database = await Database.open(f"sqlite:///{file}")
    record = Record(store=database, clock=SystemClock(), secret=_SECRET, voting=_ALWAYS)
    reactions = [[_reaction(number, article) for article in range(1, votes + 1)] for number in range(callers)]

    async def caller(number: int) -> None:
        for reaction in reactions[number]:
            outcome = await record.reaction(reaction)
            assert outcome.result is VoteResult.RECORDED

    began = time.perf_counter()  # as the floor's rows, reactions are made before
    await asyncio.gather(*map(caller, range(callers)))
    seconds = time.perf_counter() - began
    await database.aclose()
    return seconds


async def storm(file: Path) -> Storm:
    """Reactions come evenly, whether or not the earlier ones are answered; each is a new vote."""
    database = await Database.open(f"sqlite:///{file}")
    record = Record(store=database, clock=SystemClock(), secret=_SECRET, voting=_ALWAYS)
    loop = asyncio.get_running_loop()
    waits: list[float] = []

    async def react(number: int, due: float) -> None:
        await record.reaction(_reaction(number // 5, 1 + number % 5))
        waits.append(1000 * (loop.time() - due))  # from when it was due: a loop that is held up counts

    began = loop.time()
    async with asyncio.TaskGroup() as group:
        for number in range(STORM):
            due = began + STORM_SECONDS * number / STORM
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            group.create_task(react(number, due))
    await database.aclose()
    cuts = statistics.quantiles(waits, n=100)
    return Storm(statistics.median(waits), cuts[98], max(waits))


def _reaction(number: int, article: int) -> Reaction:
    place = ref(str(article))
    return Reaction(platform="web", workspace="local", place=place.place, member=f"m{number}", emoji="👍", ref=place)


def _voter(number: int) -> str:
    return voter_of(_SECRET, platform="web", workspace="local", member=f"m{number}")
