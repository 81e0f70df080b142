"""What the templates need of digests, articles and answers for this visitor: their votes, and whether they may act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.web.format import NO_VOTES, BallotView, MessageView, Standing, ballot_views, message_view
from adapters.web.guard import Guard, Visit
from bot.model import Channel, Digest, Message, Reply, VoteResult


@dataclass(frozen=True, slots=True)
class DigestView:
    id: int
    messages: tuple[MessageView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What a page needs on which members may act. `token` None: this visitor may not, or the channel is not ours.
    `back` is the page to come back to; `voted` and `outcome` say how the vote went that led to it."""

    channel: Channel | None
    token: str | None
    back: str
    voted: str
    outcome: str


@dataclass(frozen=True, slots=True)
class ReplyView:
    command: str
    reply: Reply
    messages: tuple[MessageView, ...]


class Drawing:
    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._archive = guard.house.archive

    async def reply_view(self, visit: Visit, channel: Channel, command: str, reply: Reply) -> ReplyView:
        """A reply as drawn; its articles are voted on where they were posted, or on their own page. Votes are counted
        there and here, so what the reply says of them below each is left out."""
        messages = [replace(one, footer=()) for one in reply.messages]
        return ReplyView(command, reply, await self._message_views(visit, channel, messages, prefix="r"))

    async def talk(self, visit: Visit, channel: Channel | None) -> Talk:
        request = visit.request
        ours = channel is not None and channel.spec.platform == "web"
        outcome = request.query.get("outcome", "")
        return Talk(
            channel=channel,
            token=await self._guard.token(visit) if ours else None,
            back=str(request.rel_url.without_query_params("voted", "outcome")) if request.method == "GET" else "",
            voted=request.query.get("voted", ""),
            outcome=outcome if outcome in tuple(VoteResult) else "",
        )

    async def digest_views(self, visit: Visit, channel: Channel, digests: Sequence[Digest]) -> tuple[DigestView, ...]:
        views = await self._message_views(visit, channel, [one for digest in digests for one in digest.messages])
        left = iter(views)
        return tuple(DigestView(digest.id, tuple(next(left) for _ in digest.messages)) for digest in digests)

    async def _message_views(
        self, visit: Visit, channel: Channel, messages: Sequence[Message], prefix: str = "a"
    ) -> tuple[MessageView, ...]:
        """The messages with what was voted, and what the visitor did."""
        articles = [message.article for message in messages if message.article is not None]
        tallies = await self._archive.tallies(articles, channel.spec.workspace)
        standing = await self._standing(visit, channel, articles)
        show = channel.settings.show_counts
        return tuple(
            message_view(one, tallies=tallies, standing=standing, prefix=prefix, show=show) for one in messages
        )

    async def ballots(self, visit: Visit, channel: Channel, article: int) -> tuple[BallotView, ...]:
        tallies = await self._archive.tallies([article], channel.spec.workspace)
        standing = await self._standing(visit, channel, [article])
        show = channel.settings.show_counts
        return ballot_views(channel.settings.ballots, article, tallies=tallies, standing=standing, show=show)

    async def _standing(self, visit: Visit, channel: Channel, articles: Sequence[int]) -> Standing:
        member, spec = visit.visitor.member, channel.spec
        if member is None or spec.platform != "web":
            return NO_VOTES
        return await self._archive.votes_of("web", spec.workspace, member, articles)
