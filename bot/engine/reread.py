"""reread: what members hold on our messages -> the reactions that were missed, handed to record.

Reactions are missed while the bot is down or its connection is lost. The members' present choices stand in for them:
who holds one option of a ballot voted so; who holds several is uncounted until one remains or a live reaction chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import structlog

from bot.delivery.retry import wait_before
from bot.engine.record import Record
from bot.errors import PlatformUnavailable
from bot.model import Ballot, MessageRef, Reaction
from bot.ports import ChatPlatform, Clock, Jobs, Store
from bot.votes.ballots import option_of

_log = structlog.get_logger(__name__)
_TRIES = 5
_RECENT = timedelta(days=1)  # when most votes are cast
_GROUP = 500


class Reread:
    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        jobs: Jobs,
        platforms: Mapping[str, ChatPlatform],
        record: Record,
        voting: timedelta,
    ) -> None:
        self._store = store
        self._clock = clock
        self._jobs = jobs
        self._platforms = platforms
        self._record = record
        self._voting = voting

    async def missed(self, platform: str) -> int:
        """Asks for a re-reading of every digest there that can still be voted on; how many they are."""
        return await self._ask(platform, self._voting)

    async def recent(self) -> None:
        """The same of the last day's on every platform: now and then, for what nobody noticed, and for members who
        hold a single option by now."""
        for platform in self._platforms:
            await self._ask(platform, min(self._voting, _RECENT))

    async def _ask(self, platform: str, age: timedelta) -> int:
        async with self._store.begin() as tx:
            digests = await tx.votes.open_digests(platform, self._clock.now() - age)
            for digest in digests:
                await self._jobs.defer(tx, "reread", digest=digest)
        return len(digests)

    async def digest(self, digest_id: int) -> int:
        """Re-reads one digest's messages; how many votes were found, new or standing already."""
        async with self._store.read() as view:
            posted = await view.outbox.refs(digest_id)
        on_articles = [
            (ref, posting.channel) for ref, posting in posted if posting.message and posting.message.article is not None
        ]
        if not on_articles or on_articles[0][1].spec.platform not in self._platforms:
            return 0
        channel = on_articles[0][1]
        held = await self._held(self._platforms[channel.spec.platform], [ref for ref, _ in on_articles])
        choices = single_choices(held, channel.settings.ballots)
        for start in range(0, len(choices), _GROUP):
            await self._record.all(choices[start : start + _GROUP])
        return len(choices)

    async def _held(self, platform: ChatPlatform, refs: Sequence[MessageRef]) -> list[Reaction]:
        """Everything that members hold on these messages; a platform out of reach is asked again."""
        for attempt in range(1, _TRIES + 1):
            try:
                return [reaction async for reaction in platform.reactions_of(refs)]
            except PlatformUnavailable as error:
                if attempt == _TRIES:
                    raise
                wait = error.retry_after or wait_before(attempt).total_seconds()
                _log.info("reactions cannot be read at present", error=str(error), retry_after=wait)
                await self._clock.sleep(wait)
        raise AssertionError


def single_choices(held: Iterable[Reaction], ballots: Sequence[Ballot]) -> list[Reaction]:
    """The reactions of members who hold just one option of a ballot on a message; the order is kept."""
    options: dict[tuple[str | None, str, str], dict[str, Reaction]] = {}
    for reaction in held:
        chosen = option_of(reaction.emoji, ballots)
        if chosen is not None:
            ballot, option = chosen
            message = reaction.ref.message if reaction.ref else None
            options.setdefault((message, reaction.member, ballot.name), {}).setdefault(option.emoji, reaction)
    return [next(iter(choices.values())) for choices in options.values() if len(choices) == 1]
