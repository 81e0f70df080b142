"""What was posted, read-only, for adapters: `ports.Archive` on top of any store. Knows no SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b

from bot.errors import StorageError
from bot.model import Channel, Digest, StoredArticle, Tally
from bot.ports import Store

VoterOf = Callable[[str, str, str], str]  # (platform, workspace, member) -> keyed hash
_SHOWN = 10  # digests that a channel's page shows first


class StoredArchive:
    def __init__(self, store: Store, voter_of: VoterOf) -> None:
        self._store = store
        self._voter_of = voter_of

    async def channels(self, platform: str | None = None) -> Sequence[Channel]:
        async with self._store.read() as view:
            return await view.channels.all(platform=platform)

    async def digests(self, channel: str, *, before: int | None = None, limit: int = _SHOWN) -> Sequence[Digest]:
        async with self._store.read() as view:
            found = await view.channels.named(channel)
            return await view.channels.history(found.id, before, limit) if found else ()

    async def digest(self, digest_id: int) -> Digest | None:
        async with self._store.read() as view:
            try:
                return await view.outbox.digest(digest_id)
            except StorageError:
                return None

    async def article(self, article_id: int) -> StoredArticle | None:
        async with self._store.read() as view:
            return next(iter(await view.articles.get([article_id])), None)

    async def search(self, words: str, limit: int = 20) -> Sequence[StoredArticle]:
        async with self._store.read() as view:
            return await view.articles.get(await view.articles.find(words, limit))

    async def tallies(self, articles: Sequence[int], workspace: str) -> Sequence[Tally]:
        if not articles:
            return ()  # to the store, naming none means all
        async with self._store.read() as view:
            return [tally for tally in await view.votes.tallies(articles) if tally.workspace == workspace]

    async def votes_of(
        self, platform: str, workspace: str, member: str, articles: Sequence[int]
    ) -> Mapping[tuple[int, str], str]:
        async with self._store.read() as view:
            votes = await view.votes.of([self._voter_of(platform, workspace, member)], workspace, articles)
        return {(vote.article, vote.ballot): vote.option for vote in votes}

    async def version(self, channel: str) -> str:
        """Of the newest digests: which they are, how much of them is posted, and their votes."""
        async with self._store.read() as view:
            found = await view.channels.named(channel)
            if found is None:
                return ""
            digests = await view.channels.history(found.id, None, _SHOWN)
            articles = [item.article.id for digest in digests for item in digest.items]
            tallies = await view.votes.tallies(articles, found.spec.home) if articles else ()
        posted = [(digest.id, digest.state, len(digest.messages)) for digest in digests]
        votes = [(tally.article, tally.ballot, dict(tally.counts)) for tally in tallies]
        return blake2b(repr((found.paused, posted, votes)).encode(), digest_size=8).hexdigest()
