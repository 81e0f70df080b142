"""The verbs: refresh, read, compose, deliver, record. READ THIS FIRST.

    sources due   --refresh--> bytes -> parsed -> new articles      articles   --read-->  full text, takeaways, story
    schedules due --compose--> candidates + votes -> digest -> postings (one transaction)
    postings due  --deliver--> platform -> message reference saved  reaction   --record--> vote
    reactions that were missed  --reread--> record

Each table is the inbox of the next verb and no verb calls another (but reread, which stands in for a platform that did
not tell record), so a restart is a resume. Each verb reads facts in short transactions, does the slow thing outside,
and writes its results in one. A file per verb; this one binds them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.engine.compose import Compose
from bot.engine.deliver import Deliver
from bot.engine.drafting import Drafting
from bot.engine.expire import Expire, Keep
from bot.engine.ingest import Ingest
from bot.engine.intake import Intake
from bot.engine.look import Look
from bot.engine.read import Read
from bot.engine.record import Record
from bot.engine.refresh import Refresh
from bot.engine.remove import Remove
from bot.engine.reread import Reread
from bot.engine.standings import Standings
from bot.engine.statistics import Statistics
from bot.engine.subscriptions import Subscriptions
from bot.engine.tell import Tell
from bot.engine.voters import Voters
from bot.model import Limits
from bot.ports import ChatPlatform, Clock, Fetcher, Handler, Jobs, Reader, Store, Summarizer


@dataclass(frozen=True, slots=True)
class Engine:
    intake: Intake
    look: Look
    subscriptions: Subscriptions
    ingest: Ingest
    refresh: Refresh
    read: Read
    compose: Compose
    deliver: Deliver
    record: Record
    reread: Reread
    remove: Remove
    voters: Voters
    standings: Standings
    statistics: Statistics
    expire: Expire
    tell: Tell

    def handlers(self) -> Mapping[str, Handler]:
        """What to do on each hint. Refresh and read take a round of what waits; the others look at one digest."""

        async def refresh() -> None:
            await self.refresh.due()

        composing: set[int] = set()

        async def compose(digest: int) -> None:
            if digest in composing:  # a model may take a minute, and the sweeper asks again meanwhile
                return
            composing.add(digest)
            try:
                await self.compose.settle(digest)
            finally:
                composing.discard(digest)

        async def deliver(digest: int) -> None:
            await self.deliver.digest(digest)

        async def reread(digest: int) -> None:
            await self.reread.digest(digest)

        return {"refresh": refresh, "read": self.read.due, "compose": compose, "deliver": deliver, "reread": reread}


def engine_of(
    *,
    store: Store,
    clock: Clock,
    fetcher: Fetcher,
    reader: Reader,
    jobs: Jobs,
    platforms: Mapping[str, ChatPlatform],
    secret: bytes,
    voting: timedelta,
    in_hand: int = 200,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    keep: Keep = Keep(),  # noqa: B008 - frozen
    summarizer: Summarizer | None = None,
    put_off: Callable[[str, float], None] = lambda _platform, _seconds: None,
) -> Engine:
    """An engine on these ports. `platforms` may be filled after this call: adapters are connected to the engine.
    `voting` is how long after its digest an article can be voted on; `in_hand` how many sources are looked at side by
    side; without a `summarizer` no model is asked. `put_off` is told of each wait, in seconds, that a platform's limits
    ask for."""
    look = Look(fetcher=fetcher, reader=reader)
    record = Record(store=store, clock=clock, secret=secret, voting=voting)
    drafting = Drafting(store=store, summarizer=summarizer) if summarizer else None
    compose = Compose(store=store, clock=clock, jobs=jobs, drafting=drafting, posts_each=limits.posts)
    refresh = Refresh(
        store=store, clock=clock, fetcher=fetcher, reader=reader, jobs=jobs, platforms=platforms, in_hand=in_hand
    )
    subscriptions = Subscriptions(
        store=store, clock=clock, fetcher=fetcher, look=look, in_hand=in_hand, each=limits.sources
    )
    return Engine(
        intake=Intake(fetcher=fetcher, reader=reader),
        look=look,
        subscriptions=subscriptions,
        ingest=Ingest(store=store, clock=clock),
        refresh=refresh,
        read=Read(store=store, clock=clock, fetcher=fetcher, reader=reader),
        compose=compose,
        deliver=Deliver(store=store, clock=clock, jobs=jobs, platforms=platforms, put_off=put_off),
        record=record,
        reread=Reread(store=store, clock=clock, jobs=jobs, platforms=platforms, record=record, voting=voting),
        remove=Remove(store=store, clock=clock, jobs=jobs, platforms=platforms),
        voters=Voters(store=store, secret=secret),
        standings=Standings(store=store, clock=clock),
        statistics=Statistics(store=store, clock=clock, compose=compose),
        tell=Tell(store=store, platforms=platforms, posts_each=limits.posts),
        expire=Expire(store=store, clock=clock, voting=voting, keep=keep),
    )
