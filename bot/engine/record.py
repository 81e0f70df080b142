"""record: reactions -> votes. What waits is one transaction, and each caller is answered after its commit."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from bot.model import Placement, Reaction, Vote, VoteOutcome, VoteResult
from bot.ports import Clock, Store, UnitOfWork
from bot.votes.ballots import option_of
from bot.votes.voters import voter_of

_GROUP = 500
_LOOK = 0.25  # seconds between looks for the message that an early reaction is on
_PATIENCE = timedelta(seconds=75)  # a try and its lease; after that the message is saved, or looked for and re-read
_NOT_A_VOTE = VoteOutcome(VoteResult.NOT_A_VOTE)
_CLOSED = VoteOutcome(VoteResult.CLOSED)
Held = Mapping[tuple[int, str, str], Mapping[str, Reaction]]  # by article, voter and ballot: each option's reaction


@dataclass(slots=True)
class _Waiting:
    reaction: Reaction
    since: datetime
    answer: asyncio.Future[VoteOutcome]


class Record:
    def __init__(self, *, store: Store, clock: Clock, secret: bytes, voting: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._secret = secret
        self._voting = voting
        self._early: list[_Waiting] = []  # on a message that may be there but is not saved yet
        self._waiting: list[_Waiting] = []
        self._committer: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many reactions wait to be committed, or for their message to be saved."""
        return len(self._early) + len(self._waiting)

    async def reaction(self, reaction: Reaction) -> VoteOutcome:
        """The outcome of a reaction once it is committed. A reaction taken away changes nothing."""
        if not reaction.held:
            return _NOT_A_VOTE
        return await self._put(reaction)

    async def all(self, reactions: Sequence[Reaction]) -> list[VoteOutcome]:
        """The same for many at once, in their order."""
        return list(await asyncio.gather(*map(self._put, reactions)))

    async def unvoted(self, held: Sequence[Reaction]) -> Held:
        """Of what members hold, all from one workspace: the options of open ballots that they have not voted on."""
        found: dict[tuple[int, str, str], dict[str, Reaction]] = {}
        now = self._clock.now()
        async with self._store.read() as view:
            for start in range(0, len(held), _GROUP):
                some = held[start : start + _GROUP]
                for reaction, placement in zip(some, await view.votes.placed(some), strict=True):
                    vote = self._vote(reaction, placement, now)
                    if isinstance(vote, Vote):
                        key = vote.article, vote.voter, vote.ballot
                        found.setdefault(key, {}).setdefault(vote.option, reaction)
            if found:
                voters, articles = {voter for _, voter, _ in found}, {article for article, *_ in found}
                for vote in await view.votes.of(voters, held[0].workspace, articles):
                    found.pop((vote.article, vote.voter, vote.ballot), None)
        return found

    def _put(self, reaction: Reaction) -> asyncio.Future[VoteOutcome]:
        """Lets a reaction wait for its commit."""
        answer: asyncio.Future[VoteOutcome] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(reaction, self._clock.now(), answer))
        if self._committer is None or self._committer.done():
            self._committer = asyncio.create_task(self._commit())
        return answer

    async def _commit(self) -> None:
        """Commits what waits, group by group, until nothing does; while one group commits the next gathers.

        Early reactions come first in each group: a member's first choice stays the first.
        """
        while self._early or self._waiting:
            if not self._waiting:
                await self._clock.sleep(_LOOK)
            group = [*self._early, *self._waiting[:_GROUP]]
            self._early, self._waiting = [], self._waiting[_GROUP:]
            try:
                outcomes = await self._cast([one.reaction for one in group])
            except Exception as error:
                for one in group:
                    if not one.answer.done():
                        one.answer.set_exception(error)
                continue
            for one, outcome in zip(group, outcomes, strict=True):
                if outcome is None and self._clock.now() - one.since < _PATIENCE:
                    self._early.append(one)
                elif not one.answer.done():
                    one.answer.set_result(outcome or _NOT_A_VOTE)

    async def _cast(self, reactions: Sequence[Reaction]) -> list[VoteOutcome | None]:
        """One transaction for all of them; None for one that is early."""
        now = self._clock.now()
        async with self._store.begin() as tx:
            placements = await tx.votes.placed(reactions)
            early = await early_among(tx, reactions, placements)
            votes: list[Vote | VoteOutcome | None] = [
                None if is_early else self._vote(reaction, placement, now)
                for reaction, placement, is_early in zip(reactions, placements, early, strict=True)
            ]
            cast = [vote for vote in votes if isinstance(vote, Vote)]
            standing = iter(await tx.votes.cast(cast) if cast else ())
        return [outcome_of(vote, next(standing)) if isinstance(vote, Vote) else vote for vote in votes]

    def _vote(self, reaction: Reaction, placement: Placement | None, now: datetime) -> Vote | VoteOutcome:
        """The vote that a reaction asks for; the outcome where it is none."""
        vote = vote_of(reaction, placement, secret=self._secret, now=now)
        if vote is None or placement is None:
            return _NOT_A_VOTE
        return _CLOSED if now - placement.at > self._voting else vote


async def early_among(
    tx: UnitOfWork, reactions: Sequence[Reaction], placements: Sequence[Placement | None]
) -> list[bool]:
    """For each reaction, whether it is on a message that may yet be saved as one of ours, or was just now."""
    unknown = [
        placement is None and reaction.ref is not None
        for reaction, placement in zip(reactions, placements, strict=True)
    ]
    platforms = {reaction.platform for reaction, is_unknown in zip(reactions, unknown, strict=True) if is_unknown}
    busy = {platform for platform in platforms if await tx.votes.on_its_way(platform)}
    strange = [one for one, is_unknown in zip(reactions, unknown, strict=True) if is_unknown]
    saved = iter(await tx.votes.placed(strange) if strange else ())
    return [
        is_unknown and (next(saved) is not None or one.platform in busy)
        for one, is_unknown in zip(reactions, unknown, strict=True)
    ]


def vote_of(reaction: Reaction, placement: Placement | None, *, secret: bytes, now: datetime) -> Vote | None:
    """The vote that a reaction asks for; None where it is on no article of ours, or means nothing on its ballots."""
    if placement is None or placement.article is None:
        return None
    chosen = option_of(reaction.emoji, placement.channel.settings.ballots)
    if chosen is None:
        return None
    ballot, option = chosen
    return Vote(
        article=placement.article,
        ballot=ballot.name,
        option=option.emoji,
        value=option.value,
        platform=reaction.platform,
        workspace=reaction.workspace,
        voter=voter_of(secret, platform=reaction.platform, workspace=reaction.workspace, member=reaction.member),
        cast_at=now,
    )


def outcome_of(asked: Vote, standing: Vote) -> VoteOutcome:
    """Recorded where the vote that stands is the one just cast."""
    return _outcome(VoteResult.RECORDED if standing is asked else VoteResult.ALREADY, standing.option, standing.ballot)


_outcome = lru_cache(maxsize=1024)(VoteOutcome)  # there are few, and a storm asks for thousands
