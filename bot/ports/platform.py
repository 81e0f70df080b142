"""Between the house and its chat platforms, both ways. Protocols only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from bot.model import (
    Channel,
    ChannelEvent,
    ChannelStatistics,
    Choice,
    Command,
    CommandSpec,
    Digest,
    Edition,
    Finding,
    MessageRef,
    Posting,
    Reaction,
    Reply,
    Source,
    Standing,
    Step,
    StoredArticle,
    Tally,
    Valued,
    VoteOutcome,
    Workspace,
)


class Listener(Protocol):
    """Driving: the adapter calls it."""

    async def reacted(self, reaction: Reaction) -> VoteOutcome: ...
    async def commanded(self, command: Command) -> Reply: ...
    async def suggest(self, command: Command) -> Sequence[Choice]: ...
    async def changed(self, event: ChannelEvent) -> None: ...


class Archive(Protocol):
    """Everything that was posted, read-only."""

    async def channels(self, platform: str | None = None) -> Sequence[Channel]: ...
    async def digests(self, channel: str, *, before: int | None = None, limit: int = 10) -> Sequence[Digest]: ...
    async def digest(self, digest_id: int) -> Digest | None: ...
    async def article(self, article_id: int) -> StoredArticle | None: ...
    async def search(self, words: str, limit: int = 20) -> Sequence[StoredArticle]: ...
    async def tallies(self, articles: Sequence[int], workspace: str) -> Sequence[Tally]: ...
    async def votes_of(
        self, platform: str, workspace: str, member: str, articles: Sequence[int]
    ) -> Mapping[tuple[int, str], str]:
        """(article, ballot) -> emoji."""

    async def version(self, channel: str) -> str:
        """Changes whenever what the channel shows does."""


class Standings(Protocol):
    """What votes made of articles and sources, read-only. A viewer is a workspace, for which its own votes count; None
    is the house."""

    async def best(
        self, viewer: Workspace | None, last: timedelta, limit: int
    ) -> Sequence[tuple[StoredArticle, Valued]]:
        """What votes of that time are for on the whole, most valued first."""

    async def dropping(self, viewer: Workspace | None) -> Sequence[tuple[Source, Standing]]:
        """The sources that are worth dropping."""


class Statistics(Protocol):
    """What was posted, read and voted, counted; read-only. A viewer is as in `Standings`."""

    async def of(self, channel: Channel) -> ChannelStatistics: ...
    async def editions(self, channel: str) -> Sequence[Edition]:
        """The digests of a channel of which something is posted, newest first."""

    async def sources(self, viewer: Workspace | None) -> Sequence[tuple[Source, Standing]]:
        """All that is read, how its last reading went, and what it earned."""

    async def opml(self, title: str) -> str:
        """The house's own sources of the web, as a list that other readers take."""

    async def story(self, article_id: int) -> Sequence[StoredArticle]:
        """The other articles of its story, newest first."""


class Vault(Protocol):
    """Small secrets by workspace, sealed at rest."""

    async def get(self, workspace: str, name: str) -> bytes | None: ...
    async def put(self, workspace: str, name: str, secret: bytes) -> None: ...
    async def delete(self, workspace: str, name: str) -> None: ...


class Inbox(Protocol):
    """What a platform told and may be told is heard, kept until it is dealt with, whatever becomes of the process."""

    async def keep(self, key: str, told: bytes) -> None:
        """Returns when it is safe; what is there under that key stays. Raises StorageError."""

    def done(self, key: str) -> None:
        """It is dealt with, and need not be kept much longer."""

    async def left(self, prefix: str) -> Mapping[str, bytes]:
        """What was kept under such keys and is not done. Raises StorageError."""


class House(Protocol):
    """All that an adapter is given."""

    @property
    def listener(self) -> Listener: ...
    @property
    def archive(self) -> Archive: ...
    @property
    def standings(self) -> Standings: ...
    @property
    def statistics(self) -> Statistics: ...
    @property
    def vault(self) -> Vault: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def commands(self) -> Sequence[CommandSpec]:
        """Every command, in the order of /help; the help of each is said by "command.help.<its_name>"."""

    def say(self, key: str, locale: str, **values: object) -> str: ...


class ChatPlatform(Protocol):
    """Driven: the engine calls it."""

    async def post(self, posting: Posting) -> MessageRef: ...
    async def find(self, posting: Posting) -> MessageRef | None:
        """None only after reading everything since posting.first_try_at; else raises OutcomeUnknown."""

    async def seed(self, ref: MessageRef, emoji: Sequence[str]) -> None:
        """Idempotent."""

    async def remove(self, ref: MessageRef) -> None:
        """Takes our own message away. One that is gone already is as it should be. Raises PlatformError."""

    def reactions_of(self, refs: Sequence[MessageRef]) -> AsyncIterator[Reaction]: ...
    async def tell_admin(self, channel: Channel, notice: str) -> None: ...
    def routes(self) -> Sequence[object]:
        """Aiohttp route definitions."""

    async def run(self) -> None:
        """Until cancelled."""


@runtime_checkable
class Closable(Protocol):
    """A platform that holds connections also outside of `run`, for commands that post without a gateway."""

    async def aclose(self) -> None: ...


@runtime_checkable
class SignsIn(Protocol):
    """A platform with pages that people sign in to by a link."""

    async def sign_in_link(self, member: str, *, admin: bool, until: datetime) -> str:
        """An address that makes whoever follows it this member, once."""

    async def sign_everybody_out(self) -> None:
        """Makes every link and every sign-in so far worthless."""


@runtime_checkable
class Discreet(Protocol):
    """A platform that can have a word with one member alone without being asked."""

    async def tell_undecided(self, reaction: Reaction, *, title: str, options: Sequence[str]) -> None:
        """Tells a member who holds all these options of one ballot on this article, nobody knows which first, that no
        vote is counted before one remains, or a button or a new reaction chooses. Never raises; may be in vain."""


@runtime_checkable
class Limited(Protocol):
    """A platform that limits how often it is asked."""

    def limits_used(self) -> Mapping[str, float]:
        """By a few names of the platform's, how much of each limit is used at this moment: 0 nothing, 1 all of it, so
        that whatever comes has to wait."""


@runtime_checkable
class ChecksKept(Protocol):
    """A kit of which a part of what there is to check is kept in the house, such as tokens of many workspaces."""

    async def check_kept(self, house: House) -> Sequence[Finding]:
        """Instead of `check`, where the house is at hand."""


class PlatformKit(Protocol):
    """What an entry point makes from its settings: needs no token and no network."""

    name: str

    def draw(self, posting: Posting) -> Mapping[str, object]: ...
    def setup(self) -> Sequence[Step]: ...
    async def check(self) -> Sequence[Finding]: ...
    def connect(self, house: House) -> ChatPlatform: ...
