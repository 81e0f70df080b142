"""What the engine asks of what is kept: what votes made of it, how much there is, and what goes. Protocols only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime
from typing import Protocol

from bot.model import CastVote, Channel, Edition, Judged, Passed, Standing, Valued, Workspace


class Valuations(Protocol):
    """What teams thought of articles; read-only."""

    async def best(
        self, since: datetime, until: datetime, limit: int, viewer: Workspace | None = None
    ) -> tuple[Valued, ...]:
        """Articles by the votes that were cast in [since, until), most valued first."""

    async def reputations(self, among: Collection[int]) -> Mapping[int, Standing]:
        """By which votes these sources' articles are judged. An article's quality is the same for all, so it must not
        tell one workspace of another's votes: a workspace's own source is judged by that workspace, the house's where
        a single one voted on it, else by none."""

    def cast(self) -> AsyncIterator[CastVote]:
        """Every vote without its voter, by article, ballot and option: an order that tells nothing of who cast it."""


class Counts(Protocol):
    """What a channel had, and how its team voted on it; read-only."""

    async def editions(self, channel: Channel) -> tuple[Edition, ...]:
        """The digests of which something is posted, newest first."""

    async def posted(self, channel: Channel, since: datetime) -> Mapping[datetime, int]:
        """How many articles were posted in each quarter of an hour, by its beginning; without those in which none."""

    async def voted(self, channel: Channel, since: datetime) -> Mapping[datetime, int]:
        """The same of the votes on what the channel had."""

    async def judged(self, channel: Channel, limit: int) -> tuple[Judged, ...]:
        """What the channel had and its team voted for or against, newest first."""

    async def siblings(self, article_id: int, limit: int) -> tuple[int, ...]:
        """The other articles of its story, newest first; none of an unknown one."""


class Retention(Protocol):
    """What is not kept for good."""

    async def leave(self, voter: str) -> bool:
        """Keeps in mind that this voter wants to be forgotten. False: unknown voter."""

    async def forget_voters(self, *, idle_since: datetime | None, left_before: datetime) -> int:
        """Forgets who has not voted since `idle_since`, and of those who want to be forgotten who has not voted since
        `left_before`; how many."""

    async def forget_bands(self, before: datetime, limit: int) -> int:
        """Forgets by what stories are found of up to `limit` articles first seen before that; of how many."""

    async def forget_articles(self, after: int, before: datetime, limit: int) -> Passed | None:
        """Looks at up to `limit` articles that were first seen before that, numbered above `after`; those go that no
        channel had or has to have, and no source brings them again. None: there are no more."""

    async def forget_wording(self, after: int, before: datetime, limit: int) -> Passed | None:
        """Looks at up to `limit` digests of before that, numbered above `after`; the words of those that are at their
        end go: what was posted where stays, and so do votes. None: there are no more."""

    async def empty_articles(self, before: datetime, limit: int) -> int:
        """Forgets the texts of up to `limit` articles first seen before that; title, address and takeaways stay, so
        that none is taken for new, and none is a candidate any more. How many."""
