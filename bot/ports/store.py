"""What the engine needs of its store: a part for each table that is some verb's inbox. Protocols only.

A `viewer` is the workspace that asks: it is given what is everybody's and its own; None, the house, is given all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from bot.model import (
    Candidate,
    Channel,
    ChannelSpec,
    Digest,
    DigestItem,
    Fate,
    MessageRef,
    Neighbour,
    NewArticle,
    NewPosting,
    Occurrence,
    Outline,
    Placement,
    Posting,
    Reaction,
    Reading,
    Served,
    Source,
    SourceReport,
    SourceSpec,
    Standing,
    StoredArticle,
    Tally,
    Uncertain,
    Unread,
    Vote,
    Workspace,
)
from bot.ports.keeping import Counts, Retention, Valuations


class Sources(Protocol):
    async def declare(self, specs: Sequence[SourceSpec], now: datetime) -> None:
        """Makes the stored file-declared sources exactly these; one no longer declared goes, its articles stay."""

    async def add(self, spec: SourceSpec, now: datetime, workspace: Workspace | None = None) -> Source:
        """Adds a source by command, for this workspace alone or for the house; an address that either has already,
        or reads instead of another, is given back as it is, and tried again where it was paused."""

    async def add_all(self, specs: Sequence[SourceSpec], now: datetime) -> tuple[Source, ...]:
        """Adds many by command for the house; gives back those that were not there."""

    async def remove(self, source_id: int) -> None:
        """Forgets a source; its articles stay. Raises StorageError where unknown or declared in the file."""

    async def all(
        self, viewer: Workspace | None = None, ids: Collection[int] | None = None, *, at: str | None = None
    ) -> tuple[Source, ...]:
        """Every source; those with these ids, or that have or read this address, where they are named."""

    async def claim(
        self, now: datetime, until: datetime, limit: int, *, besides: Collection[Workspace] = ()
    ) -> tuple[Source, ...]:
        """Takes up to `limit` due sources, the workspaces in turn without those `besides`, and puts their next turn at
        `until` meanwhile; with them, beyond the limit, what others want soon of the same addresses."""

    async def report(self, reports: Sequence[SourceReport]) -> None: ...
    async def standings(self, viewer: Workspace | None = None) -> Mapping[int, Standing]:
        """What each earned in this workspace's channels; in all of them where none is named."""


class Articles(Protocol):
    async def file(self, drafts: Sequence[NewArticle], now: datetime) -> tuple[int, ...]:
        """Files each under its key, once; an edited one is updated and unread again. Ids in the order given, without
        those that a source tells of and `Retention` let go. What the house brings is everybody's; what a workspace
        brings is its own, and none edits another's or the house's."""

    async def unread(
        self, limit: int, now: datetime, *, until: datetime | None = None, besides: Collection[Workspace] = ()
    ) -> tuple[Unread, ...]:
        """Articles that wait to be read and are not put off, the oldest of each workspace in turn without those
        `besides`; until `until`, claimed by who asked."""

    async def put_off(self, article_id: int, until: datetime) -> None:
        """Tries this article again after `until`, one more attempt used."""

    async def save(self, readings: Sequence[Reading]) -> None: ...
    async def neighbours(
        self, bands: Sequence[int], since: datetime, *, words: Sequence[int] = (), common: int = 1
    ) -> tuple[Neighbour, ...]:
        """Articles stored since then that share one of these bands, or `common` of these words, in order of id."""

    async def get(
        self, ids: Sequence[int], *, posted: bool = True, viewer: Workspace | None = None
    ) -> tuple[StoredArticle, ...]:
        """In the order asked; unknown ids are left out. `posted` False: without the digests that they were in."""

    async def find(self, words: str, limit: int, viewer: Workspace | None = None) -> tuple[int, ...]:
        """Ids for a number, a URL, or words searched in title, text and takeaways; best first. "": the newest."""


class Candidates(Protocol):
    """What was read and stored before an instant, is there for the viewer, and is new for a channel. Read-only."""

    async def outlines(
        self, channel_id: int, viewer: Workspace, *, before: datetime, since: datetime | None = None, backlog: bool
    ) -> Sequence[Outline]:
        """Each that was first seen in [since, before), in outline, in no order; with the `backlog` what is none."""

    async def among(self, ids: Collection[int], earned: Mapping[int, Standing]) -> tuple[Candidate, ...]:
        """Those with these ids, in order of id, with what their sources earned."""

    async def newest(self, channel_id: int, before: datetime, viewer: Workspace, limit: int) -> tuple[Candidate, ...]:
        """The newest in full, in order of id."""

    async def tastes(self, viewer: Workspace) -> tuple[Mapping[int, Standing], Mapping[str, Standing]]:
        """What the viewer's newest votes, some thousands, made of each source's articles and of each category's."""


class Schedules(Protocol):
    async def due(self, now: datetime, limit: int) -> tuple[Channel, ...]:
        """Channels whose next run has come and that are not paused, longest overdue first."""

    async def open(self, slots: Mapping[int, Occurrence]) -> Mapping[int, int]:
        """Opens each channel's slot, unless it was opened before: ids of new digests in state `due`, by channel."""

    async def planned(self, ids: Sequence[int]) -> Mapping[int, Occurrence]:
        """The next runs of these channels, of those that have one."""

    async def plan(self, runs: Mapping[int, Occurrence | None]) -> None: ...
    async def in_state(self, state: str, limit: int) -> tuple[Digest, ...]:
        """Digests in that state, oldest first, without items and messages."""

    async def drop(self, digest_id: int) -> bool:
        """Drops a digest of which nothing was ever tried; its articles are free again. False: too late."""


class Outbox(Protocol):
    async def digest(self, digest_id: int) -> Digest:
        """A digest with its items and posted messages. Raises StorageError where unknown."""

    async def settle(self, digest: Digest, items: Sequence[DigestItem], postings: Sequence[NewPosting]) -> None:
        """Writes what was composed: state `digest.state`, items, postings. Raises StaleWrite where the digest is no
        longer due, or the channel was served one of the articles meanwhile."""

    async def waiting(self, now: datetime, limit: int) -> tuple[int, ...]:
        """Digests that have a posting to deliver now, oldest first."""

    async def lease(
        self, digest_id: int, *, token: str, now: datetime, until: datetime, platforms: Collection[str] | None = None
    ) -> Posting | None:
        """The first part of the digest not yet done, unless another token leases it, it is put off or uncertain, its
        channel is paused, or on none of `platforms` where they are given.
        Leasing counts the attempt and marks the row unsure; the Posting given back tells whether it was unsure before.
        The token that leases it already is given more time, and nothing is counted."""

    async def close(self, posting_id: int, token: str, fate: Fate) -> bool:
        """Writes a leased posting's fate. False: the lease was lost, nothing was written."""

    async def uncertain(self, channel_id: int | None = None) -> tuple[Uncertain, ...]:
        """Postings that wait for somebody to look, of one channel or of all, oldest first."""

    async def resolve(self, posting_id: int, fate: Fate) -> bool:
        """Writes what somebody found of an uncertain posting. False: it is uncertain no more, nothing was written."""

    async def refs(self, digest_id: int) -> tuple[tuple[MessageRef, Posting], ...]:
        """The digest's posted messages in order, with where they are."""


class Votes(Protocol):
    async def cast(self, votes: Sequence[Vote]) -> tuple[Vote, ...]:
        """Casts votes, first wins; for each, the vote that stands now: itself (the same object), or an earlier one."""

    async def tallies(self, articles: Sequence[int], viewer: Workspace | None = None) -> tuple[Tally, ...]:
        """Tallies of these articles; of all that have votes where none is named. A viewer is given its own alone."""

    async def of(self, who: Collection[str], workspace: str, articles: Collection[int]) -> tuple[Vote, ...]:
        """What these voters voted there on these articles."""

    async def placed(self, reactions: Sequence[Reaction]) -> tuple[Placement | None, ...]:
        """For each, what was posted where it says: by `ref`, or by `article` in that place; else None, as for a `ref`
        into another workspace than the reaction's own."""

    async def on_its_way(self, platform: str) -> bool:
        """Whether a message may be on that platform already that is not yet saved as posted."""

    async def elsewhere(self, digest_id: int, articles: Collection[int]) -> tuple[MessageRef, ...]:
        """Messages of other digests in the digest's workspace on these articles: the same ballots."""

    async def open_digests(self, platform: str, since: datetime) -> tuple[int, ...]:
        """Digests of that platform from that instant on of which something is posted, newest first."""

    async def forget(self, voter: str) -> bool:
        """Forgets who a voter is: the votes stay, nobody's. False: unknown voter."""


class Channels(Protocol):
    async def declare(self, specs: Sequence[ChannelSpec]) -> None:
        """Makes the file-declared channels these; one no longer declared stops, its history stays."""

    async def all(self, *, platform: str | None = None, place: str | None = None) -> tuple[Channel, ...]:
        """Every channel; those of a platform, or at a place, where they are named."""

    async def named(self, name: str) -> Channel | None: ...
    async def locate(self, channel_id: int, workspace: str) -> None:
        """Keeps the workspace that the platform says the channel is in."""

    async def pause(self, channel_id: int, reason: str | None, *, lost: bool = False) -> bool:
        """Pauses for a reason; None resumes. With `lost`, what the platform took away or gave back: it pauses only a
        channel that runs, and resumes only one that was lost. False: there was nothing to change."""

    async def reschedule(self, channel_id: int, *, cron: str | None, timezone: str | None) -> None: ...
    async def served(self, channel_id: int) -> tuple[Served, ...]:
        """The stories that the channel had."""

    async def history(self, channel_id: int, before: int | None, limit: int) -> tuple[Digest, ...]:
        """Composed digests with items and posted messages, newest first, ids below `before`."""


class Removals(Protocol):
    async def remove(self, channel_id: int, article_id: int, now: datetime) -> tuple[Posting, MessageRef | None] | None:
        """Bars an article from a channel for good, and closes its posting there. What is to be taken away: the posting
        and where it is, or None there where it may be and has to be looked for; None where nothing can have been
        posted. The same again where it was removed before. Raises StaleWrite where it is being posted just now."""

    async def is_removed(self, channel_id: int, article_id: int) -> bool: ...


class Quotas(Protocol):
    """What workspaces took of what they may take, and what their admins are told of it."""

    async def sources(self, owner: Workspace) -> int:
        """How many sources it added."""

    async def messages(self, home: Workspace, since: datetime, *, alone: bool = False) -> int:
        """How many messages its digests of that time have, posted or on their way. `alone`: until this transaction
        ends nobody else is told."""

    async def notice(self, channel: Channel, kind: str, now: datetime, *, before: datetime) -> bool:
        """Keeps in mind to tell admins of the channel's workspace this. False: it was kept after `before`."""

    async def untold(self) -> tuple[tuple[Channel, str], ...]:
        """What they are to be told, in which channel; from now on they were."""


class UnitOfWork(Protocol):
    """The parts of the store, inside one transaction."""

    sources: Sources
    articles: Articles
    candidates: Candidates
    schedules: Schedules
    outbox: Outbox
    votes: Votes
    channels: Channels
    removals: Removals
    valuations: Valuations
    counts: Counts
    retention: Retention
    quotas: Quotas

    @property
    def native(self) -> object:
        """The driver's connection, for Jobs alone."""

    def after_commit(self, call: Callable[[], None]) -> None:
        """Not called when rolled back."""


class Store(Protocol):
    def begin(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Writes: one transaction, committed on a clean exit."""

    def read(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A snapshot that blocks nobody."""
