"""An in-memory House: an archive of what it is given, a listener that remembers, a vault, words by their keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bot.errors import StorageError
from bot.model import (
    Channel,
    ChannelEvent,
    ChannelStatistics,
    Choice,
    Command,
    CommandSpec,
    Digest,
    Edition,
    Reaction,
    Reply,
    Source,
    Standing,
    StoredArticle,
    Tally,
    Valued,
    VoteOutcome,
    VoteResult,
    Week,
    Workspace,
)

_DATES = {
    "date.full": "d MMMM y, HH:mm",
    "date.day": "d MMMM y",
    "date.short": "d MMM y",
    "date.brief": "d MMM, HH:mm",
    "date.month": "MMMM y",
}


class FakeListener:
    """First vote wins; every command is answered by `reply`."""

    def __init__(self, archive: FakeArchive) -> None:
        self.reactions: list[Reaction] = []
        self.commands: list[Command] = []
        self.events: list[ChannelEvent] = []
        self.reply = Reply(text="done")
        self._archive = archive

    async def reacted(self, reaction: Reaction) -> VoteOutcome:
        self.reactions.append(reaction)
        channel = next(one for one in self._archive.held if one.spec.place == reaction.place)
        for ballot in channel.settings.ballots:
            if reaction.article is not None and reaction.emoji in (option.emoji for option in ballot.options):
                key = (reaction.member, reaction.article, ballot.name)
                result = VoteResult.ALREADY if key in self._archive.votes else VoteResult.RECORDED
                return VoteOutcome(result, self._archive.votes.setdefault(key, reaction.emoji), ballot.name)
        return VoteOutcome(VoteResult.NOT_A_VOTE)

    async def commanded(self, command: Command) -> Reply:
        self.commands.append(command)
        return self.reply

    async def suggest(self, command: Command) -> Sequence[Choice]:
        return ()

    async def changed(self, event: ChannelEvent) -> None:
        self.events.append(event)


class FakeArchive:
    """What it is given. `broken` makes it fail as a lost database does."""

    def __init__(
        self, channels: Sequence[Channel], digests: Sequence[Digest], articles: Sequence[StoredArticle]
    ) -> None:
        self.held = list(channels)
        self.kept = list(digests)
        self.stored = {article.id: article for article in articles}
        self.votes: dict[tuple[str, int, str], str] = {}
        self.broken = False

    async def channels(self, platform: str | None = None) -> Sequence[Channel]:
        self._asked()
        return [channel for channel in self.held if platform in (None, channel.spec.platform)]

    async def digests(self, channel: str, *, before: int | None = None, limit: int = 10) -> Sequence[Digest]:
        here = [d for d in self.kept if d.channel.name == channel and (before is None or d.id < before)]
        return sorted(here, key=lambda digest: -digest.id)[:limit]

    async def digest(self, digest_id: int) -> Digest | None:
        return next((digest for digest in self.kept if digest.id == digest_id), None)

    async def article(self, article_id: int) -> StoredArticle | None:
        return self.stored.get(article_id)

    async def search(self, words: str, limit: int = 20) -> Sequence[StoredArticle]:
        return [one for one in self.stored.values() if words in one.article.title + one.article.text][:limit]

    async def tallies(self, articles: Sequence[int], workspace: str) -> Sequence[Tally]:
        found: dict[tuple[int, str], dict[str, int]] = {}
        for (_, article, ballot), emoji in self.votes.items():
            counts = found.setdefault((article, ballot), {})
            counts[emoji] = counts.get(emoji, 0) + 1
        return [Tally(article, workspace, ballot, c) for (article, ballot), c in found.items() if article in articles]

    async def votes_of(
        self, platform: str, workspace: str, member: str, articles: Sequence[int]
    ) -> Mapping[tuple[int, str], str]:
        return {(a, ballot): emoji for (who, a, ballot), emoji in self.votes.items() if who == member and a in articles}

    async def version(self, channel: str) -> str:
        self._asked()
        return f"{len(self.kept)}.{len(self.votes)}"

    def _asked(self) -> None:
        if self.broken:
            raise StorageError("the database is locked: stop what uses it")


class FakeStandings:
    """What it is given: articles with their votes, sources with what they earned."""

    def __init__(self) -> None:
        self.valued: list[tuple[StoredArticle, Valued]] = []
        self.drop: list[tuple[Source, Standing]] = []

    async def best(
        self, viewer: Workspace | None, last: timedelta, limit: int
    ) -> Sequence[tuple[StoredArticle, Valued]]:
        return self.valued[:limit]

    async def dropping(self, viewer: Workspace | None) -> Sequence[tuple[Source, Standing]]:
        return self.drop


class FakeStatistics:
    """Editions and stories are those of the archive; the rest is what it is given."""

    def __init__(self, archive: FakeArchive) -> None:
        self._archive = archive
        self.read: list[tuple[Source, Standing]] = []
        self.viewers: list[Workspace | None] = []
        self.counted = ChannelStatistics(
            weeks=(Week(date(2026, 6, 1), 3, 7), Week(date(2026, 6, 8), 0, 0)),
            judged=(),
            sources=(),
            considered=5,
            picked=2,
            stopped={"min_quality": 3},
        )

    async def of(self, channel: Channel) -> ChannelStatistics:
        return self.counted

    async def editions(self, channel: str) -> Sequence[Edition]:
        here = [digest for digest in self._archive.kept if digest.channel.name == channel]
        return [Edition(one.id, one.at, len(one.messages) - 1) for one in sorted(here, key=lambda one: -one.id)]

    async def sources(self, viewer: Workspace | None) -> Sequence[tuple[Source, Standing]]:
        self.viewers.append(viewer)
        return self.read

    async def opml(self, title: str) -> str:
        return f"<opml><head><title>{title}</title></head></opml>"

    async def story(self, article_id: int) -> Sequence[StoredArticle]:
        own = self._archive.stored[article_id]
        return [one for one in self._archive.stored.values() if one.story == own.story and one.id != own.id]


class FakeVault:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}

    async def get(self, workspace: str, name: str) -> bytes | None:
        return self.kept.get((workspace, name))

    async def put(self, workspace: str, name: str, secret: bytes) -> None:
        self.kept[workspace, name] = secret

    async def delete(self, workspace: str, name: str) -> None:
        self.kept.pop((workspace, name), None)


class FakeInbox:
    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def keep(self, key: str, told: bytes) -> None:
        self.kept.setdefault(key, told)

    def done(self, key: str) -> None:
        self.kept.pop(key, None)

    async def left(self, prefix: str) -> Mapping[str, bytes]:
        return {key: told for key, told in self.kept.items() if key.startswith(prefix)}


class FakeHouse:
    """`words` are said where given, else the key with its values."""

    def __init__(
        self,
        *,
        channels: Sequence[Channel] = (),
        digests: Sequence[Digest] = (),
        articles: Sequence[StoredArticle] = (),
        words: Mapping[str, str] | None = None,
    ) -> None:
        self.archive = FakeArchive(channels, digests, articles)
        self.listener = FakeListener(self.archive)
        self.standings = FakeStandings()
        self.statistics = FakeStatistics(self.archive)
        self.vault = FakeVault()
        self.inbox = FakeInbox()
        self.commands: Sequence[CommandSpec] = ()
        self._words = _DATES | dict(words or {})

    def say(self, key: str, locale: str, **values: object) -> str:
        if key in self._words:
            return self._words[key].format(**values)
        return " ".join([key, *(f"{name}={value}" for name, value in values.items())])
