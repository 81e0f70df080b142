"""Votes a second, 1,000 callers waiting, against `executemany` of the same rows in transactions of 500."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

from bench.floors import scale as floor
from bench.scale.figures import tell
from bot.clock import SystemClock
from bot.engine.record import Record
from bot.model import Ballot, BallotOption, Reaction, VoteResult
from bot.storage.database import Database
from tests.contract.things import channel, composed, declared, post, read_articles, ref
from tests.postgres import PostgresServer

VOTES, CALLERS, ROUNDS = 20_000, 1_000, 3
_ALWAYS = timedelta(days=36_500)


def main() -> None:
    server = PostgresServer(durable=True)
    try:
        rounds = [asyncio.run(_voted(server)) for _ in range(ROUNDS)]
    finally:
        server.close()
    ours, floors = ([VOTES / seconds for seconds in some] for some in zip(*rounds, strict=True))
    tell("votes", f"votes, {CALLERS} callers waiting", ours, floors, of="executemany")


async def _voted(server: PostgresServer) -> tuple[float, float]:
    """Seconds of the product and of the floor, for the same votes in the same order."""
    url, each = server.prepared(), VOTES // CALLERS
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
