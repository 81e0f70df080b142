"""record: reactions -> votes. What waits is one transaction, and each caller is answered after its commit."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.model import Channel, Reaction, Vote, VoteOutcome, VoteResult
from bot.ports import Clock, Store
from bot.votes.ballots import option_of
from bot.votes.voters import voter_of

_GROUP = 500
_NOT_A_VOTE = VoteOutcome(VoteResult.NOT_A_VOTE)
Waiting = tuple[Reaction, asyncio.Future[VoteOutcome]]


class Record:
    def __init__(self, *, store: Store, clock: Clock, secret: bytes) -> None:
        self._store = store
        self._clock = clock
        self._secret = secret
        self._waiting: list[Waiting] = []
        self._committer: asyncio.Task[None] | None = None

    async def reaction(self, reaction: Reaction) -> VoteOutcome:
        """The outcome of a reaction once it is committed. A reaction taken away changes nothing."""
        if not reaction.held:
            return _NOT_A_VOTE
        answer: asyncio.Future[VoteOutcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((reaction, answer))
        if self._committer is None or self._committer.done():
            self._committer = asyncio.create_task(self._commit())
        return await answer

    async def _commit(self) -> None:
        """Commits what waits, group by group, until nothing does; while one group commits the next gathers."""
        while self._waiting:
            group, self._waiting = self._waiting[:_GROUP], self._waiting[_GROUP:]
            try:
                outcomes = await self._cast([reaction for reaction, _ in group])
            except Exception as error:
                for _, answer in group:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for (_, answer), outcome in zip(group, outcomes, strict=True):
                if not answer.done():
                    answer.set_result(outcome)

    async def _cast(self, reactions: Sequence[Reaction]) -> list[VoteOutcome]:
        """One transaction for all of them."""
        now = self._clock.now()
        async with self._store.begin() as tx:
            channels = {place_of(channel): channel for channel in await tx.channels.all()}
            articles = await tx.votes.articles_of(reactions)
            votes = [
                vote_of(reaction, article, channels, secret=self._secret, now=now)
                for reaction, article in zip(reactions, articles, strict=True)
            ]
            cast = [vote for vote in votes if vote is not None]
            standing = iter(await tx.votes.cast(cast) if cast else ())
        return [_NOT_A_VOTE if vote is None else outcome_of(vote, next(standing)) for vote in votes]


def place_of(channel: Channel) -> tuple[str, str, str]:
    return channel.spec.platform, channel.spec.workspace, channel.spec.place


def vote_of(
    reaction: Reaction,
    article: int | None,
    channels: Mapping[tuple[str, str, str], Channel],
    *,
    secret: bytes,
    now: datetime,
) -> Vote | None:
    """The vote that a reaction asks for; None where it is on no article of ours, or means nothing on its ballots."""
    channel = channels.get((reaction.platform, reaction.workspace, reaction.place))
    if channel is None or article is None:
        return None
    chosen = option_of(reaction.emoji, channel.settings.ballots)
    if chosen is None:
        return None
    ballot, option = chosen
    return Vote(
        article=article,
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
    result = VoteResult.RECORDED if standing is asked else VoteResult.ALREADY
    return VoteOutcome(result, standing.option, standing.ballot)
