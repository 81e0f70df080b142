"""The house on PostgreSQL: slots claimed, votes cast; each against the bare driver on the same rows.

`python -m bench scale [CHANNELS] [VOTES]`: so many schedules are due at once (10,000), so many votes are cast (20,000)
by 1,000 callers. The server writes as carefully as an installed one. Three rounds in turns, median and spread.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import psycopg

from bench.bot_under_load import Watch
from bench.floors import scale as floor
from bot.clock import SystemClock
from bot.engine.compose import Compose
from bot.engine.record import Record
from bot.jobs.distributed import DistributedJobs
from bot.model import Ballot, BallotOption, Reaction, VoteResult
from bot.storage.database import Database
from tests.contract.things import channel, composed, declared, post, read_articles, ref
from tests.postgres import PostgresServer

CHANNELS, VOTES, CALLERS, ROUNDS = 10_000, 20_000, 1_000, 3
_ALWAYS = timedelta(days=36_500)


def main(arguments: Sequence[str]) -> None:
    channels, votes = (*map(int, arguments), *(CHANNELS, VOTES)[len(arguments) :])
    server = PostgresServer(durable=True)
    try:
        claims = [asyncio.run(claimed(server, channels)) for _ in range(ROUNDS)]
        casts = [asyncio.run(voted(server, votes)) for _ in range(ROUNDS)]
    finally:
        server.close()
    _tell(f"{channels} due schedules claimed a second", channels, [(own, bare) for own, bare, *_ in claims])
    held = max(longest for *_, longest, _ in claims)
    print(f"the event loop was held for {held:.0f} ms at the longest; slots opened twice: {sum(c[-1] for c in claims)}")
    _tell(f"{votes} votes a second, {CALLERS} callers waiting", votes, casts)


def _tell(what: str, count: int, rounds: Sequence[tuple[float, float]]) -> None:
    ours, floors = (sorted(count / seconds for seconds in some) for some in zip(*rounds, strict=True))
    ratios = sorted(bare / own for own, bare in rounds)
    print(f"{what}: {_spread(ours)}; the bare driver {_spread(floors)}; ratio {_spread(ratios, 2)}")


def _spread(ordered: Sequence[float], digits: int = 0) -> str:
    return f"{statistics.median(ordered):,.{digits}f} ({ordered[0]:,.{digits}f} to {ordered[-1]:,.{digits}f})"


async def claimed(server: PostgresServer, channels: int) -> tuple[float, float, float, int]:
    """Seconds of two tickers side by side, and of the floor; how long the loop was held, in milliseconds; and how many
    slots were opened twice."""
    url = server.prepared()
    database = await Database.open(url)
    floor.fill_channels(url, channels)
    clock, jobs = SystemClock(), DistributedJobs(url)
    verbs = [Compose(store=database, clock=clock, jobs=jobs) for _ in range(2)]
    watch = Watch()
    watching = asyncio.create_task(watch.run())

    async def all_of(verb: Compose) -> int:
        opened = 0
        while ids := await verb.tick():
            opened += len(ids)
        return opened

    began = time.perf_counter()
    opened = sum(await asyncio.gather(*map(all_of, verbs)))
    seconds = time.perf_counter() - began
    watching.cancel()
    await database.aclose()
    with psycopg.connect(url) as shell:
        (slots,) = shell.execute("SELECT count(*) FROM digests").fetchone() or (0,)
        (hints,) = shell.execute("SELECT count(*) FROM procrastinate_jobs").fetchone() or (0,)
    assert slots == hints == channels
    bare = server.prepared()
    floor.fill_channels(bare, channels)
    return seconds, floor.claim(bare), max(watch.late), opened - channels


async def voted(server: PostgresServer, votes: int) -> tuple[float, float]:
    """Seconds of the product and of the floor, for the same votes in the same order."""
    url, each = server.prepared(), votes // CALLERS
    database = await Database.open(url)
    ballot = Ballot("value", "?", (BallotOption("👍", "Yes", 1), BallotOption("👎", "No", -1)))
    spec = channel()
    (number,) = await declared(database, replace(spec, settings=replace(spec.settings, ballots=(ballot,))))
    digest = await composed(database, number, await read_articles(database, each))
    await post(database, digest, parts=each + 1)
    record = Record(store=database, clock=SystemClock(), secret=b"a secret", voting=_ALWAYS)

    async def caller(member: int) -> None:
        for article in range(1, each + 1):
            place = ref(str(article))
            reaction = Reaction(
                platform="web", workspace="local", place=place.place, member=f"m{member}", emoji="👍", ref=place
            )
            assert (await record.reaction(reaction)).result is VoteResult.RECORDED

    began = time.perf_counter()
    await asyncio.gather(*map(caller, range(CALLERS)))
    seconds = time.perf_counter() - began
    await database.aclose()
    bare = server.prepared()
    floor.fill_articles(bare, each)
    return seconds, floor.cast(bare, CALLERS, each)
